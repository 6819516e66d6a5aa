"""What we are compared with: other ways to serve the same page."""
