"""Open the copy in columns for a selection that it can answer, or say why the store answers."""

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager
from pkgutil import resolve_name
from typing import Any

from dataset.parquet_copy.segments import Copy, Damaged, copy_of
from dataset.selections.selections import Selection
from dataset.store.snapshots import Snapshot

ONLY_IN_ROWS = {"q", "near"}
"""The filters that only the store answers: by its text index; with its own sine."""

log = logging.getLogger(__name__)


def able(snapshot: Snapshot, selection: Selection) -> Copy | None:
    """Give the copy if it can answer: whole, of this store, for all that is asked."""
    if selection.distinct or selection.sample or ONLY_IN_ROWS & selection.filters.keys():
        return None
    try:
        return copy_of(snapshot)
    except Damaged as fault:
        tell(fault)
        return None


def opened(snapshot: Snapshot, copy: Copy, revision: int) -> AbstractContextManager[Any]:
    """Open what a copy holds of a revision; DuckDB is loaded by the first who does."""
    show: Callable[..., AbstractContextManager[Any]] = resolve_name(
        "dataset.parquet_copy.views:shown"
    )
    return show(snapshot, copy, revision)


def tell(fault: Damaged) -> None:
    """Log why the store answers in the place of its copy."""
    log.warning("%s The store answers; `cameo-events columns` mends its copy.", fault)
