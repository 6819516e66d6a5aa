"""Store the versions of events: each event's current one, and those that revisions ended."""

from collections.abc import Collection, Iterable, Mapping
from operator import itemgetter
from typing import Any

from peewee import SQL, Entity, NodeList, SchemaManager

from dataset.building.rows import ROW_COLUMNS, Row
from dataset.store.engines.base import Engine
from dataset.store.indexes import LONG
from dataset.store.models import Event, Superseded, Tombstone, field
from dataset.store.statements import given_keys, listed, text_of
from dataset.writes.name_counts import NameCounts

VERSION_COLUMNS = ("key", "load", "loader_version", *ROW_COLUMNS, "revision")
"""The columns of a version, in the order of its tuple: those of a row, and where it came from."""
ENDED_COLUMNS = (*VERSION_COLUMNS, "ended", "reason", "successor")
KEY, ID, DATE, ADDED, WORDS, LOADER_VERSION, REVISION = map(
    VERSION_COLUMNS.index, ("key", "id", "date", "added", "words", "loader_version", "revision")
)
_WORDS_OF = itemgetter(KEY, WORDS)
_CONFIRMED_OF = itemgetter(LOADER_VERSION, LOADER_VERSION, KEY)


class Versions:
    """The versions of events, as a revision in the making finds and changes them."""

    def __init__(self, database: Engine, revision: int) -> None:
        """Prepare the statements."""
        self._database, self._revision = database, revision
        self.last_date = ""
        """The last day of those that were inserted."""
        self._has_indexes = True
        self.counts = NameCounts(database)
        self._insert = database.inserter(Event, VERSION_COLUMNS)
        self._insert_ended = database.inserter(Superseded, ENDED_COLUMNS)
        current = Event.select(*(field(Event, name) for name in VERSION_COLUMNS))
        self._current = text_of(database, current.where(Event.key.in_(given_keys())))
        ended = Superseded.select(Superseded.key, field(Superseded, "id"))
        purged = Tombstone.select(Tombstone.key, Tombstone.id)
        gone = ended.where(Superseded.key.in_(given_keys())).union_all(
            purged.where(Tombstone.key.in_(given_keys()))
        )
        self._gone = text_of(database, gone)
        older = Superseded.select(*(field(Superseded, name) for name in VERSION_COLUMNS))
        self._older = text_of(database, older.where(Superseded.key.in_(given_keys())))
        confirmed = Event.update(loader_version=0).where(Event.loader_version < 0, Event.key == 0)
        self._confirm = text_of(database, confirmed)
        self._between = [
            text_of(database, table.select(table.key).where(table.key.between(0, 0)).limit(1))
            for table in (Event, Superseded, Tombstone)
        ]

    def current(self, keys: Collection[int]) -> dict[int, Row]:
        """Give the current versions of events, by key."""
        return {row[KEY]: row for row in self._query(self._current, listed(keys))}

    def gone(self, keys: Collection[int]) -> dict[int, str]:
        """Give the ids of events that have older versions or were removed for good, by key."""
        return dict(self._query(self._gone, listed(keys), listed(keys)))

    def has_none_between(self, least: int, greatest: int) -> bool:
        """Tell whether the store has nothing, and never had, from one key to another."""
        return not any(self._query(text, least, greatest, 1) for text in self._between)

    def insert(self, versions: Collection[Row]) -> None:
        """Make versions the current ones of their events."""
        self._insert(versions)
        self.counts.add(versions)
        self.last_date = max([self.last_date, *(str(row[DATE]) for row in versions)])
        if self._has_indexes:
            self._database.add_words(map(_WORDS_OF, versions))

    def end(self, versions: Collection[Row], reason: str | None, successor: str | None) -> None:
        """Move current versions to the older ones; one that no revision has shown is dropped."""
        end = (self._revision, reason, successor)
        shown = [(*row, *end) for row in versions if row[REVISION] < self._revision]
        self._insert_ended(shown)
        self.remove(versions)

    def explain(self, keys: Collection[int], reason: str) -> set[int]:
        """Say why this revision ended events; give the keys of those that it has ended."""
        is_ended = Superseded.key.in_(given_keys(listed(keys))), Superseded.ended == self._revision
        found = self._database.execute(Superseded.select(Superseded.key).where(*is_ended))
        ended = {key for (key,) in found.fetchall()}
        if ended:
            self._database.execute(Superseded.update(reason=reason).where(*is_ended))
        return ended

    def remove(self, versions: Collection[Row]) -> None:
        """Remove current versions without a trace."""
        self.counts.remove(versions)
        if self._has_indexes:
            self._database.remove_words(map(_WORDS_OF, versions))
        keys = listed([row[KEY] for row in versions])
        self._database.execute(Event.delete().where(Event.key.in_(given_keys(keys))))

    def older(self, keys: Collection[int]) -> list[Row]:
        """Give the older versions of events."""
        return self._query(self._older, listed(keys))

    def as_they_were(self, wanted: Mapping[int, int]) -> list[Row]:
        """Give older versions, by their keys and the revisions that brought them, as new ones."""
        kept = (row for row in self.older(wanted) if wanted[row[KEY]] == row[REVISION])
        return [(*row[:-1], self._revision) for row in kept]

    def confirm(self, versions: Iterable[Row]) -> None:
        """Rank current versions as those of the newer loader that gave the same again."""
        self._database.execute_many(self._confirm, map(_CONFIRMED_OF, versions))

    def drop_indexes(self, but_long: bool = False) -> None:
        """Drop the indexes until `restore_indexes`, if that is not done yet.

        `but_long`: keep those of long events, as making one reads all events.
        """
        if self._has_indexes:
            self._has_indexes = False
            for name in (index._name for index in Event._meta.fields_to_index()):
                if not (but_long and name.startswith(LONG)):
                    self._database.execute(NodeList((SQL("DROP INDEX IF EXISTS"), Entity(name))))
            self._database.drop_words()

    def restore_indexes(self) -> None:
        """Make dropped indexes again."""
        if not self._has_indexes:
            SchemaManager(Event, self._database).create_indexes()
            self._database.create_words()
            self._database.weigh()
            self._has_indexes = True

    def _query(self, text: str, *parameters: Any) -> list[Any]:
        return self._database.execute_sql(text, parameters).fetchall()
