"""Find one event at a revision, or what became of it."""

from dataclasses import dataclass
from typing import Any

from dataset.codes import dataset_numbers, key_of_id
from dataset.filters import Choice
from dataset.models import Superseded, field
from dataset.pages import ALL_COLUMNS, columns_to_read
from dataset.selection import Selection, ordered
from dataset.snapshots import Snapshot


@dataclass(frozen=True)
class Found:
    """The row of an event's columns `read`; or, of a retracted event, why and what replaces it."""

    read: tuple[str, ...] = ()
    row: tuple[Any, ...] = ()
    reason: str | None = None
    successor: str | None = None


def find(snapshot: Snapshot, public_id: str, revision: int) -> Found | None:
    """Find an event by its public id, as it was at a revision; None if there never was one."""
    key = key_of_id(dataset_numbers(snapshot), public_id)
    selection = Selection(revision, {"id": Choice(((key, public_id),))})
    read = columns_to_read(selection, ALL_COLUMNS)
    found = snapshot.rows(ordered(snapshot, selection, read).limit(1))
    if found:
        return Found(read, found[0])
    return _retracted(snapshot, public_id, key, revision)


def _retracted(snapshot: Snapshot, public_id: str, key: int, revision: int) -> Found | None:
    last = (
        Superseded.select(Superseded.reason, Superseded.successor)
        .where(
            Superseded.key == key,
            field(Superseded, "id") == public_id,
            Superseded.ended <= revision,
        )
        .order_by(Superseded.ended.desc())
        .limit(1)
    )
    rows = snapshot.rows(last)
    return Found(reason=rows[0][0] or "no reason given", successor=rows[0][1]) if rows else None
