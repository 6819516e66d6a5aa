"""Remove events for good, as a court may ask."""

from uuid import uuid4

from dataset.errors import Impossible
from dataset.store.database import ENGINE_ERRORS
from dataset.store.engines.base import Engine
from dataset.store.models import Mention, Setting, SourceVersion, Superseded, Tombstone
from dataset.writes.histories import PURGE
from dataset.writes.revisions import Change, revision
from dataset.writes.versions import ID


def purge(database: Engine, public_id: str) -> int:
    """Remove all that the store holds of an event; give the revision. There is no way back.

    A tombstone keeps its id, so that no load brings it again. The store gets another UUID: no
    answer that was given before counts as fresh. `forget` removes the rest in free pages.
    """
    with revision(database, PURGE, public_id) as change:
        key = change.key_of(public_id)
        current = change.versions.current([key])
        gone = change.versions.gone([key])
        known = {gone.get(key), *(row[ID] for row in current.values())} - {None}
        if known != {public_id} and (known or not _is_mentioned(database, key)):
            raise Impossible(f"The store has no event {public_id}.")
        versions = [*current.values(), *change.versions.older([key])]
        change.versions.remove(list(current.values()))
        for table in (Superseded, SourceVersion, Mention):
            database.execute(table.delete().where(table.key == key))
        if not change.events.histories.purged([key]):
            database.execute(Tombstone.delete().where(Tombstone.key == key))
            row = {"key": key, "id": public_id, "revision": change.number}
            database.execute(Tombstone.insert(row))
        change.versions.counts.erase(versions)
        renew(change)
        return change.number


def renew(change: Change) -> None:
    """Make the store another one, whose words are forgotten: no older answer of it is fresh."""
    renewed = Setting.update(value=str(uuid4())).where(Setting.name == "uuid")
    change.database.execute(renewed)
    change.database.forget_words()
    change.touch()


def forget(database: Engine) -> str:
    """Rewrite the store without the remains of purged events; say what keeps some, if any.

    This takes its time and, for a while, twice the room of the store.
    """
    try:
        return database.write_anew()
    except ENGINE_ERRORS as error:
        return str(database.unusable("written anew", error))


def _is_mentioned(database: Engine, key: int) -> bool:
    """Tell whether there are mentions of an event that may not have come yet."""
    found = Mention.select(Mention.key).where(Mention.key == key).limit(1)
    return database.execute(found).fetchone() is not None
