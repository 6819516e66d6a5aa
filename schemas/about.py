"""The service itself."""

import marshmallow as ma

from schemas.base import ResponseSchema, described


class HealthSchema(ResponseSchema):
    """The process answers."""

    status = ma.fields.String(required=True, metadata=described("Always `ok`.", "ok"))


class ReadinessSchema(ResponseSchema):
    """The store can be read."""

    status = ma.fields.String(required=True, metadata=described("Always `ready`.", "ready"))
    revision = ma.fields.Integer(required=True, metadata=described("The newest revision.", 1))
    schema = ma.fields.Integer(required=True, metadata=described("The version of the schema.", 2))
    load_count = ma.fields.Integer(required=True, metadata=described("Loads in the account.", 1))
    database_bytes = ma.fields.Integer(
        required=True, metadata=described("Size of the database.", 1_048_576)
    )
    free_bytes = ma.fields.Integer(
        required=True,
        allow_none=True,
        metadata=described("Free disk space beside the database; null if it is elsewhere.", 10**11),
    )
