"""Retract events, and restore them."""

from dataset.building.rows import Row
from dataset.errors import Impossible
from dataset.store.engines.base import Engine
from dataset.store.models import Superseded, field
from dataset.writes.histories import RESTORE, RETRACT
from dataset.writes.ranks import rank
from dataset.writes.revisions import Change, revision
from dataset.writes.source_versions import SourceVersions
from dataset.writes.versions import ID, REVISION, VERSION_COLUMNS


def retract(database: Engine, public_id: str, reason: str, successor: str | None = None) -> int:
    """Take an event back; give the revision. It stays in the history, with the reason."""
    if not reason.strip():
        raise Impossible("A retraction needs a reason.")
    with revision(database, RETRACT, public_id) as change:
        row = _current(change, public_id)
        if successor is not None:
            _check_successor(change, public_id, successor)
        readable = reason.strip().encode(errors="replace").decode()
        change.versions.end([row], readable, successor)
        change.touch()
        return change.number


def restore(database: Engine, public_id: str) -> int:
    """Bring an event back that has ended; give the revision.

    It is as it was last, apart from loads that were undone, or as the best version says that loads
    met since it was retracted.
    """
    with revision(database, RESTORE, public_id) as change:
        key = change.key_of(public_id)
        if key in change.versions.current([key]):
            raise Impossible(f"The event {public_id} has not ended: there is nothing to restore.")
        found = _last(change, key, public_id)
        sources = SourceVersions(database)
        best = max(found, sources.of([key]).get(key, found), key=rank)
        sources.forget([key])
        change.events.insert([(*best[:-1], change.number)])
        change.touch()
        return change.number


def _last(change: Change, key: int, public_id: str) -> Row:
    """Give the last version of an event; those of loads that were undone only if there is none."""
    steps = change.events.histories.steps([key]).get(key, [])
    older = Superseded.select(*(field(Superseded, name) for name in VERSION_COLUMNS)).where(
        Superseded.key == key, field(Superseded, "id") == public_id
    )
    found = change.database.execute(older.order_by(Superseded.ended)).fetchall()
    if not found:
        raise Impossible(f"Nothing is left of the event {public_id}, or it never was.")
    counts = {step.revision for step in steps if step.load is not None}
    row: Row = [*found, *(row for row in found if row[REVISION] in counts)][-1]
    return row


def _current(change: Change, public_id: str) -> Row:
    key = change.key_of(public_id)
    row = change.versions.current([key]).get(key)
    if row is not None and row[ID] == public_id:
        return row
    if change.versions.gone([key]).get(key) == public_id:
        raise Impossible(f"The event {public_id} has ended already.")
    raise Impossible(f"The store has no event {public_id}.")


def _check_successor(change: Change, public_id: str, successor: str) -> None:
    if successor == public_id:
        raise Impossible("An event cannot succeed itself.")
    _current(change, successor)
