"""The copy of the store in columns: which files it has, and whether they may be read.

Beside the database lies a folder of segments: each holds all versions of the events that some
revisions brought, as a Parquet file that never changes. The manifest names them. It is written
last, and by a rename: even if a process is killed, it names whole files. The store can make all of
them again.
"""

import os
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b, file_digest
from pathlib import Path
from typing import Any

import orjson

from dataset.declarations.periods import PERIODS
from dataset.store.database import SCHEMA_VERSION
from dataset.store.models import Superseded
from dataset.store.snapshots import Snapshot

SUFFIX = ".columns"
MANIFEST = "manifest.json"
MAGIC = b"PAR1"
"""A Parquet file begins and ends with it: one that was cut short does not."""

LEFT_OUT = ("load", "loader_version", "words", "reason", "successor")
"""Stored columns that are only needed for single versions, or for a search by words."""
STORED = tuple(name for name in Superseded._meta.sorted_field_names if name not in LEFT_OUT)
COLUMNS = (*STORED, *PERIODS)
"""The columns of a segment: as they are stored, and the periods that all of an event lies in."""
FORMAT = 2
"""Raise it whenever the same store would give another copy."""
_SHAPE = (str(FORMAT), str(SCHEMA_VERSION), *COLUMNS)
SHAPE = blake2b(",".join(_SHAPE).encode(), digest_size=8).hexdigest()
"""What a copy looks like: one of another version of this program, or of the store, is made anew."""


class Damaged(Exception):
    """The copy cannot answer: a file of it is not as it was written, or too old, or unreadable."""


@dataclass(frozen=True)
class File:
    """A file of the copy as it was written."""

    name: str
    rows: int
    bytes: int
    checksum: str


@dataclass(frozen=True)
class Segment:
    """The versions that the revisions `first` to `last` brought, and which of these ended them.

    `token` is that of the last revision. `ends` are the ends that these revisions made to versions
    of earlier segments: key, revision, and the revision that ended it.
    """

    first: int
    last: int
    token: str
    versions: File
    ends: File

    @property
    def files(self) -> list[File]:
        """The files of the segment."""
        return [self.versions, self.ends]


@dataclass(frozen=True)
class Copy:
    """The segments of a store, one after another from its first revision."""

    folder: Path
    store: str
    segments: tuple[Segment, ...]

    @property
    def last(self) -> int:
        """The last revision that the copy covers."""
        return self.segments[-1].last

    def check(self) -> None:
        """Refuse files that are missing, cut short or otherwise not as they were written."""
        for segment in self.segments:
            for file in segment.files:
                check(self.folder / file.name, file)


def folder_of(url: str) -> Path | None:
    """Give the folder of a database's copy; only a database that is a file has one."""
    return None if "://" in url else Path(url + SUFFIX)


def is_made(url: str) -> bool:
    """Tell whether a database has a copy, of whatever store."""
    folder = folder_of(url)
    return folder is not None and (folder / MANIFEST).exists()


def read(folder: Path) -> Copy | None:
    """Read the manifest of a folder; None where there is none of this version."""
    try:
        found = orjson.loads((folder / MANIFEST).read_bytes())
        if found.pop("shape") != SHAPE:
            return None
        segments = tuple(_segment(**one) for one in found["segments"])
        return Copy(folder, found["store"], segments) if segments else None
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise Damaged(f"The manifest of {folder} cannot be read: {error!r}.") from error


def _segment(versions: Any, ends: Any, **more: Any) -> Segment:
    return Segment(versions=File(**versions), ends=File(**ends), **more)


def copy_of(snapshot: Snapshot) -> Copy | None:
    """Give the copy of a store, if it has a whole one of this very store and its past."""
    folder = folder_of(snapshot.store.url)
    copy = read(folder) if folder else None
    if copy is None or not is_past_of(snapshot, copy.store, copy.segments[-1]):
        return None
    copy.check()
    return copy


def is_past_of(snapshot: Snapshot, store: str, segment: Segment) -> bool:
    """Tell whether a store has the revisions of a segment: another backup may have others."""
    if store != snapshot.uuid or segment.last > snapshot.revision:
        return False
    return snapshot.token_of(segment.last) == segment.token


def check(path: Path, file: File) -> None:
    """Refuse a file that is not as it was written; its checksum is taken once by each process."""
    try:
        status = path.stat()
        if status.st_size != file.bytes or not _is_ended(path):
            raise Damaged(f"The file {path} is cut short.")
        seen = _checksum(path, (status.st_ino, status.st_mtime_ns, status.st_size))
    except OSError as error:
        raise Damaged(f"The file {path} cannot be read: {error}.") from error
    if seen != file.checksum:
        raise Damaged(f"The file {path} is damaged: its checksum is wrong.")


def _is_ended(path: Path) -> bool:
    with path.open("rb") as opened:
        opened.seek(-len(MAGIC), os.SEEK_END)
        return opened.read() == MAGIC


@lru_cache(1024)
def _checksum(path: Path, _as_it_is_now: tuple[int, ...]) -> str:
    return checksum_of(path)


def checksum_of(path: Path) -> str:
    """Take the checksum of a file."""
    with path.open("rb") as opened:
        return file_digest(opened, "sha256").hexdigest()
