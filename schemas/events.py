"""Events: what can be asked of them, and what one looks like."""

from typing import Any

import marshmallow as ma

from dataset.declarations.columns import CLOSED_SETS, COLUMNS, PARTS, SORTABLE, Column
from dataset.declarations.filters import DISTINCT, SPECIAL
from schemas import fields
from schemas.answers import EventReceiptSchema, list_of, one_of, receipt
from schemas.base import QuerySchema, ResponseSchema, described
from schemas.filters import EventFiltersSchema, SampledSchema
from schemas.paging import ListQuerySchema

AS_OF = (
    "Answer as the store was at this revision (a number) or release (a name), or at a time: the "
    "end of a day in UTC, or an instant such as `2026-01-31T12:00:00Z`. The time must be over, and "
    "means the last revision committed by then. `page.next` and `cite` name its number."
)
SORT = (
    f"Column to sort by, one of {', '.join(SORTABLE)}; `-` before it for the greatest first. "
    "Missing values come last."
)
FIELDS = "Columns (`actor_country`) or parts (`actor`) of the answer; `id` is always there."

DISTINCT_TEXT = (
    "Leave out duplicates, after all filters and within each dataset; the event with most mentions "
    "stays, of equals the least id. `day`: the same dates, actor code, target code and action; "
    "`article`: the same URL, or else story, and action. Events without these all stay."
)
SAMPLE = (
    "Draw so many of the events that match, 1 to 10000, all of them if they are fewer, in one "
    "answer; needs `seed`, excludes `sort`, `limit` and `cursor`. A smaller sample is the "
    "beginning of a larger one."
)
SEED = "A whole number of your choice: the same seed and revision give the same sample."
MOST_SAMPLED = 10_000
MOST_FIRST = 10**15
"""More than any store has, and so few that engines can add to it."""


def as_of() -> fields.RevisionName:
    """Make the parameter that names a revision."""
    return fields.RevisionName(metadata=described(AS_OF, "1"))


def _sort(default: str) -> fields.SortKey:
    text = f"{SORT} If it is not given: {default}."
    return fields.SortKey(metadata=described(text, "-goldstein"))


def columns() -> fields.Columns:
    """Make the parameter that names the columns of the answer."""
    return fields.Columns(metadata=described(FIELDS, "date,actor,action_code,target"))


def first_of(things: str) -> fields.Integer:
    """Make the parameter that keeps the first of a whole result."""
    text = (
        f"Give only the first {things} of the order, this many at most. If it is not given: all. "
        "The receipt has `complete: false` if there are more."
    )
    limits = {"minimum": 1, "maximum": MOST_FIRST}
    return fields.Integer(1, MOST_FIRST, metadata=described(text, 1000) | limits)


def distinct() -> fields.OneOf:
    """Make the parameter that names a rule against duplicates."""
    metadata = described(DISTINCT_TEXT, *DISTINCT) | {"enum": [*DISTINCT]}
    return fields.OneOf(DISTINCT, metadata=metadata)


def _sampled() -> dict[str, ma.fields.Field[Any]]:
    """Make the parameters of a sample."""
    limits = {"minimum": 1, "maximum": MOST_SAMPLED}
    return {
        "sample": fields.Integer(1, MOST_SAMPLED, metadata=described(SAMPLE, 10) | limits),
        "seed": fields.Integer(metadata=described(SEED, 42) | {"minimum": 0}),
    }


def query_of(name: str, **members: ma.fields.Field[Any]) -> type[ma.Schema]:
    """Make a query schema: more parameters between the main filters and those of one column."""
    filters = EventFiltersSchema._declared_fields
    main = {name: filters[name] for name in SPECIAL}
    return SampledSchema.from_dict({**main, **members, **filters}, name=name)


EventPageQuerySchema = query_of(
    "EventPageQuerySchema",
    sort=_sort("`-date`, or `date` for a whole result in another format"),
    fields=columns(),
    as_of=as_of(),
    distinct=distinct(),
    **_sampled(),
    **ListQuerySchema._declared_fields,
)


def _whole(name: str, **more: ma.fields.Field[Any]) -> type[ma.Schema]:
    """Make the schema of queries for a whole result."""
    common = {"fields": columns(), "as_of": as_of(), "distinct": distinct(), **_sampled()}
    return query_of(name, sort=_sort("`date`"), **common, **more)


