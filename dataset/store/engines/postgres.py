"""PostgreSQL: a store is a database of a server, which many machines may read."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext, suppress
from functools import partial
from itertools import count
from typing import Any

from peewee import SQL, EnclosedNodeList, Entity, Model, NodeList, PostgresqlDatabase
from psycopg import sql
from psycopg.pq import TransactionStatus

from dataset.errors import StoreError
from dataset.store.clocks import UNLIMITED, Clock
from dataset.store.engines import postgres_connections as connections
from dataset.store.engines.base import HELD, Engine, Insert, Row, as_peewee
from dataset.store.engines.postgres_words import LEXEMES, LONG_WORDS, OPERATIONS, TERMS
from dataset.store.models import MODELS, Event, field

ENDED = "57014"
"""The SQLSTATE of a query that took too long."""
FETCHED = 1_000
"""So many rows of a stream are fetched at a time."""
WRITER = 0x43414D45
"""The advisory lock of who writes: `CAME`."""
FOLLOWER = 0x43414D46
"""The advisory lock of who follows a source."""
FOLLOWED = """SELECT EXISTS (SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND objid = %s AND
classid = 0 AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))"""
BY_BYTES = 'TEXT COLLATE "C"'
"""Texts are put in order by their bytes, as SQLite does, whatever the database's own order is."""
REWRITING = (
    *("VACUUM (FULL) event", "VACUUM (FULL) superseded", "VACUUM (FULL) mention"),
    *("VACUUM (FULL) name_count", "VACUUM (FULL) name_word"),
    *("ANALYZE event", "ANALYZE superseded", "ANALYZE mention"),
    *("ANALYZE name_count", "ANALYZE name_word"),
    "VACUUM (FULL) pg_statistic",
)
"""Citus takes one table at a time. Statistics hold values of the rows, and old ones until these are
written anew, too."""
READING = (
    "-c default_transaction_read_only=on",
    "-c cursor_tuple_fraction=1",
    # To compile a plan takes longer than most answers do.
    "-c jit=off",
)


