"""Put the parts of groups together, in a file of the cache."""

from typing import Any

from peewee import JOIN, OP, Case, Database, Entity, Expression, Join, Select, Value, fn

from dataset.aggregates.result_tables import Grouping, Label, Part
from dataset.declarations.aggregates import MEASURES, MOST_FILLED, Measure
from dataset.declarations.periods import PERIODS
from dataset.errors import UnknownValue
from dataset.store.models import field
from dataset.store.statements import inserting


def mean(total: int | None, count: int | None) -> int | None:
    """Divide a sum by a count, rounded half-even; None of nothing."""
    if total is None or not count:
        return None
    whole, rest = divmod(total, count)
    return whole + (2 * rest > count or (2 * rest == count and whole % 2 == 1))


def count_parts(database: Database) -> int:
    """Count the events of all groups."""
    (count,) = database.execute(Part.select(fn.COALESCE(fn.SUM(Part.events), 0))).fetchone()
    return int(count)


def missing_periods(grouping: Grouping, database: Database) -> Any:
    """Select a group of no events for every period that a group of the other keys lacks."""
    place, name = next((at, key) for at, key in enumerate(grouping.keys) if key in PERIODS)
    others = [field(Part, f"k{at}") for at in range(len(grouping.keys)) if at != place]
    seen = Part.select(*others).distinct()
    groups = database.execute(Select([seen], [fn.COUNT("*")])).fetchone()[0] if others else 1
    period, filters = PERIODS[name], grouping.selection.filters
    numbers = range(period.number(filters["date_from"]), period.number(filters["date_to"]) + 1)
    if groups * len(numbers) > MOST_FILLED:
        raise _too_many(groups, len(numbers))
    labels = ((period.label(number),) for number in numbers)
    database.cursor().executemany(inserting(database, Label, ["name"]), labels)
    seen = seen.alias("seen")
    keys = [getattr(seen.c, other.name) for other in others]
    keys.insert(place, Label.name)
    # In this order SQLite walks through the index of the parts, and has little to sort.
    table = Join(seen, Label, JOIN.CROSS) if others else Label
    return _missing(grouping, database, table, keys)


def _missing(grouping: Grouping, database: Database, table: Any, keys: list[Any]) -> Any:
    """Select those of all combinations of keys that no part has."""
    stored = [field(Part, f"k{at}") for at in range(len(keys))]
    database.execute(Part.index(*stored))
    same = (Expression(one, OP.IS, other) for one, other in zip(stored, keys, strict=True))
    nothing = [Value(None if MEASURES[name].is_mean else 0) for name in grouping.measures]
    there = Part.select(Value(1)).where(*same)
    return Select([table], [*keys, *nothing]).where(~fn.EXISTS(there))


def _too_many(groups: int, periods: int) -> UnknownValue:
    detail = (
        f"would give {groups} groups times {periods} periods, more than "
        f"{MOST_FILLED:,} rows; ask for less, or leave fill out."
    )
    return UnknownValue("fill", "zero", detail)


def merged(grouping: Grouping) -> Any:
    """Put the parts of each group together, in no order."""
    keys = [field(Part, f"k{index}") for index in range(len(grouping.keys))]
    measures = [
        _measured(MEASURES[name], index).alias(f"m{index}")
        for index, name in enumerate(grouping.measures)
    ]
    return Part.select(*keys, *measures).group_by(*keys)


def in_order(grouping: Grouping, groups: Any) -> Any:
    """Select groups in the order that is asked for."""
    places = [Entity(name) for name in grouping.places]
    keys = [key.asc(nulls="LAST") for key in places[: len(grouping.keys)]]
    return Select([groups], places).order_by(*_sorted(grouping), *keys)


def _sorted(grouping: Grouping) -> list[Any]:
    if grouping.sort is None:
        return []
    name, descending = grouping.sort
    place = Entity(grouping.places[grouping.names.index(name)])
    return [(place.desc if descending else place.asc)(nulls="LAST")]


def _measured(measure: Measure, index: int) -> Any:
    events = fn.SUM(Part.events)
    if measure.column is None:
        return events
    total, known = fn.SUM(field(Part, f"s{index}")), fn.SUM(field(Part, f"n{index}"))
    if measure.is_mean:
        return fn.mean(total, known)
    # No event at all adds up to nothing; events without a value to what is unknown.
    return Case(None, [(events == 0, 0), (known == 0, None)], total)
