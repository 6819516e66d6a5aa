"""Read events: one, a page of them, how many there are."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from dataset.declarations.columns import COLUMNS
from dataset.events import rows
from dataset.events.rows_or_columns import MOST_COUNTS, counted_by, matched_by
from dataset.selections.parts import Counted, parts_of
from dataset.selections.selections import Position, Selection, branches, first_of
from dataset.store.counts import Matched
from dataset.store.indexes import held_of
from dataset.store.snapshots import Snapshot
from dataset.store.statements import Statement, compiled

ALL_COLUMNS = tuple(COLUMNS)
MOST_STATEMENTS = 512
"""How many compiled statements of pages are kept."""


@dataclass(frozen=True)
class Page:
    """Rows of the columns `read`, the position of the last if more follow, and what matched."""

    read: tuple[str, ...]
    rows: list[tuple[Any, ...]]
    next: Position | None
    counted: Counted


def page_of(
    snapshot: Snapshot,
    selection: Selection,
    columns: Sequence[str],
    limit: int,
    matched: Matched | None = None,
) -> Page:
    """Read up to `limit` events of a selection; what matched is counted unless it is known."""
    parts = parts_of(snapshot, selection)
    read = columns_to_read(selection, [*columns, *parts.columns])
    statement = statement_of(snapshot, selection, read, limit + 1)
    found = snapshot.database.execute_sql(*statement).fetchall()
    shown, more = found[:limit], len(found) > limit
    position = _position(shown[-1], read, selection) if more else None
    if matched is not None:
        return Page(read, shown, position, Counted(matched))
    is_all = not more and not selection.sample
    counted = parts.counted_rows(read, shown) if is_all else counted_by(snapshot, selection)
    return Page(read, shown, position, counted)


def statement_of(
    snapshot: Snapshot, selection: Selection, read: tuple[str, ...], limit: int
) -> Statement:
    """Compile the query of a page, once for equal pages: compiling may take as long as reading."""

    def make() -> Statement:
        return compiled(snapshot.database, first_of(snapshot, selection, read, limit))

    key = (selection, read, limit)
    statement: Statement = snapshot.remembered("statements", key, make, MOST_STATEMENTS)
    return statement


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


def may_be_long_to_count(snapshot: Snapshot, selection: Selection) -> bool:
    """Tell whether an exact count may have to look at many events."""
    return may_be_long(selection) or matched_by(snapshot, selection).relation == "gte"


def count_of(snapshot: Snapshot, selection: Selection) -> Counted:
    """Count a selection's events exactly, and their parts."""
    if not may_be_long(selection):
        counted = counted_by(snapshot, selection)
        if counted.matched.relation == "eq":
            return counted
    make = partial(_counted_wholly, snapshot, selection)
    found: Counted = snapshot.remembered("whole counts", selection, make, MOST_COUNTS)
    return found


def _counted_wholly(snapshot: Snapshot, selection: Selection) -> Counted:
    parts = parts_of(snapshot, selection)
    counts = (branch.select(*parts.counts) for branch in branches(snapshot, selection, ["key"]))
    rows = [row for count in counts for row in snapshot.rows(count)]
    return parts.counted([sum(column) for column in zip(*rows, strict=True)])
