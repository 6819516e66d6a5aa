"""Load files: one load is one revision, with a full account and a quarantine."""
