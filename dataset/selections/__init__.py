"""Select events: what filters mean in SQL, which versions a revision shows, in what order."""
