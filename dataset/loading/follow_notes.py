"""What a store knows of the feeds that are followed: from when on, how far, what is missing."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from dataset.declarations.instants import now
from dataset.inputs.gdelt_slots import SLOT, Feed, slot_of
from dataset.loading.followed_files import last_loaded
from dataset.loading.following import Gaps
from dataset.store.database import ENGINE_ERRORS
from dataset.store.engines.base import Engine
from dataset.store.models import Following
from dataset.writes.followed_feeds import NOT_BEGUN

MOST_NOTED = 1_000
"""The most missing files that are noted by name."""


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
    begun = first or last_loaded(database, feed)
    return Progress.begun_at(begun) if begun else None


def note_beginning(
    database: Engine, feed: Feed, process: str, first: datetime | None, newest: datetime | None
) -> Progress | None:
    """Note with which slot a feed begins, unless that is noted; give its progress.

    None, and nothing noted, where that is known only once the `newest` slot is.
    """
    with usable(database), database.atomic():
        progress = progress_of(database, feed, first)
        if progress is None and newest:
            progress = Progress.begun_at(newest)
        if progress and _text(progress.first) != _first_noted(database, feed):
            begun = {"first": _text(progress.first), "through": _text(progress.through)}
            _write(database, feed, "catching_up", process, {**NOT_BEGUN, **begun})
        return progress


def hold(database: Engine, feed: Feed) -> None:
    """Let nobody else change what is noted of a feed until the transaction ends."""
    database.execute(Following.update(feed=Following.feed).where(Following.feed == feed.name))


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
    noted: dict[str, Any] = {}
    if progress and newest and gaps:
        noted = _noted(progress, newest, gaps, faulty)
    with usable(database), database.atomic():
        _write(database, feed, outcome, process, noted)


def note_meanwhile(database: Engine, feed: Feed, gaps: Gaps, faulty: Collection[str]) -> None:
    """Note what is missing still, for who looks; nothing more is taken for settled."""
    with usable(database), database.atomic():
        is_begun = (Following.feed == feed.name) & Following.first.is_null(False)
        database.execute(Following.update(_shown(gaps, faulty)).where(is_begun))


def _write(
    database: Engine, feed: Feed, outcome: str, process: str, noted: Mapping[str, Any]
) -> None:
    row = {"looked": now(), "outcome": outcome, "process": process, **noted}
    is_feed = Following.feed == feed.name
    if not database.execute(Following.select(Following.feed).where(is_feed)).fetchone():
        database.execute(Following.insert({"feed": feed.name, **NOT_BEGUN, **row}))
    database.execute(Following.update(row).where(is_feed))


def _first_noted(database: Engine, feed: Feed) -> str | None:
    query = Following.select(Following.first).where(Following.feed == feed.name)
    row = database.execute(query).fetchone()
    return row[0] if row else None


def follower_of(database: Engine) -> str:
    """Say which process follows, or did last."""
    query = Following.select(Following.process).order_by(Following.looked.desc()).limit(1)
    row = database.execute(query).fetchone()
    return str(row[0]) if row else "another process"


def _noted(
    progress: Progress, newest: datetime, gaps: Gaps, faulty: Collection[str]
) -> dict[str, Any]:
    known = [name for name in progress.lacking if slot_of(name) <= progress.through]
    return {
        "first": _text(progress.first),
        "through": _text(gaps.through),
        "newest": _text(newest),
        "lacking": orjson.dumps([*known, *gaps.lacking]).decode(),
        **_shown(gaps, faulty),
    }


def _shown(gaps: Gaps, faulty: Collection[str]) -> dict[str, Any]:
    missing = list(_missing(gaps, faulty))
    return {
        "complete_to": _text(gaps.complete_to),
        "missing_slots": len({name[:14] for name, _ in missing}),
        "missing": orjson.dumps(missing[:MOST_NOTED]).decode(),
    }


def _missing(gaps: Gaps, faulty: Collection[str]) -> Iterator[tuple[str, str]]:
    found = {one.name: "faulty" if one.name in faulty else "waiting" for one in gaps.waiting}
    yield from sorted((found | dict.fromkeys(gaps.late, "late")).items())


def _slot(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _text(slot: datetime) -> str:
    return f"{slot:%Y-%m-%dT%H:%M:%SZ}"
