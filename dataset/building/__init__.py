"""Build stored rows of the columns that a source gives, by the same rules for all sources."""
