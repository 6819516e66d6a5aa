"""What each filter means in SQL: a table from its name to a condition on a table of events."""

from collections.abc import Callable, Iterator, Mapping
from functools import reduce
from operator import and_, or_
from typing import Any

from peewee import Expression, Value, fn

from dataset.declarations.columns import COLUMNS
from dataset.declarations.filters import FILTERS, Choice
from dataset.declarations.words import folded
from dataset.selections.places import in_grid_cell, near, within
from dataset.store.engines.base import Term
from dataset.store.indexes import CODES, HEAD, LEADS, head_of
from dataset.store.models import LAST, Version, field

Table = type[Version]
Condition = Callable[[Table, Any], Expression | Term]
Match = Callable[[Table, Any], Expression]
Missing = Callable[[Table], Expression]

MOST_ALTERNATIVES = 6
ROOT = 2
"""The length of the root of an action code; the root is stored beside every code."""


def choice(*names: str) -> Condition:
    """Make the condition that a column, or any of several, holds one of the values."""
    return _condition([_match(name) for name in names], [_missing(name) for name in names])


def subtree(*names: str) -> Condition:
    """Make the condition that a code begins with one of the values."""
    return _condition([_begins(name) for name in names], [_missing(name) for name in names])


def named(*names: str) -> Condition:
    """Make the condition that a column of names, or any of several, holds one of the values.

    They are compared as one list: each name may have several spellings (`names.spelled`).
    """

    def condition(table: Table, value: Choice) -> Any:
        columns = [field(table, name) for name in names]
        return reduce(and_, _listed_parts(columns, value))

    return condition


def _listed_parts(columns: list[Any], value: Choice) -> Iterator[Any]:
    is_missing = reduce(and_, (column.is_null() for column in columns))
    if value.wanted:
        spellings = [one for one in value.wanted if one is not None]
        found = [column.in_(spellings) for column in columns if spellings]
        yield reduce(or_, [*found, *([is_missing] if None in value.wanted else [])])
    if spellings := [one for one in value.unwanted if one is not None]:
        found = [fn.COALESCE(column.in_(spellings), False) for column in columns]
        yield ~reduce(or_, found)
    if None in value.unwanted:
        yield ~is_missing


def _condition(matches: list[Match], missing: list[Missing]) -> Condition:
    """Combine columns: any of them may match a value; None matches if all are missing."""

    def one(table: Table, value: object) -> Expression:
        if value is None:
            return reduce(and_, (is_missing(table) for is_missing in missing))
        return reduce(or_, (match(table, value) for match in matches))

    return lambda table, value: reduce(and_, _parts(table, value, one))


def _parts(table: Table, value: Choice, one: Match) -> Iterator[Any]:
    """Yield: any of the wanted values, and the exact complement of each unwanted one."""
    if value.wanted:
        yield reduce(or_, (one(table, wanted) for wanted in value.wanted))
    for unwanted in value.unwanted:
        # A comparison with a missing value is NULL, and so would be its negation.
        yield ~fn.COALESCE(one(table, unwanted), False)


def _missing(name: str) -> Missing:
    if name in COLUMNS and COLUMNS[name].many:
        return lambda table: field(table, name) == ""
    return lambda table: field(table, name).is_null()


def _match(name: str) -> Match:
    if name in COLUMNS and COLUMNS[name].many:
        return lambda table, value: _listed(field(table, name), value)
    if name in CODES:
        below = _below(name)
        return lambda table, value: below(table, value) & (field(table, name) == value)
    return lambda table, value: field(table, name) == value


def _listed(column: Any, value: str) -> Expression:
    """Match one value of a list that is stored as text, separated by `;`."""
    return (Value(";").concat(column).concat(";")).contains(f";{value};")


def _begins(name: str) -> Match:
    below = _below(name)
    return lambda table, value: (
        below(table, value) & field(table, name).between(value, value + LAST)
    )


