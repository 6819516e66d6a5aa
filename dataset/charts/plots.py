"""What a chart shows: series of groups along one period."""

from dataclasses import dataclass
from typing import Any, NamedTuple


class Series(NamedTuple):
    """The groups of the same keys: labels of their periods, events, and measures."""

    keys: tuple[Any, ...]
    periods: tuple[str, ...]
    events: tuple[int, ...]
    values: tuple[tuple[float | None, ...], ...]


@dataclass(frozen=True)
class Plot:
    """What a chart shows, and what it leaves out: other series, and events in no single period.

    `labels`: whether codes are shown by their labels.
    """

    period: str
    keys: tuple[str, ...]
    measures: tuple[str, ...]
    fill: bool
    series: tuple[Series, ...]
    all_series: int
    events_of_others: int
    events_in_none: int
    events: int
    labels: bool
