"""Read the copy in columns, by means of DuckDB and the same SQL that the store is read with.

A view named `event` holds the events of one revision, as the table of current events would.
Nothing else imports duckdb: it is loaded by the first query that the copy answers.
"""

import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from time import monotonic
from typing import Any

import duckdb
from peewee import SQL, Entity, Query, SqliteDatabase, fn

from dataset.parquet_copy.orders import BLOCK, checked
from dataset.parquet_copy.overflow import overflow_folder
from dataset.parquet_copy.segments import Copy, Damaged
from dataset.selections.conditions import conditions_of
from dataset.store.clocks import Clock
from dataset.store.models import Event, Superseded, field
from dataset.store.snapshots import Snapshot, too_slow

FETCHED = 2_000
BATCH = 10_000
MOST_LATE = 200_000
"""How many versions of the copy may have ended since it was made."""
AGAIN = 0.05
"""Seconds from one interrupt to the next."""
MOST_OPEN = 4
"""How many copies a process holds open; usually it has one."""
SETTINGS: dict[str, Any] = {
    "threads": 1,
    "memory_limit": "512MB",
    "max_temp_directory_size": "16GB",
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
}
ONLY_ITS_FOLDER = (
    "SET GLOBAL parquet_metadata_cache = true",
    "SET enable_external_access = false",
    "SET lock_configuration = true",
)
# A join would be faster by a little, but has no order.
LABEL_CELL = """CREATE OR REPLACE TEMP MACRO label_cell(asked) AS (
getvariable('cells')[list_position(getvariable('codes'), asked)])"""
GONE = """CREATE TEMP TABLE gone AS
SELECT unnest(?::BIGINT[]) AS key, unnest(?::BIGINT[]) AS revision"""
GONE_BEFORE = """INSERT INTO gone SELECT key, revision FROM read_parquet(?) WHERE ended <= ?"""
SHOWN = """CREATE TEMP VIEW event AS SELECT *
FROM read_parquet(getvariable('files'), file_row_number = true) AS version
WHERE revision <= getvariable('revision') AND (ended IS NULL OR ended > getvariable('revision'))"""
NOT_GONE = """AND NOT EXISTS (
SELECT 1 FROM gone WHERE gone.key = version.key AND gone.revision = version.revision)"""
SHOWN_BUT_GONE = f"{SHOWN} {NOT_GONE}"


class Dialect(SqliteDatabase):
    """DuckDB understands peewee's SQL for SQLite, but SQLite's LIKE ignores case."""

    operations = SqliteDatabase.operations | {"LIKE": "LIKE", "ILIKE": "ILIKE"}


DIALECT = Dialect(None)
ROW = Entity("file_row_number")
"""Where a version lies in its segment."""
_making = threading.Lock()


def written(query: Query) -> tuple[str, list[Any]]:
    """Give the text of a query and its parameters, as DuckDB understands them."""
    text, parameters = DIALECT.get_sql_context().sql(query).query()
    return text, parameters


class Columns:
    """The events of a revision in columns."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Keep a connection that has the view."""
        self.connection = connection

    def selected(self, filters: Mapping[str, Any]) -> Any:
        """Select the events that all filters keep, in one scan and without a union."""
        query = Event.select()
        for condition in conditions_of(Event, filters):
            query = query.where(condition)
        return query

    def execute(self, query: Query) -> duckdb.DuckDBPyConnection:
        """Run a query on the view."""
        return self.connection.execute(*written(query))

    def rows(self, query: Query) -> Iterator[tuple[Any, ...]]:
        """Run a query and yield its rows."""
        result = self.execute(query)
        while found := result.fetchmany(FETCHED):
            yield from found

    def texts(
        self, query: Query, labels: Mapping[str, str], most: int | None = None
    ) -> Iterator[tuple[int, bytes]]:
        """Run a query for a text of each row, which may look up labels (`label_cell`).

        Yields some thousand at a time, joined, after their count, in the order of the segment.
        """
        self.connection.execute("SET VARIABLE codes = ?::VARCHAR[]", [list(labels)])
        self.connection.execute("SET VARIABLE cells = ?::VARCHAR[]", [list(labels.values())])
        self.connection.execute(LABEL_CELL)
        for batch in self.in_order(query, FETCHED, most):
            yield batch.num_rows, _joined(batch.column(0))

    def in_order(self, query: Any, size: int = BATCH, most: int | None = None) -> Iterator[Any]:
        """Run a query on one segment and yield its record batches, in the order of its rows.

        Reading ends with row `most`, if that is given. DuckDB promises that order where nothing is
        joined; it is checked nevertheless.
        """
        block = SQL("file_row_number // ?", [BLOCK]).alias("block")
        counted = query.select(block, fn.COUNT("*")).group_by(SQL("block")).order_by(SQL("block"))
        counts = self.execute(counted).fetchall()
        batches = checked(self.batches(query.select_extend(ROW), size), counts)
        return batches if most is None else _first(batches, most)

    def batches(self, query: Query, size: int = BATCH) -> Iterator[Any]:
        """Run a query and yield its record batches: in the order that it asks for, or in none."""
        text, parameters = written(query)
        reader = self.connection.sql(text, params=parameters).to_arrow_reader(size)
        while (batch := _next(reader)) is not None:
            yield batch


