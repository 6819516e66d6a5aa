"""Keep results in files: what costs much is made once, and read part by part."""

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from hashlib import blake2b
from pathlib import Path
from typing import BinaryIO, TypeVar

import apsw
from peewee import Database, SqliteDatabase
from playhouse.apsw_ext import APSWDatabase

from dataset.errors import StoreError
from dataset.store.database import ENGINE_ERRORS
from dataset.store.engines.sqlite import READ_PRAGMAS
from dataset.store.evictions import make_room, remove_left_behind

MOST_BYTES = 2**30
STRIPES = 64
"""So many results can be in the making at a time."""
SECONDS_BETWEEN_LOOKS = 0.02
# A file that is not whole is never seen: nothing has to survive a crash.
WRITE_PRAGMAS = {"journal_mode": "off", "synchronous": "off", "temp_store": "file"}

Opened = TypeVar("Opened")
Key = tuple[str, ...]


class Spool:
    """A folder of results, each a file; those used longest ago make room for new ones.

    All processes that are given the folder share it, one after another too: a result is named by
    the store's UUID and a hash of `version` and its key, so that these must decide what it holds.
    """

    def __init__(self, folder: Path, version: str = "", most_bytes: int = MOST_BYTES) -> None:
        """Remember the folder; it is made when the first result is.

        `wait` is given what tells whether somebody else still makes the result that is asked for.
        """
        self.folder = folder
        self.version = version
        self.most_bytes = most_bytes
        self.before_making: Callable[[], object] = lambda: None
        self.wait: Callable[[Callable[[], bool]], object] = _sleep_until

    @contextmanager
    def database(
        self, store: str, key: Key, make: Callable[[SqliteDatabase], None]
    ) -> Iterator[Database]:
        """Open the SQLite file of a key to read; make it if it is not here."""
        path = self._path(store, key, ".sqlite")
        database = self._found(path, lambda unfinished: _write(unfinished, make), _opened)
        try:
            yield database
        finally:
            database.close()

    def file(self, store: str, key: Key, make: Callable[[Path], None]) -> BinaryIO:
        """Open the file of a key to read; make it if it is not here."""
        return self._found(self._path(store, key, ".file"), make, _opened_file)

    def forget(self, store: str) -> None:
        """Remove all that is kept, and what is just being made of a store.

        Of the others too: who began before may still have made a result of what the store was.
        """
        for path in (*self.folder.glob("*-*"), *self._unfinished.glob(f"{store}-*")):
            path.unlink(missing_ok=True)

    def _path(self, store: str, key: Key, suffix: str) -> Path:
        digest = blake2b("\0".join((self.version, *key)).encode(), digest_size=16).hexdigest()
        return self.folder / f"{store}-{digest}{suffix}"

    def _found(
        self,
        path: Path,
        make: Callable[[Path], None],
        open_to_read: Callable[[Path], Opened | None],
    ) -> Opened:
        try:
            opened = open_to_read(path) or self._made(path, make, open_to_read)
            with suppress(FileNotFoundError):
                os.utime(path)
        except OSError as error:
            raise StoreError(f"The folder {self.folder} cannot be used: {error}.") from error
        return opened

    def _made(
        self,
        path: Path,
        make: Callable[[Path], None],
        open_to_read: Callable[[Path], Opened | None],
    ) -> Opened:
        """Make a result, unless somebody else makes it: then wait until it is there."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        stripe = int(path.stem.rpartition("-")[2], 16) % STRIPES
        lock = self.folder / f"{stripe}.lock"
        while True:
            with _locked(lock) as is_ours:
                opened = open_to_read(path)
                if opened is None and is_ours:
                    self.before_making()
                    self._make(path, make)
                    opened = open_to_read(path)
            if opened is not None:
                return opened
            if is_ours:
                raise StoreError(f"The file {path} cannot be read.")
            self.wait(lambda: _is_free(lock))

    def _make(self, path: Path, make: Callable[[Path], None]) -> None:
        unfinished = self._unfinished / path.name
        unfinished.parent.mkdir(exist_ok=True)
        remove_left_behind(unfinished.parent)
        unfinished.unlink(missing_ok=True)
        try:
            make(unfinished)
            # A file that is kept over a crash must not be an empty one.
            with unfinished.open("rb") as written:
                os.fsync(written.fileno())
                size = os.fstat(written.fileno()).st_size
            unfinished.replace(path)
        finally:
            unfinished.unlink(missing_ok=True)
        make_room(path, size, self.most_bytes)

    @property
    def _unfinished(self) -> Path:
        return self.folder / "unfinished"


@contextmanager
def _locked(path: Path) -> Iterator[bool]:
    """Lock a file, unless another thread or process has locked it; tell whether it is ours."""
    with path.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


def _is_free(path: Path) -> bool:
    with _locked(path) as is_ours:
        return is_ours


def _sleep_until(is_over: Callable[[], bool]) -> None:
    while not is_over():
        time.sleep(SECONDS_BETWEEN_LOOKS)


def _write(path: Path, make: Callable[[SqliteDatabase], None]) -> None:
    database = APSWDatabase(str(path), pragmas=WRITE_PRAGMAS)
    try:
        with database.atomic():
            make(database)
    finally:
        database.close()


def _opened(path: Path) -> Database | None:
    database = APSWDatabase(str(path), pragmas=READ_PRAGMAS, flags=apsw.SQLITE_OPEN_READONLY)
    try:
        is_whole = bool(database.get_tables())
    except ENGINE_ERRORS:
        is_whole = False
    if not is_whole:
        database.close()
    return database if is_whole else None


def _opened_file(path: Path) -> BinaryIO | None:
    try:
        return path.open("rb")
    except FileNotFoundError:
        return None
