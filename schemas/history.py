"""What became of events: versions, changes, releases."""

from typing import Any

import marshmallow as ma

from schemas import fields
from schemas.answers import list_of
from schemas.base import QuerySchema, ResponseSchema, described
from schemas.events import EventSchema, as_of, columns, first_of, query_of
from schemas.paging import ListQuerySchema

SINCE = (
    "Changes after this revision (a number, not more than the newest) or release (a name), or "
    "after a time: the end of a day in UTC, or an instant such as `2026-01-31T12:00:00Z`. The time "
    "must be over. If it is not given, 0: all changes."
)

VersionQuerySchema = QuerySchema.from_dict(
    {"fields": columns(), "as_of": as_of(), **ListQuerySchema._declared_fields},
    name="VersionQuerySchema",
)


def _changes(name: str, **more: ma.fields.Field[Any]) -> type[ma.Schema]:
    """Make the schema of queries for changes."""
    types = {"type": ["integer", "string"]}
    since = fields.RevisionName(metadata=described(SINCE, 0) | types)
    return query_of(name, since=since, fields=columns(), as_of=as_of(), **more)


ChangeQuerySchema = _changes("ChangeQuerySchema", **ListQuerySchema._declared_fields)
ChangeExportQuerySchema = _changes("ChangeExportQuerySchema", limit=first_of("changes"))


class VersionSchema(ResponseSchema):
    """A version of an event."""

    revision = ma.fields.Integer(
        required=True, metadata=described("Revision that brought the version.", 1)
    )
    ended = ma.fields.Integer(
        required=True,
        allow_none=True,
        metadata=described("Revision that ended it; null while it is the current one.", 3),
    )
    reason = ma.fields.String(
        required=True,
        allow_none=True,
        metadata=described(
            "Why the event ended with it; null if it did not, or a newer version followed.",
            "coded twice",
        ),
    )
    successor = ma.fields.String(
        required=True,
        allow_none=True,
        metadata=described("The event that replaces one that was retracted.", "seed:2"),
    )
    event = ma.fields.Nested(
        EventSchema, required=True, metadata=described("The event in this version.")
    )


class ChangeSchema(ResponseSchema):
    """A change of one event by one revision."""

    revision = ma.fields.Integer(
        required=True, metadata=described("Revision that made the change.", 5)
    )
    type = ma.fields.String(
        required=True,
        validate=ma.validate.OneOf(["add", "update", "retract"]),
        metadata=described(
            "`add`: the event is new; `update`: it has a new version; `retract`: it has ended, "
            "whatever ended it.",
            "add",
        ),
    )
    id = ma.fields.String(required=True, metadata=described("Id of the event.", "seed:31"))
    event = ma.fields.Nested(
        EventSchema,
        required=True,
        allow_none=True,
        metadata=described("The event as it is from then on; null if it is gone."),
    )
    reason = ma.fields.String(
        required=True,
        allow_none=True,
        metadata=described(
            "Why it has ended (the words of a retraction, `undo of load 3`, `drop of gdelt`, "
            "`dropped by source`), or `filter`: it does not match any more, or `purged`: nothing "
            "is left of it at any revision.",
            "coded twice",
        ),
    )
    successor = ma.fields.String(
        required=True,
        allow_none=True,
        metadata=described("The event that replaces one that was retracted.", "seed:2"),
    )


class ReleaseSchema(ResponseSchema):
    """A name given to a revision, for good."""

    name = ma.fields.String(required=True, metadata=described("Its name.", "2026.1"))
    revision = ma.fields.Integer(required=True, metadata=described("The revision.", 12))
    created = ma.fields.String(
        required=True,
        metadata=described("When the name was given.", "2026-01-01T00:00:00Z")
        | {"format": "date-time"},
    )


VersionPageSchema = list_of(VersionSchema, "VersionPageSchema")
ChangePageSchema = list_of(ChangeSchema, "ChangePageSchema")
ReleaseListSchema = list_of(ReleaseSchema, "ReleaseListSchema")
