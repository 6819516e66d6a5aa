"""End a PostgreSQL server and remove its files as soon as the tests that started it have ended.

It reads a pipe that only those tests hold open: the kernel closes it even if they are killed.
"""

import os
import shutil
import signal
import sys
import time
from pathlib import Path

SECONDS = 20


def pid_of(folder: Path) -> int | None:
    """Give the process of the server in a folder, if it runs."""
    try:
        pid = int((folder / "data" / "postmaster.pid").read_text().split()[0])
        command = Path(f"/proc/{pid}/cmdline").read_text()
    except (OSError, ValueError, IndexError):
        return None
    return pid if str(folder) in command else None


def end(folder: Path) -> None:
    """Stop the server at once and remove its files."""
    deadline = time.monotonic() + SECONDS
    while (pid := pid_of(folder)) and time.monotonic() < deadline:
        os.kill(pid, signal.SIGQUIT)
        time.sleep(0.05)
    shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.stdin.read()
    end(Path(sys.argv[1]))
