"""Group the events of each branch of a selection, in the rows of the store or its columns."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import product
from typing import Any

from peewee import Case, Database, Entity, fn

from dataset.aggregates.aggregation import Aggregation
from dataset.aggregates.tables import PARTIAL_GROUPS, insert, partial_columns
from dataset.declarations.aggregates import DYAD, OVERLAPPING
from dataset.declarations.periods import PERIODS
from dataset.events.rows_or_columns import Branches, answered
from dataset.store.engines.base import Term
from dataset.store.models import Version, field
from dataset.store.snapshots import Snapshot

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


def collect(
    snapshot: Snapshot, aggregation: Aggregation, counts: Sequence[Any], database: Database
) -> None:
    """Write the groups of every branch into the table of partial groups, with `counts` of parts."""
    names = partial_columns(aggregation, len(counts))

    def collect_branches(branches: Branches) -> None:
        database.execute(PARTIAL_GROUPS.delete())
        for branch in branches:
            rows = branch.rows(grouped(branch.query, aggregation, counts, branch.in_columns))
            insert(database, PARTIAL_GROUPS, names, _split(rows, aggregation, len(counts)))

    answered(snapshot, aggregation.selection, collect_branches)


def grouped(
    branch: Any, aggregation: Aggregation, counts: Sequence[Any] = (), in_columns: bool = False
) -> Any:
    """Group the events of a branch: select what the columns of partial groups hold."""
    table = branch.model
    keys = [Entity(name) if in_columns else _key(table, name) for name in aggregation.keys]
    selection = aggregation.selection
    if (selection.filters or selection.distinct) and not in_columns:
        # Else SQLite would read an index in the order of the groups, with all other events in it.
        keys = [fn.COALESCE(key, None) for key in keys]
    # Used as an alias, the name of a key would mean the column of that name.
    aliases = [f"k{index}" for index in range(len(keys))]
    named = [key.alias(alias) for key, alias in zip(keys, aliases, strict=True)]
    sums = [of(field(table, name)) for name in aggregation.summed for of in (fn.SUM, fn.COUNT)]
    query = branch.select(*named, fn.COUNT("*"), *sums, *counts)
    return query.group_by(*map(Entity, aliases)) if keys else query


def _key(table: type[Version], name: str) -> Any:
    if name == DYAD:
        return table.dyad
    if name not in PERIODS:
        return field(table, name)
    # An event belongs to a period only if all of it lies there.
    first, last = (PERIOD_LABELS[name](field(table, day)) for day in ("date", "date_end"))
    return Case(None, [(first == last, first)])


def _split(
    rows: Iterable[tuple[Any, ...]], aggregation: Aggregation, counts: int
) -> Iterator[tuple[Any, ...]]:
    """Make a row of each value of the lists among the keys; only the first counts the parts."""
    lists = [name in OVERLAPPING for name in aggregation.keys]
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
            rest = (*rest[: len(rest) - counts], *(0,) * counts)
