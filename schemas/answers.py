"""What every answer says about itself: the receipt, and where a page stands."""

from typing import Any

import marshmallow as ma

from schemas.base import ResponseSchema, described


def relation_of(number: str) -> ma.fields.String:
    """Make the member that tells whether a number is exact."""
    return ma.fields.String(
        required=True,
        validate=ma.validate.OneOf(["eq", "gte"]),
        metadata=described(f"Of `{number}`: `eq`: exactly so many; `gte`: so many at least.", "eq"),
    )


class MatchedSchema(ResponseSchema):
    """How many matched."""

    value = ma.fields.Integer(
        required=True, metadata=described("How many matched; counting stops at 10000.", 55)
    )
    relation = relation_of("value")


class EmptyBecauseSchema(ResponseSchema):
    """Why a query found nothing."""

    filter = ma.fields.String(
        required=True, metadata=described("The filter.", "date_from=2030-01-01")
    )
    matches_alone = ma.fields.Integer(
        required=True,
        metadata=described(
            "How many events the filter alone matches, or codes on a list of codes, or changes for "
            "`since`; counting stops at 10000.",
            0,
        ),
    )
    relation = relation_of("matches_alone")
    hint = ma.fields.String(
        required=True, metadata=described("What is known of it.", "events end on 2024-06-17")
    )


def _count(meaning: str, example: int) -> ma.fields.Integer:
    return ma.fields.Integer(required=True, metadata=described(meaning, example))


class ReceiptSchema(ResponseSchema):
    """What an answer says about itself."""

    query = ma.fields.String(
        required=True,
        metadata=described("The query in canonical form.", "actor_country=IRN&limit=100"),
    )
    revision = ma.fields.Integer(
        required=True, metadata=described("The revision of the store that answered.", 1)
    )
    committed = ma.fields.String(
        required=True,
        allow_none=True,
        metadata=described(
            "When that revision was committed (UTC); null in a store without any.",
            "2026-11-30T09:15:00Z",
        )
        | {"format": "date-time"},
    )
    release = ma.fields.String(
        required=True,
        allow_none=True,
        metadata=described("The release that the query named with `as_of`.", "2026.1"),
    )
    matched = ma.fields.Nested(
        MatchedSchema, required=True, metadata=described("How many matched.")
    )
    complete = ma.fields.Boolean(
        required=True,
        metadata=described("Whether this answer alone holds everything that matched.", True),
    )
    notes = ma.fields.List(
        ma.fields.String(),
        required=True,
        metadata=described(
            "What the filters leave out, and what could mislead.", ["bbox leaves out …"]
        ),
    )
    empty_because = ma.fields.List(
        ma.fields.Nested(EmptyBecauseSchema),
        metadata=described("Only on an empty answer: which filters stand in the way."),
    )
    cite = ma.fields.String(
        required=True,
        metadata=described("Address of the citation of this answer.", "/v1/cite?as_of=1"),
    )


class PlacePrecisionSchema(ResponseSchema):
    """How many of the events that matched have a place of each precision."""

    city = _count("Coordinates are those of a city or another named place.", 415)
    region = _count("Coordinates are those of a region.", 0)
    country = _count("Coordinates are those of a country: one point in it.", 131)
    none = _count("What the coordinates stand for is not known.", 0)


class EventReceiptSchema(ReceiptSchema):
    """What an answer of events says about itself."""

    datasets = ma.fields.Dict(
        keys=ma.fields.String(),
        values=ma.fields.Integer(),
        required=True,
        allow_none=True,
        metadata=described(
            "How many of the events that matched are of each dataset, by name; null on later "
            "pages, and where `matched` is not exact.",
            {"gdelt": 822, "icews": 61},
        ),
    )
    place_precision = ma.fields.Nested(
        PlacePrecisionSchema,
        required=True,
        allow_none=True,
        metadata=described(
            "What the places stand for, if `near` or `bbox` is asked for; null as `datasets`, and "
            "without these filters."
        ),
    )


class PageInfoSchema(ResponseSchema):
    """Where a page stands in the list."""

    limit = ma.fields.Integer(
        required=True, metadata=described("The most items that a page holds.", 100)
    )
    returned = ma.fields.Integer(
        required=True, metadata=described("How many items this page holds.", 55)
    )
    next = ma.fields.String(
        required=True,
        allow_none=True,
        metadata=described(
            "Address of the next page, also in `Link`; null on the last.",
            "https://…/v1/events?cursor=…&limit=100",
        ),
    )


def receipt(schema: type[ma.Schema] = ReceiptSchema) -> ma.fields.Nested:
    """Make the member of an answer that holds its receipt."""
    text = "What the answer says about itself."
    return ma.fields.Nested(schema, required=True, metadata=described(text))


def list_of(
    item: type[ma.Schema], name: str, receipt_schema: type[ma.Schema] = ReceiptSchema
) -> type[ma.Schema]:
    """Make the schema of a page of items."""
    members: dict[str, ma.fields.Field[Any]] = {
        "data": ma.fields.List(
            ma.fields.Nested(item), required=True, metadata=described("The items of the page.")
        ),
        "page": ma.fields.Nested(
            PageInfoSchema, required=True, metadata=described("Where the page stands.")
        ),
        "receipt": receipt(receipt_schema),
    }
    return ResponseSchema.from_dict(members, name=name)


def one_of(item: type[ma.Schema], name: str) -> type[ma.Schema]:
    """Make the schema of an answer that holds one thing."""
    members: dict[str, ma.fields.Field[Any]] = {
        "data": ma.fields.Nested(item, required=True, metadata=described("The thing itself.")),
        "receipt": receipt(),
    }
    return ResponseSchema.from_dict(members, name=name)
