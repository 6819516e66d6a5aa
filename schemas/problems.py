"""Errors (RFC 9457)."""

import marshmallow as ma

from schemas.base import ResponseSchema, described


class ParameterErrorSchema(ResponseSchema):
    """What is wrong with one parameter."""

    parameter = ma.fields.String(
        required=True, metadata=described("The parameter.", "actor_country")
    )
    value = ma.fields.String(
        required=True, allow_none=True, metadata=described("Its value, or the part of it.", "IRAN")
    )
    detail = ma.fields.String(
        required=True,
        metadata=described("What would have been right.", "must be a CAMEO country code …"),
    )
    did_you_mean = ma.fields.String(
        required=True, allow_none=True, metadata=described("What may have been meant.", "IRN")
    )


class ProblemSchema(ResponseSchema):
    """A problem, as RFC 9457 describes it."""

    type = ma.fields.String(required=True, metadata=described("Kind of problem.", "about:blank"))
    title = ma.fields.String(
        required=True, metadata=described("Name of the status.", "Unprocessable Entity")
    )
    status = ma.fields.Integer(required=True, metadata=described("The HTTP status.", 422))
    detail = ma.fields.String(
        required=True,
        allow_none=True,
        metadata=described("What is wrong, in a sentence.", "No event has the id seed:999."),
    )
    instance = ma.fields.String(
        required=True, metadata=described("The path of the request.", "/v1/events")
    )
    errors = ma.fields.List(
        ma.fields.Nested(ParameterErrorSchema),
        required=True,
        metadata=described("The parameters that are wrong."),
    )
    request_id = ma.fields.String(
        allow_none=True,
        metadata=described("What the server's log calls this request.", "8f14e45fceea167a"),
    )
    reason = ma.fields.String(
        metadata=described(
            "Why an event ended (410 only): the words of a retraction, `undo of load 3`, `drop of "
            "gdelt`, `dropped by source` or `purged`.",
            "coded twice",
        )
    )
    successor = ma.fields.String(
        allow_none=True, metadata=described("The event that replaces it (410 only).", "seed:2")
    )
