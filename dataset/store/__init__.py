"""Keep events in a database: its tables, engines, snapshots, and results worth keeping."""
