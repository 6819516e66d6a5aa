"""Build stored rows from what sources say, by the same rules for all sources."""
