"""How the store is: its schema, its size, the room beside it."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from peewee import Database, SqliteDatabase, fn

from dataset.database import SCHEMA_VERSION
from dataset.models import Load
from dataset.snapshots import Snapshot


@dataclass(frozen=True)
class Health:
    """What the store is like; `free_bytes` is None where the room is on another machine."""

    revision: int
    schema: int
    load_count: int
    database_bytes: int
    free_bytes: int | None


def health(snapshot: Snapshot) -> Health:
    """Tell how the store is."""
    loads = snapshot.value(Load.select(fn.COUNT("*")))
    size, free = _bytes_of(snapshot.database), _free_beside(snapshot.database)
    return Health(snapshot.revision, SCHEMA_VERSION, loads, size, free)


def _bytes_of(database: Database) -> int:
    if not isinstance(database, SqliteDatabase):
        return int(
            database.execute_sql("SELECT pg_database_size(current_database())").fetchone()[0]
        )
    (pages,) = database.execute_sql("PRAGMA page_count").fetchone()
    return int(pages * database.page_size)


def _free_beside(database: Database) -> int | None:
    if not isinstance(database, SqliteDatabase):
        return None
    return shutil.disk_usage(Path(database.database).resolve().parent).free
