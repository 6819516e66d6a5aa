"""Take events back, bring them back, remove them for good, and name revisions."""

import re
from uuid import uuid4

from dataset.building.rows import Row
from dataset.declarations.ids import RELEASE_NAME, key_of
from dataset.errors import Impossible
from dataset.store.database import ENGINE_ERRORS
from dataset.store.engines.base import Engine
from dataset.store.models import Mention, Release, Revision, Setting, Superseded, Tombstone, field
from dataset.writes.revisions import Change, now, numbers_of, revision
from dataset.writes.versions import ID, NAMES


def retract(database: Engine, public_id: str, reason: str, successor: str | None = None) -> int:
    """Take an event back; give the revision. It stays in the history, with the reason."""
    if not reason.strip():
        raise Impossible("A retraction needs a reason.")
    with revision(database, "retract", public_id) as change:
        row = _current(change, public_id)
        if successor is not None:
            _check_successor(change, public_id, successor)
        told = reason.strip().encode(errors="replace").decode()
        change.writes.end([row], told, successor)
        change.touch()
        return change.number


def restore(database: Engine, public_id: str) -> int:
    """Bring a retracted event back as it was last; give the revision.

    Newer versions that loads brought meanwhile were not stored: load these files again.
    """
    with revision(database, "restore", public_id) as change:
        key = _key(change, public_id)
        if key in change.writes.current([key]):
            raise Impossible(f"The event {public_id} is not retracted.")
        last = Superseded.select(*(field(Superseded, name) for name in NAMES)).where(
            Superseded.key == key, field(Superseded, "id") == public_id
        )
        found = database.execute(last.order_by(Superseded.ended.desc()).limit(1)).fetchone()
        if found is None:
            raise Impossible(f"Nothing is left of the event {public_id}, or it never was.")
        change.writes.show([(*found[:-1], change.number)])
        change.touch()
        return change.number


def purge(database: Engine, public_id: str) -> int:
    """Remove all that the store holds of an event; give the revision. There is no way back.

    A tombstone keeps its id, so that no load brings it again. The store gets another UUID: no
    answer that was given before counts as fresh. What is left in free pages goes with `forget`.
    """
    with revision(database, "purge", public_id) as change:
        key = _key(change, public_id)
        current = change.writes.current([key])
        gone = change.writes.gone([key])
        known = {gone.get(key), *(row[ID] for row in current.values())} - {None}
        if known != {public_id} and (known or not _is_mentioned(database, key)):
            raise Impossible(f"The store has no event {public_id}.")
        change.writes.remove(list(current.values()))
        for table in (Superseded, Mention):
            database.execute(table.delete().where(table.key == key))
        row = {"key": key, "id": public_id, "revision": change.number}
        database.execute(Tombstone.insert(row).on_conflict_ignore())
        renewed = Setting.update(value=str(uuid4())).where(Setting.name == "uuid")
        database.execute(renewed)
        database.forget_words()
        change.touch()
        return change.number


def forget(database: Engine) -> str:
    """Write the store anew without the remains of what was purged; say what keeps some, if any.

    This takes its time and, for a while, twice the room of the store.
    """
    try:
        return database.write_anew()
    except ENGINE_ERRORS as error:
        return str(database.unusable("written anew", error))


def release(database: Engine, name: str, number: int | None = None) -> int:
    """Give a name to a revision, by default the newest, for good; give its number."""
    if not re.fullmatch(RELEASE_NAME, name) or name.isdigit():
        raise Impossible(
            f"{name!r} is no name of a release: it has 1 to 64 letters, digits, '.', '_', '~' or "
            "'-', and is no number, as 2026.1 is none."
        )
    with revision(database, "release", name) as change:
        if database.execute(Release.select().where(Release.name == name)).fetchone():
            raise Impossible(f"There is a release {name} already; names are given for good.")
        number = change.number - 1 if number is None else number
        if not database.execute(Revision.select().where(Revision.number == number)).fetchone():
            raise Impossible(f"There is no revision {number}; the newest is {change.number - 1}.")
        database.execute(Release.insert(name=name, revision=number, created=now()))
        change.touch()
        return number


def _is_mentioned(database: Engine, key: int) -> bool:
    """Tell whether there are mentions of an event that may not have come yet."""
    found = Mention.select(Mention.key).where(Mention.key == key).limit(1)
    return database.execute(found).fetchone() is not None


def _key(change: Change, public_id: str) -> int:
    dataset, _, native = public_id.partition(":")
    numbers = numbers_of(change.database)
    if dataset not in numbers:
        raise Impossible(f"The store has no event {public_id}: it has no dataset {dataset!r}.")
    return key_of(numbers[dataset], native)


def _current(change: Change, public_id: str) -> Row:
    key = _key(change, public_id)
    row = change.writes.current([key]).get(key)
    if row is not None and row[ID] == public_id:
        return row
    if change.writes.gone([key]).get(key) == public_id:
        raise Impossible(f"The event {public_id} is retracted or purged already.")
    raise Impossible(f"The store has no event {public_id}.")


def _check_successor(change: Change, public_id: str, successor: str) -> None:
    if successor == public_id:
        raise Impossible("An event cannot succeed itself.")
    _current(change, successor)
