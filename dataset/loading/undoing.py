"""Undo a load, as one more revision: nothing of the history before is changed."""

from collections import Counter
from dataclasses import dataclass
from typing import NamedTuple

from dataset.errors import Impossible
from dataset.loaders import LOADERS
from dataset.store.engines.base import Engine
from dataset.store.models import Load, Mention, Quarantined, SourceVersion
from dataset.writes.histories import UNDO
from dataset.writes.mentions import end_mentions
from dataset.writes.revisions import Change, revision
from dataset.writes.undos import EventUndo, OnEvent


class Other(NamedTuple):
    """Another load of the same datasets, and how many records of it the undo may concern.

    They were not stored: `unchanged`, `outdated` or `retracted` in a later load, `retracted` in an
    earlier one whose versions of retracted events were not kept, as this one had newer ones.
    """

    number: int
    records: int


@dataclass(frozen=True)
class Undone:
    """What an undo did; `revision` is None if it was only tried.

    `events`: see `EventUndo`. `mentions` counts those that ended, `sources` the versions of
    retracted events that the load had brought, and that were kept for their restoration.
    """

    revision: int | None
    events: Counter[str]
    mentions: int
    sources: int
    others: list[Other]


def undo(
    database: Engine, number: int, dry_run: bool = False, on_event: OnEvent = lambda *_: None
) -> Undone:
    """Undo a load. Raises `Impossible` if there is nothing to undo."""
    expected = sum(database.execute(_sizes(number)).fetchone() or ())
    with revision(database, UNDO, str(number), expected) as change:
        made = _revision_of(database, number)
        events = EventUndo(change, number, made or 0, on_event)
        events.run()
        mentions = end_mentions(database, change.number, Mention.load == number)
        sources = _forget(change, number)
        if made is None and not events.events and not sources:
            raise Impossible(f"Load {number} made no revision: there is nothing to undo.")
        if dry_run:
            change.discard()
        others = _others(database, number, sources > 0)
        done = None if dry_run else change.number
        return Undone(done, events.events, mentions, sources, others)


def _sizes(number: int) -> object:
    return Load.select(Load.inserted, Load.updated).where(Load.number == number)


def _revision_of(database: Engine, number: int) -> int | None:
    """Give the revision that a load made; refuse one that cannot be undone."""
    query = Load.select(Load.revision, Load.undone).where(Load.number == number)
    found = database.execute(query).fetchone()
    if found is None:
        raise Impossible(f"There is no load {number}: `cameo-events loads` lists them.")
    made, undone = found
    if undone is not None:
        raise Impossible(
            f"Load {number} is undone already, by revision {undone}. To have its events back, load "
            "its files again."
        )
    return None if made is None else int(made)


def _forget(change: Change, number: int) -> int:
    """Mark a load as undone; forget, and count, what it said of retracted events."""
    undone = Load.update(undone=change.number).where(Load.number == number)
    change.database.execute(undone)
    sources = SourceVersion.delete().where(SourceVersion.load == number)
    count = change.database.rows_affected(change.database.execute(sources))
    read_again = Quarantined.load.in_(Load.select(Load.replays).where(Load.number == number))
    refused = Quarantined.update(replayed=None).where(read_again, Quarantined.replayed == number)
    change.database.execute(refused)
    change.touch()
    return int(count)


def _others(database: Engine, number: int, had_sources: bool) -> list[Other]:
    """Find the other loads that may have met records of the same events, and did not store them."""
    missed = Load.unchanged + Load.outdated + Load.retracted
    columns = (Load.number, Load.format, Load.datasets, missed, Load.retracted)
    own = database.execute(Load.select(*columns).where(Load.number == number)).fetchone()
    own_datasets = {*own[2].split(";")}
    query = Load.select(*columns).where(Load.number != number, Load.undone.is_null())
    found = []
    for other, format, datasets, later, earlier in database.execute(query.order_by(Load.number)):
        records = later if other > number else earlier * had_sources
        is_alike = _makes(format) == _makes(own[1]) and {*datasets.split(";")} & own_datasets
        if records and is_alike:
            found.append(Other(other, records))
    return found


def replays_of(database: Engine, number: int) -> list[int]:
    """Give the replays of a load's quarantine that made a revision, and were not undone."""
    query = Load.select(Load.number).where(Load.replays == number, Load.undone.is_null())
    query = query.where(Load.revision.is_null(False))
    return [other for (other,) in database.execute(query.order_by(Load.number))]


def _makes(format: str) -> str:
    return LOADERS[format].makes if format in LOADERS else "events"
