"""SQLite: a store is a file, which readers go on to read while one writes."""

import os
import re
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar

import apsw
from peewee import SQL, Entity, Model, NodeList, OperationalError, SchemaManager, Table, fn
from playhouse.apsw_ext import APSWDatabase

from dataset.errors import StoreError
from dataset.store.addresses import without_password
from dataset.store.clocks import Clock
from dataset.store.engines.base import (
    BUSY,
    DAMAGED,
    FULL,
    HELD,
    WAY_OUT,
    Engine,
    Insert,
    Row,
    holding,
)
from dataset.store.locks import is_locked, locked
from dataset.store.models import Event, field
from dataset.store.statements import inserting

APPLICATION_ID = 0x43414D45
"""`CAME` in the header of our SQLite files (https://sqlite.org/fileformat.html#application_id)."""
# 64 MiB of pages and sorts on disk: a load of any size stays in bounded memory.
PRAGMAS = {"page_size": 8192, "synchronous": "normal", "cache_size": -65_536}
# No memory map: a file that is cut short under it would end the process (SIGBUS).
READ_PRAGMAS: dict[str, int | str] = {"query_only": 1, "temp_store": "memory"}
# What is sorted for a stream may be all there is.
STREAM_PRAGMAS = READ_PRAGMAS | {"temp_store": "file"}
ADDRESS = re.compile("[A-Za-z0-9+.-]*:")
"""What an address begins with (`file:`, `sqlite://`, `:memory:`), and a path only after a `/`."""
MAY_NOT = "Let this user write the file and its folder; is the disk mounted to be read only?"
WAYS_OUT = {
    apsw.BusyError: BUSY,
    apsw.LockedError: BUSY,
    apsw.FullError: FULL,
    apsw.ReadOnlyError: MAY_NOT,
    apsw.PermissionsError: MAY_NOT,
    apsw.CantOpenError: f"SQLite makes files beside it, even to read. {MAY_NOT}",
    apsw.IOError: "Does its disk fail, or is a limit of the size of files reached?",
    apsw.NotADBError: "It is no SQLite file: choose another with DATABASE=, or restore a backup.",
    apsw.CorruptError: DAMAGED,
}
"""What to do about errors of SQLite."""
WORDS: dict[type[BaseException], str] = {
    apsw.FullError: "database or disk is full",
    apsw.ReadOnlyError: "attempt to write a readonly database",
    apsw.IOError: "disk I/O error",
}
"""What SQLite says of errors, where it does."""

# The text index follows its table by hand (https://sqlite.org/fts5.html#external_content_tables);
# its words are folded already, so bytes decide.
MAKE_WORDS = (
    "CREATE VIRTUAL TABLE IF NOT EXISTS event_words USING fts5("
    "words, content='event', content_rowid='key', tokenize='ascii')"
)
ADD_WORDS = "INSERT INTO event_words (rowid, words) VALUES (?, ?)"
REMOVE_WORDS = "INSERT INTO event_words (event_words, rowid, words) VALUES ('delete', ?, ?)"
REBUILD_WORDS = "INSERT INTO event_words (event_words) VALUES ('rebuild')"
# It keeps the words of what was removed until its parts are merged
# (https://sqlite.org/fts5.html#the_optimize_command).
MERGE_WORDS = "INSERT INTO event_words (event_words) VALUES ('optimize')"


def _worded(table: type[Model], words: Sequence[str], prefix: bool) -> Any:
    """Find words in the text index, which has the current events alone; else in the column."""
    if not issubclass(table, Event):
        return holding(field(table, "words"), words, prefix)
    quoted = " ".join(f'"{word}"' for word in words) + ("*" if prefix else "")
    found = SQL("(SELECT rowid FROM event_words WHERE event_words MATCH ?)", [quoted])
    return field(table, "key").in_(found)


