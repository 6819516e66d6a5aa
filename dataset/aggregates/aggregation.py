"""What an aggregate answers: which events are grouped by which keys, and what is measured."""

from dataclasses import dataclass

from dataset.declarations.aggregates import MEASURES, OVERLAPPING
from dataset.declarations.periods import PERIODS
from dataset.selections.selections import Selection


@dataclass(frozen=True)
class Aggregation:
    """Which events are grouped by which keys, what is measured, and in what order.

    `query` is all of this but the revision, as text. `limit` keeps the first groups of the order.
    """

    selection: Selection
    keys: tuple[str, ...]
    measures: tuple[str, ...]
    sort: tuple[str, bool] | None = None
    fill: bool = False
    query: str = ""
    limit: int | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The members of a group: its keys, then its measures."""
        return (*self.keys, *self.measures)

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
    def overlaps(self) -> bool:
        """Whether an event may be in several groups."""
        return bool(OVERLAPPING & set(self.keys))
