"""Describe the API: our blueprints, and the OpenAPI document that is made from them."""
