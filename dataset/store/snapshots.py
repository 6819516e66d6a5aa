"""Read the store as it is at one moment: every answer is made from one snapshot."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, NamedTuple

from peewee import Query

from dataset.errors import TooSlow
from dataset.store.clocks import Clock
from dataset.store.database import ENGINE_ERRORS, check, open_to_read, settings_of
from dataset.store.engines.base import Engine
from dataset.store.models import Revision
from dataset.store.statements import compiled


class Stamp(NamedTuple):
    """What identifies a revision beside its number: a random token, and when it was committed.

    A revision that the store lacks has neither.
    """

    token: str = ""
    committed: str | None = None


@dataclass(frozen=True)
class Snapshot:
    """The store at one moment: `revision` is the newest that it shows, `clock` ends its queries."""

    store: "Store"
    database: Engine
    revision: int
    stamp: Stamp
    uuid: str
    signing_key: str
    clock: Clock

    def execute(self, query: Query) -> Any:
        """Run a query and give the cursor of its rows, as tuples."""
        return self.database.execute_sql(*compiled(self.database, query))

    def stream(self, query: Query) -> Iterator[Any]:
        """Run a query and yield its rows in constant memory, however many there are."""
        return self.database.stream(*compiled(self.database, query))

    def rows(self, query: Query) -> list[tuple[Any, ...]]:
        """Run a query and fetch its rows."""
        return list(self.execute(query).fetchall())

    def value(self, query: Query) -> Any:
        """Run a query and fetch the first column of its first row, None if there is none."""
        row = self.execute(query).fetchone()
        return row[0] if row else None

    @property
    def token(self) -> str:
        """The random token of the newest revision."""
        return self.stamp.token

    def token_of(self, revision: int) -> str:
        """Give the random token of a revision; an unknown revision has none."""
        return self.stamp_of(revision).token

    def stamp_of(self, revision: int) -> Stamp:
        """Give the token of a revision, and when it was committed."""
        if revision == self.revision:
            return self.stamp
        query = Revision.select(Revision.token, Revision.committed)
        return Stamp(*next(iter(self.rows(query.where(Revision.number == revision))), ()))

    def last_date_of(self, revision: int) -> str | None:
        """Give a day after which no event is that a revision shows, None where that is unknown."""
        query = Revision.select(Revision.last_date).where(Revision.number == revision)
        return str(self.value(query) or "") or None

    def remembered(self, kind: str, key: Hashable, make: Callable[[], Any], most: int) -> Any:
        """Give what was made for a key of this store; make it the first time.

        The last `most` of each kind are kept: no kind evicts another.
        """
        return self.store.remember(kind, (self.uuid, self.token, key), make, most)


class Store:
    """The store behind a database, opened to read; each thread keeps a connection of its own."""

    def __init__(self, url: str, query_seconds: float | None = None) -> None:
        """Remember where the database is; nothing is opened yet.

        `query_seconds` is how long the queries of an answer may take, or those between two pieces
        of a stream: the time a client takes to read does not count. `streamed` is called with the
        number of rows of each piece.
        """
        self.url = url
        self.query_seconds = query_seconds
        self.streamed: Callable[[int], object] = lambda rows: None
        self._database = open_to_read(url, query_seconds=query_seconds)
        self._forgetting = threading.Lock()
        self._memories: dict[str, OrderedDict[Hashable, Any]] = {}

    @contextmanager
    def snapshot(self) -> Iterator[Snapshot]:
        """Give a snapshot on this thread's connection, for the time of one answer."""
        with self._reading(self._database) as snapshot:
            yield snapshot

    @contextmanager
    def stream(self) -> Iterator[Snapshot]:
        """Give a snapshot on a connection of its own, for an answer that outlives its request."""
        # Flask closes the request before a stream starts (pallets/flask#5799).
        database = open_to_read(self.url, streaming=True, query_seconds=self.query_seconds)
        try:
            with self._reading(database) as snapshot:
                yield snapshot
        finally:
            database.close()

    def remember(self, kind: str, key: Hashable, make: Callable[[], Any], most: int) -> Any:
        """Keep results that are the same for a whole revision: the last `most` of their kind."""
        memory = self._memories.setdefault(kind, OrderedDict())
        try:
            return memory[key]
        except KeyError:
            made = memory[key] = make()
        with self._forgetting:
            while len(memory) > most:
                memory.popitem(last=False)
        return made

    def close(self) -> None:
        """Close this thread's connection."""
        self._database.close()

    @contextmanager
    def _reading(self, database: Engine) -> Iterator[Snapshot]:
        clock = Clock(self.query_seconds)
        try:
            database.begin_reading()
            database.watch(clock)
            yield self._snapshot_of(database, clock)
        except ENGINE_ERRORS as error:
            if clock.has_ended_one or database.has_ended(error):
                raise too_slow(clock) from error
            database.close()
            raise database.unusable("read", error) from error
        finally:
            clock.stop()
            database.end_reading()

    def _snapshot_of(self, database: Engine, clock: Clock) -> Snapshot:
        settings = settings_of(database)
        check(database.label, settings)
        newest = "SELECT number, token, committed FROM revision ORDER BY number DESC LIMIT 1"
        number, *stamp = database.execute_sql(newest).fetchone() or (0,)
        identity = Stamp(*stamp), settings["uuid"], settings["key"]
        return Snapshot(self, database, number, *identity, clock)


def too_slow(clock: Clock) -> TooSlow:
    """Say that an answer takes longer than it may."""
    return TooSlow(
        f"The answer takes longer than {clock.seconds} seconds to find: ask for less, with more "
        "filters or fewer groups."
    )
