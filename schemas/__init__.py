"""The contract: what requests may ask and what answers hold, declared in marshmallow."""