EventExportQuerySchema = _whole("EventExportQuerySchema", limit=first_of("events"))
EventResultQuerySchema = _whole("EventResultQuerySchema")
"""What is cited: the whole result."""
EventCountQuerySchema = query_of("EventCountQuerySchema", as_of=as_of(), distinct=distinct())


EventQuerySchema = QuerySchema.from_dict(
    {"fields": columns(), "as_of": as_of()}, name="EventQuerySchema"
)


VALUES: dict[str, type[ma.fields.Field[Any]]] = {
    "integer": ma.fields.Integer,
    "number": ma.fields.Float,
    "boolean": ma.fields.Boolean,
    "string": ma.fields.String,
}


FORMATS = {"date": "date", "timestamp": "date-time"}


def value_of(column: Column) -> ma.fields.Field[Any]:
    """Make the documented field of a column in the JSON event."""
    unit = f" Unit: {column.unit}." if column.unit else ""
    metadata = described(f"{column.meaning}.{unit}", column.example)
    if column.kind in FORMATS:
        metadata["format"] = FORMATS[column.kind]
    kind = VALUES[column.json_type]
    if column.many:
        return ma.fields.List(kind(), metadata=metadata)
    return kind(
        required=column.name == "id",
        allow_none=column.null,
        validate=known_values(column),
        metadata=metadata,
    )


def known_values(column: Column) -> ma.validate.OneOf | None:
    """Give the values of a column whose set is closed."""
    is_closed = column.kind in CLOSED_SETS
    return ma.validate.OneOf(CLOSED_SETS[column.kind]) if is_closed else None


def _part(part: str) -> type[ma.Schema]:
    members = {
        column.path[1]: value_of(column)
        for column in COLUMNS.values()
        if column.path[0] == part and len(column.path) == 2
    }
    return ResponseSchema.from_dict(members, name=f"{part.capitalize()}Schema")


PART_MEANINGS = {
    "actor": "Who acts; null when the source has none.",
    "action": "What is done.",
    "target": "Who is acted upon; null when the source has none.",
    "place": "Where it happens; null when the source has none.",
    "evidence": "Where the event comes from, and how sure it is.",
}


def _members() -> dict[str, ma.fields.Field[Any]]:
    members: dict[str, ma.fields.Field[Any]] = {}
    for column in COLUMNS.values():
        name = column.path[0]
        if name in PARTS:
            members[name] = ma.fields.Nested(
                _PARTS[name],
                allow_none=name in ("actor", "target", "place"),
                metadata=described(PART_MEANINGS[name]),
            )
        else:
            members[name] = value_of(column)
    return members


_PARTS = {part: _part(part) for part in PARTS}
EventSchema = ResponseSchema.from_dict(_members(), name="EventSchema")
EventPageSchema = list_of(EventSchema, "EventPageSchema", EventReceiptSchema)
EventAnswerSchema = one_of(EventSchema, "EventAnswerSchema")


class CountSchema(ResponseSchema):
    """How many events a query matches."""

    count = ma.fields.Integer(
        required=True, metadata=described("How many events match, exactly.", 55)
    )
    receipt = receipt(EventReceiptSchema)


class FeatureSchema(ResponseSchema):
    """An event as a GeoJSON feature (RFC 7946)."""

    type = ma.fields.String(required=True, metadata=described("Always `Feature`.", "Feature"))
    id = ma.fields.String(required=True, metadata=described("Id of the event.", "seed:31"))
    geometry = ma.fields.Dict(
        keys=ma.fields.String(),
        required=True,
        allow_none=True,
        metadata=described(
            "Point of the place, longitude first; null without coordinates.",
            {"type": "Point", "coordinates": [34.75, 31.5]},
        ),
    )
    properties = ma.fields.Dict(
        keys=ma.fields.String(),
        required=True,
        metadata=described("The flat columns of the event.", {"id": "seed:31", "actor_code": "…"}),
    )


class FeatureCollectionSchema(ResponseSchema):
    """Events as a GeoJSON feature collection (RFC 7946)."""

    type = ma.fields.String(
        required=True, metadata=described("Always `FeatureCollection`.", "FeatureCollection")
    )
    features = ma.fields.List(
        ma.fields.Nested(FeatureSchema), required=True, metadata=described("The events.")
    )
