"""Find the files that a load names, fetch and unpack them, and cut them into source records."""
