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


class Later(NamedTuple):
    """A later load of the same datasets, and how many records it did not store.

    They were `unchanged`, `outdated` or `retracted`: the undo may concern the events of some.
    """

    number: int
    records: int


@dataclass(frozen=True)
class Undone:
    """What an undo did; `revision` is None if it was only tried.

    `events`: see `EventUndo`. `mentions` counts those that ended.
    """

    revision: int | None
    events: Counter[str]
    mentions: int
    later: list[Later]


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
        _forget(change, number)
        if dry_run:
            change.discard()
        later = _later(database, number)
        return Undone(None if dry_run else change.number, events.events, mentions, later)


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
    kept = SourceVersion.select(SourceVersion.key).where(SourceVersion.load == number).limit(1)
    if made is None and database.execute(kept).fetchone() is None:
        raise Impossible(f"Load {number} made no revision: there is nothing to undo.")
    return None if made is None else int(made)


def _forget(change: Change, number: int) -> None:
    """Mark a load as undone, and forget what it left beside events and mentions."""
    undone = Load.update(undone=change.number).where(Load.number == number)
    change.database.execute(undone)
    sources = SourceVersion.delete().where(SourceVersion.load == number)
    change.database.execute(sources)
    read_again = Quarantined.load.in_(Load.select(Load.replays).where(Load.number == number))
    refused = Quarantined.update(replayed=None).where(read_again, Quarantined.replayed == number)
    change.database.execute(refused)
    change.touch()


def _later(database: Engine, number: int) -> list[Later]:
    """Find the later loads that may have met records of a load, and did not store them again."""
    missed = Load.unchanged + Load.outdated + Load.retracted
    columns = (Load.number, Load.format, Load.datasets, missed)
    query = Load.select(*columns).where(Load.number > number, Load.undone.is_null())
    own = Load.select(*columns).where(Load.number == number)
    _, format, datasets, _ = database.execute(own).fetchone()
    return [
        Later(other, records)
        for other, its, theirs, records in database.execute(query.order_by(Load.number))
        if records and _makes(its) == _makes(format)
        if {*theirs.split(";")} & {*datasets.split(";")}
    ]


def replays_of(database: Engine, number: int) -> list[int]:
    """Give the loads that read the quarantine of a load again, and were not undone themselves."""
    query = Load.select(Load.number).where(Load.replays == number, Load.undone.is_null())
    return [other for (other,) in database.execute(query.order_by(Load.number))]


def _makes(format: str) -> str:
    return LOADERS[format].makes if format in LOADERS else "events"
