"""Write rows of events: each is a new event, a newer version, or neither; it has one outcome."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping

from peewee import chunked

from dataset.building.reports import Compared
from dataset.building.rows import ROW_COLUMNS, Row
from dataset.declarations.ids import key_of
from dataset.store.engines.base import Engine
from dataset.writes.histories import RETRACT, End, Histories
from dataset.writes.ranks import given, rank
from dataset.writes.seen_codes import SeenCodes
from dataset.writes.source_versions import SourceVersions
from dataset.writes.versions import (
    ADDED,
    ID,
    KEY,
    LOADER_VERSION,
    REVISION,
    VERSION_COLUMNS,
    Versions,
)

BATCH = 1_000
_ROW_ID, _ROW_DATASET = ROW_COLUMNS.index("id"), ROW_COLUMNS.index("dataset")
_DATASET, _DATE, _DATE_END = map(VERSION_COLUMNS.index, ("dataset", "date", "date_end"))
FEW = 20
"""One long event in so many, or fewer, are few."""


class EventWriter:
    """Writes rows of events in batches, and counts their outcomes.

    With `bulk` the indexes are dropped once most of many rows were new, and made again by
    `finish`: for a load that is large against the store this takes a fraction of the time.
    """

    def __init__(
        self, database: Engine, revision: int, outcomes: Counter[str], bulk: bool = False
    ) -> None:
        """Begin with nothing written."""
        self.versions = Versions(database, revision)
        self._revision, self._outcomes, self._bulk = revision, outcomes, bulk
        self.compared: Counter[Compared] = Counter()
        """How often a version was compared with another one of its event."""
        self.whole: Mapping[str, str] = {}
        """The times of whole releases, by dataset: what is older brings no other events."""
        self.lacked = 0
        """How many records are outdated as a newer whole release lacks their events."""
        self._codes = SeenCodes(database)
        self.histories, self._sources = Histories(database), SourceVersions(database)

    def write(
        self, rows: Iterable[Row], numbers: Mapping[str, int], load: int, loader_version: int
    ) -> list[int]:
        """Write rows; give the positions of those that are refused, as their key is taken.

        `numbers` maps the name of a dataset to its number in keys.
        """
        refused = []
        for start, batch in _batches(rows):
            incoming = []
            for row in batch:
                dataset = row[_ROW_DATASET]
                key = key_of(numbers[dataset], row[_ROW_ID][len(dataset) + 1 :])
                incoming.append((key, load, loader_version, *row, self._revision))
            refused += [start + position for position in self._write_batch(incoming)]
        return refused

    def insert(self, versions: list[Row]) -> None:
        """Make versions the current ones of their events, and remember their codes."""
        if self._bulk and self._are_mostly_new():
            self.versions.drop_indexes(but_long=_are_mostly_short(versions))
        self.versions.insert(versions)
        self._codes.add(versions)

    def drop_indexes_if_large(self) -> None:
        """Drop the indexes at once, if the change is large against the store."""
        if self._bulk:
            self.versions.drop_indexes()

    def finish(self) -> None:
        """Make dropped indexes again; store which codes and names the store holds now."""
        self.versions.restore_indexes()
        self._codes.store()
        self.versions.counts.store()

    def _write_batch(self, incoming: list[Row]) -> list[int]:
        keys = {row[KEY] for row in incoming}
        # Sources number events in order, so one look tells that a whole batch is new.
        is_new = len(keys) == len(incoming) and not self.whole
        if is_new and self.versions.has_none_between(min(keys), max(keys)):
            self._outcomes["inserted"] += len(incoming)
            self.insert(incoming)
            return []
        current, gone = self.versions.current(keys), self.versions.gone(keys)
        absent = gone.keys() - current.keys()
        ends = self.histories.ends(absent) if absent else {}
        return self._compare(incoming, current, gone, ends)

    def _compare(
        self,
        incoming: list[Row],
        current: dict[int, Row],
        gone: dict[int, str],
        ends: dict[int, End],
    ) -> list[int]:
        fresh: dict[int, Row] = {}
        best, refused, held = dict(current), [], []
        for position, row in enumerate(incoming):
            key, known = row[KEY], best.get(row[KEY])
            outcome = _outcome(row, known, gone, ends)
            if outcome == "inserted" and self._is_superseded(row):
                outcome = "outdated"
            is_ours = self._is_ours(fresh.get(key) or current.get(key))
            self.lacked += outcome == "outdated" and known is None
            self._count(outcome, row, known, is_ours)
            if outcome in ("inserted", "updated"):
                best[key] = fresh[key] = row
            elif outcome == "quarantined":
                refused.append(position)
            elif outcome == "retracted" and ends[key].kind == RETRACT:
                held.append(row)
            elif outcome == "unchanged" and known and row[LOADER_VERSION] > known[LOADER_VERSION]:
                best[key] = row
                if key in fresh:
                    fresh[key] = row
        if held:
            self._sources.keep(held)
        self._put_back(fresh, current)
        for key in fresh.keys() & current.keys():
            if not self._is_ours(current[key]):
                self.compared["updated", fresh[key][ADDED], current[key][ADDED]] += 1
        self.versions.end([current[key] for key in fresh if key in current], None, None)
        self.insert(list(fresh.values()))
        stays = (key for key in current if key not in fresh)
        self.versions.confirm([best[key] for key in stays if best[key] is not current[key]])
        return refused

    def _count(self, outcome: str, row: Row, known: Row | None, is_ours: bool) -> None:
        """Count the outcome of a row; `is_ours` tells whether the known version is of this load."""
        # Of several versions in one load, all but the best are outdated; it counts once.
        displaces = outcome == "updated" and is_ours
        self._outcomes["outdated" if displaces else outcome] += 1
        if known and (displaces or outcome == "outdated"):
            older, newer = (known, row) if displaces else (row, known)
            self.compared["outdated", older[ADDED], newer[ADDED]] += 1

    def _put_back(self, fresh: dict[int, Row], current: dict[int, Row]) -> None:
        """Make no new version of an event that ended up as it was before."""
        for key in [key for key in fresh if key in current]:
            if given(fresh[key]) == given(current[key]):
                del fresh[key]
                if not self._is_ours(current[key]):
                    self._outcomes["updated"] -= 1
                    self._outcomes["unchanged"] += 1

    def _is_superseded(self, row: Row) -> bool:
        """Tell whether a row is of an older release than one that was loaded whole."""
        return bool(self.whole) and (row[ADDED] or "") < self.whole.get(row[_DATASET], "")

    def _is_ours(self, version: Row | None) -> bool:
        """Tell whether a version is of this very revision."""
        return version is not None and version[REVISION] == self._revision

    def _are_mostly_new(self) -> bool:
        new = self._outcomes["inserted"]
        return new >= BATCH and new > self._outcomes.total() - new


def _outcome(row: Row, known: Row | None, gone: dict[int, str], ends: dict[int, End]) -> str:
    """Tell the outcome of a row, given the known version of the event with its key."""
    key = row[KEY]
    if (known[ID] if known else gone.get(key, row[ID])) != row[ID]:
        return "quarantined"
    if known is None:
        return ends[key].outcome(row[ADDED]) if key in ends else "inserted"
    if given(known) == given(row):
        return "unchanged"
    return "updated" if rank(row) > rank(known) else "outdated"


def _are_mostly_short(versions: Collection[Row]) -> bool:
    """Tell whether few events last longer than a day."""
    return sum(row[_DATE] != row[_DATE_END] for row in versions) * FEW < len(versions)


def _batches(rows: Iterable[Row]) -> Iterator[tuple[int, list[Row]]]:
    start = 0
    for batch in chunked(rows, BATCH):
        yield start, batch
        start += len(batch)
