"""Keep a folder of results within its size limit: remove the least recently used ones.

Written bytes are counted. The folder is scanned only after a share of the limit was written: so
a new result costs the same however many are kept.
"""

import os
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

KEPT = (".sqlite", ".file")
SHARES = 16
"""One such share of the limit is freed at a time."""
BLOCK = 4096
COUNTER = "written"
SECONDS_OF_A_MAKING = 86_400
"""A file that was begun longer ago was left by a process that has ended."""


def make_room(newest: Path, size: int, most_bytes: int) -> None:
    """Count a new result's bytes; after each share, remove the least recently used results.

    The newest stays, however large. Whoever is reading a removed file can go on.
    """
    share = most_bytes // SHARES
    if _written(newest.parent, size) < share:
        return
    (newest.parent / COUNTER).write_bytes(b"")
    room = most_bytes - share
    for _, kept, path in sorted(_results(newest.parent), reverse=True):
        room -= kept
        if room < 0 and path != str(newest):
            Path(path).unlink(missing_ok=True)


def _written(folder: Path, size: int) -> int:
    """Count the bytes that all processes wrote since the last removal: one byte for each block.

    Appending to a file needs no lock, and the count outlives the process.
    """
    with (folder / COUNTER).open("ab", buffering=0) as counter:
        counter.write(bytes(-(-size // BLOCK)))
        return counter.tell() * BLOCK


def _results(folder: Path) -> Iterator[tuple[float, int, str]]:
    for entry in os.scandir(folder):
        if entry.name.endswith(KEPT):
            with suppress(FileNotFoundError):
                status = entry.stat()
                yield status.st_mtime, status.st_size, entry.path


def remove_left_behind(folder: Path) -> None:
    """Remove the files of a folder that no process can still be writing."""
    for path in folder.iterdir():
        with suppress(FileNotFoundError):
            if path.stat().st_mtime < time.time() - SECONDS_OF_A_MAKING:
                path.unlink()
