"""What becomes of a source record that is read."""

OUTCOMES = ("inserted", "updated", "unchanged", "outdated", "retracted", "quarantined")
"""Every record that is read has exactly one of these."""