def _below(name: str) -> Match:
    """Match the first part of a code, which leads an index in the order of dates."""
    if name == "action_code":
        return lambda table, value: field(table, "action_root") == value[:ROOT]
    return lambda table, value: head_of(field(table, name)) == value[:HEAD]


def identified(table: Table, value: tuple[int, str]) -> Expression:
    """Match the event of a key, if it has the id as well: two ids may be hashed to one key."""
    key, public_id = value
    return (table.key == key) & (field(table, "id") == public_id)


def at_least(name: str) -> Condition:
    """Make the condition that a column is not less than the value."""
    return lambda table, value: field(table, name) >= value


def at_most(name: str) -> Condition:
    """Make the condition that a column is not greater than the value."""
    return lambda table, value: field(table, name) <= value


def worded(table: Table, text: str) -> Term:
    """Match events whose names and summary hold all words; a final `*` makes a prefix."""
    return Term("worded", table, folded(text), text.rstrip().endswith("*"))


CONDITIONS: dict[str, Condition] = {
    **{name: choice(name) for name, column in COLUMNS.items() if column.by == "choice"},
    **{name: named(name) for name, column in COLUMNS.items() if column.kind == "name"},
    **{f"{name}_min": at_least(name) for name, column in COLUMNS.items() if column.by == "range"},
    **{f"{name}_max": at_most(name) for name, column in COLUMNS.items() if column.by == "range"},
    "id": _condition([identified], [_missing("id")]),
    "actor": subtree("actor_code"),
    "target": subtree("target_code"),
    "involves": subtree("actor_code", "target_code"),
    "involves_country": choice("actor_country", "target_country"),
    "involves_name": named("actor_name", "target_name"),
    "action": subtree("action_code"),
    "dyad": choice("dyad"),
    "date_from": at_least("date_end"),
    "date_to": at_most("date"),
    "bbox": within,
    "near": near,
    "place_priogrid_gid": _condition([in_grid_cell], [_missing("place_priogrid_gid")]),
    "q": worded,
}
"""The condition of each filter. `known_values.resolved` first makes its values the store's."""


def conditions_of(table: Table, filters: Mapping[str, Any]) -> list[Expression | Term]:
    """Give the conditions of all filters on a table."""
    return [CONDITIONS[name](table, value) for name, value in filters.items()]


def alternatives(table: Table, filters: Mapping[str, Any]) -> Iterator[list[Any]]:
    """Yield conditions that together match what the filters match, and no event twice.

    A few values or columns give a condition each, which is read from an index in the order of
    pages. One condition for all of them would need a sort.
    """
    name = next((name for name in filters if _is_spread(name, filters[name])), None)
    if name is None:
        yield conditions_of(table, filters)
        return
    others = conditions_of(table, {other: filters[other] for other in filters if other != name})
    found = [match(table, value) for match in LEADING[name] for value in filters[name].wanted]
    for number, one in enumerate(found):
        before = [~fn.COALESCE(reduce(or_, found[:number]), False)] if number else []
        yield [*others, one, *before]


def _is_spread(name: str, value: Any) -> bool:
    if name not in LEADING or value.unwanted or None in value.wanted:
        return False
    return 1 < len(LEADING[name]) * len(value.wanted) <= MOST_ALTERNATIVES


_CODED = {
    "actor": ("actor_code",),
    "target": ("target_code",),
    "involves": ("actor_code", "target_code"),
    "action": ("action_code",),
}
LEADING: dict[str, list[Match]] = {
    **{name: [_match(name)] for name in LEADS if name in FILTERS},
    **{name: [_begins(column) for column in columns] for name, columns in _CODED.items()},
    "involves_country": [_match("actor_country"), _match("target_country")],
    "involves_name": [_match("actor_name"), _match("target_name")],
    "place_priogrid_gid": [in_grid_cell],
}
"""The filters that have an index, each with how one value matches in each of its columns."""
