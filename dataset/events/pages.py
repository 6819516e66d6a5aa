"""Read events: one, a page of them, how many there are."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, NamedTuple

from peewee import SQL, Select, fn

from dataset.declarations.columns import COLUMNS
from dataset.events import rows
from dataset.parquet_copy.opening import able, opened, tell
from dataset.parquet_copy.segments import Copy, Damaged
from dataset.selections.plans import run
from dataset.selections.selections import NEWEST_FIRST, Position, Selection, arms, first_of, union
from dataset.store.indexes import held_of
from dataset.store.snapshots import Snapshot

CAP = 10_000
"""Counts of what matched go no further (as Elasticsearch does); `count_of` is exact."""

MOST_COUNTS = 2048
"""How many counts of what matched are kept: at a revision they never change."""

ALL_COLUMNS = tuple(COLUMNS)


class Matched(NamedTuple):
    """How many events matched: exactly (`eq`), or at least so many (`gte`)."""

    value: int
    relation: str


@dataclass(frozen=True)
class Page:
    """Rows of the columns `read`, and the position of the last if more events follow."""

    read: tuple[str, ...]
    rows: list[tuple[Any, ...]]
    next: Position | None
    matched: Matched


def page_of(
    snapshot: Snapshot,
    selection: Selection,
    columns: Sequence[str],
    limit: int,
    matched: Matched | None = None,
) -> Page:
    """Read up to `limit` events of a selection; `matched` is counted unless it is known."""
    read = columns_to_read(selection, columns)
    found = run(snapshot, first_of, selection, read, limit + 1).fetchall()
    shown, more = found[:limit], len(found) > limit
    if matched is None:
        is_all = not more and not selection.sample
        matched = Matched(len(shown), "eq") if is_all else matched_by(snapshot, selection)
    position = _position(shown[-1], read, selection) if more else None
    return Page(read, shown, position, matched)


def may_be_long(selection: Selection) -> bool:
    """Tell whether no index has the events of a selection in their order: many may be read."""
    filters = selection.filters
    return bool(
        selection.distinct
        or selection.sample
        or selection.sort.column != "date"
        or "q" in filters
        or held_of(filters) != filters
    )


def columns_to_read(selection: Selection, columns: Sequence[str]) -> tuple[str, ...]:
    """Name the columns to read for a page of `columns`: these, the key, and what it sorts by."""
    return rows.stored([*columns, selection.sort.column])


def _position(row: tuple[Any, ...], read: tuple[str, ...], selection: Selection) -> Position:
    value = row[read.index(selection.sort.column)]
    return Position(value, row[read.index("key")])


def matched_by(snapshot: Snapshot, selection: Selection) -> Matched:
    """Count the events that a selection matches up to the cap: what a sample is drawn from."""
    counted = replace(selection, sample=None, sort=NEWEST_FIRST)
    make = partial(count_anew, snapshot, counted)
    return _at_most(snapshot.remembered("matched", counted, make, MOST_COUNTS))


def count_anew(snapshot: Snapshot, selection: Selection) -> int:
    """Count up to one more than the cap, whatever is remembered."""
    copy = _copy_to_count(snapshot, selection)
    if copy is not None:
        try:
            return _count_in_columns(snapshot, copy, selection)
        except Damaged as fault:
            tell(fault)
    return int(run(snapshot, capped_of, selection).fetchone()[0])


def _copy_to_count(snapshot: Snapshot, selection: Selection) -> Copy | None:
    """Give the copy if many rows of the store would have to be read: no index has all filters."""
    held = replace(selection, filters=held_of(selection.filters))
    copy = able(snapshot, selection) if held != selection else None
    if copy is None or selection.revision > copy.last:
        return None
    return copy if matched_by(snapshot, held).relation == "gte" else None


def _count_in_columns(snapshot: Snapshot, copy: Copy, selection: Selection) -> int:
    with opened(snapshot, copy, selection.revision) as columns:
        found = columns.selected(selection.filters).select(SQL("1"))
        return int(columns.execute(capping(found)).fetchone()[0])


def capped_of(snapshot: Snapshot, selection: Selection) -> Any:
    """Select how many events a selection has, up to one more than the cap."""
    return capping(union(snapshot, selection, ["key"]))


def capped(snapshot: Snapshot, query: Any) -> Matched:
    """Count the rows of a query up to the cap."""
    return _at_most(snapshot.value(capping(query)))


def capping(query: Any) -> Any:
    """Select how many rows a query has, up to one more than the cap."""
    return Select([query.limit(CAP + 1)], [fn.COUNT("*")])


def _at_most(count: int) -> Matched:
    return Matched(CAP, "gte") if count > CAP else Matched(count, "eq")


def may_be_long_to_count(snapshot: Snapshot, selection: Selection) -> bool:
    """Tell whether an exact count may have to look at many events."""
    return may_be_long(selection) or matched_by(snapshot, selection).relation == "gte"


def count_of(snapshot: Snapshot, selection: Selection) -> int:
    """Count a selection's events exactly."""
    counts = (arm.select(fn.COUNT("*")) for arm in arms(snapshot, selection, ["key"]))
    return sum(snapshot.value(count) for count in counts)
