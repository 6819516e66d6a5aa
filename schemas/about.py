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
