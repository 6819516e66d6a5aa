"""Results: all groups of an aggregation, made once and kept in the cache."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import partial, reduce
from operator import or_
from typing import Any, NamedTuple

import orjson
from peewee import Case, Database, Entity, Insert, SqliteDatabase, Value, fn

from dataset.aggregates.aggregation import Aggregation
from dataset.aggregates.merging import in_order, mean, merged, missing_periods, write_whole
from dataset.aggregates.partial_groups import collect
from dataset.aggregates.tables import (
    GROUPS,
    PARTIAL_GROUPS,
    TOTAL_COLUMNS,
    TOTALS,
    column_of,
    create_tables,
    insert,
    part_columns,
)
from dataset.selections.parts import Counted, Parts, parts_of
from dataset.store.counts import Matched
from dataset.store.results_cache import ResultsCache
from dataset.store.snapshots import Snapshot
from dataset.store.statements import column_list


class Totals(NamedTuple):
    """What was grouped, into how many groups, and how many events lie in no single period."""

    counted: Counted
    groups: int
    no_period: int


@contextmanager
def result_of(
    snapshot: Snapshot, cache: ResultsCache, aggregation: Aggregation
) -> Iterator[Database]:
    """Open the result of an aggregation; make it if it is not in the cache."""
    # What shares are of is a result too. Made within the other, the two could wait for each other.
    with _whole_of(snapshot, cache, aggregation) as whole:
        revision = aggregation.selection.revision
        key = (snapshot.token_of(revision), str(revision), aggregation.query)
        make = partial(_make, snapshot, aggregation, whole)
        with cache.database(snapshot.uuid, key, make) as database:
            yield database


def _whole_of(
    snapshot: Snapshot, cache: ResultsCache, aggregation: Aggregation
) -> AbstractContextManager[Database | None]:
    whole = aggregation.whole
    return result_of(snapshot, cache, whole) if whole else nullcontext()


def _make(
    snapshot: Snapshot, aggregation: Aggregation, whole: Database | None, database: SqliteDatabase
) -> None:
    """Collect the groups of each branch, merge them, fill gaps, and write all in order."""
    snapshot.clock.watch(database)
    database.register_function(mean, "mean", 2)
    parts = parts_of(snapshot, aggregation.selection)
    create_tables(database, aggregation, len(parts.counts))
    if whole and aggregation.whole:
        write_whole(database, aggregation.whole, whole.execute(ordered_groups(aggregation.whole)))
    collect(snapshot, aggregation, parts.counts, database)
    groups = merged(aggregation)
    if aggregation.fill:
        groups = groups.union_all(missing_periods(aggregation, database))
    members = [Entity(name) for name in aggregation.names]
    database.execute(Insert(GROUPS, in_order(aggregation, groups), members))
    _write_totals(aggregation, parts, database)


def _write_totals(aggregation: Aggregation, parts: Parts, database: Database) -> None:
    counts = [column_of(PARTIAL_GROUPS, name) for name in part_columns(len(parts.counts))]
    in_none = _lies_in_none(aggregation)
    sums = [fn.COALESCE(fn.SUM(count), 0) for count in counts]
    no_period = fn.COALESCE(fn.SUM(Case(None, [(in_none, counts[0])], 0)), 0)
    *found, outside = database.execute(PARTIAL_GROUPS.select(*sums, no_period)).fetchone()
    counted = parts.counted(found)
    (groups,) = database.execute(GROUPS.select(fn.COUNT("*"))).fetchone()
    told = (orjson.dumps(part).decode() for part in (counted.datasets, counted.place_precision))
    totals = counted.matched.value, groups, outside, *told
    insert(database, TOTALS, TOTAL_COLUMNS, [totals])


def _lies_in_none(aggregation: Aggregation) -> Any:
    """Match the groups whose events lie in no single one of some period that is asked for."""
    missing = (column_of(PARTIAL_GROUPS, name).is_null() for name in aggregation.periods)
    return reduce(or_, missing, Value(1) == 0)


def totals_of(database: Database) -> Totals:
    """Read the totals of a result."""
    query = TOTALS.select(column_list(TOTAL_COLUMNS))
    events, groups, no_period, *parts = database.execute(query).fetchone()
    return Totals(Counted(Matched(events, "eq"), *map(orjson.loads, parts)), groups, no_period)


def ordered_groups(aggregation: Aggregation) -> Any:
    """Select the groups of a result in their order."""
    members = (column_of(GROUPS, name) for name in aggregation.names)
    query = GROUPS.select(*members).order_by(GROUPS.c.position)
    return query.where(is_shown(aggregation))


def is_shown(aggregation: Aggregation) -> Any:
    """Give the condition that keeps the first groups, or all if there is no limit."""
    position = GROUPS.c.position
    return position > 0 if aggregation.limit is None else position <= aggregation.limit
