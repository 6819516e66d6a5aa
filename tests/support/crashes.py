"""Loads in a process that can be killed, and checks of the store that it leaves."""

import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from dataset.store.database import open_to_write
from support.paths import COMMAND


def checked(store: Path) -> None:
    """Check a store's pages, its indexes, and the text index."""
    connection = sqlite3.connect(store)
    assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    connection.close()
    database = open_to_write(str(store))
    check = "INSERT INTO event_words (event_words, rank) VALUES ('integrity-check', 1)"
    database.execute_sql(check)
    database.close()


HAS_WRITTEN = """
SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND backend_xid IS NOT NULL
"""
"""The sessions of PostgreSQL whose open transaction has changed something."""


def is_writing(store: Path | str) -> bool:
    """Tell whether a process is writing to a store."""
    if "://" in str(store):
        with psycopg.connect(str(store)) as session:
            return session.execute(HAS_WRITTEN).fetchone() is not None
    connection = sqlite3.connect(store, timeout=0)
    try:
        connection.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as error:
        return "locked" in str(error)
    finally:
        connection.close()
    return False


@contextmanager
def loading(store: Path, path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Begin to load a file as a user does; it is writing already, or has ended."""
    with writing(store, "load", "gdelt", str(path)) as process:
        yield process


@contextmanager
def writing(store: Path | str, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """Begin a command that writes; it is writing already, or has ended."""
    command = [COMMAND, *arguments, "--database", str(store)]
    output = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    with subprocess.Popen(command, **output) as process:  # type: ignore[call-overload]
        while process.poll() is None and not is_writing(store):
            time.sleep(0.001)
        yield process
