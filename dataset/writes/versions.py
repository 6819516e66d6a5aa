"""Put rows into the store: new events, newer versions of known ones, each row with one outcome."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import chain
from operator import itemgetter
from typing import Any

import orjson
from peewee import SchemaManager, chunked

from dataset.building.rows import BUILT, GIVEN, Row
from dataset.codebook.vocabularies import CLOSED_KINDS, VOCABULARIES
from dataset.declarations.columns import COLUMNS
from dataset.declarations.ids import key_of
from dataset.store.engines.base import Engine
from dataset.store.models import Event, SeenCode, Superseded, Tombstone, field
from dataset.store.statements import given_keys, listed, text_of

BATCH = 1_000
NAMES = ("key", "load", "loader_version", *BUILT, "revision")
"""The columns of a version, in the order in which its row is a tuple."""
ENDED = (*NAMES, "ended", "reason", "successor")
KEY, VERSION, REVISION = NAMES.index("key"), NAMES.index("loader_version"), len(NAMES) - 1
ID, WORDS, ADDED = (NAMES.index(name) for name in ("id", "words", "added"))
PUBLIC = itemgetter(*(NAMES.index(name) for name in GIVEN))

CODED = {
    NAMES.index(name): (column.kind, column.many)
    for name, column in COLUMNS.items()
    if column.stored and column.kind in VOCABULARIES.keys() - set(CLOSED_KINDS)
}
"""Where codes stand that the codebook may lack."""
_BUILT_ID, _BUILT_DATASET = BUILT.index("id"), BUILT.index("dataset")
_CANONICAL = sorted((name, NAMES.index(name)) for name in GIVEN)
_WORDS_OF = itemgetter(KEY, WORDS)
_CONFIRMED_OF = itemgetter(VERSION, VERSION, KEY)


class Writes:
    """The events as a revision in the making finds and changes them.

    With `bulk` the indexes are dropped once most of many rows were new, and made again by
    `finish`: for a load that is large against the store this takes a fraction of the time.
    """

    def __init__(self, database: Engine, number: int, bulk: bool = False) -> None:
        """Prepare the statements."""
        self.account: Counter[str] = Counter()
        self._database = database
        self._number = number
        self._bulk, self._without_indexes = bulk, False
        self._seen: dict[int, set[Any]] = {position: set() for position in CODED}
        self._insert = database.inserter(Event, NAMES)
        self._insert_ended = database.inserter(Superseded, ENDED)
        current = Event.select(*(field(Event, name) for name in NAMES))
        self._current = text_of(database, current.where(Event.key.in_(given_keys())))
        ended = Superseded.select(Superseded.key, field(Superseded, "id"))
        buried = Tombstone.select(Tombstone.key, Tombstone.id)
        gone = ended.where(Superseded.key.in_(given_keys())).union_all(
            buried.where(Tombstone.key.in_(given_keys()))
        )
        self._gone = text_of(database, gone)
        confirmed = Event.update(loader_version=0).where(Event.loader_version < 0, Event.key == 0)
        self._confirm = text_of(database, confirmed)
        self._between = [
            text_of(database, table.select(table.key).where(table.key.between(0, 0)).limit(1))
            for table in (Event, Superseded, Tombstone)
        ]

    def put(
        self, rows: Iterable[Row], numbers: Mapping[str, int], load: int, version: int
    ) -> list[int]:
        """Store built rows, count each once; give the positions of those whose key is taken.

        `numbers` maps the name of a dataset to its number in keys.
        """
        taken = []
        for start, batch in _batches(rows):
            incoming = []
            for row in batch:
                dataset = row[_BUILT_DATASET]
                key = key_of(numbers[dataset], row[_BUILT_ID][len(dataset) + 1 :])
                incoming.append((key, load, version, *row, self._number))
            taken += [start + position for position in self._put_batch(incoming)]
        return taken

    def current(self, keys: Collection[int]) -> dict[int, Row]:
        """Give the current versions of events, by key."""
        return {row[KEY]: row for row in self._query(self._current, listed(keys))}

    def gone(self, keys: Collection[int]) -> dict[int, str]:
        """Give the ids of events that have older versions or were removed for good, by key."""
        return dict(self._query(self._gone, listed(keys), listed(keys)))

    def show(self, rows: Collection[Row]) -> None:
        """Make rows the current versions of their events."""
        if self._bulk and not self._without_indexes and self._are_mostly_new():
            self._drop_indexes()
        self._insert(rows)
        if not self._without_indexes:
            self._database.add_words(map(_WORDS_OF, rows))
        for position, seen in self._seen.items():
            seen.update(map(itemgetter(position), rows))

    def end(self, rows: Collection[Row], reason: str | None, successor: str | None) -> None:
        """Move current versions to the older ones; one that no revision has shown is dropped."""
        end = (self._number, reason, successor)
        shown = [(*row, *end) for row in rows if row[REVISION] < self._number]
        self._insert_ended(shown)
        self.remove(rows)

    def remove(self, rows: Collection[Row]) -> None:
        """Take rows out of the current versions."""
        if not self._without_indexes:
            self._database.remove_words(map(_WORDS_OF, rows))
        keys = listed([row[KEY] for row in rows])
        self._database.execute(Event.delete().where(Event.key.in_(given_keys(keys))))

    def finish(self) -> None:
        """Make dropped indexes again, and remember the codes that the store holds now."""
        if self._without_indexes:
            SchemaManager(Event, self._database).create_indexes()
            self._database.create_words()
            self._database.weigh()
            self._without_indexes = False
        self._store_seen()

    def _put_batch(self, rows: list[Row]) -> list[int]:
        keys = {row[KEY] for row in rows}
        if len(keys) == len(rows) and self._is_between_events(min(keys), max(keys)):
            self.account["inserted"] += len(rows)
            self.show(rows)
            return []
        return self._compare(rows, self.current(keys), self.gone(keys))

    def _is_between_events(self, least: int, greatest: int) -> bool:
        """Tell whether the store has nothing, and never had, from one key to another.

        Sources number their events as they come: whole batches are told to be new at once.
        """
        return not any(self._query(text, least, greatest, 1) for text in self._between)

    def _compare(self, rows: list[Row], current: dict[int, Row], gone: dict[int, str]) -> list[int]:
        fresh: dict[int, Row] = {}
        taken, confirmed = [], []
        for position, row in enumerate(rows):
            known = fresh.get(row[KEY]) or current.get(row[KEY])
            outcome = _outcome(row, known, gone)
            # Of several versions in one load, all but the best are outdated; it counts once.
            displaces = outcome == "updated" and known and known[REVISION] == self._number
            self.account["outdated" if displaces else outcome] += 1
            if outcome in ("inserted", "updated"):
                fresh[row[KEY]] = row
            elif outcome == "quarantined":
                taken.append(position)
            elif outcome == "unchanged" and known and row[VERSION] > known[VERSION]:
                confirmed.append(row)
                if row[KEY] in fresh:
                    fresh[row[KEY]] = row
        self.end([current[key] for key in fresh if key in current], None, None)
        self.show(list(fresh.values()))
        # An equal row of a newer loader is no new version, but ranks as one of that loader.
        self._database.execute_many(self._confirm, map(_CONFIRMED_OF, confirmed))
        return taken

    def _query(self, text: str, *parameters: Any) -> list[Any]:
        return self._database.execute_sql(text, parameters).fetchall()

    def _are_mostly_new(self) -> bool:
        new = self.account["inserted"]
        return new >= BATCH and new > self.account.total() - new

    def _drop_indexes(self) -> None:
        self._without_indexes = True
        SchemaManager(Event, self._database).drop_indexes()
        self._database.drop_words()

    def _store_seen(self) -> None:
        for position, (kind, many) in CODED.items():
            values = [str(value) for value in self._seen[position] if value is not None]
            codes = chain.from_iterable(value.split(";") for value in values) if many else values
            for batch in chunked(sorted({code for code in codes if code}), 400):
                rows = [(kind, code) for code in batch]
                query = SeenCode.insert_many(rows, fields=[SeenCode.kind, SeenCode.code])
                self._database.execute(query.on_conflict_ignore())
            self._seen[position].clear()


def _outcome(row: Row, known: Row | None, gone: dict[int, str]) -> str:
    if (known[ID] if known else gone.get(row[KEY], row[ID])) != row[ID]:
        return "quarantined"
    if known is None:
        return "retracted" if row[KEY] in gone else "inserted"
    if PUBLIC(known) == PUBLIC(row):
        return "unchanged"
    return "updated" if _rank(row) > _rank(known) else "outdated"


def _rank(row: Row) -> tuple[str, int, bytes]:
    """Order the versions of one event: later addition, newer loader, greater canonical JSON."""
    canonical = orjson.dumps({name: row[position] for name, position in _CANONICAL})
    return row[ADDED] or "", row[VERSION], canonical


def _batches(rows: Iterable[Row]) -> Iterator[tuple[int, list[Row]]]:
    start = 0
    for batch in chunked(rows, BATCH):
        yield start, batch
        start += len(batch)