class Postgres(Engine, PostgresqlDatabase):
    """A database of a PostgreSQL server; each thread reads on a connection of its own."""

    field_types: dict[str, str] = {  # noqa: RUF012 (peewee's own)
        **PostgresqlDatabase.field_types,
        "TEXT": BY_BYTES,
        "DATE": BY_BYTES,
    }
    operations: dict[str, str] = {  # noqa: RUF012 (peewee's own)
        **PostgresqlDatabase.operations,
        **OPERATIONS,
    }
    # peewee takes the first of them where it has found no psycopg, else the second.
    psycopg2_adapter = psycopg3_adapter = connections.Adapter
    CAN_SPREAD = True
    CUTS_BRANCHES = True
    WORDS = (LEXEMES, LONG_WORDS)
    TERMS = TERMS

    @classmethod
    def to_read(cls, url: str, seconds_to_wait: float, streaming: bool) -> "Postgres":
        """Make a database that refuses to write, whether or not it streams."""
        return cls(
            url, [*READING, f"-c lock_timeout={int(1000 * seconds_to_wait)}"], seconds_to_wait
        )

    @classmethod
    def to_write(cls, url: str, seconds_to_wait: float) -> "Postgres":
        """Make a database for one who writes, however long that takes."""
        options = ["-c statement_timeout=0", "-c idle_in_transaction_session_timeout=0"]
        return cls(url, options, seconds_to_wait)

    def __init__(self, url: str, options: Sequence[str], seconds_to_wait: float) -> None:
        """Keep how to connect."""
        self._seconds_to_wait = seconds_to_wait
        self._streams = count()
        self._told = connections.parts_of(url)
        self._options = " ".join([*options, str(self._told.get("options", ""))])
        super().__init__(url, prefer_psycopg3=True)
        # Connections are kept by thread: no thread waits until another has connected.
        self._lock = nullcontext()

    def _connect(self) -> connections.Connection:
        return connections.connected(str(self.database), self._options)

    @property
    def label(self) -> str:
        """The address, without what is secret of it."""
        named = {"host": "localhost", "port": "", "dbname": ""} | self._told
        user = f"{named['user']}@" if "user" in named else ""
        port = f":{named['port']}" if named["port"] else ""
        return f"postgresql://{user}{named['host']}{port}/{named['dbname']}"

    def size(self) -> int:
        """Ask the server."""
        return int(self.execute_sql("SELECT pg_database_size(current_database())").fetchone()[0])

    def foreign_tables(self) -> set[str] | None:
        """Name the tables of another program that have the names of ours."""
        found = set(self.get_tables()) & {model._meta.table_name for model in MODELS}
        return (set() if {"setting", "superseded"} <= found else found) if found else None

    def create_more(self) -> None:
        """Refuse a database that cannot hold all texts; its indexes are made as all others."""
        (encoding,) = self.execute_sql("SHOW server_encoding").fetchone()
        if encoding != "UTF8":
            raise StoreError(f"The database {self.label} has the encoding {encoding}, not UTF8.")

    def begin_reading(self) -> None:
        """Begin a transaction; a connection that was kept may be dead, and is made anew then."""
        if self.is_closed() or not self._begun():
            self.close()
            self.connect()
            self._begin()

    def _begun(self) -> bool:
        """Begin on the connection that was kept; tell whether it could be used."""
        if self.connection().info.transaction_status != TransactionStatus.IDLE:
            return False
        try:
            self._begin()
        except self.ERRORS:
            return False
        return True

    def _begin(self) -> None:
        with self._hurried():
            self.execute_sql("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")

    @contextmanager
    def _hurried(self) -> Iterator[None]:
        """Expect an answer at once: what is asked is nothing to compute."""
        connection = self.connection()
        connection.clock = Clock(connections.SECONDS_TO_CONNECT)
        yield
        connection.clock = UNLIMITED

    def end_reading(self) -> None:
        """End the transaction; the connection stays unless it is lost."""
        if self.is_closed():
            return
        try:
            with self._hurried():
                self.rollback()
        except self.ERRORS:
            self.close()

    def stream(self, text: str, parameters: Sequence[Any]) -> Iterator[Row]:
        """Fetch rows from a cursor of the server, some at a time."""
        with as_peewee:
            connection = self.connection()
            statement = connection.cursor().mogrify(text, parameters)
            with connection.cursor(name=f"stream_{next(self._streams)}") as cursor:
                cursor.itersize = FETCHED
                cursor.execute(statement)
                yield from cursor

    def limit(self, query_seconds: float) -> None:
        """Let the server end a statement, or the fetching of a part of a stream."""
        self._options += f" -c statement_timeout={max(1, int(1000 * query_seconds))}"

    def watch(self, clock: Clock) -> None:
        """Wait no longer than a clock says: all queries of an answer count, and a lost server."""
        self.connection().clock = clock

    def has_ended(self, error: BaseException) -> bool:
        """Tell by the SQLSTATE of a canceled query."""
        return connections.state_of(error) == ENDED

    def begin_writing(self) -> None:
        """Wait for others who write, but not for long."""
        wait = f"{int(1000 * self._seconds_to_wait)}"
        self.execute_sql("SELECT set_config('lock_timeout', %s, true)", (wait,))
        self.execute_sql("SELECT pg_advisory_xact_lock(%s)", (WRITER,))
        self.execute_sql("SET LOCAL lock_timeout = 0")

    @contextmanager
    def follower_lock(self) -> Iterator[bool]:
        """Take an advisory lock of this connection's session."""
        (is_ours,) = self.execute_sql("SELECT pg_try_advisory_lock(%s)", (FOLLOWER,)).fetchone()
        yield is_ours
        with suppress(*self.ERRORS):
            self.execute_sql("SELECT pg_advisory_unlock(%s)", (FOLLOWER,))

    def is_followed(self) -> bool:
        """Look for the lock among those of all sessions."""
        (is_held,) = self.execute_sql(FOLLOWED, (FOLLOWER,)).fetchone()
        return bool(is_held)

    def inserter(self, table: type[Model], names: Sequence[str]) -> Insert:
        """Send rows by COPY."""
        columns = sql.SQL(", ").join(map(sql.Identifier, names))
        statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
            sql.Identifier(table._meta.table_name), columns
        )

        def insert(rows: Iterable[Row]) -> None:
            with as_peewee, self.cursor().copy(statement) as copy:
                for row in rows:
                    copy.write_row(row)

        return insert

    def may_drop_indexes(self) -> bool:
        """Tell whether nothing but the seed is there: to drop an index locks readers out."""
        others = Event.select(Event.key).where(field(Event, "dataset") != "seed").limit(1)
        return self.execute(others).fetchone() is None

    def rekey(self, table: type[Model]) -> None:
        """Put another key in the place of the old one, which has the name that PostgreSQL gives."""
        name = table._meta.table_name
        keys = [Entity(key.column_name) for key in table._meta.get_primary_keys()]
        changed = SQL("ALTER TABLE"), Entity(name)
        old = SQL("DROP CONSTRAINT"), Entity(f"{name}_pkey")
        self.execute(NodeList((*changed, *old)))
        self.execute(NodeList((*changed, SQL("ADD PRIMARY KEY"), EnclosedNodeList(keys))))

    def drop_words(self) -> None:
        """Drop the text index."""
        self.execute_sql("DROP INDEX IF EXISTS event_words")
        self.execute_sql("DROP INDEX IF EXISTS event_long_words")

    def create_words(self) -> None:
        """Make the text index."""
        for index in self.WORDS:
            self.execute(index)

    def tidy(self) -> str:
        """Let the planner know what has come; the server itself would only see to it later."""
        try:
            for statement in ("ANALYZE event", "ANALYZE superseded"):
                self.execute_sql(statement)
        except self.ERRORS as error:
            return self.untidy("ANALYZE could not refresh the statistics of its tables", error)
        return ""

    def write_anew(self) -> str:
        """Write the tables without the remains of what was deleted; readers have to end first."""
        wait = f"{int(1000 * self._seconds_to_wait)}"
        self.execute_sql("SELECT set_config('lock_timeout', %s, false)", (wait,))
        warnings: list[str] = []
        self.connection().add_notice_handler(partial(connections.keep_warning, warnings))
        try:
            with self.atomic():
                # Rows that an earlier reader may see stay; each has read the settings.
                self.execute_sql("LOCK TABLE setting IN ACCESS EXCLUSIVE MODE")
            for statement in REWRITING:
                self.execute_sql(statement)
        except self.ERRORS as error:
            if connections.state_of(error) == "55P03":
                return HELD
            raise
        return " ".join(warnings)

    def way_out(self, error: BaseException) -> str:
        """Say what can be done, by the class of the error."""
        return connections.way_out(error)
