"""Draw groups: what a chart shows, what it says, how it looks."""
