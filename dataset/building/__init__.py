"""Build stored rows from what sources say: clean, decode and derive, by one set of rules."""
