"""Events: what can be asked of them, and what one looks like."""

from typing import Any

import marshmallow as ma

from dataset.columns import COLUMNS, PARTS, Column
from dataset.filters import SPECIAL
from schemas import fields
from schemas.answers import ReceiptSchema, list_of, one_of
from schemas.base import QuerySchema, ResponseSchema, described
from schemas.filters import EventFiltersSchema

AS_OF = "Answer as the store was at this revision (a number) or release (a name)."
SORT = "Column to sort by; `-` before it for the greatest first. Missing values come last."
FIELDS = "Columns (`actor_country`) or parts (`actor`) of the answer; `id` is always there."


def _as_of() -> fields.RevisionName:
    return fields.RevisionName(metadata=described(AS_OF, "1"))


def _sort(default: str) -> fields.SortKey:
    text = f"{SORT} Default: `{default}`."
    return fields.SortKey(metadata=described(text, default))


def _columns() -> fields.Columns:
    return fields.Columns(metadata=described(FIELDS, "date,actor,action_code,target"))


def paging() -> dict[str, ma.fields.Field[Any]]:
    """Make the parameters of every list: how much of it, and from where."""
    return {
        "limit": fields.Integer(
            least=1,
            most=1000,
            metadata=described("The most items of a page, 1 to 1000. Default: 100.", 100)
            | {"minimum": 1, "maximum": 1000, "default": 100},
        ),
        "cursor": fields.Text(
            metadata=described(
                "Where the page begins: as `page.next` of the page before holds it. "
                "It belongs to one query and keeps to the revision of the first page."
            )
        ),
    }


def _query(name: str, **members: ma.fields.Field[Any]) -> type[ma.Schema]:
    """Make a query schema: more parameters between the main filters and those of one column."""
    filters = EventFiltersSchema._declared_fields
    main = {name: filters[name] for name in SPECIAL}
    return QuerySchema.from_dict({**main, **members, **filters}, name=name)


EventPageQuerySchema = _query(
    "EventPageQuerySchema", sort=_sort("-date"), fields=_columns(), as_of=_as_of(), **paging()
)
EventExportQuerySchema = _query(
    "EventExportQuerySchema", sort=_sort("date"), fields=_columns(), as_of=_as_of()
)
EventCountQuerySchema = _query("EventCountQuerySchema", as_of=_as_of())


EventQuerySchema = QuerySchema.from_dict(
    {"fields": _columns(), "as_of": _as_of()}, name="EventQuerySchema"
)


VALUES: dict[str, type[ma.fields.Field[Any]]] = {
    "integer": ma.fields.Integer,
    "number": ma.fields.Float,
    "boolean": ma.fields.Boolean,
    "string": ma.fields.String,
}


def value_of(column: Column) -> ma.fields.Field[Any]:
    """Make the documented field of a column in the JSON event."""
    unit = f" Unit: {column.unit}." if column.unit else ""
    example = [column.example] if column.many else column.example
    metadata = described(column.meaning + unit, example)
    if column.kind == "date":
        metadata["format"] = "date"
    if column.kind == "timestamp":
        metadata["format"] = "date-time"
    if column.many:
        return ma.fields.List(VALUES[column.json_type](), metadata=metadata)
    return VALUES[column.json_type](
        required=column.name == "id", allow_none=column.null, metadata=metadata
    )


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
EventPageSchema = list_of(EventSchema, "EventPageSchema")
EventAnswerSchema = one_of(EventSchema, "EventAnswerSchema")


class CountSchema(ResponseSchema):
    """How many events a query matches."""

    count = ma.fields.Integer(
        required=True, metadata=described("How many events match, exactly.", 55)
    )
    receipt = ma.fields.Nested(ReceiptSchema, required=True)


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
