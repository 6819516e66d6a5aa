"""Validate each query string once per schema, and cache the result, which never changes.

Values that only the store knows (codes, revisions) are not cached, but checked each time.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from types import MappingProxyType
from typing import Any
from urllib.parse import parse_qsl, urlencode

import marshmallow as ma

from dataset.declarations.filters import (
    AREAS,
    COUNTRIES_NOTE,
    DISTINCT,
    FILTERS,
    SAMPLE_NOTE,
    Choice,
)
from schemas.codes import Choices
from schemas.fields import Columns

MOST_KEPT = 1024


@dataclass(frozen=True)
class Parameters:
    """The parameters of a valid query string, as values and in canonical form.

    `canonical` and `canonical_query` are the same as text, without the cursor.
    """

    arguments: Mapping[str, Any]
    canonical: Mapping[str, str]
    canonical_query: str
    cursor: str | None
    notes: tuple[str, ...]

    def settled(self, texts: Mapping[str, str]) -> "Parameters":
        """Give the same parameters with other canonical texts of some."""
        canonical = {**self.canonical, **texts}
        if canonical == self.canonical:
            return self
        return replace(self, canonical=canonical, canonical_query=query_text(canonical))


@lru_cache(MOST_KEPT)
def parameters_of(schema: type[ma.Schema], query_string: bytes) -> Parameters:
    """Validate a query string; equal ones are validated once.

    Raises `marshmallow.ValidationError`. Errors are not cached: each time, they are raised again.
    """
    known = _instance(schema)
    arguments = known.load(_texts(known, query_string))
    canonical = dict(known.dump(arguments))
    cursor = canonical.pop("cursor", None)
    notes = {note_on(name, value) for name, value in arguments.items()}
    notes = (notes | {_note_on_countries(arguments)}) - {None}
    return Parameters(
        MappingProxyType(arguments),
        MappingProxyType(canonical),
        query_text(canonical),
        cursor,
        tuple(sorted(map(str, notes))),
    )


@cache
def _instance(schema: type[ma.Schema]) -> ma.Schema:
    """Make a schema once: that takes longer than validating with it."""
    return schema()


def _texts(schema: ma.Schema, query_string: bytes) -> dict[str, str]:
    """Give the parameters as a plain dict of texts; each may be given once."""
    pairs = parse_qsl(query_string.decode(), keep_blank_values=True)
    times = Counter(name for name, _ in pairs)
    repeated = {
        name: [{"detail": _once(schema.fields.get(name))}] for name in times if times[name] > 1
    }
    if repeated:
        raise ma.ValidationError(repeated)
    return dict(pairs)


def _once(field: ma.fields.Field[Any] | None) -> str:
    several = isinstance(field, Choices | Columns)
    return "must be given once" + ("; separate several values by commas." if several else ".")


def query_text(parameters: Mapping[str, str]) -> str:
    """Write parameters as a query string, sorted by name."""
    return urlencode(sorted(parameters.items()), safe=",:!*/")


def _note_on_countries(arguments: Mapping[str, Any]) -> str | None:
    """Say that an area may hold places which are only known by their country."""
    has_area = any(name in arguments for name in AREAS)
    precision = arguments.get("place_precision", Choice())
    return COUNTRIES_NOTE if has_area and precision.keeps("country") else None


def note_on(name: str, value: Any) -> str | None:
    """Say which events a parameter leaves out; some choices keep events without a value."""
    if name == "distinct":
        return DISTINCT[value].note
    if name not in FILTERS:
        return SAMPLE_NOTE if name == "sample" else None
    keeps_missing = isinstance(value, Choice) and value.keeps_missing
    return None if keeps_missing else FILTERS[name].note
