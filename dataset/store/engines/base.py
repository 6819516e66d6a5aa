"""What each engine does in its own way; all other SQL of the store is the same on every engine."""

from abc import abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from functools import reduce
from operator import and_
from pathlib import Path
from typing import Any, ClassVar

import orjson
import peewee
from peewee import (
    ColumnBase,
    Database,
    Model,
    PeeweeException,
)

from dataset.errors import StoreError
from dataset.store.clocks import Clock

Row = Sequence[Any]
Insert = Callable[[Iterable[Row]], None]

as_peewee = peewee.__exception_wrapper__  # type: ignore[attr-defined]
"""Turns the errors of a driver into peewee's, as peewee does for its own statements."""

SECONDS_TO_WAIT = 5
"""So long a command waits for another that writes, and a reader for a connection."""
WAY_OUT = "If it does not pass when you try again, choose another database with DATABASE=."
DAMAGED = "It is damaged: restore a backup or choose another database with DATABASE=."
BUSY = "Another command is writing to it: nothing was changed, try again when it has ended."
HELD = "Readers still hold the database as it was."
FULL = "Nothing was changed: make room, then try again."


TEXT_ERRORS = (UnicodeDecodeError, orjson.JSONDecodeError)
"""Text that is not UTF-8, or not the JSON that we wrote, stands in no row of ours."""


class Term(ColumnBase):
    """A piece of SQL that each engine writes in its own words, from its table of terms."""

    def __init__(self, name: str, *values: Any) -> None:
        """Name the term; `values` are what it is about."""
        self.name = name
        self.values = values

    def __sql__(self, ctx: Any) -> Any:
        """Write the term for the engine that the context is of."""
        return ctx.sql(ctx.state.terms[self.name](*self.values))


def holding(column: Any, words: Sequence[str], prefix: bool) -> Any:
    """Match a column of folded words that holds all of some words; the last may be a prefix."""
    ends = [" "] * (len(words) - 1) + ["" if prefix else " "]
    return reduce(
        and_, (column.contains(f" {word}{end}") for word, end in zip(words, ends, strict=True))
    )


