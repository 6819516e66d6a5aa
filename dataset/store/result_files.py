"""The files of the results cache: how they are written, and how they are opened to read."""

from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import apsw
from peewee import Database, SqliteDatabase
from playhouse.apsw_ext import APSWDatabase

from dataset.store.database import ENGINE_ERRORS
from dataset.store.engines.sqlite import READ_PRAGMAS

# Readers never see an unfinished file: nothing has to survive a crash.
WRITE_PRAGMAS = {"journal_mode": "off", "synchronous": "off", "temp_store": "file"}


def write_database(path: Path, make: Callable[[SqliteDatabase], None]) -> None:
    """Create a SQLite file, and let `make` write it in one transaction."""
    database = APSWDatabase(str(path), pragmas=WRITE_PRAGMAS)
    try:
        with database.atomic():
            make(database)
    finally:
        database.close()


def opened_database(path: Path) -> Database | None:
    """Open a SQLite file to read; None if there is none, or one that cannot be read."""
    database = APSWDatabase(str(path), pragmas=READ_PRAGMAS, flags=apsw.SQLITE_OPEN_READONLY)
    try:
        is_whole = bool(database.get_tables())
    except ENGINE_ERRORS:
        is_whole = False
    if not is_whole:
        database.close()
    return database if is_whole else None


def opened_file(path: Path) -> BinaryIO | None:
    """Open a file to read; None if there is none."""
    try:
        return path.open("rb")
    except FileNotFoundError:
        return None
