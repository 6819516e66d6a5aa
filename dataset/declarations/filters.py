"""Declare every filter once: what it takes, on which columns it acts, what it means.

`conditions` says what each means in SQL; the query parameters are made from this table.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from dataset.declarations.columns import COLUMNS, Column


class Choice(NamedTuple):
    """The values of a filter of choices: any of `wanted`, none of `unwanted`; None is no value."""

    wanted: tuple[object, ...] = ()
    unwanted: tuple[object, ...] = ()

    @property
    def keeps_missing(self) -> bool:
        """Whether events without a value are found."""
        return self.keeps(None)

    def keeps(self, value: object) -> bool:
        """Tell whether a value passes."""
        return value not in self.unwanted and (not self.wanted or value in self.wanted)


@dataclass(frozen=True)
class Filter:
    """One filter: `shape` names how it is written, `kind` the kind of its values."""

    name: str
    shape: str
    kind: str
    columns: tuple[str, ...]
    meaning: str
    example: str
    note: str | None = None
    unit: str | None = None


_SIDES = ("actor_code", "target_code")
_NAMES = ("actor_name", "target_name")


def _whole(name: str) -> str:
    """Say how names are compared."""
    return f"{name} compares whole names, whatever the case of letters; q finds words of them"


@dataclass(frozen=True)
class Rule:
    """A rule against duplicates: which events count as one, and which columns they need for it.

    `source` names two columns; the first that has a value counts. In each tuple of `needed` at
    least one column must have a value.
    """

    by: tuple[str, ...]
    needed: tuple[tuple[str, ...], ...]
    note: str
    source: tuple[str, ...] = ()


_ACTION = ("action_code", "action_plover", "action_mode")
_ACTED = ("action_code", "action_plover")

DISTINCT = {
    "day": Rule(
        ("date", "date_end", *_SIDES, *_ACTION),
        (("actor_code",), ("target_code",), _ACTED),
        "distinct=day keeps one event, that with most mentions, of those of one dataset with the "
        "same dates, actor code, target code and action; events without one of these are all kept",
    ),
    "article": Rule(
        _ACTION,
        (("evidence_url", "evidence_story"), _ACTED),
        "distinct=article keeps one event, that with most mentions, of those of one dataset with "
        "the same URL, or else story, and action; events without one of these are all kept",
        ("evidence_url", "evidence_story"),
    ),
}
"""The rules of `distinct`: they come after all filters, and act within one dataset."""
SAMPLE_NOTE = "sample takes some of the events that matched, in an order of chance"

_SPECIAL = (
    Filter(
        "dyad",
        "dyad",
        "country",
        ("actor_country", "target_country"),
        "Two countries, in either direction",
        "IRN,ISR",
        "dyad leaves out events without a country on both sides",
    ),
    Filter(
        "actor",
        "choice",
        "actor",
        ("actor_code",),
        "Who acts, with all codes that begin with these parts: `IRN` finds `IRN` and `IRNGOV`",
        "IRN",
    ),
    Filter(
        "target",
        "choice",
        "actor",
        ("target_code",),
        "Who is acted upon, with all codes that begin with these parts",
        "ISR",
    ),
    Filter(
        "involves",
        "choice",
        "actor",
        _SIDES,
        "Who is on either side, with all codes that begin with these parts",
        "IRN",
    ),
    Filter(
        "action",
        "choice",
        "action",
        ("action_code",),
        "Action with all that it includes: `19` finds `190`, `195` and `1951`",
        "19",
        "action leaves out events without a CAMEO code",
    ),
    Filter(
        "date_from",
        "date",
        "date",
        ("date", "date_end"),
        "Events that last until this day or longer",
        "2024-01-01",
    ),
    Filter(
        "date_to",
        "date",
        "date",
        ("date", "date_end"),
        "Events that begin on this day or before",
        "2024-06-30",
    ),
    Filter(
        "q",
        "words",
        "text",
        ("actor_name", "target_name", "place_name", "evidence_summary"),
        "Plain text: all of its words must stand in the names or the summary; "
        "a final `*` makes the last word a prefix",
        "taliban hamas",
        "q looks for words only: signs and operators are no part of it",
    ),
    Filter(
        "bbox",
        "bbox",
        "number",
        ("place_latitude", "place_longitude"),
        "Box `minLon,minLat,maxLon,maxLat`; across the date line when minLon is the greater",
        "44,25,64,40",
        "bbox leaves out events without coordinates",
        "degrees, WGS84",
    ),
    Filter(
        "near",
        "near",
        "number",
        ("place_latitude", "place_longitude"),
        "Places within a distance `lat,lon,km` of a point, as the crow flies "
        "(on a sphere of 6371.0088 km)",
        "35.69,51.42,100",
        "near leaves out events without coordinates",
        "degrees (WGS84) and kilometres",
    ),
    Filter(
        "involves_country",
        "choice",
        "country",
        ("actor_country", "target_country"),
        "CAMEO country or region on either side",
        "IRN",
    ),
    Filter(
        "involves_name",
        "choice",
        "name",
        _NAMES,
        "Name on either side, as the source gives it",
        "Israel",
        _whole("involves_name"),
    ),
)


_OF_TIMES = {
    "min": "on this day (UTC) or later, or from an instant on, such as `2024-06-17T12:00:00Z`",
    "max": "on this day (UTC) or before, or until an instant, such as `2024-06-17T12:00:00Z`",
}


def _ranges(column: Column) -> Iterator[Filter]:
    name, unit = column.name, column.unit
    note = f"a limit on {name} leaves out events without it" if column.null else None
    if column.kind == "timestamp":
        for end, words in _OF_TIMES.items():
            limit, shape = f"{name}_{end}", f"instant_{end}"
            meaning = f"{name.capitalize()} {words}"
            yield Filter(limit, shape, column.kind, (name,), meaning, column.asked, note)
        return
    is_in_seed = column.example is not None
    seed = "" if is_in_seed else f". The seed dataset has no {name}: a limit finds nothing there"
    for end, meaning in (("min", "Least"), ("max", "Greatest")):
        words = f"{meaning} {name}{seed}"
        limit = f"{name}_{end}"
        yield Filter(limit, "number", column.kind, (name,), words, column.asked, note, unit)


def _choice(column: Column) -> Filter:
    note = _whole(column.name) if column.kind == "name" else None
    names = (column.name,)
    return Filter(column.name, "choice", column.kind, names, column.meaning, column.asked, note)


_CHOICES = tuple(_choice(column) for column in COLUMNS.values() if column.by == "choice")
_RANGES = tuple(
    limit for column in COLUMNS.values() if column.by == "range" for limit in _ranges(column)
)

AREAS = ("bbox", "near")
"""The filters that compare coordinates."""
COUNTRIES_NOTE = (
    "a place known only by its country has the coordinates of the country's centre: "
    "place_precision=city leaves such places out"
)
SPECIAL = tuple(item.name for item in _SPECIAL)
"""The filters that are more than a column: what most questions are made of."""
FILTERS: dict[str, Filter] = {item.name: item for item in (*_SPECIAL, *_CHOICES, *_RANGES)}


def filters_of(column: str) -> list[str]:
    """Name the filters that act on a column."""
    return [name for name, item in FILTERS.items() if column in item.columns]
