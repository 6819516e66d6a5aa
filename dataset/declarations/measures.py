"""Declare what events can be grouped by, and what can be measured of a group."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from dataset.declarations.columns import COLUMNS

MOST_KEYS = 4
MOST_FILLED = 3_000_000
"""Groups times periods: that many are made in 3 to 9 seconds, on one core of two."""
DYAD = "dyad"


class Period(NamedTuple):
    """A kind of period: `number` counts the periods, `label` names the one of a number.

    `first` is the first day of the one of a label.
    """

    number: Callable[[date], int]
    label: Callable[[int], str]
    first: Callable[[str], date]
    example: str


def _week(number: int) -> str:
    # Day 1 of the calendar is a Monday.
    year, week, _ = date.fromordinal(7 * number + 1).isocalendar()
    return f"{year:04}-W{week:02}"


PERIODS: dict[str, Period] = {
    "day": Period(
        date.toordinal,
        lambda n: date.fromordinal(n).isoformat(),
        date.fromisoformat,
        "2024-04-13",
    ),
    "week": Period(lambda day: (day.toordinal() - 1) // 7, _week, date.fromisoformat, "2024-W15"),
    "month": Period(
        lambda day: 12 * day.year + day.month - 1,
        lambda n: f"{n // 12:04}-{n % 12 + 1:02}",
        lambda label: date.fromisoformat(f"{label}-01"),
        "2024-04",
    ),
    "quarter": Period(
        lambda day: 4 * day.year + (day.month - 1) // 3,
        lambda n: f"{n // 4:04}-Q{n % 4 + 1}",
        lambda label: date(int(label[:4]), 3 * int(label[-1]) - 2, 1),
        "2024-Q2",
    ),
    "year": Period(
        lambda day: day.year, lambda n: f"{n:04}", lambda label: date(int(label), 1, 1), "2024"
    ),
}

KEYS: tuple[str, ...] = (
    *PERIODS,
    DYAD,
    *(name for name, column in COLUMNS.items() if column.groupable),
)
"""What `by` takes."""
OVERLAPPING = frozenset(name for name, column in COLUMNS.items() if column.many)
"""The keys of which an event may have several values: it counts once for each."""


@dataclass(frozen=True)
class Measure:
    """A measure: the column that it is made of, none for the count, and whether it is a mean."""

    meaning: str
    column: str | None = None
    is_mean: bool = False

    @property
    def is_exact(self) -> bool:
        """Whether its column is stored as whole millionths too."""
        return self.column is not None and COLUMNS[self.column].kind == "number"

    @property
    def unit(self) -> str:
        """What one value of it counts, or between what it lies."""
        if self.column is None:
            return "events"
        column = COLUMNS[self.column]
        is_scale = column.kind == "number" and not self.is_mean
        return f"each {column.unit}" if is_scale else str(column.unit)


MEASURES: dict[str, Measure] = {
    "count": Measure("How many events"),
    "goldstein_mean": Measure("Mean of the Goldstein values", "goldstein", is_mean=True),
    "goldstein_sum": Measure("Sum of the Goldstein values", "goldstein"),
    "tone_mean": Measure("Mean of the tone of the events", "tone", is_mean=True),
    "mentions_sum": Measure("Sum of the mentions", "mentions"),
    "sources_sum": Measure("Sum of the sources", "sources"),
    "articles_sum": Measure("Sum of the articles", "articles"),
}
