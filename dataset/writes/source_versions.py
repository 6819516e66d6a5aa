"""Keep what a source says of events that it cannot change here: its best version of each."""

from collections.abc import Collection, Iterable

from dataset.building.rows import Row
from dataset.store.engines.base import Engine
from dataset.store.models import SourceVersion, field
from dataset.store.statements import given_keys, listed, text_of
from dataset.writes.ranks import rank
from dataset.writes.versions import KEY, VERSION_COLUMNS


class SourceVersions:
    """The best version that loads have met of each event that they may not change."""

    def __init__(self, database: Engine) -> None:
        """Prepare the statements."""
        self._database = database
        self._insert = database.inserter(SourceVersion, VERSION_COLUMNS)
        stored = SourceVersion.select(*(field(SourceVersion, name) for name in VERSION_COLUMNS))
        self._stored = text_of(database, stored.where(SourceVersion.key.in_(given_keys())))

    def of(self, keys: Collection[int]) -> dict[int, Row]:
        """Give the versions of events, by key."""
        found = self._database.execute_sql(self._stored, (listed(keys),)).fetchall()
        return {row[KEY]: row for row in found}

    def keep(self, rows: Iterable[Row]) -> None:
        """Keep those of these versions that are the best of their events."""
        best: dict[int, Row] = {}
        for row in rows:
            best[row[KEY]] = max(best.get(row[KEY], row), row, key=rank)
        known = self.of(best)
        for key in known:
            if rank(best[key]) <= rank(known[key]):
                del best[key]
        self.forget(best)
        self._insert(best.values())

    def forget(self, keys: Iterable[int]) -> None:
        """Forget what was kept of events."""
        old = SourceVersion.delete().where(SourceVersion.key.in_(given_keys(listed(keys))))
        self._database.execute(old)
