"""Change the store: each change is one revision, made whole or not at all."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from secrets import token_hex
from typing import Any

from peewee import fn

from dataset.building.rows import Row
from dataset.declarations.ids import DATASET_NUMBERS, FIRST_FREE_NUMBER, LAST_NUMBER, key_of
from dataset.declarations.instants import later, now
from dataset.errors import Impossible
from dataset.store.database import ENGINE_ERRORS
from dataset.store.engines.base import Engine
from dataset.store.models import Dataset, Document, Event, Revision
from dataset.writes.events import EventWriter
from dataset.writes.mentions import MentionWriter

Described = Mapping[str, Any]
MOST_BEHIND = 3_600
"""Seconds that the clock may be behind the newest revision, whose time is then taken again."""
LARGE = 20_000
"""From so many events on, a change that is large against the store drops the indexes."""


class Change:
    """A revision in the making; `number` is what it will be, if anything is changed."""

    def __init__(self, database: Engine, number: int, expected: int = 0) -> None:
        """Begin with nothing changed."""
        self.database = database
        self.number = number
        self.outcomes: Counter[str] = Counter()
        """How many of the rows that were written had each outcome."""
        self.events = EventWriter(database, number, self.outcomes, _is_large(database, expected))
        self.versions = self.events.versions
        self.discarded = False
        self._changed = False

    @property
    def changed(self) -> bool:
        """Whether the change has changed anything."""
        return bool(self._changed or self.outcomes["inserted"] or self.outcomes["updated"])

    def touch(self) -> None:
        """Say that something was changed besides the rows that were written."""
        self._changed = True

    def discard(self) -> None:
        """Undo everything at the end, as if it had never been."""
        self.discarded = True

    def write_events(self, rows: Iterable[Row], load: int, loader_version: int) -> list[int]:
        """Write rows of described datasets; give the positions of those whose key is taken."""
        return self.events.write(rows, numbers_of(self.database), load, loader_version)

    def write_mentions(self, rows: Collection[Row], load: int) -> None:
        """Write mentions of events of described datasets."""
        self._mentions.write(rows, numbers_of(self.database), load)

    @cached_property
    def _mentions(self) -> MentionWriter:
        return MentionWriter(self.database, self.number, self.outcomes)

    def key_of(self, public_id: str) -> int:
        """Give the key of an event. Raises `Impossible` where its dataset is unknown."""
        dataset, _, native = public_id.partition(":")
        numbers = numbers_of(self.database)
        if dataset not in numbers:
            raise Impossible(f"The store has no event {public_id}: it has no dataset {dataset!r}.")
        return key_of(numbers[dataset], native)

    def describe(self, table: type[Dataset | Document], row: Described) -> None:
        """Store a description of a dataset or document, if it differs from the newest stored."""
        key = table.KEY
        newest = table.select().where(getattr(table, key) == row[key])
        found = self.database.execute(newest.order_by(table.revision.desc()).limit(1)).fetchone()
        known = dict(zip(table._meta.sorted_field_names, found, strict=True)) if found else {}
        if {**known, "revision": 0} != {**row, "revision": 0}:
            self.database.execute(table.insert({**row, "revision": self.number}))
            self.touch()


@contextmanager
def revision(
    database: Engine, kind: str, detail: str | None = None, expected: int = 0
) -> Iterator[Change]:
    """Make the next revision, whole or not at all, if the change changes anything.

    `expected`: about how many events it may bring.
    """
    try:
        with database.atomic() as transaction:
            database.begin_writing()
            newest, last, last_date = _newest(database)
            change = Change(database, newest + 1, expected)
            yield change
            if change.discarded:
                transaction.rollback()
                return
            change.events.finish()
            if change.changed:
                committed = max(now(), last)
                made = {"number": change.number, "token": token_hex(8), "committed": committed}
                made["last_date"] = max(last_date, change.versions.last_date) or None
                database.execute(Revision.insert(made | {"kind": kind, "detail": detail}))
    except ENGINE_ERRORS as error:
        raise database.unusable("written", error) from error


def _newest(database: Engine) -> tuple[int, str, str]:
    """Give the newest revision: number, time, last day of all events up to it.

    Refuses to write if the clock is long before that time.
    """
    columns = (Revision.number, Revision.committed, Revision.last_date)
    query = Revision.select(*columns).order_by(Revision.number.desc()).limit(1)
    number, committed, last_date = database.execute(query).fetchone() or (0, "", None)
    present = now()
    if committed and later(present, MOST_BEHIND) < committed:
        raise Impossible(
            f"The clock of this machine says {present}, but revision {number} was committed at "
            f"{committed}. Nothing was changed: set the clock right, and try again."
        )
    return number, committed, str(last_date or "")


def _is_large(database: Engine, expected: int) -> bool:
    """Tell whether a change may well bring more than a quarter of what the store holds."""
    if expected <= LARGE or not database.may_drop_indexes():
        return False
    return bool(expected > database.execute(Event.select(fn.COUNT("*"))).fetchone()[0] // 4)


def numbers_of(database: Engine) -> dict[str, int]:
    """Give the number of each dataset in this store."""
    return dict(database.execute(Dataset.select(Dataset.name, Dataset.number)).fetchall())


def next_dataset_number(database: Engine, name: str) -> int:
    """Give the number that a dataset has, or will have once it is stored."""
    if name in DATASET_NUMBERS:
        return DATASET_NUMBERS[name]
    numbers = numbers_of(database)
    highest = max([FIRST_FREE_NUMBER - 1, *numbers.values()])
    number = int(numbers.get(name, highest + 1))
    if number > LAST_NUMBER:
        raise Impossible(f"There is no room for another dataset: {LAST_NUMBER} is the last.")
    return number
