"""Hold events in a database: tables, engines, snapshots, and a cache of results."""
