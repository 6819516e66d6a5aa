"""Tell what revisions made of events: an event is what the last one that counts made of it.

An undo does not count, nor does the load that it undid: all is as if neither had been. A version
that was restored goes with the load that brought it first, and takes the retraction back.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from functools import cached_property
from typing import Any, NamedTuple

import orjson
from peewee import SQL, fn

from dataset.declarations.ids import NATIVE_BITS
from dataset.store.engines.base import Engine
from dataset.store.models import Dataset, Event, Load, Revision, Superseded, Tombstone, field
from dataset.store.statements import given_keys, listed, text_of

DROPPED = "dropped by source"
"""Why an event ended that later files of its source lack: it comes back with the source."""
LOAD, RETRACT, RESTORE, PURGE, UNDO, DROP = "load", "retract", "restore", "purge", "undo", "drop"
"""Kinds of revisions."""


class Step(NamedTuple):
    """What a revision made of an event: a version that a `load` brought, or None if it ended it."""

    revision: int
    kind: str
    load: int | None


class End(NamedTuple):
    """What holds an event that is not there against loads: a retraction, a purge, or a release.

    A load of a whole `release` holds what it lacks against what is older.
    """

    kind: str
    release: str = ""

    def outcome(self, added: str | None) -> str:
        """Tell what becomes of a record of the event that its source added at a time."""
        if self.kind == LOAD:
            return "outdated" if (added or "") < self.release else "inserted"
        return "retracted"


class Histories:
    """What the committed revisions of a store made of its events."""

    def __init__(self, database: Engine) -> None:
        """Prepare the statements."""
        self._database = database
        self._kinds: dict[int, str] = {}
        self._releases: dict[int, dict[str, str]] = {}
        ended = (Superseded.key, field(Superseded, "revision"), Superseded.load, Superseded.ended)
        current = (Event.key, field(Event, "revision"), Event.load, SQL("NULL"))
        older = Superseded.select(*ended).where(Superseded.key.in_(given_keys()))
        versions = older.union_all(Event.select(*current).where(Event.key.in_(given_keys())))
        self._versions = text_of(database, versions)
        kinds = Revision.select(Revision.number, Revision.kind)
        self._kinds_of = text_of(database, kinds.where(Revision.number.in_(given_keys())))
        removed = Tombstone.select(Tombstone.key, Tombstone.revision)
        self._removed = text_of(database, removed.where(Tombstone.key.in_(given_keys())))

    def steps(self, keys: Collection[int]) -> dict[int, list[Step]]:
        """Give the steps of events that count, the oldest first, by key; some events have none."""
        made: defaultdict[int, dict[int, int | None]] = defaultdict(dict)
        for key, began, load, ended in self._query(self._versions, listed(keys), listed(keys)):
            made[key][began] = load
            if ended is not None:
                made[key].setdefault(ended, None)
        kind_of = self._kinds_for({number for found in made.values() for number in found})
        found = {
            key: [Step(number, kind_of(number), loads[number]) for number in sorted(loads)]
            for key, loads in made.items()
        }
        return {key: self._with_drop(key, self._counting(steps)) for key, steps in found.items()}

    def _counting(self, steps: list[Step]) -> list[Step]:
        found: list[Step] = []
        for step in steps:
            if step.kind == RESTORE and found and found[-1].kind == RETRACT:
                found.pop()
            if step.kind != UNDO and not self._is_undone(step):
                found.append(step)
        return found

    def _is_undone(self, step: Step) -> bool:
        """Tell whether a step was undone: what was restored since is not."""
        if step.load is None:
            return step.revision in self._undone_revisions
        return self._undone_loads.get(step.load, 0) > step.revision

    def _with_drop(self, key: int, steps: list[Step]) -> list[Step]:
        """Add the drop of the dataset, if that came later, for an event that was gone already."""
        dropped = self._dropped.get(self._datasets.get(key >> NATIVE_BITS, ""), 0)
        before = [step for step in steps if step.revision < dropped]
        if not before or before[-1].kind == RETRACT:
            return steps
        after = [step for step in steps if step.revision > dropped]
        return [*before, Step(dropped, DROP, None), *after]

    def ends(self, keys: Collection[int]) -> dict[int, End]:
        """Tell of events that are not there what holds them against loads; most are free."""
        found: dict[int, End] = {}
        for key, steps in self.steps(keys).items():
            if steps and (end := self._end(key, steps[-1])):
                found[key] = end
        return found | {key: End(PURGE) for key in self.purged(keys)}

    def purged(self, keys: Collection[int]) -> set[int]:
        """Give the keys of events that were removed for good, one by one."""
        found = self._query(self._removed, listed(keys))
        kind_of = self._kinds_for({number for _, number in found})
        return {key for key, number in found if kind_of(number) == PURGE}

    def _end(self, key: int, step: Step) -> End | None:
        if step.kind == RETRACT:
            return End(RETRACT)
        if step.kind != LOAD or step.load is not None:
            return None
        dataset = self._datasets.get(key >> NATIVE_BITS, "")
        return End(LOAD, self._releases_of(step.revision).get(dataset, ""))

    def _releases_of(self, revision: int) -> dict[str, str]:
        """Give the times of the releases, by dataset, whose load made a revision."""
        if revision not in self._releases:
            found = Load.select(Load.report).where(Load.revision == revision)
            row = self._database.execute(found).fetchone()
            self._releases[revision] = orjson.loads(row[0]).get("whole", {}) if row else {}
        return self._releases[revision]

    def _kinds_for(self, numbers: Iterable[int]) -> Callable[[int], str]:
        """Read the kinds of revisions that are not known yet; give the function that tells them."""
        unknown = [number for number in numbers if number not in self._kinds]
        if unknown:
            self._kinds |= dict(self._query(self._kinds_of, listed(unknown)))
        return self._kinds.__getitem__

    @cached_property
    def _undone_loads(self) -> dict[int, int]:
        """The revisions that undid loads, by the numbers of the loads."""
        found = Load.select(Load.number, Load.undone).where(Load.undone.is_null(False))
        return dict(self._database.execute(found).fetchall())

    @cached_property
    def _undone_revisions(self) -> set[int]:
        """The revisions of loads that were undone."""
        found = Load.select(Load.revision).where(Load.undone.is_null(False))
        return {number for (number,) in self._database.execute(found)}

    @cached_property
    def _datasets(self) -> dict[int, str]:
        """The names of datasets, by the number that stands in keys."""
        found = Dataset.select(Dataset.number, Dataset.name)
        return dict(self._database.execute(found).fetchall())

    @cached_property
    def _dropped(self) -> dict[str, int]:
        """The last revision that dropped each dataset."""
        found = Revision.select(Revision.detail, fn.MAX(Revision.number))
        found = found.where(Revision.kind == DROP).group_by(Revision.detail)
        return dict(self._database.execute(found).fetchall())

    def _query(self, text: str, *parameters: Any) -> list[Any]:
        return self._database.execute_sql(text, parameters).fetchall()
