"""Read a request: its query, its cursor, and the state of the store that it asks for."""
