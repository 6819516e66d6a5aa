"""What all schemas share."""

import marshmallow as ma


class ResponseSchema(ma.Schema):
    """Base of what we answer with: clients must accept members that they do not know."""

    class Meta:
        """Leave room for new members (apispec writes `additionalProperties: false` otherwise)."""

        unknown = ma.EXCLUDE


class QuerySchema(ma.Schema):
    """Base of what requests may ask: a parameter that is not declared is an error."""

    class Meta:
        """Refuse unknown parameters."""

        unknown = ma.RAISE


class NoQuerySchema(QuerySchema):
    """Nothing can be asked."""


def described(text: str, *examples: object) -> dict[str, object]:
    """Make the metadata that documents a field."""
    return {"description": text, **({"examples": list(examples)} if examples else {})}