class Engine(Database):
    """A database of ours: how it is opened, read, written and loaded, and how it fails."""

    TERMS: ClassVar[Mapping[str, Callable[..., Any]]]
    """What each `Term` is: `given_keys` and `given_texts` (of a JSON list), `week` (of a
    day), `worded` (of a table, words, and whether the last is a prefix)."""
    CAN_SPREAD: ClassVar[bool] = False
    """Whether its tables may be spread over several servers."""
    CUTS_BRANCHES: ClassVar[bool] = False
    """Whether each select of a union has to be put in order and cut by itself: SQLite merges them
    as they are read, PostgreSQL may sort all of them first."""
    WORDS: ClassVar[Sequence[Any]] = ()
    """The indexes of the words of events, where these are indexes as others are."""
    ERRORS: ClassVar[tuple[type[BaseException], ...]] = (
        PeeweeException,
        *TEXT_ERRORS,
    )
    """What an engine raises."""

    @classmethod
    @abstractmethod
    def to_read(cls, url: str, seconds_to_wait: float, streaming: bool) -> "Engine":
        """Make a database that nothing can be written through; it is opened when it is used."""

    @classmethod
    @abstractmethod
    def to_write(cls, url: str, seconds_to_wait: float) -> "Engine":
        """Make a database for one who writes, whose tables may not be there yet."""

    @property
    @abstractmethod
    def label(self) -> str:
        """How messages name the database: never with a password."""

    @property
    def folder(self) -> Path | None:
        """Where its files are, if that can be known."""
        return None

    @abstractmethod
    def size(self) -> int:
        """Give how many bytes the database has."""

    @abstractmethod
    def foreign_tables(self) -> set[str] | None:
        """Name the tables in the way of ours; None if there is no table at all."""

    @abstractmethod
    def create_more(self) -> None:
        """Make what a store needs beside the tables of its models."""

    def settle(self) -> None:
        """Do what has to be done once the tables are there, outside of any transaction."""

    @abstractmethod
    def begin_reading(self) -> None:
        """Begin to read one moment of the store, on this thread's connection."""

    @abstractmethod
    def end_reading(self) -> None:
        """Let go of the moment, whatever has become of the connection."""

    @abstractmethod
    def stream(self, text: str, parameters: Sequence[Any]) -> Iterator[Row]:
        """Yield rows as they are read, in constant memory."""

    def define(self, functions: Mapping[str, Callable[[Any], Any]]) -> bool:
        """Let SQL on this thread's connection call functions of ours; tell whether it can."""
        return False

    def limit(self, query_seconds: float) -> None:
        """Let the server end statements that take longer, where there is a server."""

    def watch(self, clock: Clock) -> None:
        """Let a clock end the queries of this thread's connection, where no server does."""

    def has_ended(self, error: BaseException) -> bool:
        """Tell whether an error is that the server has ended a statement for its time."""
        return False

    def begin_writing(self) -> None:
        """Let nobody else write until the end of the transaction that has begun."""

    @abstractmethod
    def follower_lock(self) -> AbstractContextManager[bool]:
        """Take the lock of who follows a source, unless another has it; tell whether it is ours.

        It ends with the process, or with its connection.
        """

    @abstractmethod
    def is_followed(self) -> bool:
        """Tell whether a process has the lock of who follows a source."""

    @abstractmethod
    def inserter(self, table: type[Model], names: Sequence[str]) -> Insert:
        """Make the function that puts many rows of these columns into a table."""

    def execute_many(self, text: str, rows: Iterable[Row]) -> None:
        """Run a statement once for each row of parameters."""
        with as_peewee:
            self.cursor().executemany(text, rows)

    @abstractmethod
    def may_drop_indexes(self) -> bool:
        """Tell whether a large load may drop the indexes of the events meanwhile."""

    @abstractmethod
    def rekey(self, table: type[Model]) -> None:
        """Give a table of an older schema the primary key of its model; its columns are there."""

    def add_words(self, words: Iterable[Row]) -> None:
        """Add keys and words to the text index, where it does not follow its table by itself."""

    def remove_words(self, words: Iterable[Row]) -> None:
        """Take keys and words out of the text index."""

    def drop_words(self) -> None:
        """Drop the text index for the time of a large load, or let it be outdated."""

    def create_words(self) -> None:
        """Make the text index of all events anew."""

    def forget_words(self) -> None:
        """Leave nothing in the text index of what was taken out of it."""

    def weigh(self) -> None:
        """Learn how many events the values of each index have: the rarest lead is taken."""

    @abstractmethod
    def tidy(self) -> str:
        """Do what is due after a commit; say what could not be done: the commit stands anyway."""

    @abstractmethod
    def write_anew(self) -> str:
        """Leave no remains of what was deleted; say what keeps some of them, if anything does."""

    @abstractmethod
    def way_out(self, error: BaseException) -> str:
        """Say what can be done about an error."""

    def words_of(self, error: BaseException) -> str:
        """Give the engine's words for an error."""
        return str(error)

    def unusable(self, done: str, error: BaseException) -> StoreError:
        """Say why the database cannot be read or written; peewee may hide the cause."""
        while isinstance(error.__context__, self.ERRORS):
            error = error.__context__
        told = " ".join(self.words_of(error).split())
        way_out = DAMAGED if isinstance(error, TEXT_ERRORS) else self.way_out(error)
        return StoreError(f"The database {self.label} cannot be {done}: {told}. {way_out}")

    def untidy(self, what: str, error: BaseException) -> str:
        """Say what could not be done after a commit."""
        told = " ".join(self.words_of(error).split())
        return f"Everything is committed, but {what} ({told}): the next load does it."

    def get_context_options(self) -> dict[str, Any]:
        """Let terms be written in this engine's words."""
        return {**super().get_context_options(), "terms": self.TERMS}
