"""Copy a store while it is written to, and put a copy back (SQLite's online backup)."""

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from hashlib import file_digest
from pathlib import Path

import apsw
from peewee import Database

from dataset.database import (
    ENGINE_ERRORS,
    check,
    is_begun,
    open_to_read,
    open_to_write,
    path_of,
    settings_of,
    truncate_log,
    unusable,
)
from dataset.errors import Impossible, StoreError


@dataclass(frozen=True)
class Backup:
    """What a copy of a store holds, and what it is known by."""

    revision: int
    bytes: int
    sha256: str


def backup(url: str, file: Path) -> Backup:
    """Copy a store as it is at one moment into a new file, and check the copy."""
    if file.exists():
        raise Impossible(f"There is a file {file} already: nothing is written over.")
    if not is_begun(url):
        raise StoreError(f"There is no database {url}.")
    with _unfinished(file) as copy:
        _copy(url, copy)
        checked(copy)
        copy.replace(file)
    return checked(file)


def restore(file: Path, url: str) -> Backup:
    """Put a checked copy in the place of a store: whole or not at all, for readers at one moment.

    The pages are copied in one transaction: a store that is written to is refused, and whoever
    reads it goes on with what they read.
    """
    found = checked(file)
    target = path_of(url)
    if not target.exists():
        with _unfinished(target) as copy:
            _copy(str(file), copy)
            copy.replace(target)
        return found
    database = open_to_write(url)
    try:
        _copy_into(file, database)
        truncate_log(database)
    finally:
        database.close()
    return found


def checked(file: Path) -> Backup:
    """Check that a file is a whole store of ours; tell what it holds."""
    if not file.exists():
        raise Impossible(f"There is no file {file}.")
    database = open_to_read(str(file))
    try:
        if not is_begun(str(file)):
            raise StoreError(f"The file {file} holds no store.")
        check(str(file), settings_of(database))
        damage = database.execute_sql("PRAGMA integrity_check(1)").fetchone()[0]
        if damage != "ok":
            raise StoreError(f"The file {file} is damaged: {damage}.")
        revision = _revision_of(database)
    except ENGINE_ERRORS as error:
        raise unusable(str(file), "read", error) from error
    finally:
        database.close()
    with file.open("rb") as opened:
        digest = file_digest(opened, "sha256")
    return Backup(revision, file.stat().st_size, digest.hexdigest())


def _copy(url: str, file: Path) -> None:
    try:
        with closing(apsw.Connection(str(file))) as target:
            _copy_pages(url, target)
            # A copy is one file: it must not need a log beside it.
            target.pragma("journal_mode", "delete")
    except ENGINE_ERRORS as error:
        raise unusable(str(file), "written", error) from error


def _copy_into(file: Path, database: Database) -> None:
    try:
        _copy_pages(str(file), database.connection())
        database.execute_sql("PRAGMA journal_mode = wal")
    except ENGINE_ERRORS as error:
        raise unusable(str(database.database), "written", error) from error


def _copy_pages(url: str, target: apsw.Connection) -> None:
    """Copy all pages at once: of a source that is written to, the last commit before."""
    flags = apsw.SQLITE_OPEN_READONLY
    with (
        closing(apsw.Connection(str(path_of(url)), flags=flags)) as source,
        target.backup("main", source, "main") as copying,
    ):
        while not copying.done:
            copying.step(-1)


@contextmanager
def _unfinished(file: Path) -> Iterator[Path]:
    """Give a file beside one; nothing of it is left unless it takes the other's place."""
    path = file.with_name(f"{file.name}.{os.getpid()}.unfinished")
    try:
        yield path
    finally:
        for left in (path, path.with_name(f"{path.name}-journal")):
            with suppress(FileNotFoundError):
                left.unlink()


def _revision_of(database: Database) -> int:
    newest = "SELECT COALESCE(MAX(number), 0) FROM revision"
    return int(database.execute_sql(newest).fetchone()[0])