class SQLite(Engine, APSWDatabase):  # type: ignore[misc]
    """A SQLite file; each thread reads on a connection of its own."""

    ERRORS: ClassVar = (*Engine.ERRORS, apsw.Error)
    TERMS: ClassVar = {
        "given_keys": lambda keys: SQL("(SELECT value FROM json_each(?))", [keys]),
        "given_texts": lambda texts: SQL("(SELECT value FROM json_each(?))", [texts]),
        "week": lambda day: fn.STRFTIME("%G-W%V", day),
        "worded": _worded,
    }

    @classmethod
    def to_read(cls, url: str, seconds_to_wait: float, streaming: bool) -> "SQLite":
        """Open a file to read; it may not be there yet."""
        flags, path = apsw.SQLITE_OPEN_READONLY, str(_path_of(url))
        pragmas = STREAM_PRAGMAS if streaming else READ_PRAGMAS
        return cls(path, pragmas=pragmas, timeout=seconds_to_wait, flags=flags)

    @classmethod
    def to_write(cls, url: str, seconds_to_wait: float) -> "SQLite":
        """Open a file, made if it is missing; writers lock at BEGIN."""
        path = _path_of(url)
        if not path.parent.is_dir():
            raise StoreError(f"The folder {path.parent} of the database does not exist.")
        return cls(str(path), pragmas=PRAGMAS, timeout=seconds_to_wait, lock_type="IMMEDIATE")

    def __init__(self, path: str, **options: Any) -> None:
        """Remember which file each thread has open."""
        self._seen = threading.local()
        super().__init__(path, **options)

    @property
    def label(self) -> str:
        """The path of the file."""
        return str(self.database)

    @property
    def folder(self) -> Path:
        """The folder of the file."""
        return Path(self.label).resolve().parent

    def size(self) -> int:
        """Multiply the pages, those in the log too."""
        (pages,) = self.execute_sql("PRAGMA page_count").fetchone()
        return int(pages * self.page_size)

    def foreign_tables(self) -> set[str] | None:
        """Name the tables of a file that is none of ours."""
        if not Path(self.label).exists():
            return None
        tables = set(self.get_tables())
        return (set() if {"setting", "superseded"} <= tables else tables) if tables else None

    def create_more(self) -> None:
        """Make the text index, and mark the file as ours."""
        self.execute_sql(MAKE_WORDS)
        self.pragma("application_id", APPLICATION_ID)

    def settle(self) -> None:
        """Let readers go on beside a writer; SQLite does not wait for others here by itself."""
        deadline = time.monotonic() + self._timeout
        while True:
            try:
                self.pragma("journal_mode", "wal")
            except OperationalError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.05)
            else:
                return

    def begin_reading(self) -> None:
        """Begin a transaction on the file that is at the path now."""
        self._close_if_replaced()
        self.connect(reuse_if_open=True)
        self.execute_sql("BEGIN")

    def end_reading(self) -> None:
        """End the transaction, however long that takes; the connection stays."""
        if not self.is_closed():
            self.connection().set_progress_handler(None)
            self.rollback()

    def define(self, functions: Mapping[str, Callable[[Any], Any]]) -> bool:
        """Make them functions of the connection, of one value each."""
        for name, function in functions.items():
            self.register_function(function, name, 1)
        return True

    def watch(self, clock: Clock) -> None:
        """Ask a clock now and then whether to go on."""
        clock.watch(self)

    def _close_if_replaced(self) -> None:
        """Let go of a file that is no longer the one at its path."""
        try:
            status = os.stat(self.label)
        except OSError as error:
            self.close()
            raise StoreError(f"The database {self.label} cannot be opened: {error}.") from error
        file = (status.st_dev, status.st_ino)
        if getattr(self._seen, "file", file) != file:
            self.close()
        self._seen.file = file

    def stream(self, text: str, parameters: Sequence[Any]) -> Iterator[Row]:
        """Give the cursor: SQLite makes rows as they are read."""
        return iter(self.execute_sql(text, parameters))

    @contextmanager
    def follower_lock(self) -> Iterator[bool]:
        """Lock a file beside the database; who only looks at the lock has it for a moment."""
        deadline = time.monotonic() + 1
        while True:
            with locked(self._follower_file) as is_ours:
                if is_ours or time.monotonic() > deadline:
                    yield is_ours
                    return
            time.sleep(0.02)

    def is_followed(self) -> bool:
        """Look at the lock of the file."""
        return is_locked(self._follower_file)

    @property
    def _follower_file(self) -> Path:
        """The file by which the follower is known, whatever links lead to the database."""
        return Path(f"{Path(self.label).resolve()}.following")

    def inserter(self, table: type[Model], names: Sequence[str]) -> Insert:
        """Insert four rows with each statement: one at a time costs half as much again."""
        one, four = (inserting(self, table, names, rows) for rows in (1, 4))

        def insert(rows: Iterable[Row]) -> None:
            rows = [*rows]
            quarters = zip(*[iter(rows)] * 4, strict=False)
            self.execute_many(four, ([*a, *b, *c, *d] for a, b, c, d in quarters))
            self.execute_many(one, rows[len(rows) & ~3 :])

        return insert

    def may_drop_indexes(self) -> bool:
        """Tell that readers keep their snapshot whatever is dropped."""
        return True

    def rekey(self, table: type[Model]) -> None:
        """Make the table anew: SQLite cannot change a key."""
        name, before = table._meta.table_name, f"{table._meta.table_name}_before"
        self.execute(NodeList((SQL("ALTER TABLE"), Entity(name), SQL("RENAME TO"), Entity(before))))
        SchemaManager(table, self).create_table(safe=False)
        fields = table._meta.sorted_fields
        rows = Table(before).select(*(Entity(one.column_name) for one in fields))
        self.execute(table.insert_from(rows, fields))
        self.execute(NodeList((SQL("DROP TABLE"), Entity(before))))

    def add_words(self, words: Iterable[Row]) -> None:
        """Add keys and words to the text index."""
        self.execute_many(ADD_WORDS, words)

    def remove_words(self, words: Iterable[Row]) -> None:
        """Take keys and words out of the text index."""
        self.execute_many(REMOVE_WORDS, words)

    def create_words(self) -> None:
        """Write the text index of all events anew."""
        self.execute_sql(REBUILD_WORDS)

    def forget_words(self) -> None:
        """Merge the parts of the text index."""
        self.execute_sql(MERGE_WORDS)

    def weigh(self) -> None:
        """Count the values of each index, but keep no samples of single ones.

        With them every statement would be planned anew for each of its values, which takes longer
        than most pages.
        """
        self.execute_sql("ANALYZE event")
        self.execute_sql("DROP TABLE IF EXISTS sqlite_stat4")

    def tidy(self) -> str:
        """Give the room of the write-ahead log back; readers may put that off."""
        try:
            self._truncate_log()
        except self.ERRORS as error:
            return self.untidy("the log beside the database could not be made short", error)
        return ""

    def _truncate_log(self) -> bool:
        """Truncate the write-ahead log; tell whether no reader put it off."""
        ((busy, *_),) = self.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        return not busy

    def write_anew(self) -> str:
        """Write the file without the remains of what was deleted."""
        self.execute_sql("VACUUM")
        return "" if self._truncate_log() else HELD

    def way_out(self, error: BaseException) -> str:
        """Say what can be done, by the kind of the error."""
        return next((told for kind, told in WAYS_OUT.items() if isinstance(error, kind)), WAY_OUT)

    def words_of(self, error: BaseException) -> str:
        """Give SQLite's words for an error; where a copy of pages fails, they are wrong."""
        told = str(error)
        return WORDS.get(type(error), told) if told == "not an error" else told


def _path_of(url: str) -> Path:
    """Give the file of a database; any other address is refused."""
    if ADDRESS.match(url) or "://" in url or not url:
        raise StoreError(
            f"DATABASE is {without_password(url)!r}, but must be the path of a SQLite file, "
            "such as cameo-events.sqlite (or ./a:b.sqlite), or like "
            "postgresql://user@host/database."
        )
    path = Path(url)
    if path.is_dir():
        raise StoreError(f"The database {url} is a folder; choose a file with DATABASE=.")
    return path
