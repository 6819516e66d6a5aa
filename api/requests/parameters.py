"""Validate each query string once per schema, and cache the result, which never changes.

Values that only the store knows (codes, revisions) are not cached, but checked each time.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from types import MappingProxyType
from typing import Any, ClassVar
from urllib.parse import urlencode

import marshmallow as ma
from flask import Request, request
from webargs.flaskparser import FlaskParser

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


@lru_cache(MOST_KEPT)
def parameters_of(schema: type[ma.Schema], query_string: bytes) -> Parameters:
    """Give the parameters of the running request; equal queries are validated once.

    Errors are not cached: each time, they are raised again.
    """
    arguments = PARSER.validated(_instance(schema), request)
    canonical = dict(_instance(schema).dump(arguments))
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


class QueryParser(FlaskParser):
    """Read query parameters: unknown ones, repeated ones and broken text are errors."""

    DEFAULT_UNKNOWN_BY_LOCATION: ClassVar[dict[str, str | None]] = {  # type: ignore[misc]
        **FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION,
        "query": ma.RAISE,
    }

    def parse(self, argmap: Any, req: Request | None = None, **_: Any) -> Any:
        """Give the validated parameters, from the cache if the query came before."""
        return parameters_of(argmap, request.query_string).arguments

    def validated(self, schema: ma.Schema, req: Request) -> dict[str, Any]:
        """Validate the parameters of a request."""
        return super().parse(schema, req, location="query")

    def load_querystring(self, req: Request, schema: ma.Schema) -> Any:
        """Give the parameters as a plain dict of texts."""
        repeated = {
            name: [{"detail": _once(schema.fields.get(name))}]
            for name, values in req.args.lists()
            if len(values) > 1
        }
        if repeated:
            raise ma.ValidationError(repeated)
        return req.args.to_dict()


PARSER = QueryParser()


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
