"""Group events, add them up, and read the groups page by page."""
