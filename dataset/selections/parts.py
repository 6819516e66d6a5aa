"""Count what matches by part, in the reading that counts it: datasets, and kinds of places.

The upper bits of a key are the number of its dataset, and every index holds the key.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any, NamedTuple

from peewee import Entity, fn

from dataset.declarations.columns import PLACE_PRECISIONS
from dataset.declarations.filters import AREAS, Choice
from dataset.declarations.ids import NATIVE_BITS
from dataset.selections.selections import Selection
from dataset.store.counts import Matched
from dataset.store.models import Dataset
from dataset.store.snapshots import Snapshot

PLACE = "place_precision"
FINEST_FIRST = PLACE_PRECISIONS[::-1]
MOST_REVISIONS = 64
"""For how many revisions it is kept which datasets there are."""


class Counted(NamedTuple):
    """How much matched, and how much of it is of each dataset, and of each kind of place.

    What is not counted is None; kinds of places are counted only where an area is asked for.
    """

    matched: Matched
    datasets: dict[str, int] | None = None
    place_precision: dict[str, int] | None = None


PARTS_COUNTED = Counted._fields[1:]


@dataclass(frozen=True)
class Parts:
    """What is counted apart: datasets, as number and name in the order of keys; kinds of places."""

    datasets: tuple[tuple[int, str], ...]
    of_places: bool

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that are looked at beside the key."""
        return (PLACE,) if self.of_places else ()

    @property
    def counts(self) -> tuple[Any, ...]:
        """The counts to select: of all, of all keys from each further dataset on, of places."""
        return _counts(tuple(number for number, _ in self.datasets), self.of_places)

    def counted(self, counts: Sequence[int]) -> Counted:
        """Tell what counts mean, in the order of `counts`."""
        total, further = counts[0], len(self.datasets[1:])
        bounds = [total, *counts[1 : further + 1], 0]
        of_each = {name: bounds[at] - bounds[at + 1] for at, (_, name) in enumerate(self.datasets)}
        places = dict(zip(FINEST_FIRST, counts[further + 1 :], strict=self.of_places))
        return self._told(total, of_each, places)

    def counted_rows(self, read: Sequence[str], rows: Sequence[Sequence[Any]]) -> Counted:
        """Count rows of the columns `read`."""
        of_each: dict[str, int] = {}
        if len(self.datasets) > 1:
            at = read.index("key")
            numbers = Counter([row[at] >> NATIVE_BITS for row in rows])
            of_each = {name: numbers[number] for number, name in self.datasets}
        elif self.datasets:
            of_each = {self.datasets[0][1]: len(rows)}
        places: dict[str, int] = {}
        if self.of_places:
            at = read.index(PLACE)
            places = Counter([row[at] for row in rows])
        return self._told(len(rows), of_each, places)

    def _told(self, total: int, of_each: dict[str, int], places: dict[str, int]) -> Counted:
        """Put datasets in the order of their names, and say how many places are of no kind."""
        datasets = {name: of_each[name] for name in sorted(of_each) if of_each[name]}
        if not self.of_places:
            return Counted(Matched(total, "eq"), datasets)
        kinds = {kind: places.get(kind, 0) for kind in FINEST_FIRST}
        kinds["none"] = total - sum(kinds.values())
        return Counted(Matched(total, "eq"), datasets, kinds)


def parts_of(snapshot: Snapshot, selection: Selection) -> Parts:
    """Say what is counted apart of a selection's events: no dataset that its filter leaves out."""
    filters = selection.filters
    wanted = datasets_kept(snapshot, selection.revision, filters.get("dataset"))
    return Parts(wanted, any(name in filters for name in AREAS))


def datasets_kept(
    snapshot: Snapshot, revision: int, choice: Choice | None
) -> tuple[tuple[int, str], ...]:
    """Give the datasets of a revision that a filter keeps: number and name, in order."""
    make = partial(_datasets, snapshot, revision)
    known: tuple[tuple[int, str], ...]
    known = snapshot.remembered("datasets", revision, make, MOST_REVISIONS)
    if choice is None:
        return known
    return tuple(one for one in known if choice.keeps(one[1]))


def _datasets(snapshot: Snapshot, revision: int) -> tuple[tuple[int, str], ...]:
    query = Dataset.select(Dataset.number, Dataset.name).where(Dataset.revision <= revision)
    return tuple(sorted(set(snapshot.rows(query))))


@lru_cache(maxsize=256)
def _counts(numbers: tuple[int, ...], of_places: bool) -> tuple[Any, ...]:
    further = [Entity("key") >= number << NATIVE_BITS for number in numbers[1:]]
    kinds = [Entity(PLACE) == kind for kind in FINEST_FIRST] if of_places else []
    filtered = [fn.COUNT("*").filter(one) for one in (*further, *kinds)]
    return (fn.COUNT("*"), *filtered)
