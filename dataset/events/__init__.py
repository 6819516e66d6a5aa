"""Read events: pages, counts, versions, changes; from rows or from the columnar copy."""
