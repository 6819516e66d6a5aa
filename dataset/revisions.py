"""Change the store: each change is one revision, made whole or not at all."""

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from secrets import token_hex
from typing import Any

import orjson
from peewee import Database, chunked, fn

from dataset.build import Row
from dataset.columns import COLUMNS
from dataset.database import ENGINE_ERRORS, unusable
from dataset.keys import DATASET_NUMBERS, FIRST_FREE_NUMBER, LAST_NUMBER, key_of
from dataset.models import Dataset, Document, Event, Revision, SeenCode, Superseded, field

BATCH = 400
CODED = {
    name: column.kind
    for name, column in COLUMNS.items()
    if column.by == "choice" and column.stored and column.kind not in ("id", "dataset", "term")
}
# The text index follows its table by hand (https://sqlite.org/fts5.html#external_content_tables).
ADD_WORDS = "INSERT INTO event_words (rowid, words) VALUES (?, ?)"
REMOVE_WORDS = "INSERT INTO event_words (event_words, rowid, words) VALUES ('delete', ?, ?)"

_COMPARED = [name for name, column in COLUMNS.items() if column.stored and name != "revision"]


def now() -> str:
    """Give the time as ISO 8601 text in UTC."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class Change:
    """A revision in the making: `account` counts what became of the rows put into it."""

    def __init__(self, database: Database, number: int) -> None:
        """Begin with nothing changed."""
        self.database = database
        self.number = number
        self.account: Counter[str] = Counter()
        self._seen: set[tuple[str, str]] = set()
        self._described = False

    @property
    def changed(self) -> bool:
        """Whether the change has changed anything."""
        return bool(self.account["inserted"] or self.account["updated"] or self._described)

    def put(self, rows: Iterable[Row], load: int, loader_version: int) -> None:
        """Store rows: new events, newer versions of known ones; count each row once."""
        number_of = dataset_number(self.database)
        for batch in chunked(rows, BATCH):
            incoming = []
            for row in batch:
                dataset, _, native = row["id"].partition(":")
                made = {"load": load, "loader_version": loader_version, "revision": self.number}
                incoming.append(row | made | {"key": key_of(number_of(dataset), native)})
            self._put_batch(incoming)
        self._store_seen()

    def describe(self, table: type[Dataset | Document], row: Row) -> None:
        """Store a description of a dataset or document, if it differs from the newest stored."""
        key = table.KEY
        newest = table.select().where(getattr(table, key) == row[key])
        found = self.database.execute(newest.order_by(table.revision.desc()).limit(1)).fetchone()
        known = dict(zip(table._meta.sorted_field_names, found, strict=True)) if found else {}
        if {**known, "revision": 0} != {**row, "revision": 0}:
            self.database.execute(table.insert({**row, "revision": self.number}))
            self._described = True

    def _put_batch(self, rows: list[Row]) -> None:
        keys = [row["key"] for row in rows]
        current = self._current(keys)
        gone = self._ids_of_ended(keys)
        fresh: dict[int, Row] = {}
        for row in rows:
            known = fresh.get(row["key"]) or current.get(row["key"])
            outcome = self._outcome(row, known, gone)
            # Of several versions in one load, all but the best are outdated; it counts once.
            displaces = outcome == "updated" and known and known["revision"] == self.number
            self.account["outdated" if displaces else outcome] += 1
            if outcome in ("inserted", "updated"):
                fresh[row["key"]] = row
        self._end([current[key] for key in fresh if key in current])
        self._insert(Event, fresh.values())
        self._execute_each(ADD_WORDS, fresh.values())
        self._note_seen(fresh.values())

    def _outcome(self, row: Row, known: Row | None, gone: dict[int, str]) -> str:
        if (known["id"] if known else gone.get(row["key"], row["id"])) != row["id"]:
            return "quarantined"
        if known is None:
            return "retracted" if row["key"] in gone else "inserted"
        if _public(known) == _public(row):
            return "unchanged"
        return "updated" if _rank(row) > _rank(known) else "outdated"

    def _end(self, rows: list[Row]) -> None:
        """Move versions that end here out of the current events."""
        shown = [row | {"ended": self.number} for row in rows if row["revision"] < self.number]
        self._insert(Superseded, shown)
        self._execute_each(REMOVE_WORDS, rows)
        keys = [row["key"] for row in rows]
        self.database.execute(Event.delete().where(Event.key.in_(keys)))

    def _current(self, keys: list[int]) -> dict[int, Row]:
        found = self.database.execute(Event.select().where(Event.key.in_(keys))).fetchall()
        rows = (dict(zip(Event._meta.sorted_field_names, row, strict=True)) for row in found)
        return {row["key"]: row for row in rows}

    def _ids_of_ended(self, keys: list[int]) -> dict[int, str]:
        """Give the ids of events that have older versions, by key."""
        ended = Superseded.select(Superseded.key, field(Superseded, "id"))
        return dict(self.database.execute(ended.where(Superseded.key.in_(keys))).fetchall())

    def _insert(self, table: type[Any], rows: Iterable[Row]) -> None:
        listed = list(rows)
        if listed:
            self.database.execute(table.insert_many(listed))

    def _execute_each(self, statement: str, rows: Iterable[Row]) -> None:
        """Run a statement with the key and the words of each row."""
        values = [(row["key"], row["words"]) for row in rows]
        self.database.cursor().executemany(statement, values)

    def _note_seen(self, rows: Iterable[Row]) -> None:
        for row in rows:
            for name, kind in CODED.items():
                value = row[name]
                if value is not None:
                    codes = value.split(";") if COLUMNS[name].many else [str(value)]
                    self._seen.update((kind, code) for code in codes if code)

    def _store_seen(self) -> None:
        for batch in chunked(sorted(self._seen), BATCH):
            query = SeenCode.insert_many(batch, fields=[SeenCode.kind, SeenCode.code])
            self.database.execute(query.on_conflict_ignore())
        self._seen.clear()


def _public(row: Row) -> list[Any]:
    return [row[name] for name in _COMPARED]


def _rank(row: Row) -> tuple[str, int, bytes]:
    """Order the versions of one event: later addition, newer loader, greater canonical JSON."""
    canonical = orjson.dumps({name: row[name] for name in sorted(_COMPARED)}, default=str)
    return row["added"], row["loader_version"], canonical


@contextmanager
def revision(database: Database, kind: str, detail: str | None = None) -> Iterator[Change]:
    """Make the next revision: committed if the change changed anything, else as if never begun."""
    try:
        with _transaction(database, kind, detail) as change:
            yield change
    except ENGINE_ERRORS as error:
        raise unusable(str(database.database), "written", error) from error


@contextmanager
def _transaction(database: Database, kind: str, detail: str | None) -> Iterator[Change]:
    with database.atomic() as transaction:
        newest = database.execute(Revision.select(fn.MAX(Revision.number))).fetchone()[0]
        number = (newest or 0) + 1
        change = Change(database, number)
        yield change
        if not change.changed:
            transaction.rollback()
            return
        made = {"number": number, "token": token_hex(8), "committed": now()}
        database.execute(Revision.insert(made | {"kind": kind, "detail": detail}))


def dataset_number(database: Database) -> Any:
    """Give a function from the name of a dataset to its number in this store."""
    rows = database.execute(Dataset.select(Dataset.name, Dataset.number)).fetchall()
    return dict(rows).__getitem__


def next_dataset_number(database: Database, name: str) -> int:
    """Give the number that a dataset has, or will have once it is stored."""
    if name in DATASET_NUMBERS:
        return DATASET_NUMBERS[name]
    known = database.execute(Dataset.select(Dataset.name, Dataset.number)).fetchall()
    numbers = dict(known)
    highest = max([FIRST_FREE_NUMBER - 1, *numbers.values()])
    number = int(numbers.get(name, highest + 1))
    if number > LAST_NUMBER:
        raise ValueError(f"There is no room for another dataset: {LAST_NUMBER} is the last.")
    return number