def _first(batches: Iterable[Any], most: int) -> Iterator[Any]:
    """Yield record batches until there are so many rows."""
    for batch in batches:
        yield batch.slice(0, most)
        most -= batch.num_rows
        if most <= 0:
            return


def _joined(texts: Any) -> bytes:
    """Join an array of texts, as they lie there one after another."""
    _, places, held = texts.buffers()
    offsets = memoryview(places).cast("i")
    return bytes(memoryview(held)[offsets[texts.offset] : offsets[texts.offset + len(texts)]])


def _next(reader: Any) -> Any:
    """Read a batch; Arrow turns an error of DuckDB into one of Python."""
    try:
        return next(reader, None)
    except (OSError, ValueError) as error:
        raise duckdb.Error(str(error)) from error


@contextmanager
def shown(snapshot: Snapshot, copy: Copy, revision: int) -> Iterator[Columns]:
    """Show what the copy holds of a revision; any error inside counts as the copy's fault."""
    over = threading.Event()
    try:
        connection = _connection(copy.folder.absolute())
        try:
            with _watched(connection, snapshot.clock, over):
                _show(connection, snapshot, copy, revision)
                yield Columns(connection)
        finally:
            connection.close()
    except duckdb.Error as error:
        if over.is_set():
            raise too_slow(snapshot.clock) from error
        raise Damaged(f"The copy in {copy.folder} cannot be read: {error}") from error


@contextmanager
def _watched(
    connection: duckdb.DuckDBPyConnection, clock: Clock, over: threading.Event
) -> Iterator[None]:
    """Interrupt the queries of a connection when the time of the answer is over, and say so.

    That is done again and again: DuckDB forgets an interrupt that comes between two queries.
    """
    done = threading.Event()

    def watch() -> None:
        while (end := clock.end) is not None and not done.wait(_left(clock, end)):
            if clock.end == end <= monotonic():
                over.set()
                connection.interrupt()

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def _left(clock: Clock, end: float) -> float:
    """Give when to look again: a paused clock has no end until it goes on."""
    return max(AGAIN, min(end - monotonic(), clock.seconds or AGAIN))


def _connection(folder: Path) -> duckdb.DuckDBPyConnection:
    """Open a connection; the first makes the engine of the folder, while all others wait."""
    with _making:
        return _engine(folder).cursor()


@lru_cache(MOST_OPEN)
def _engine(folder: Path) -> duckdb.DuckDBPyConnection:
    """Start DuckDB for a folder: it can read nothing else, and all queries share its memory."""
    settings = SETTINGS | {"temp_directory": overflow_folder()}
    engine = duckdb.connect(":memory:", config=settings)
    engine.execute("SET allowed_directories = ?", [[str(folder)]])
    for statement in ONLY_ITS_FOLDER:
        engine.execute(statement)
    return engine


def _show(
    connection: duckdb.DuckDBPyConnection, snapshot: Snapshot, copy: Copy, revision: int
) -> None:
    """Make the view of a revision: without the versions that had ended by then."""
    folder = copy.folder.absolute()
    segments = [one for one in copy.segments if one.first <= revision]
    files = [str(folder / one.versions.name) for one in segments]
    ends = [str(folder / one.ends.name) for one in segments if one.ends.rows]
    connection.execute("SET VARIABLE files = ?", [files])
    connection.execute("SET VARIABLE revision = ?", [revision])
    late = _ended_since(snapshot, copy.last, revision)
    if not ends and not late:
        connection.execute(SHOWN)
        return
    connection.execute(GONE, [[key for key, _ in late], [brought for _, brought in late]])
    if ends:
        connection.execute(GONE_BEFORE, [ends, revision])
    connection.execute(SHOWN_BUT_GONE)


def _ended_since(snapshot: Snapshot, last: int, revision: int) -> list[tuple[int, int]]:
    """Give the keys and revisions of the versions that ended after what the copy knows.

    They are held in memory: a copy that too many have outdated is of no use.
    """
    brought = field(Superseded, "revision")
    query = Superseded.select(Superseded.key, brought)
    is_late = (Superseded.ended > last) & (Superseded.ended <= revision)
    found = snapshot.rows(query.where(is_late, brought <= last).limit(MOST_LATE + 1))
    if len(found) > MOST_LATE:
        raise Damaged(f"More than {MOST_LATE:,} events of the copy ended after revision {last}.")
    return found
