"""Group events by their keys in the store, part by part, and spool the result."""

from collections.abc import Callable, Iterable, Iterator
from itertools import product
from typing import Any

from peewee import Case, Entity, SqliteDatabase, fn

from dataset.aggregates.merging import count_parts, in_order, mean, merged, missing_periods
from dataset.aggregates.result_tables import Grouping, Part, Result, Total, create_tables
from dataset.declarations.measures import DYAD, OVERLAPPING, PERIODS, Measure
from dataset.events.rows_or_columns import Branches, answered
from dataset.store.engines.base import Term
from dataset.store.models import Version, field
from dataset.store.snapshots import Snapshot
from dataset.store.statements import inserting

PERIOD_LABELS: dict[str, Callable[[Any], Any]] = {
    "day": lambda day: day,
    "week": lambda day: Term("week", day),
    "month": lambda day: fn.SUBSTR(day, 1, 7),
    "quarter": lambda day: (
        fn.SUBSTR(day, 1, 4).concat("-Q").concat((fn.SUBSTR(day, 6, 2).cast("INTEGER") + 2) / 3)
    ),
    "year": lambda day: fn.SUBSTR(day, 1, 4),
}
"""The label of the period that a day lies in, in SQL."""


def write(snapshot: Snapshot, grouping: Grouping, database: SqliteDatabase) -> None:
    """Write the groups, in their order, into a new database."""
    snapshot.clock.watch(database)
    database.register_function(mean, "mean", 2)
    create_tables(database)
    answered(snapshot, grouping.selection, lambda found: _write_parts(found, grouping, database))
    groups = merged(grouping)
    if grouping.fill:
        groups = groups.union_all(missing_periods(grouping, database))
    made = in_order(grouping, groups)
    database.execute(Result.insert_from(made, [field(Result, name) for name in grouping.places]))
    if grouping.overlaps:
        events = answered(snapshot, grouping.selection, _count)
    else:
        events = count_parts(database)
    rows = Result.select(fn.COUNT("*"))
    database.execute(Total.insert({Total.events: events, Total.groups: rows}))


def _write_parts(branches: Branches, grouping: Grouping, database: SqliteDatabase) -> None:
    """Group each branch of the selection."""
    database.execute(Part.delete())
    summed = [f"{letter}{index}" for index, _ in grouping.summed for letter in "sn"]
    keys = grouping.places[: len(grouping.keys)]
    insert = inserting(database, Part, [*keys, "events", *summed])
    for branch in branches:
        rows = branch.rows(grouped(branch.query, grouping, branch.in_columns))
        database.cursor().executemany(insert, _split(rows, grouping))


def _count(branches: Branches) -> int:
    counts = (next(iter(one.rows(one.query.select(fn.COUNT("*"))))) for one in branches)
    return sum(count for (count,) in counts)


def grouped(branch: Any, grouping: Grouping, in_columns: bool = False) -> Any:
    """Group a branch of the selection: keys, how many events, and the sums with their counts."""
    table = branch.model
    keys = [Entity(name) if in_columns else _key(table, name) for name in grouping.keys]
    if (grouping.selection.filters or grouping.selection.distinct) and not in_columns:
        # Else SQLite would walk an index in the order of the groups, past all other events.
        keys = [fn.COALESCE(key, None) for key in keys]
    keys = [key.alias(f"k{index}") for index, key in enumerate(keys)]
    columns = [_column(table, measure) for _, measure in grouping.summed]
    sums = [of(column) for column in columns for of in (fn.SUM, fn.COUNT)]
    query = branch.select(*keys, fn.COUNT("*"), *sums)
    return query.group_by(*(Entity(f"k{index}") for index in range(len(keys)))) if keys else query


def _key(table: type[Version], name: str) -> Any:
    if name == DYAD:
        return table.dyad
    if name not in PERIODS:
        return field(table, name)
    # An event belongs to a period only if all of it lies there.
    first, last = (PERIOD_LABELS[name](field(table, day)) for day in ("date", "date_end"))
    return Case(None, [(first == last, first)])


def _column(table: type[Version], measure: Measure) -> Any:
    name = f"{measure.column}_millionths" if measure.is_exact else str(measure.column)
    return field(table, name)


def _split(rows: Iterable[tuple[Any, ...]], grouping: Grouping) -> Iterator[tuple[Any, ...]]:
    """Make a row of each value of the lists among the keys."""
    lists = [name in OVERLAPPING for name in grouping.keys]
    if not any(lists):
        yield from rows
        return
    for row in rows:
        keys, rest = row[: len(lists)], row[len(lists) :]
        values = (
            dict.fromkeys(key.split(";")) if many and key else (None if many else key,)
            for many, key in zip(lists, keys, strict=True)
        )
        for split in product(*values):
            yield (*split, *rest)
