"""The filters of events as query parameters, made from the table of filters."""

from collections.abc import Callable
from typing import Any

import marshmallow as ma

from dataset.codebook.vocabularies import CLOSED_KINDS, VOCABULARIES
from dataset.declarations.filters import FILTERS, Filter
from dataset.declarations.instants import first_second, last_second
from schemas import codes, fields
from schemas.base import QuerySchema, described

CHOICE_HELP = "`A,B` is A or B, `!A` all but A, `none` a missing value"
UNSAMPLED = {"sort", "limit", "cursor"}
"""The parameters that exclude a sample."""
TYPED: dict[str, Callable[[str], object]] = {"integer": int, "number": float}


def _number(item: Filter, **kwargs: Any) -> ma.fields.Field[Any]:
    if item.kind == "integer":
        return fields.Integer(**kwargs)
    return fields.Number(**kwargs)


FIELDS: dict[str, Callable[..., ma.fields.Field[Any]]] = {
    "choice": lambda item, **kwargs: codes.Choices(item.kind, **kwargs),
    "dyad": lambda item, **kwargs: codes.Dyad(**kwargs),
    "date": lambda item, **kwargs: fields.Day(**kwargs),
    "bbox": lambda item, **kwargs: fields.Box(**kwargs),
    "near": lambda item, **kwargs: fields.Circle(**kwargs),
    "words": lambda item, **kwargs: fields.Words(**kwargs),
    "number": _number,
    "instant_min": lambda item, **kwargs: fields.Instant(first_second, **kwargs),
    "instant_max": lambda item, **kwargs: fields.Instant(last_second, **kwargs),
}
"""The field of each shape of filter."""


def documentation(item: Filter) -> str:
    """Say what a filter means, in what unit, which values there are, and what it leaves out."""
    closed = VOCABULARIES[item.kind] if item.kind in CLOSED_KINDS else ()
    texts = (
        item.meaning,
        f"unit: {item.unit}" if item.unit else "",
        f"one of {', '.join(f'`{value}`' for value in closed)}" if closed else "",
        CHOICE_HELP if item.shape == "choice" else "",
        item.note or "",
    )
    return " ".join(f"{text[0].upper()}{text[1:]}." for text in texts if text)


def field_of(item: Filter) -> ma.fields.Field[Any]:
    """Make the documented field of a filter."""
    typed = TYPED.get(item.kind, str) if item.shape == "number" else str
    metadata = described(documentation(item), typed(item.example))
    if item.shape == "number" and item.kind == "integer":
        metadata["minimum"] = 0
    return FIELDS[item.shape](item, metadata=metadata)


class LimitsSchema(QuerySchema):
    """What must hold between the limits of a query."""

    @ma.validates_schema
    def check_limits(self, data: dict[str, Any], **_kwargs: Any) -> None:
        """Refuse limits the wrong way round: they would find nothing."""
        for least in (name for name in data if name.endswith("_min")):
            greatest = f"{least.removesuffix('_min')}_max"
            if data[least] > data.get(greatest, data[least]):
                limit = self.fields[least].serialize(least, data)
                error = f"must not be less than {least}, {limit}."
                raise fields.invalid(error, field=greatest)

    @ma.validates_schema
    def check_order(self, data: dict[str, Any], **_kwargs: Any) -> None:
        """Refuse dates the wrong way round: they would find long events only."""
        if "date_from" in data and "date_to" in data and data["date_to"] < data["date_from"]:
            error = f"must not be before date_from, {data['date_from']}."
            raise fields.invalid(error, field="date_to")


class SampledSchema(LimitsSchema):
    """What must hold between a sample and the rest of a query."""

    @ma.validates_schema
    def check_sample(self, data: dict[str, Any], **_kwargs: Any) -> None:
        """Refuse a sample that could not be drawn again, and what has no meaning beside one."""
        if "sample" in data and "seed" not in data:
            error = "needs a seed, such as seed=42: with it the same sample can be drawn again."
            raise fields.invalid(error, field="sample")
        if "seed" in data and "sample" not in data:
            raise fields.invalid("belongs to a sample, such as sample=100.", field="seed")
        for name in sorted(UNSAMPLED & data.keys() if "sample" in data else ()):
            error = "cannot be used with sample, which comes in one answer, in random order."
            raise fields.invalid(error, field=name)


EventFiltersSchema = LimitsSchema.from_dict(
    {name: field_of(item) for name, item in FILTERS.items()}, name="EventFiltersSchema"
)
