"""Hold the endpoints: one module for each resource, one short view for each operation."""
