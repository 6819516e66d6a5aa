"""Make the folder for what does not fit into memory; remove those of killed processes.

Each process holds a lock on its folder while it lives. The next one removes folders without a lock.
"""

import atexit
import fcntl
import os
import shutil
from contextlib import suppress
from pathlib import Path
from tempfile import gettempdir, mkdtemp

PREFIX = "cameo-events-overflow-"


def overflow_folder() -> str:
    """Make a folder that only this process uses, until it ends; remove those of killed ones."""
    for left in Path(gettempdir()).glob(f"{PREFIX}*"):
        with suppress(OSError):
            _remove_unless_used(left)
    while True:
        folder = mkdtemp(prefix=PREFIX)
        held = os.open(folder, os.O_RDONLY)
        fcntl.flock(held, fcntl.LOCK_EX)
        # Somebody else may have removed it in the moment before it was locked.
        if Path(folder).exists():
            atexit.register(shutil.rmtree, folder, ignore_errors=True)
            return folder
        os.close(held)


def _remove_unless_used(folder: Path) -> None:
    found = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        fcntl.flock(found, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(folder)
    finally:
        os.close(found)
