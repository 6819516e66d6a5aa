"""Put the parts of groups together, in a file of the spool."""

from typing import Any

from peewee import Case, Database, Entity, Select, Value, fn

from dataset.errors import UnknownValue
from dataset.groups import MEASURES, PERIODS, Measure
from dataset.models import field
from dataset.spooled import Grouping, Label, Part
from dataset.statements import inserting

MOST_FILLED = 5_000_000


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


def fill_periods(grouping: Grouping, database: Database) -> None:
    """Add an empty part for every period between the dates, to every group of the other keys."""
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
    _cross(database, seen if others else None, others, field(Part, f"k{place}"))


def _too_many(groups: int, periods: int) -> UnknownValue:
    detail = (
        f"would give {groups} groups times {periods} periods, more than {MOST_FILLED} rows; "
        "ask for less, or leave fill out."
    )
    return UnknownValue("fill", "zero", detail)


def _cross(database: Database, seen: Any, others: list[Any], period: Any) -> None:
    tables, columns = [Label], [Label.name, Value(0)]
    if seen is not None:
        seen = seen.alias("seen")
        tables.append(seen)
        columns += [getattr(seen.c, other.name) for other in others]
    rows = Select(tables, columns)
    database.execute(Part.insert_from(rows, [period, Part.events, *others]))


def merged(grouping: Grouping) -> Any:
    """Put the parts of each group together, in the order that is asked for."""
    keys = [field(Part, f"k{index}") for index in range(len(grouping.keys))]
    measures = [
        _measured(MEASURES[name], index).alias(f"m{index}")
        for index, name in enumerate(grouping.measures)
    ]
    merged = Part.select(*keys, *measures)
    if not keys:
        return merged
    order = [key.asc(nulls="LAST") for key in keys]
    return merged.group_by(*keys).order_by(*_sorted(grouping), *order)


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
