"""Name the possible outcomes of reading a source record."""

OUTCOMES = ("inserted", "updated", "unchanged", "outdated", "retracted", "quarantined")
"""Every record that is read has exactly one of these."""
