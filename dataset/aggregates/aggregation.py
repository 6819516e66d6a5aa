"""What an aggregate answers: which events are grouped by which keys, and what is measured."""

from dataclasses import dataclass
from itertools import chain

from dataset.codebook.labels import LABELS, label_name
from dataset.declarations.aggregates import MEASURES, OVERLAPPING
from dataset.declarations.periods import PERIODS
from dataset.selections.selections import Selection

DATASET = "dataset"


@dataclass(frozen=True)
class Aggregation:
    """Which events are grouped by which keys, what is measured, and in what order.

    `query` is all of this but the revision, as text. `labels`: whether codes are shown with their
    labels, which decides nothing else. `limit` keeps the first groups of the order.
    """

    selection: Selection
    keys: tuple[str, ...]
    measures: tuple[str, ...]
    sort: tuple[str, bool] | None = None
    fill: bool = False
    query: str = ""
    labels: bool = False
    limit: int | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The members of a group: its keys, then its measures."""
        return (*self.keys, *self.measures)

    @property
    def labelled(self) -> tuple[str, ...]:
        """The keys that are shown with labels."""
        return tuple(key for key in self.keys if key in LABELS) if self.labels else ()

    @property
    def shown(self) -> tuple[str, ...]:
        """The members of a group as they are shown: each label comes after its key."""
        keys = ((key, label_name(key)) if key in self.labelled else (key,) for key in self.keys)
        return (*chain.from_iterable(keys), *self.measures)

    @property
    def summed(self) -> tuple[str, ...]:
        """The columns of the store that the measures are made of."""
        columns = (MEASURES[name].summed for name in self.measures)
        return tuple(dict.fromkeys(column for column in columns if column))

    @property
    def periods(self) -> tuple[str, ...]:
        """The keys that are periods."""
        return tuple(name for name in self.keys if name in PERIODS)

    @property
    def other_keys(self) -> tuple[str, ...]:
        """The keys that are no periods."""
        return tuple(name for name in self.keys if name not in PERIODS)

    @property
    def whole(self) -> "Aggregation | None":
        """What shares are of: all events by period and dataset; None where there is no share."""
        if not any(MEASURES[name].is_share for name in self.measures):
            return None
        filters = self.selection.filters
        kept = {name: filters[name] for name in filters if name == DATASET}
        keys = tuple(name for name in self.keys if name in (*PERIODS, DATASET))
        selection = Selection(self.selection.revision, kept)
        return Aggregation(selection, keys, ("count",), query=f"whole of {keys} {kept}")

    @property
    def overlaps(self) -> bool:
        """Whether an event may be in several groups."""
        return bool(OVERLAPPING & set(self.keys))
