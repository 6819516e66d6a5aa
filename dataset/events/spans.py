"""Find the first and the last day of the events of each dataset."""

from functools import partial

from peewee import fn

from dataset.selections.selections import Selection, branches
from dataset.store.models import field
from dataset.store.snapshots import Snapshot

MOST_SPANS = 64


def spans(snapshot: Snapshot, revision: int) -> dict[str, tuple[int, str, str]]:
    """Give the number of events of each dataset at a revision, its first day and its last."""
    make = partial(_spans, snapshot, revision)
    found: dict[str, tuple[int, str, str]] = snapshot.remembered(
        "spans", revision, make, MOST_SPANS
    )
    return found


def _spans(snapshot: Snapshot, revision: int) -> dict[str, tuple[int, str, str]]:
    found: dict[str, tuple[int, str, str]] = {}
    for branch in branches(snapshot, Selection(revision), ["dataset"]):
        name, first, last = (field(branch.model, one) for one in ("dataset", "date", "date_end"))
        grouped = branch.select(name, fn.COUNT("*"), fn.MIN(first), fn.MAX(last)).group_by(name)
        for dataset, count, begin, end in snapshot.rows(grouped):
            known = found.get(dataset, (0, begin, end))
            found[dataset] = (known[0] + count, min(known[1], begin), max(known[2], end))
    return found
