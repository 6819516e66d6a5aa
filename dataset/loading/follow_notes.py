"""What a store knows of the feeds that are followed: how far they are, and what is loaded."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from peewee import chunked

from dataset.declarations.instants import now
from dataset.inputs.gdelt_feeds import SLOT, Feed, is_of, slot_of
from dataset.loading.following import Gaps
from dataset.store.database import ENGINE_ERRORS
from dataset.store.engines.base import Engine
from dataset.store.models import Following, Load, LoadFile

MOST_NOTED = 1_000
"""The most missing files that are noted by name."""
DATASET = "gdelt"
FORMATS = {"export": "gdelt", "mentions": "gdelt-mentions"}


@dataclass
class Progress:
    """How far a feed is followed: from a slot on, settled through another; what is lacking."""

    first: datetime
    through: datetime
    lacking: list[str]

    @classmethod
    def begun_at(cls, slot: datetime) -> "Progress":
        """Begin with a slot."""
        return cls(slot, slot - SLOT, [])


@contextmanager
def usable(database: Engine) -> Iterator[None]:
    """Raise `StoreError` for what engines raise."""
    try:
        yield
    except ENGINE_ERRORS as error:
        raise database.unusable("used", error) from error


def progress_of(database: Engine, feed: Feed, first: datetime | None) -> Progress | None:
    """Read how far a feed is: from a given slot, from where it was begun, else where it ends.

    None where a store has nothing of it.
    """
    query = Following.select(Following.first, Following.through, Following.lacking)
    row = database.execute(query.where(Following.feed == feed.name)).fetchone()
    if row and row[0] and first in (None, _slot(row[0])):
        return Progress(_slot(row[0]), _slot(row[1]), orjson.loads(row[2]))
    begun = first or _last_loaded(database, feed)
    return Progress.begun_at(begun) if begun else None


def loaded_between(
    database: Engine, feed: Feed, after: datetime, newest: datetime
) -> dict[str, set[int]]:
    """Give the files of a feed that are loaded, with their sizes."""
    within = LoadFile.name.between(f"{after:%Y%m%d%H%M%S}", f"{newest + SLOT:%Y%m%d%H%M%S}")
    found = defaultdict[str, set[int]](set)
    for name, size in database.execute(_loaded().where(within)):
        if is_of(feed, name):
            found[name].add(size)
    return found


def still_lacking(database: Engine, names: Sequence[str]) -> list[str]:
    """Leave out the names of files that are loaded by now."""
    loaded = {
        name
        for some in chunked(names, 500)
        for name, _ in database.execute(_loaded().where(LoadFile.name.in_(some)))
    }
    return [name for name in names if name not in loaded]


def note(
    database: Engine,
    feed: Feed,
    outcome: str,
    process: str,
    progress: Progress | None = None,
    newest: datetime | None = None,
    gaps: Gaps | None = None,
    faulty: Collection[str] = (),
) -> None:
    """Note a look at a source; without gaps, what was noted of them before stays."""
    row: dict[str, Any] = {"looked": now(), "outcome": outcome, "process": process}
    if progress and newest and gaps:
        row |= _noted(progress, newest, gaps, faulty)
    nothing = {"missing_slots": 0, "missing": "[]", "lacking": "[]"}
    with usable(database), database.atomic():
        is_feed = Following.feed == feed.name
        if not database.execute(Following.select(Following.feed).where(is_feed)).fetchone():
            database.execute(Following.insert({"feed": feed.name} | nothing | row))
        database.execute(Following.update(row).where(is_feed))


def follower_of(database: Engine) -> str:
    """Say which process follows, or did last."""
    query = Following.select(Following.process).order_by(Following.looked.desc()).limit(1)
    row = database.execute(query).fetchone()
    return str(row[0]) if row else "another process"


def _noted(
    progress: Progress, newest: datetime, gaps: Gaps, faulty: Collection[str]
) -> dict[str, Any]:
    missing = list(_missing(gaps, faulty))
    known = [name for name in progress.lacking if slot_of(name) <= progress.through]
    return {
        "first": _text(progress.first),
        "through": _text(gaps.through),
        "newest": _text(newest),
        "complete_to": _text(gaps.complete_to),
        "missing_slots": len({name[:14] for name, _ in missing}),
        "missing": orjson.dumps(missing[:MOST_NOTED]).decode(),
        "lacking": orjson.dumps([*known, *gaps.lacking]).decode(),
    }


def _missing(gaps: Gaps, faulty: Collection[str]) -> Iterator[tuple[str, str]]:
    found = {one.name: "faulty" if one.name in faulty else "waiting" for one in gaps.waiting}
    yield from sorted((found | dict.fromkeys(gaps.late, "late")).items())


def _last_loaded(database: Engine, feed: Feed) -> datetime | None:
    """Give the newest slot of which a file is loaded."""
    named = _loaded().where(LoadFile.name.between("2", "3")).order_by(LoadFile.name.desc())
    found = (slot_of(name) for name, _ in database.execute(named) if is_of(feed, name))
    return next(found, None)


def _loaded() -> Any:
    """Select the files that were loaded into GDELT's own dataset."""
    is_gdelt = Load.format.in_(list(FORMATS.values()))
    joined = LoadFile.select(LoadFile.name, LoadFile.bytes).join(
        Load, on=Load.number == LoadFile.load
    )
    return joined.where(is_gdelt, Load.dataset.is_null() | (Load.dataset == DATASET))


def _slot(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _text(slot: datetime) -> str:
    return f"{slot:%Y-%m-%dT%H:%M:%SZ}"
