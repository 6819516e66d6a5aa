"""Results: all groups of an aggregation, made once and kept in the cache."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import partial
from typing import Any

from peewee import Database, Entity, Insert, SqliteDatabase, fn

from dataset.aggregates.aggregation import Aggregation
from dataset.aggregates.merging import in_order, mean, merged, missing_periods, write_whole
from dataset.aggregates.partial_groups import collect, count_events
from dataset.aggregates.tables import GROUPS, TOTALS, column_of, create_tables
from dataset.store.results_cache import ResultsCache
from dataset.store.snapshots import Snapshot


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
    create_tables(database, aggregation)
    if whole and aggregation.whole:
        write_whole(database, aggregation.whole, whole.execute(ordered_groups(aggregation.whole)))
    collect(snapshot, aggregation, database)
    groups = merged(aggregation)
    if aggregation.fill:
        groups = groups.union_all(missing_periods(aggregation, database))
    members = [Entity(name) for name in aggregation.names]
    database.execute(Insert(GROUPS, in_order(aggregation, groups), members))
    events = count_events(snapshot, aggregation, database)
    totals = {TOTALS.c.events: events, TOTALS.c.groups: GROUPS.select(fn.COUNT("*"))}
    database.execute(TOTALS.insert(totals))


def ordered_groups(aggregation: Aggregation) -> Any:
    """Select the groups of a result in their order."""
    members = (column_of(GROUPS, name) for name in aggregation.names)
    return GROUPS.select(*members).order_by(GROUPS.c.position)
