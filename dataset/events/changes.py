"""Read what changed since a revision: adds, updates and ends in one order."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from dataclasses import field as made
from functools import reduce
from itertools import groupby, islice
from operator import and_
from typing import Any, NamedTuple

from peewee import Entity, Model, Select, Tuple, Value, fn

from dataset.events import rows
from dataset.events.history import NULL, PURGED, UNSAID
from dataset.selections.conditions import conditions_of
from dataset.store.counts import CAP, Matched, capped
from dataset.store.models import Event, Superseded, Tombstone, Version, field
from dataset.store.snapshots import Snapshot
from dataset.store.statements import first_of_all, united

ORDER = (Entity("changed"), Entity("public_id"))
MOST_ROWS = 2
"""A change is two rows at most: the version that it ended, and the one that it brought."""


class Position(NamedTuple):
    """Where a change stands in the order of changes."""

    revision: int
    id: str


class Changed(NamedTuple):
    """One change: the row of the new version, or why there is none any more."""

    position: Position
    type: str
    row: tuple[Any, ...] | None = None
    reason: str | None = None
    successor: str | None = None


@dataclass(frozen=True)
class Feed:
    """Which changes: after a revision, up to another, of which events, after which position."""

    since: int
    revision: int
    filters: Mapping[str, Any] = made(default_factory=dict)
    after: Position | None = None


@dataclass(frozen=True)
class ChangePage:
    """Changes with rows of the columns `read`, and the position of the last if more follow."""

    read: tuple[str, ...]
    changes: list[Changed]
    next: Position | None
    matched: Matched


def changes(
    snapshot: Snapshot,
    feed: Feed,
    columns: Sequence[str],
    limit: int,
    matched: Matched | None = None,
) -> ChangePage:
    """Read a page of changes; `matched` is counted unless it is known."""
    read = rows.stored(columns)
    in_order, counted = _counted(snapshot, feed, matched)
    branches, most = _rows_of_branches(feed, read, in_order), MOST_ROWS * (limit + 1)
    query = first_of_all(snapshot.database, branches, ORDER, most)
    found = list(islice(_paired(snapshot.rows(query), bool(feed.filters)), limit + 1))
    shown, more = found[:limit], len(found) > limit
    return ChangePage(read, shown, shown[-1].position if more else None, counted)


def every_change(snapshot: Snapshot, feed: Feed, read: Sequence[str]) -> Iterator[Changed]:
    """Yield all changes of a feed in order, with rows of the columns `read`."""
    in_order, _ = _counted(snapshot, feed)
    query = ordered(feed, read, in_order)
    return _paired(snapshot.stream(query), bool(feed.filters))


def _counted(
    snapshot: Snapshot, feed: Feed, matched: Matched | None = None
) -> tuple[bool, Matched]:
    """Tell whether to read the changes in order, and how many there are.

    Few changes, or many matches, are found fast in order; else an index of a filter is faster.
    """
    is_short = bool(feed.filters) and _is_short(snapshot, feed)
    matched = matched or count_of_changes(snapshot, feed, is_short)
    return is_short or matched.relation == "gte", matched


def ordered(feed: Feed, read: Sequence[str], in_order: bool) -> Any:
    """Select the rows of a feed in its order: position, reason, successor, columns of the event.

    `in_order`: the filters are hidden from the planner, so that it reads the index in order
    instead of sorting all that match.
    """
    return united(_rows_of_branches(feed, read, in_order)).order_by(*ORDER)


def _rows_of_branches(feed: Feed, read: Sequence[str], in_order: bool) -> Iterator[Any]:
    nothing = [NULL] * len(read)
    columns = [
        [NULL, NULL, *(field(Event, name) for name in read)],
        [NULL, NULL, *(field(Superseded, name) for name in read)],
        [Superseded.reason, Superseded.successor, *nothing],
        [Value(PURGED), NULL, *nothing],
    ]
    branches = zip(_branches(feed, in_order), columns, strict=True)
    return (branch.select_extend(*more) for branch, more in branches)


def _branches(feed: Feed, in_order: bool) -> Iterator[Any]:
    """Yield the positions of versions that began (of two tables), that ended, and of purges."""
    for table in (Event, Superseded):
        yield _branch(feed, table, field(table, "revision"), _filtered(feed, table, in_order))
    yield _branch(feed, Superseded, Superseded.ended, _filtered(feed, Superseded, in_order))
    yield _branch(feed, Tombstone, Tombstone.revision, [])


def _branch(feed: Feed, table: type[Model], changed: Any, filtered: Sequence[Any]) -> Any:
    public_id = field(table, "id")
    # Only one lower limit: of two, SQLite would start its search at the wrong one.
    first = changed > feed.since
    if feed.after:
        first = Tuple(changed, public_id) > feed.after
    query = table.select(changed.alias("changed"), public_id.alias("public_id"))
    return query.where(first, changed <= feed.revision, *filtered)


def _filtered(feed: Feed, table: type[Version], in_order: bool) -> list[Any]:
    conditions: list[Any] = [*conditions_of(table, feed.filters)]
    if conditions and in_order:
        return [fn.COALESCE(reduce(and_, conditions), False)]
    return conditions


def count_of_changes(snapshot: Snapshot, feed: Feed, in_order: bool = False) -> Matched:
    """Count the changes of a feed up to the cap."""
    return capped(snapshot, _positions(feed, in_order, CAP))


def are_more(snapshot: Snapshot, feed: Feed, most: int) -> bool:
    """Tell whether a feed has more changes than that."""
    positions = _positions(feed, True, most).limit(most + 1)
    return bool(snapshot.value(Select([positions], [fn.COUNT("*")])) > most)


def _positions(feed: Feed, in_order: bool, most: int) -> Any:
    """Select the positions of changes, of more than `most` if there are so many."""
    # So many rows make more changes than that, however they are paired.
    found = united(_branches(replace(feed, after=None), in_order)).limit(MOST_ROWS * (most + 1))
    return Select([found], [Entity("changed"), Entity("public_id")]).distinct()


def _is_short(snapshot: Snapshot, feed: Feed) -> bool:
    """Tell whether there are so few changes that all of them may be looked at."""
    return count_of_changes(snapshot, replace(feed, filters={})).relation == "eq"


def _paired(found: Iterable[tuple[Any, ...]], is_filtered: bool) -> Iterator[Changed]:
    """Turn the rows of each position into one change."""
    for position, group in groupby(found, key=lambda row: Position(*row[:2])):
        began, ended = None, []
        for _, _, reason, successor, *row in group:
            if row[0] is None:
                ended.append((reason, successor))
            else:
                began = tuple(row)
        if began:
            yield Changed(position, "update" if ended else "add", began)
        else:
            yield _retraction(position, *ended[0], is_filtered)


def _retraction(
    position: Position, reason: str | None, successor: str | None, is_filtered: bool
) -> Changed:
    """Tell an event that ended from one that no longer matches the filters: that has no reason."""
    unsaid = "filter" if is_filtered else UNSAID
    return Changed(position, "retract", None, reason or unsaid, successor)
