"""Merge partial groups, add periods without events, and put all in order."""

from collections.abc import Iterable
from typing import Any

from peewee import JOIN, OP, Case, Database, Entity, Expression, Index, Join, Select, Value, fn

from dataset.aggregates.aggregation import Aggregation
from dataset.aggregates.tables import (
    EVERY_PERIOD,
    PARTIAL_GROUPS,
    WHOLE,
    column_of,
    insert,
    known_of,
    total_of,
)
from dataset.declarations.aggregates import MEASURES, MOST_FILLED
from dataset.declarations.periods import PERIODS
from dataset.errors import UnknownValue

Keys = dict[str, Any]
"""The keys of a group by name, in SQL."""
OF_THOUSAND = 1_000 * 1_000_000
"""Shares are for 1,000 events, in millionths."""


def merged(aggregation: Aggregation) -> Any:
    """Select each group with its measures, in no order; the database needs a function `mean`."""
    keys = {name: column_of(PARTIAL_GROUPS, name) for name in aggregation.keys}
    measures = [_measured(name, aggregation, keys).alias(name) for name in aggregation.measures]
    return PARTIAL_GROUPS.select(*keys.values(), *measures).group_by(*keys.values())


def _measured(name: str, aggregation: Aggregation, keys: Keys) -> Any:
    measure, events = MEASURES[name], fn.SUM(PARTIAL_GROUPS.c.events)
    if measure.is_share:
        return _share(events, aggregation, keys)
    if not measure.summed:
        return events
    columns = total_of(measure.summed), known_of(measure.summed)
    total, known = (fn.SUM(column_of(PARTIAL_GROUPS, column)) for column in columns)
    if measure.is_mean:
        return fn.mean(total, known)
    # The sum of no events is 0; that of events without a value is unknown.
    return Case(None, [(events == 0, 0), (known == 0, None)], total)


def _share(events: Any, aggregation: Aggregation, keys: Keys) -> Any:
    """Divide events by those of the same period and dataset, in millionths of one in 1,000."""
    columns = aggregation.whole.keys if aggregation.whole else ()
    same = (Expression(column_of(WHOLE, name), OP.IS, keys[name]) for name in columns)
    return fn.mean(events * OF_THOUSAND, WHOLE.select(column_of(WHOLE, "count")).where(*same))


def write_whole(database: Database, whole: Aggregation, groups: Iterable[Any]) -> None:
    """Write the events that shares are of, with an index of their keys."""
    insert(database, WHOLE, whole.names, groups)
    database.execute(Index("whole_keys", WHOLE, [*map(Entity, whole.keys)]))


def mean(total: int | None, count: int | None) -> int | None:
    """Divide a sum by a count, rounded half-even; None if there is nothing to divide."""
    if total is None or not count:
        return None
    whole, rest = divmod(total, count)
    return whole + (2 * rest > count or (2 * rest == count and whole % 2 == 1))


def missing_periods(aggregation: Aggregation, database: Database) -> Any:
    """Select an empty group for every period that a combination of the other keys lacks."""
    (period,), others = aggregation.periods, aggregation.other_keys
    seen = PARTIAL_GROUPS.select(*(column_of(PARTIAL_GROUPS, name) for name in others)).distinct()
    groups = database.execute(Select([seen], [fn.COUNT("*")])).fetchone()[0] if others else 1
    _write_periods(aggregation, database, groups)
    # In this order SQLite walks through the index of the groups, and has little to sort.
    seen = seen.alias("seen")
    every = Join(seen, EVERY_PERIOD, JOIN.CROSS) if others else EVERY_PERIOD
    keys = {name: getattr(seen.c, name) for name in others} | {period: EVERY_PERIOD.c.label}
    nothing = [_of_nothing(name, aggregation, keys) for name in aggregation.measures]
    members = [keys[name] for name in aggregation.keys]
    return Select([every], [*members, *nothing]).where(~_is_there(keys, aggregation, database))


def _of_nothing(name: str, aggregation: Aggregation, keys: Keys) -> Any:
    if MEASURES[name].is_share:
        return _share(Value(0), aggregation, keys)
    return Value(None if MEASURES[name].is_mean else 0)


def _write_periods(aggregation: Aggregation, database: Database, groups: int) -> None:
    """Write the labels of all periods between the dates; refuse too many rows."""
    filters, kind = aggregation.selection.filters, PERIODS[aggregation.periods[0]]
    numbers = range(kind.number(filters["date_from"]), kind.number(filters["date_to"]) + 1)
    if groups * len(numbers) > MOST_FILLED:
        detail = (
            f"would give {groups} groups times {len(numbers)} periods, more than "
            f"{MOST_FILLED:,} rows; ask for less, or leave fill out."
        )
        raise UnknownValue("fill", "zero", detail)
    insert(database, EVERY_PERIOD, ["label"], ((kind.label(number),) for number in numbers))


def _is_there(keys: Keys, aggregation: Aggregation, database: Database) -> Any:
    """Tell in SQL whether there is a group of these keys, null keys included."""
    index = Index("partial_groups_keys", PARTIAL_GROUPS, [*map(Entity, aggregation.keys)])
    database.execute(index)
    same = (
        Expression(column_of(PARTIAL_GROUPS, name), OP.IS, keys[name]) for name in aggregation.keys
    )
    return fn.EXISTS(PARTIAL_GROUPS.select(Value(1)).where(*same))


def in_order(aggregation: Aggregation, groups: Any) -> Any:
    """Select groups in the order that is asked for; ties are in the order of the keys."""
    order = [Entity(name).asc(nulls="LAST") for name in aggregation.keys]
    if aggregation.sort:
        name, descending = aggregation.sort
        first = Entity(name)
        order.insert(0, (first.desc if descending else first.asc)(nulls="LAST"))
    return Select([groups], [Entity(name) for name in aggregation.names]).order_by(*order)
