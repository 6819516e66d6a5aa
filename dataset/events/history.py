"""Find one event at a revision, or what became of it; read its versions."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from peewee import SQL, Entity

from dataset.declarations.filters import Choice
from dataset.events import rows
from dataset.events.pages import ALL_COLUMNS, columns_to_read
from dataset.selections.conditions import identified
from dataset.selections.known_values import dataset_numbers, key_of_id
from dataset.selections.selections import Selection, ordered
from dataset.store.counts import Matched, capped
from dataset.store.lists import After, PageRequest
from dataset.store.models import Event, Revision, Superseded, Tombstone, Version, field
from dataset.store.snapshots import Snapshot
from dataset.writes.histories import PURGE

NULL = SQL("NULL")
PURGED = "purged"
"""The reason that is given for an event of which nothing is left."""
UNSAID = "no reason given"


@dataclass(frozen=True)
class Found:
    """The row of an event's columns `read`; or, of one that has ended, why and what replaces it.

    `ended_by` is the kind of the revision that ended it. Of a purged event nothing is left to say.
    """

    read: tuple[str, ...] = ()
    row: tuple[Any, ...] = ()
    reason: str | None = None
    successor: str | None = None
    ended_by: str = ""


def find(snapshot: Snapshot, public_id: str, revision: int) -> Found | None:
    """Find an event by its public id, as it was at a revision; None if there never was one."""
    key = key_of_id(dataset_numbers(snapshot), public_id)
    selection = Selection(revision, {"id": Choice(((key, public_id),))})
    read = columns_to_read(selection, ALL_COLUMNS)
    found = snapshot.rows(ordered(snapshot, selection, read).limit(1))
    if found:
        return Found(read, found[0])
    return _ended(snapshot, public_id, key, revision) or _purged(snapshot, public_id, key)


def _purged(snapshot: Snapshot, public_id: str, key: int) -> Found | None:
    """Tell whether an event was purged: nothing is left of it at any revision."""
    removed = Tombstone.select(Tombstone.key).where(
        Tombstone.key == key, field(Tombstone, "id") == public_id
    )
    return Found(reason=PURGED, ended_by=PURGE) if snapshot.rows(removed) else None


def _ended(snapshot: Snapshot, public_id: str, key: int, revision: int) -> Found | None:
    last = (
        Superseded.select(Superseded.reason, Superseded.successor, Revision.kind)
        .join(Revision, on=(Revision.number == Superseded.ended))
        .where(
            Superseded.key == key,
            field(Superseded, "id") == public_id,
            Superseded.ended <= revision,
        )
        .order_by(Superseded.ended.desc())
        .limit(1)
    )
    for reason, successor, kind in snapshot.rows(last):
        return Found(reason=reason or UNSAID, successor=successor, ended_by=kind)
    return None


class KnownVersion(NamedTuple):
    """A version: the revision that brought it, the one that ended it and why, and its row."""

    revision: int
    ended: int | None
    reason: str | None
    successor: str | None
    row: tuple[Any, ...]


@dataclass(frozen=True)
class VersionPage:
    """Versions with rows of the columns `read`, and where the page ends if more follow."""

    read: tuple[str, ...]
    versions: list[KnownVersion]
    next: After
    matched: Matched


def versions(
    snapshot: Snapshot, public_id: str, revision: int, columns: Sequence[str], wanted: PageRequest
) -> VersionPage:
    """Read a page of an event's versions, oldest first, as was known at a revision."""
    read = tuple(rows.stored(columns))
    query = _query(snapshot, public_id, revision, read, wanted.after)
    found = snapshot.rows(query.order_by(Entity("since")).limit(wanted.limit + 1))
    shown, more = found[: wanted.limit], len(found) > wanted.limit
    return VersionPage(
        read,
        [_known(row, revision) for row in shown],
        (shown[-1][0],) if more else None,
        wanted.matched or capped(snapshot, query),
    )


def _query(
    snapshot: Snapshot, public_id: str, revision: int, read: Sequence[str], after: After
) -> Any:
    key = key_of_id(dataset_numbers(snapshot), public_id)
    ends = (Superseded.ended, Superseded.reason, Superseded.successor)
    tables: list[tuple[type[Version], tuple[Any, ...]]]
    tables = [(Event, (NULL, NULL, NULL)), (Superseded, ends)]
    selects: list[Any] = []
    for table, ending in tables:
        since = field(table, "revision")
        shown = (field(table, name) for name in read)
        query = table.select(since.alias("since"), *ending, *shown)
        query = query.where(identified(table, (key, public_id)), since <= revision)
        selects.append(query.where(since > after[0]) if after else query)
    return selects[0].union_all(selects[1])


def _known(row: tuple[Any, ...], revision: int) -> KnownVersion:
    """Leave out an end that was not known yet."""
    since, ended, reason, successor, *values = row
    if ended is None or ended > revision:
        return KnownVersion(since, None, None, None, tuple(values))
    return KnownVersion(since, ended, reason, successor, tuple(values))
