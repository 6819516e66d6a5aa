"""Draw aggregates as SVG charts."""
