"""Decide what answers: the rows of the store, by its indexes, or its copy in columns.

Few matches are found faster in an index; many are read faster in columns. So the copy answers if
more events match than are counted, and if it can.
"""

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from functools import partial
from pkgutil import resolve_name
from typing import Any, NamedTuple, TypeVar

from dataset.parquet_copy.segments import Copy, Damaged, copy_of
from dataset.selections.parts import Counted, Parts, parts_of
from dataset.selections.selections import NEWEST_FIRST, OLDEST_FIRST, Selection, branches, union
from dataset.store.counts import Matched, at_most, capping
from dataset.store.indexes import held_of
from dataset.store.models import field
from dataset.store.snapshots import Snapshot
from dataset.store.statements import column_list

ONLY_IN_ROWS = {"q", "near"}
"""The filters that only the store answers: they need its text index, or its own sine."""
MOST_COUNTS = 2048
"""How many counts of matches are kept: at a revision they never change."""

Answer = TypeVar("Answer")
log = logging.getLogger(__name__)


class Branch(NamedTuple):
    """A branch of a selection: the select of its events, and what runs it."""

    query: Any
    rows: Callable[[Any], Iterable[tuple[Any, ...]]]
    in_columns: bool


Branches = Sequence[Branch]


def answered(
    snapshot: Snapshot, selection: Selection, answer: Callable[[Branches], Answer]
) -> Answer:
    """Let rows or columns answer, branch by branch.

    If the copy fails midway, `answer` is called again with the branches of the store.
    """
    copy = copy_for_many(snapshot, selection)
    if copy is not None:
        try:
            with opened(snapshot, copy, selection.revision) as columns:
                found = Branch(columns.selected(selection.filters), columns.rows, in_columns=True)
                return answer([found, *_in_rows(snapshot, selection, copy.last)])
        except Damaged as fault:
            tell(fault)
    return answer(list(_in_rows(snapshot, selection)))


def _in_rows(snapshot: Snapshot, selection: Selection, last: int = 0) -> Iterator[Branch]:
    """Yield the branches of a selection in the store: only what came after revision `last`."""
    if last >= selection.revision:
        return
    for branch in branches(snapshot, selection, ["key"]):
        query = branch.where(field(branch.model, "revision") > last) if last else branch
        yield Branch(query, snapshot.stream, in_columns=False)


def copy_for_many(snapshot: Snapshot, selection: Selection) -> Copy | None:
    """Give the copy if it can answer, and many events match."""
    copy = _able(snapshot, selection)
    return copy if copy and matched_by(snapshot, selection).relation == "gte" else None


def copy_in_order(snapshot: Snapshot, selection: Selection) -> Copy | None:
    """Give the copy if it answers, and has the events in order: all in one segment.

    The first few of many are found faster in an index.
    """
    are_few = selection.limit is not None and at_most(selection.limit).relation == "eq"
    if selection.sort != OLDEST_FIRST or are_few:
        return None
    copy = copy_for_many(snapshot, selection)
    return copy if copy and selection.revision <= copy.segments[0].last else None


def _copy_to_count(snapshot: Snapshot, selection: Selection) -> Copy | None:
    """Give the copy if many rows of the store would have to be read: no index has all filters."""
    held = replace(selection, filters=held_of(selection.filters))
    copy = _able(snapshot, selection) if held != selection else None
    if copy is None or selection.revision > copy.last:
        return None
    return copy if matched_by(snapshot, held).relation == "gte" else None


def _able(snapshot: Snapshot, selection: Selection) -> Copy | None:
    """Give the copy if it is whole, of this store, and can answer all that is asked."""
    if selection.distinct or selection.sample or ONLY_IN_ROWS & selection.filters.keys():
        return None
    try:
        return copy_of(snapshot)
    except Damaged as fault:
        tell(fault)
        return None


def matched_by(snapshot: Snapshot, selection: Selection) -> Matched:
    """Count the events that a selection matches up to the cap: what a sample is drawn from."""
    return counted_by(snapshot, selection).matched


def counted_by(snapshot: Snapshot, selection: Selection) -> Counted:
    """Count the events that a selection matches up to the cap, and their parts if it holds all."""
    counted = replace(selection, sample=None, sort=NEWEST_FIRST, limit=None)
    make = partial(count_anew, snapshot, counted)
    found: Counted = snapshot.remembered("matched", counted, make, MOST_COUNTS)
    return found


def count_anew(snapshot: Snapshot, selection: Selection) -> Counted:
    """Count up to the cap, without the remembered counts."""
    parts = parts_of(snapshot, selection)
    counts = _capped_counts(snapshot, selection, parts)
    matched = at_most(counts[0])
    return parts.counted(counts) if matched.relation == "eq" else Counted(matched)


def _capped_counts(snapshot: Snapshot, selection: Selection, parts: Parts) -> Sequence[int]:
    """Count parts in the copy if it can, else in the rows, up to one event more than the cap."""
    read, copy = ("key", *parts.columns), _copy_to_count(snapshot, selection)
    if copy is not None:
        try:
            with opened(snapshot, copy, selection.revision) as columns:
                found = columns.selected(selection.filters).select(column_list(read))
                counts: Sequence[int] = columns.execute(capping(found, parts.counts)).fetchone()
                return counts
        except Damaged as fault:
            tell(fault)
    found = union(snapshot, selection, read)
    return snapshot.rows(capping(found, parts.counts))[0]


def opened(snapshot: Snapshot, copy: Copy, revision: int) -> AbstractContextManager[Any]:
    """Open what a copy holds of a revision; the first call loads DuckDB."""
    show: Callable[..., AbstractContextManager[Any]]
    show = resolve_name("dataset.parquet_copy.views:shown")
    return show(snapshot, copy, revision)


def tell(fault: Damaged) -> None:
    """Log why the store answers in the place of its copy."""
    log.warning("%s The store answers; `cameo-events columns` mends its copy.", fault)
