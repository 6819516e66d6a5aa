"""Read events: pages, counts, versions, changes, mentions, and why an answer is empty."""
