"""The filters of events as query parameters, made from the table of filters."""

from collections.abc import Callable
from typing import Any

import marshmallow as ma

from dataset.filters import FILTERS, Filter
from schemas import codes, fields
from schemas.base import QuerySchema, described

FILLED_IN = "dyad"
"""The filter that Swagger UI fills in: a first question that any store with the seed answers."""
CHOICE_HELP = (
    "Several values: commas (`A,B` is A or B); `!A` is everything but A; `none` is a missing value."
)


def _number(item: Filter, **kwargs: Any) -> ma.fields.Field[Any]:
    if item.kind == "integer":
        return fields.Integer(**kwargs)
    return fields.Number(**kwargs)


FIELDS: dict[str, Callable[..., ma.fields.Field[Any]]] = {
    "choice": lambda item, **kwargs: codes.Choices(item.kind, **kwargs),
    "dyad": lambda item, **kwargs: codes.Dyad(**kwargs),
    "date": lambda item, **kwargs: fields.Day(**kwargs),
    "bbox": lambda item, **kwargs: fields.Box(**kwargs),
    "words": lambda item, **kwargs: fields.Words(**kwargs),
    "number": _number,
}
"""The field of each shape of filter."""


def documentation(item: Filter) -> str:
    """Say what a filter means, in what unit, and how its values are written."""
    help_text = CHOICE_HELP if item.shape == "choice" else ""
    unit = f"Unit: {item.unit}." if item.unit else ""
    note = f"{item.note[0].upper()}{item.note[1:]}." if item.note else ""
    example = f"Example: `{item.example}`."
    return " ".join(text for text in (item.meaning, unit, note, help_text, example) if text)


def field_of(item: Filter) -> ma.fields.Field[Any]:
    """Make the documented field of a filter."""
    metadata = described(documentation(item), item.example)
    if item.name == FILLED_IN:
        metadata["example"] = item.example
    return FIELDS[item.shape](item, metadata=metadata)


EventFiltersSchema = QuerySchema.from_dict(
    {name: field_of(item) for name, item in FILTERS.items()}, name="EventFiltersSchema"
)
