"""Cache results on disk: what is expensive is computed once, and read many times."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from hashlib import blake2b
from pathlib import Path
from typing import BinaryIO, TypeVar

from peewee import Database, SqliteDatabase

from dataset.errors import StoreError
from dataset.store.evictions import make_room, remove_left_behind
from dataset.store.locks import is_free, locked
from dataset.store.result_files import opened_database, opened_file, write_database

MOST_BYTES = 2**30
LOCKS = 64
"""How many results can be made at the same time."""
SECONDS_BETWEEN_LOOKS = 0.02

Opened = TypeVar("Opened")
Key = tuple[str, ...]


def sleep_until(is_over: Callable[[], bool]) -> None:
    """Sleep until something is over."""
    while not is_over():
        time.sleep(SECONDS_BETWEEN_LOOKS)


class ResultsCache:
    """A folder of results, each a file; all processes that are given the folder share it.

    Key: a file is named by the store's UUID and a hash of `version` and the key, so these must
    determine the result.
    Making: a file is written elsewhere and moved here when it is whole. A lock for each key lets
    one thread of one process make it; the others wait.
    Limit: if the files exceed `most_bytes`, the least recently used are removed.
    """

    def __init__(
        self,
        folder: Path,
        version: str = "",
        most_bytes: int = MOST_BYTES,
        before_making: Callable[[], object] = lambda: None,
        wait: Callable[[Callable[[], bool]], object] = sleep_until,
    ) -> None:
        """Remember the folder, which is created with the first result.

        `before_making` is called by the thread that makes a result. `wait` is called by threads
        that find it being made, with a function that tells whether it is finished.
        """
        self.folder = folder
        self.version = version
        self.most_bytes = most_bytes
        self.before_making = before_making
        self.wait = wait

    @contextmanager
    def database(
        self, store: str, key: Key, make: Callable[[SqliteDatabase], None]
    ) -> Iterator[Database]:
        """Open the SQLite file of a key to read; make it if it is not here."""
        path = self._path(store, key, ".sqlite")
        database = self._open(path, partial(write_database, make=make), opened_database)
        try:
            yield database
        finally:
            database.close()

    def file(self, store: str, key: Key, make: Callable[[Path], None]) -> BinaryIO:
        """Open the file of a key to read; make it if it is not here."""
        return self._open(self._path(store, key, ".file"), make, opened_file)

    def forget(self, store: str) -> None:
        """Remove all results, and the unfinished ones of a store.

        The results of other stores go too: this store may have been one of them before.
        """
        for path in (*self.folder.glob("*-*"), *self._unfinished.glob(f"{store}-*")):
            path.unlink(missing_ok=True)

    def _path(self, store: str, key: Key, suffix: str) -> Path:
        digest = blake2b("\0".join((self.version, *key)).encode(), digest_size=16).hexdigest()
        return self.folder / f"{store}-{digest}{suffix}"

    def _open(
        self,
        path: Path,
        make: Callable[[Path], None],
        open_to_read: Callable[[Path], Opened | None],
    ) -> Opened:
        """Open a result, made if it is not here, and note that it was used now."""
        try:
            opened = open_to_read(path) or self._make_or_wait(path, make, open_to_read)
            with suppress(FileNotFoundError):
                os.utime(path)
        except OSError as error:
            raise StoreError(f"The folder {self.folder} cannot be used: {error}.") from error
        return opened

    def _make_or_wait(
        self,
        path: Path,
        make: Callable[[Path], None],
        open_to_read: Callable[[Path], Opened | None],
    ) -> Opened:
        """Make a result and open it; wait instead while somebody else makes it."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = self._lock(path)
        while True:
            with locked(lock) as is_ours:
                opened = open_to_read(path)
                if opened is None and is_ours:
                    self.before_making()
                    size = self._make(path, make)
                    opened = open_to_read(path)
                    make_room(path, size, self.most_bytes)
            if opened is not None:
                return opened
            if is_ours:
                raise StoreError(f"The file {path} cannot be read.")
            self.wait(lambda: is_free(lock))

    def _lock(self, path: Path) -> Path:
        digest = path.stem.rpartition("-")[2]
        return self.folder / f"{int(digest, 16) % LOCKS}.lock"

    def _make(self, path: Path, make: Callable[[Path], None]) -> int:
        """Make a result in a folder of its own, then move it to the others; give its size."""
        unfinished = self._unfinished / path.name
        unfinished.parent.mkdir(exist_ok=True)
        remove_left_behind(unfinished.parent)
        unfinished.unlink(missing_ok=True)
        try:
            make(unfinished)
            # A file that survives a crash must not be empty.
            with unfinished.open("rb") as written:
                os.fsync(written.fileno())
                size = os.fstat(written.fileno()).st_size
            unfinished.replace(path)
        finally:
            unfinished.unlink(missing_ok=True)
        return size

    @property
    def _unfinished(self) -> Path:
        return self.folder / "unfinished"
