"""Results: all groups of an aggregation, made once and kept in the cache."""

from contextlib import AbstractContextManager
from typing import Any

from peewee import Database, Entity, Insert, SqliteDatabase, fn

from dataset.aggregates.aggregation import Aggregation
from dataset.aggregates.merging import in_order, mean, merged, missing_periods
from dataset.aggregates.partial_groups import collect, count_events
from dataset.aggregates.tables import GROUPS, TOTALS, column_of, create_tables
from dataset.store.results_cache import ResultsCache
from dataset.store.snapshots import Snapshot


def result_of(
    snapshot: Snapshot, cache: ResultsCache, aggregation: Aggregation
) -> AbstractContextManager[Database]:
    """Open the result of an aggregation; make it if it is not in the cache."""
    revision = aggregation.selection.revision
    key = (snapshot.token_of(revision), str(revision), aggregation.query)
    return cache.database(
        snapshot.uuid, key, lambda database: _make(snapshot, aggregation, database)
    )


def _make(snapshot: Snapshot, aggregation: Aggregation, database: SqliteDatabase) -> None:
    """Collect the groups of each branch, merge them, fill gaps, and write all in order."""
    snapshot.clock.watch(database)
    database.register_function(mean, "mean", 2)
    create_tables(database, aggregation)
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
    query = GROUPS.select(*members).order_by(GROUPS.c.position)
    return query.where(is_shown(aggregation))


def is_shown(aggregation: Aggregation) -> Any:
    """Give the condition that keeps the first groups, or all if there is no limit."""
    position = GROUPS.c.position
    return position > 0 if aggregation.limit is None else position <= aggregation.limit
