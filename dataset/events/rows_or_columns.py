"""Decide which side answers: the rows of the store, by its indexes, or its copy in columns.

What few events match is found sooner in an index; what many match is read sooner in columns.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple, TypeVar

from dataset.events.pages import matched_by
from dataset.parquet_copy.opening import able, opened, tell
from dataset.parquet_copy.segments import Copy, Damaged
from dataset.selections.selections import OLDEST_FIRST, Selection, arms
from dataset.store.models import field
from dataset.store.snapshots import Snapshot

Answer = TypeVar("Answer")


class Part(NamedTuple):
    """A part of a selection: the select of its events, and what runs that."""

    query: Any
    rows: Callable[[Any], Iterable[tuple[Any, ...]]]
    in_columns: bool


Parts = Sequence[Part]


def answered(snapshot: Snapshot, selection: Selection, answer: Callable[[Parts], Answer]) -> Answer:
    """Let the side that is made for a selection answer, part by part.

    Where the copy fails midway, `answer` is called again with the parts of the store.
    """
    copy = usable(snapshot, selection)
    if copy is not None:
        try:
            with opened(snapshot, copy, selection.revision) as columns:
                found = Part(columns.selected(selection.filters), columns.rows, in_columns=True)
                return answer([found, *_parts(snapshot, selection, copy.last)])
        except Damaged as fault:
            tell(fault)
    return answer(list(_parts(snapshot, selection)))


def usable(snapshot: Snapshot, selection: Selection) -> Copy | None:
    """Give the copy if it is the one to answer: able to, and for many events."""
    copy = able(snapshot, selection)
    return copy if copy and matched_by(snapshot, selection).relation == "gte" else None


def in_order(snapshot: Snapshot, selection: Selection) -> Copy | None:
    """Give the copy if it is the one to answer, and has the events in their order: in a segment."""
    if selection.sort != OLDEST_FIRST:
        return None
    copy = usable(snapshot, selection)
    return copy if copy and selection.revision <= copy.segments[0].last else None


def _parts(snapshot: Snapshot, selection: Selection, last: int = 0) -> Iterator[Part]:
    """Yield the parts of a selection in the store: of what came after a revision."""
    if last >= selection.revision:
        return
    for arm in arms(snapshot, selection, ["key"]):
        query = arm.where(field(arm.model, "revision") > last) if last else arm
        yield Part(query, snapshot.stream, in_columns=False)
