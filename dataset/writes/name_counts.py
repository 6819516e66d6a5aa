"""Count the codes and names of current events, as they come and go."""

from collections import Counter
from collections.abc import Iterable, Mapping
from operator import itemgetter
from typing import Any

import orjson
from peewee import EXCLUDED, fn

from dataset.building.rows import ROW_COLUMNS, Row
from dataset.declarations.names import COUNTED, GROUPS, Key, add_up, words_of
from dataset.store.engines.base import Engine, Term
from dataset.store.models import Dataset, Event, NameCount, NameWord, Superseded, field
from dataset.store.statements import compiled, text_of

MOST = 200_000
"""So many are counted in memory before they are stored."""
_AT = {name: at for at, name in enumerate(("key", "load", "loader_version", *ROW_COLUMNS))}
"""Where a column stands in a version."""
_VALUES = {group: itemgetter(*(_AT[name] for name in names)) for group, names in GROUPS.items()}
_KEY = ("kind", "code", "name", "dataset")


class NameCounts:
    """What a revision changes of the counts."""

    def __init__(self, database: Engine) -> None:
        """Prepare the statements."""
        self._database = database
        self._changes: dict[str, Counter[Row]] = {group: Counter() for group in GROUPS}
        key = [field(NameCount, name) for name in _KEY]
        row = NameCount.insert_many([("", "", "", "", 0)], fields=[*key, NameCount.count])
        added = {NameCount.count: NameCount.count + EXCLUDED.count}
        self._add = text_of(database, row.on_conflict(conflict_target=key, update=added))
        word = NameWord.insert_many([("", "")], fields=[NameWord.word, NameWord.name])
        self._add_word = text_of(database, word.on_conflict_ignore())

    def add(self, versions: Iterable[Row]) -> None:
        """Count versions that become current."""
        for group, values in _VALUES.items():
            self._changes[group].update(map(values, versions))
        if sum(map(len, self._changes.values())) > MOST:
            self.store()

    def remove(self, versions: Iterable[Row]) -> None:
        """Count versions that are current no more."""
        for group, values in _VALUES.items():
            self._changes[group].subtract(map(values, versions))

    def store(self) -> None:
        """Store the changes."""
        changes: Counter[Key] = Counter()
        for group, counts in self._changes.items():
            add_up(changes, group, counts)
            counts.clear()
        self._store({key: count for key, count in changes.items() if count})

    def count_anew(self) -> None:
        """Count all versions, for a store whose counts are not there yet."""
        for old in (NameCount, NameWord):
            self._database.execute(old.delete())
        changes: Counter[Key] = Counter()
        for table, one in ((Event, 1), (Superseded, 0)):
            for group, names in GROUPS.items():
                columns = [field(table, name) for name in names]
                query = table.select(*columns, fn.COUNT("*")).group_by(*columns)
                found = self._database.stream(*compiled(self._database, query))
                add_up(changes, group, {tuple(row[:-1]): one * row[-1] for row in found})
        self._store(changes)

    def erase(self, versions: Iterable[Row]) -> None:
        """Leave no code and name of versions that are gone, but those that others have."""
        self.store()
        counts: Counter[Key] = Counter()
        for group, values in _VALUES.items():
            add_up(counts, group, Counter(map(values, versions)))
        # A version that was replaced within its load may have been counted, and is held nowhere.
        datasets = {dataset for *_, dataset in counts}
        unused = NameCount.select(*(field(NameCount, name) for name in _KEY)).where(
            NameCount.count == 0, NameCount.dataset.in_(datasets)
        )
        for key in {*counts, *self._database.execute(unused).fetchall()}:
            if not self._is_held(key):
                self._database.execute(_deleting(key))
        self._forget_names()

    def erase_dataset(self, number: int) -> None:
        """Leave nothing of the dataset with a number, whose events are erased."""
        self.store()
        names = Dataset.select(Dataset.name).where(Dataset.number == number)
        self._database.execute(NameCount.delete().where(NameCount.dataset.in_(names)))
        self._forget_names()

    def _store(self, changes: Mapping[Key, int]) -> None:
        words = [(word, name) for name in self._new(changes) for word in sorted(words_of(name))]
        self._database.execute_many(self._add_word, words)
        self._database.execute_many(self._add, ((*key, n) for key, n in sorted(changes.items())))

    def _new(self, changes: Iterable[Key]) -> list[str]:
        """Give the names that are not counted yet."""
        names = {name for _, _, name, _ in changes} - {""}
        given = Term("given_texts", orjson.dumps([*names]).decode())
        known = NameCount.select(NameCount.name).where(NameCount.name.in_(given)).distinct()
        return sorted(names - {name for (name,) in self._database.execute(known)})

    def _is_held(self, key: Key) -> bool:
        """Tell whether a version has a code, or a code with a name."""
        kind, *values, dataset = key
        for table in (Event, Superseded):
            query = table.select(table.key).where(field(table, "dataset") == dataset)
            for column, value in zip(COUNTED[kind], values, strict=True):
                if column:
                    known = field(table, column)
                    query = query.where(known == value if value else known.is_null())
            if self._database.execute(query.limit(1)).fetchone():
                return True
        return False

    def _forget_names(self) -> None:
        """Forget the words of names that are counted no more."""
        counted = NameCount.select(NameCount.name)
        self._database.execute(NameWord.delete().where(NameWord.name.not_in(counted)))


def _deleting(key: Key) -> Any:
    """Delete a count."""
    same = (field(NameCount, name) == value for name, value in zip(_KEY, key, strict=True))
    return NameCount.delete().where(*same)
