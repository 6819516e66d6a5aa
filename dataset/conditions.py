"""What each filter means in SQL: a table from its name to a condition on a table of events."""

from collections.abc import Callable, Mapping
from functools import reduce
from operator import and_, or_
from typing import Any

from peewee import Expression, Value, fn

from dataset.columns import COLUMNS
from dataset.filters import Choice
from dataset.indexes import with_words
from dataset.models import Event, Version, field
from dataset.words import folded

Table = type[Version]
Condition = Callable[[Table, Any], Expression]
Match = Callable[[Table, Any], Expression]
Missing = Callable[[Table], Expression]

NOTHING = "\uffff"
"""Sorts after every character of a code."""


def choice(*names: str) -> Condition:
    """Make the condition that a column, or any of several, holds one of the values."""
    match = _any_of([_match(name) for name in names])
    missing = _all_of([_missing(name) for name in names])
    return lambda table, value: _chosen(table, value, match, missing)


def subtree(*names: str) -> Condition:
    """Make the condition that a code begins with one of the values."""
    match = _any_of([_begins(name) for name in names])
    missing = _all_of([_missing(name) for name in names])
    return lambda table, value: _chosen(table, value, match, missing)


def _chosen(table: Table, value: Choice, match: Match, missing: Missing) -> Expression:
    """Combine: any of the wanted values, and each unwanted one excluded, exactly."""
    conditions = []
    if value.wanted:
        conditions.append(reduce(or_, (_one(table, one, match, missing) for one in value.wanted)))
    # A missing value makes a comparison unknown; the complement of a match must hold then.
    conditions += [
        ~missing(table) if one is None else (missing(table) | ~match(table, one))
        for one in value.unwanted
    ]
    return reduce(and_, conditions)


def _one(table: Table, value: object, match: Match, missing: Missing) -> Expression:
    return missing(table) if value is None else match(table, value)


def _any_of(matches: list[Match]) -> Match:
    if len(matches) == 1:
        return matches[0]
    return lambda table, value: reduce(or_, (_known(match(table, value)) for match in matches))


def _known(condition: Expression) -> Any:
    """Make an unknown condition false: one side may be missing while the other matches."""
    return fn.COALESCE(condition, False)


def _all_of(missing: list[Missing]) -> Missing:
    return lambda table: reduce(and_, (one(table) for one in missing))


def _missing(name: str) -> Missing:
    if name in COLUMNS and COLUMNS[name].many:
        return lambda table: field(table, name) == ""
    return lambda table: field(table, name).is_null()


def _match(name: str) -> Match:
    if name in COLUMNS and COLUMNS[name].many:
        return lambda table, value: _listed(field(table, name), value)
    return lambda table, value: field(table, name) == value


def _listed(column: Any, value: str) -> Expression:
    """Match one value of a list that is stored as text, separated by `;`."""
    return (Value(";").concat(column).concat(";")).contains(f";{value};")


def _begins(name: str) -> Match:
    return lambda table, value: field(table, name).between(value, value + NOTHING)


def at_least(name: str) -> Condition:
    """Make the condition that a column is not less than the value."""
    return lambda table, value: field(table, name) >= value


def at_most(name: str) -> Condition:
    """Make the condition that a column is not greater than the value."""
    return lambda table, value: field(table, name) <= value


def within(table: Table, box: tuple[float, float, float, float]) -> Expression:
    """Match places in a box of west, south, east, north; west of the date line if west > east."""
    west, south, east, north = box
    longitude, latitude = field(table, "place_longitude"), field(table, "place_latitude")
    meridians = (
        longitude.between(west, east) if west <= east else (longitude >= west) | (longitude <= east)
    )
    return latitude.between(south, north) & meridians


def worded(table: Table, text: str) -> Expression:
    """Match events whose names and summary hold all words; a final `*` makes a prefix."""
    words, prefix = folded(text), text.rstrip().endswith("*")
    if issubclass(table, Event):
        quoted = " ".join(f'"{word}"' for word in words) + ("*" if prefix else "")
        return table.key.in_(with_words(quoted))
    ends = [" "] * (len(words) - 1) + ["" if prefix else " "]
    stored = field(table, "words")
    return reduce(
        and_, (stored.contains(f" {word}{end}") for word, end in zip(words, ends, strict=True))
    )


def dyad(table: Table, countries: tuple[str, str]) -> Expression:
    """Match events between two countries, in either direction."""
    return field(table, "dyad") == ",".join(sorted(countries))


CONDITIONS: dict[str, Condition] = {
    **{name: choice(name) for name, column in COLUMNS.items() if column.by == "choice"},
    **{f"{name}_min": at_least(name) for name, column in COLUMNS.items() if column.by == "range"},
    **{f"{name}_max": at_most(name) for name, column in COLUMNS.items() if column.by == "range"},
    "id": choice("key"),
    "actor": subtree("actor_code"),
    "target": subtree("target_code"),
    "involves": subtree("actor_code", "target_code"),
    "involves_country": choice("actor_country", "target_country"),
    "action": subtree("action_code"),
    "dyad": dyad,
    "date_from": at_least("date_end"),
    "date_to": at_most("date"),
    "bbox": within,
    "q": worded,
}
"""The condition of each filter. Public ids are made into keys before (`codes.resolved`)."""


def conditions_of(table: Table, filters: Mapping[str, Any]) -> list[Expression]:
    """Give the conditions of all filters on a table."""
    return [CONDITIONS[name](table, value) for name, value in filters.items()]
