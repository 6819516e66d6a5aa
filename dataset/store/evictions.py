"""Keep a folder of results within its bound: those used longest ago make room for new ones.

What is written is counted, and only after a share of the bound is all that is kept looked at: so
a new result costs the same however many are kept.
"""

import os
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

KEPT = (".sqlite", ".file")
SHARES = 16
"""Room is made for one such share of the bound at once."""
BLOCK = 4096
COUNTER = "written"
SECONDS_OF_A_MAKING = 86_400
"""A file that was begun longer ago was left by a process that is no more."""


def make_room(newest: Path, size: int, most_bytes: int) -> None:
    """Count a new result of so many bytes; after a share of them remove what was used longest ago.

    The newest stays, however large, and who reads a file that is removed goes on.
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
    """Count bytes with those that all processes wrote since room was made: each block is a byte.

    What is appended to a file needs no lock, and outlives the process.
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
    """Remove the files of a folder that nobody can still be writing."""
    for path in folder.iterdir():
        with suppress(FileNotFoundError):
            if path.stat().st_mtime < time.time() - SECONDS_OF_A_MAKING:
                path.unlink()
