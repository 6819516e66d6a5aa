"""Keep results in temporary files: what costs much is made once, and read page by page."""

import fcntl
import os
import shutil
import tempfile
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from hashlib import blake2b
from pathlib import Path

import apsw
from peewee import Database, SqliteDatabase
from playhouse.apsw_ext import APSWDatabase

from dataset.database import ENGINE_ERRORS, READ_PRAGMAS
from dataset.errors import StoreError

MOST_BYTES = 2**30
STRIPES = 64
"""So many results can be in the making at a time."""
# A file that is not whole is never seen: nothing has to survive a crash.
WRITE_PRAGMAS = {"journal_mode": "off", "synchronous": "off", "temp_store": "file"}

Make = Callable[[SqliteDatabase], None]


class Spool:
    """A folder of results, each a SQLite file; those used longest ago make room for new ones.

    Processes forked after it was made share it: what one makes, all can read.
    """

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        """Make the folder; the process that made it removes it at its end."""
        self.folder = Path(tempfile.mkdtemp(prefix="cameo-events-"))
        self.most_bytes = most_bytes
        weakref.finalize(self, _remove, self.folder, os.getpid())

    @contextmanager
    def result(self, key: tuple[str, ...], make: Make) -> Iterator[Database]:
        """Open the result of a key to read; make it if it is not here."""
        digest = blake2b("\0".join(key).encode(), digest_size=16).hexdigest()
        database = self._found(self.folder / f"{digest}.sqlite", make)
        try:
            yield database
        finally:
            database.close()

    def _found(self, path: Path, make: Make) -> Database:
        try:
            with self._alone(path):
                opened = _opened(path)
                if opened is None:
                    self._write(path, make)
                    opened = _opened(path)
                if opened is None:
                    raise StoreError(f"The temporary file {path} cannot be read.")
                with suppress(FileNotFoundError):
                    os.utime(path)
        except OSError as error:
            raise StoreError(f"The folder {self.folder} cannot be used: {error}.") from error
        return opened

    @contextmanager
    def _alone(self, path: Path) -> Iterator[None]:
        """Let no other thread or process make the same result meanwhile."""
        stripe = int(path.stem, 16) % STRIPES
        with (self.folder / f"{stripe}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _write(self, path: Path, make: Make) -> None:
        unfinished = path.with_suffix(".unfinished")
        unfinished.unlink(missing_ok=True)
        database = APSWDatabase(str(unfinished), pragmas=WRITE_PRAGMAS)
        try:
            with database.atomic():
                make(database)
            database.close()
            unfinished.replace(path)
        finally:
            database.close()
            unfinished.unlink(missing_ok=True)
        self._make_room(path)

    def _make_room(self, newest: Path) -> None:
        """Remove what was used longest ago; who reads it still goes on."""
        found = []
        for path in self.folder.glob("*.sqlite"):
            with suppress(FileNotFoundError):
                status = path.stat()
                found.append((path != newest, -status.st_mtime_ns, status.st_size, path))
        total = 0
        for _, _, size, path in sorted(found):
            total += size
            if total > self.most_bytes and path != newest:
                path.unlink(missing_ok=True)


def _remove(folder: Path, owner: int) -> None:
    if os.getpid() == owner:
        shutil.rmtree(folder, ignore_errors=True)


def _opened(path: Path) -> Database | None:
    database = APSWDatabase(str(path), pragmas=READ_PRAGMAS, flags=apsw.SQLITE_OPEN_READONLY)
    try:
        database.connect()
    except ENGINE_ERRORS:
        return None
    return database
