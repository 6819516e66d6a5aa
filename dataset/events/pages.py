"""Read events: one, a page of them, how many there are."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from peewee import fn

from dataset.declarations.columns import COLUMNS
from dataset.events import rows
from dataset.events.rows_or_columns import matched_by
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
    statement = statement_of(snapshot, selection, read, limit + 1)
    found = snapshot.database.execute_sql(*statement).fetchall()
    shown, more = found[:limit], len(found) > limit
    if matched is None:
        is_all = not more and not selection.sample
        matched = Matched(len(shown), "eq") if is_all else matched_by(snapshot, selection)
    position = _position(shown[-1], read, selection) if more else None
    return Page(read, shown, position, matched)


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


def count_of(snapshot: Snapshot, selection: Selection) -> int:
    """Count a selection's events exactly."""
    counts = (branch.select(fn.COUNT("*")) for branch in branches(snapshot, selection, ["key"]))
    return sum(snapshot.value(count) for count in counts)
