"""Lock files: taken by one thread of one process, without waiting."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def locked(path: Path) -> Iterator[bool]:
    """Lock a file, unless another thread or process has locked it; tell whether it is ours."""
    with path.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


def is_free(path: Path) -> bool:
    """Tell whether nobody has locked a file."""
    with locked(path) as is_ours:
        return is_ours


def is_locked(path: Path) -> bool:
    """Tell whether somebody has locked a file, which may not be there, or not be ours to read."""
    with suppress(FileNotFoundError, PermissionError), path.open("rb") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False
