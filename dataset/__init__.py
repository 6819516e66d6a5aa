"""Keep the data: events, their versions and where they come from. This package knows no HTTP."""
