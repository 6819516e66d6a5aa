"""Answer at each address: one module a resource, one short view an operation."""
