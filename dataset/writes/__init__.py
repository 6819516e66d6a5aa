"""Write events, mentions, retractions, purges and releases: every change is one revision."""
