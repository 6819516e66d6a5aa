"""Copy a store while it is written to, and put a copy back (SQLite's online backup)."""

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, replace
from hashlib import file_digest
from pathlib import Path

import apsw

from dataset.errors import Impossible, StoreError
from dataset.store.database import ENGINE_ERRORS, check_there, is_begun, open_to_read, open_to_write
from dataset.store.engines.base import Engine
from dataset.store.engines.sqlite import SQLite

OF_THE_SOURCE = (apsw.BusyError, apsw.LockedError, apsw.CorruptError, apsw.NotADBError)
"""The errors of copying that do not come from the file that is written."""
NEWEST = "SELECT COALESCE(MAX(number), 0) FROM revision"


@dataclass(frozen=True)
class Backup:
    """What a copy of a store holds, and its checksum."""

    revision: int
    bytes: int
    sha256: str
    untidy: str = ""
    """What could not be done after the commit (see `Engine.tidy`)."""


def backup(url: str, file: Path) -> Backup:
    """Copy a store as it is at one moment into a new file, and check the copy."""
    if file.exists():
        raise Impossible(f"There is a file {file} already: nothing is written over.")
    check_there(url)
    source = _of_sqlite(open_to_read(url))
    with _unfinished(file) as copy:
        _copy(source, copy)
        found = checked(copy)
        copy.replace(file)
    return found


def restore(file: Path, url: str) -> Backup:
    """Replace a store by a checked copy: whole or not at all, and for readers in one step.

    The pages are copied in one transaction: a store that is being written is refused, and
    those who read it go on with the old pages.
    """
    found = checked(file)
    target = _of_sqlite(open_to_read(url))
    source = _of_sqlite(open_to_read(_url(file)))
    if not Path(target.label).exists():
        with _unfinished(Path(target.label)) as copy:
            _copy(source, copy)
            copy.replace(target.label)
    return replace(found, untidy=_copy_into(source, _of_sqlite(open_to_write(url))))


def checked(file: Path) -> Backup:
    """Check that a file is a whole store of ours; tell what it holds."""
    if not file.exists():
        raise Impossible(f"There is no file {file}.")
    if not is_begun(_url(file)):
        raise StoreError(f"The file {file} holds no store.")
    database = open_to_read(_url(file))
    try:
        (damage,) = database.execute_sql("PRAGMA integrity_check(1)").fetchone()
        (revision,) = database.execute_sql(NEWEST).fetchone()
    except ENGINE_ERRORS as error:
        raise database.unusable("read", error) from error
    finally:
        database.close()
    if damage != "ok":
        raise StoreError(f"The file {file} is damaged: {damage}.")
    with file.open("rb") as opened:
        digest = file_digest(opened, "sha256")
    return Backup(revision, file.stat().st_size, digest.hexdigest())


def _url(file: Path) -> str:
    """Write a path so that it looks like no address: its name may have a colon."""
    return os.path.join(file.parent, file.name)


def _of_sqlite(database: Engine) -> SQLite:
    if not isinstance(database, SQLite):
        raise Impossible(f"{database.label} is copied by its own tools: pg_dump and pg_restore.")
    return database


def _copy(source: SQLite, file: Path) -> None:
    try:
        with closing(apsw.Connection(str(file))) as target:
            _copy_pages(source, target)
            # A copy is one file: it must not need a log beside it.
            target.pragma("journal_mode", "delete")
    except OF_THE_SOURCE as error:
        raise source.unusable("copied", error) from error


def _copy_into(source: SQLite, target: SQLite) -> str:
    try:
        _copy_pages(source, target.connection())
    except ENGINE_ERRORS as error:
        raise target.unusable("written", error) from error
    else:
        return target.tidy()
    finally:
        target.close()


def _copy_pages(source: SQLite, target: apsw.Connection) -> None:
    """Copy all pages at once: if the source is being written, as of its last commit."""
    with source.connection_context(), target.backup("main", source.connection(), "main") as copying:
        while not copying.done:
            copying.step(-1)


@contextmanager
def _unfinished(file: Path) -> Iterator[Path]:
    """Give a temporary file beside one; it is removed unless it replaces that one.

    An error of SQLite inside counts as an error of writing the file.
    """
    path = file.with_name(f"{file.name}.{os.getpid()}.unfinished")
    try:
        yield path
    except ENGINE_ERRORS as error:
        raise SQLite(str(file)).unusable("written", error) from error
    finally:
        for left in (path, path.with_name(f"{path.name}-journal")):
            with suppress(OSError):
                left.unlink()
