"""Keep the copy in columns up to date: make only what is missing or damaged."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile
from pathlib import Path
from pkgutil import resolve_name

from peewee import fn

from dataset.errors import Impossible
from dataset.parquet_copy.publishing import alone, clean, publish
from dataset.parquet_copy.segments import (
    Copy,
    Damaged,
    File,
    Segment,
    check,
    folder_of,
    is_past_of,
    read,
)
from dataset.store.models import Event, Superseded, field
from dataset.store.snapshots import Snapshot, Store

MERGED = 4
"""A segment with fewer than this many times the rows after it is made again with them: a copy
that grows by many small loads has few segments, and each row is written few times."""


@dataclass(frozen=True)
class Refreshed:
    """The copy as it is now, which segments of it are new, and what was wrong with the old ones."""

    copy: Copy
    made: Sequence[Segment]
    faults: Sequence[str]


def refresh(store: Store, anew: bool = False) -> Refreshed:
    """Bring the copy of a store up to its newest revision; `anew`: all of it, as one segment."""
    folder = folder_of(store.url)
    if folder is None:
        raise Impossible("Only a database that is a file can have a copy in columns.")
    with store.stream() as snapshot:
        if not snapshot.revision:
            raise Impossible("The store is empty: there is nothing to copy yet.")
    # A process that waited for another must see what the other has seen.
    with alone(folder), store.stream() as snapshot:
        known, faults = _known(snapshot, folder)
        kept = [] if anew else _kept(snapshot, known)
        damaged = _damaged(folder, known, faults)
        segments = [
            _make(snapshot, folder, one.first, one.last) if one.versions in damaged else one
            for one in kept
        ]
        first = segments[-1].last + 1 if segments else 1
        if first <= snapshot.revision:
            segments.append(_make(snapshot, folder, first, snapshot.revision))
        copy = Copy(folder, snapshot.uuid, tuple(segments))
        publish(copy)
        clean(copy, known)
    files = {one.versions for one in known}
    return Refreshed(copy, [one for one in segments if one.versions not in files], faults)


def _known(snapshot: Snapshot, folder: Path) -> tuple[list[Segment], list[str]]:
    """Give the segments that are of this store and its past, and what is wrong with the others."""
    try:
        copy = read(folder)
    except Damaged as error:
        return [], [str(error)]
    segments = copy.segments if copy else ()
    store = copy.store if copy else ""
    past = list(takewhile(lambda one: is_past_of(snapshot, store, one), segments))
    others = len(segments) - len(past)
    return past, [f"{others} segments were of another store, or of another past."] * bool(others)


def _kept(snapshot: Snapshot, known: Sequence[Segment]) -> list[Segment]:
    """Leave out the last segments that are small compared with what follows them."""
    kept = list(known)
    last = kept[-1].last if kept else 0
    rows = _changed_since(snapshot, last)
    if kept and not rows:
        # For instance, only a release was named since.
        return [*kept[:-1], replace(kept[-1], last=snapshot.revision, token=snapshot.token)]
    while kept and kept[-1].versions.rows < MERGED * rows:
        rows += kept.pop().versions.rows
    return kept


def _changed_since(snapshot: Snapshot, last: int) -> int:
    """Count the versions that were brought or ended after a revision."""
    numbers = field(Event, "revision"), field(Superseded, "revision"), Superseded.ended
    return sum(
        snapshot.value(number.model.select(fn.COUNT("*")).where(number > last))
        for number in numbers
    )


def _damaged(folder: Path, known: Sequence[Segment], faults: list[str]) -> set[File]:
    """Find the segments of which a file is damaged; say what is wrong."""
    damaged = set()
    for segment in known:
        try:
            for file in segment.files:
                check(folder / file.name, file)
        except Damaged as error:
            faults.append(str(error))
            damaged.add(segment.versions)
    return damaged


def _make(snapshot: Snapshot, folder: Path, first: int, last: int) -> Segment:
    make: Callable[..., Segment] = resolve_name("dataset.parquet_copy.segment_files:make")
    return make(snapshot, folder, first, last)
