"""Change the copy in columns so that readers find it whole, even if a process is killed.

A file is written under another name, flushed, and renamed. The manifest alone tells what the copy
has; it is written last. Files that it no longer names are removed after that.
"""

import fcntl
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

import orjson

from dataset.parquet_copy.segments import (
    MANIFEST,
    SHAPE,
    Copy,
    File,
    Segment,
    checksum_of,
    folder_of,
    is_made,
)

LOCK = "lock"
UNFINISHED = ".unfinished"


def written(path: Path, write: Callable[[Path], int]) -> File:
    """Write a file under another name, and rename it when it is on disk; `write` counts rows."""
    unfinished = path.with_suffix(UNFINISHED)
    rows = write(unfinished)
    _rename(unfinished, path)
    return File(path.name, rows, path.stat().st_size, checksum_of(path))


def publish(copy: Copy) -> None:
    """Make these segments the copy: the manifest takes the place of the one before at once."""
    segments = [asdict(one) for one in copy.segments]
    text = orjson.dumps({"shape": SHAPE, "store": copy.store, "segments": segments})
    unfinished = copy.folder / f"{MANIFEST}{UNFINISHED}"
    unfinished.write_bytes(text)
    _rename(unfinished, copy.folder / MANIFEST)


def _rename(unfinished: Path, path: Path) -> None:
    with unfinished.open("rb") as opened:
        os.fsync(opened.fileno())
    unfinished.rename(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def clean(copy: Copy, before: Iterable[Segment]) -> None:
    """Remove files of neither a copy nor the one before it, which may still be read."""
    segments = {*copy.segments, *before}
    _remove_all_but(copy.folder, {MANIFEST, *(file.name for one in segments for file in one.files)})


def _remove_all_but(folder: Path, names: set[str]) -> None:
    for path in folder.iterdir():
        if path.name not in names | {LOCK}:
            path.unlink()


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Wait for the lock on the copy, and hold it: nobody else changes the copy meanwhile."""
    folder.mkdir(exist_ok=True)
    with (folder / LOCK).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def forget(url: str) -> bool:
    """Remove the copy of a database, if it has one; tell whether it had."""
    folder = folder_of(url)
    if folder is None or not folder.exists():
        return False
    with alone(folder):
        had = is_made(url)
        _remove_all_but(folder, set())
    return had
