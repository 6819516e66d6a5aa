"""End the events that their source has dropped: what a dataset holds and whole files of it lack."""

from array import array
from collections.abc import Collection, Iterable, Iterator
from heapq import merge

from peewee import chunked

from dataset.declarations.ids import NATIVE_BITS
from dataset.store.engines.base import Engine
from dataset.store.models import Event, field
from dataset.writes.histories import DROPPED
from dataset.writes.revisions import Change
from dataset.writes.versions import REVISION

RUN = 500_000
"""So many keys are sorted at a time."""
PAGE = 20_000
"""So many keys of the store are read at a time."""
BATCH = 1_000


class Keys:
    """Keys of events, eight bytes each; they are given in order, each as often as it was added."""

    def __init__(self) -> None:
        """Begin with none."""
        self._runs: list[array[int]] = []
        self._open = array("q")

    def add(self, keys: Iterable[int]) -> None:
        """Add keys."""
        self._open.extend(keys)
        if len(self._open) >= RUN:
            self._sort()

    def __iter__(self) -> Iterator[int]:
        """Give all keys, the least first."""
        self._sort()
        return merge(*self._runs)

    def _sort(self) -> None:
        self._runs.append(array("q", sorted(self._open)))
        self._open = array("q")


def drop(change: Change, dataset: int, held: Keys, added: str) -> int:
    """End the events of the dataset with this number that are not held; give how many these are.

    Events that were added later than `added` stay.
    """
    count = 0
    stored = stored_keys(change.database, dataset, added)
    for keys in chunked(_absent(stored, iter(held)), BATCH):
        count += _end(change, keys)
    if count:
        change.touch()
    return count


def _end(change: Change, keys: Collection[int]) -> int:
    """End events; give how many of them an earlier revision had.

    What the same change made of them first is shown by no revision: those records are outdated.
    """
    versions, outcomes = change.versions.current(keys), change.outcomes
    made = {key for key, row in versions.items() if row[REVISION] == change.number}
    had = change.versions.explain(made, DROPPED)
    change.versions.end(list(versions.values()), DROPPED, None)
    outcomes["updated"] -= len(had)
    outcomes["inserted"] -= len(made) - len(had)
    outcomes["outdated"] += len(made)
    change.events.lacked += len(made)
    return len(versions) - len(made) + len(had)


def stored_keys(database: Engine, dataset: int, added: str | None = None) -> Iterator[int]:
    """Give the keys of a dataset's events, or of those that were added by a time, in order."""
    time, last = field(Event, "added"), (dataset << NATIVE_BITS) - 1
    end = (dataset + 1) << NATIVE_BITS
    known = Event.select(Event.key).order_by(Event.key)
    if added is not None:
        known = known.where(time.is_null() | (time <= added))
    page = [last]
    while page:
        rows = known.where(Event.key > page[-1], Event.key < end).limit(PAGE)
        page = [key for (key,) in database.execute(rows)]
        yield from page


def _absent(stored: Iterable[int], held: Iterator[int]) -> Iterator[int]:
    """Give the keys that are stored and not held; both come in order."""
    next_held = next(held, None)
    for key in stored:
        while next_held is not None and next_held < key:
            next_held = next(held, None)
        if key != next_held:
            yield key
