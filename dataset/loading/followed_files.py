"""Which files of GDELT's feeds count as loaded, and of which the load was undone.

What was loaded before the dataset was dropped counts no longer. A load without a revision is later
than a revision if it began in a later second, so that one too many is loaded rather than one too
few; an empty file had nothing to lose.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from peewee import Query, chunked

from dataset.inputs.gdelt_slots import SLOT, Feed, is_of, slot_of
from dataset.store.models import Load, LoadFile, Revision, field
from dataset.writes.followed_feeds import FOLLOWED
from dataset.writes.histories import DROP

FORMATS = {"export": "gdelt", "mentions": "gdelt-mentions"}
BATCH = 500


class Readable(Protocol):
    """A store to read, by whatever connection."""

    def execute(self, query: Query) -> Any:
        """Run a query."""


class Made(NamedTuple):
    """A revision, and when it was made."""

    number: int
    committed: str


def last_drop(store: Readable) -> Made | None:
    """Find the revision that dropped the dataset last."""
    is_drop = (Revision.kind == DROP) & (Revision.detail == FOLLOWED)
    query = Revision.select(Revision.number, Revision.committed).where(is_drop)
    row = store.execute(query.order_by(Revision.number.desc()).limit(1)).fetchone()
    return Made(*row) if row else None


def loaded_between(
    store: Readable, feed: Feed, after: datetime, newest: datetime
) -> dict[str, set[int]]:
    """Give the files of a feed that are loaded, with their sizes."""
    within = LoadFile.name.between(f"{after:%Y%m%d%H%M%S}", f"{newest + SLOT:%Y%m%d%H%M%S}")
    found = defaultdict[str, set[int]](set)
    for name, size in store.execute(_loaded(store).where(within)):
        if is_of(feed, name):
            found[name].add(size)
    return found


def still_lacking(store: Readable, names: Sequence[str]) -> list[str]:
    """Leave out the names of files that are loaded by now."""
    if not names:
        return []
    query = _loaded(store)
    loaded = {
        name
        for some in chunked(names, BATCH)
        for name, _ in store.execute(query.where(LoadFile.name.in_(some)))
    }
    return [name for name in names if name not in loaded]


def last_loaded(store: Readable, feed: Feed) -> datetime | None:
    """Give the newest slot of which a file is loaded."""
    named = _loaded(store).where(LoadFile.name.between("2", "3")).order_by(LoadFile.name.desc())
    found = (slot_of(name) for name, _ in store.execute(named) if is_of(feed, name))
    return next(found, None)


def undone_files(store: Readable) -> list[str]:
    """Name the files whose load was undone, and that no other load has brought whole."""
    drop = last_drop(store)
    undone = _undone(store, drop)
    present = {
        name
        for some in chunked(undone, BATCH)
        for name, load in _others(store, some, drop)
        if load.is_whole or load.is_after(undone[name])
    }
    return sorted(undone.keys() - present)


class _Other(NamedTuple):
    """A load that was not undone, of a file that another load of was."""

    revision: int | None
    started: str
    missed: int

    @property
    def is_whole(self) -> bool:
        """Whether it stored all that it read: the undone load had nothing of that."""
        return self.revision is not None and not self.missed

    def is_after(self, made: Made) -> bool:
        """Whether it came after a revision."""
        if self.revision is not None:
            return self.revision > made.number
        return self.started > made.committed


def _undone(store: Readable, drop: Made | None) -> dict[str, Made]:
    """Give the files whose load was undone, with the last revision that did so."""
    columns = (LoadFile.name, Revision.number, Revision.committed)
    query = _files(columns, drop).join(Revision, on=Revision.number == Load.undone)
    rows = store.execute(query.order_by(Revision.number))
    return {name: Made(*made) for name, *made in rows}


def _others(store: Readable, names: list[str], drop: Made | None) -> Iterator[tuple[str, _Other]]:
    missed = Load.unchanged + Load.outdated + Load.retracted
    query = _files((LoadFile.name, Load.revision, Load.started, missed), drop)
    query = query.where(Load.undone.is_null(), LoadFile.name.in_(names))
    for name, *rest in store.execute(query):
        yield name, _Other(*rest)


def _loaded(store: Readable) -> Any:
    """Select the files that count as loaded; those whose load was undone do."""
    return _files((LoadFile.name, LoadFile.bytes), last_drop(store))


def _files(columns: Sequence[Any], drop: Made | None) -> Any:
    """Select files that were loaded into the dataset itself since it was dropped."""
    query = LoadFile.select(*columns).join(Load, on=Load.number == LoadFile.load)
    is_own = Load.dataset.is_null() | (Load.dataset == FOLLOWED)
    query = query.where(Load.format.in_([*FORMATS.values()]), is_own)
    if drop is None:
        return query
    is_later = (field(Load, "read") == 0) | (Load.started > drop.committed)
    return query.where((Load.revision > drop.number) | (Load.revision.is_null() & is_later))
