"""What a chart shows: series of groups along one period."""

from dataclasses import dataclass
from typing import Any, NamedTuple

from dataset.selections.parts import Counted


class Series(NamedTuple):
    """The groups of the same keys: labels of their periods, events, and measures."""

    keys: tuple[Any, ...]
    periods: tuple[str, ...]
    events: tuple[int, ...]
    values: tuple[tuple[float | None, ...], ...]


@dataclass(frozen=True)
class Plot:
    """What a chart shows, and what it leaves out.

    That is other series, events in no single period, and groups after the first, if only these
    are wanted. `labels`: whether codes are shown by their labels.
    """

    period: str
    keys: tuple[str, ...]
    measures: tuple[str, ...]
    fill: bool
    series: tuple[Series, ...]
    all_series: int
    events_of_others: int
    events_in_none: int
    counted: Counted
    labels: bool = False
    groups_left_out: int = 0

    @property
    def events(self) -> int:
        """How many events there are."""
        return self.counted.matched.value
