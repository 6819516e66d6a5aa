"""Declare what aggregates can be asked for: the keys to group by, and what to measure."""

from dataclasses import dataclass

from dataset.declarations.columns import COLUMNS
from dataset.declarations.periods import PERIODS

MOST_KEYS = 4
MOST_FILLED = 3_000_000
"""Groups times periods: making so many takes 3 to 9 seconds, on one core of two."""
DYAD = "dyad"

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
    """A measure: its column (None where events are counted), and whether it is a mean.

    `of_one_dataset`: over several datasets it would count the same things twice. `is_share`: events
    are counted for 1,000 of the same period and dataset.
    """

    meaning: str
    column: str | None = None
    is_mean: bool = False
    of_one_dataset: bool = False
    is_share: bool = False

    @property
    def is_exact(self) -> bool:
        """Whether it is made of whole millionths."""
        return self.is_share or self._is_of_millionths

    @property
    def _is_of_millionths(self) -> bool:
        return self.column is not None and COLUMNS[self.column].kind == "number"

    @property
    def summed(self) -> str | None:
        """The column of the store that is added up."""
        return f"{self.column}_millionths" if self._is_of_millionths else self.column

    @property
    def unit(self) -> str:
        """What one value of it counts, or the range of its values."""
        if self.column is None:
            return "events for 1,000" if self.is_share else "events"
        column = COLUMNS[self.column]
        is_scale = column.kind == "number" and not self.is_mean
        return f"each {column.unit}" if is_scale else str(column.unit)


def _deaths(column: str, estimate: str) -> Measure:
    return Measure(f"Sum of the deaths ({estimate} estimate)", column, of_one_dataset=True)


MEASURES: dict[str, Measure] = {
    "count": Measure("How many events"),
    "goldstein_mean": Measure("Mean of the Goldstein values", "goldstein", is_mean=True),
    "goldstein_sum": Measure("Sum of the Goldstein values", "goldstein"),
    "tone_mean": Measure("Mean of the tone of the events", "tone", is_mean=True),
    "mentions_sum": Measure("Sum of the mentions", "mentions"),
    "sources_sum": Measure("Sum of the sources", "sources"),
    "articles_sum": Measure("Sum of the articles", "articles"),
    "fatalities_sum": _deaths("fatalities", "best"),
    "fatalities_low_sum": _deaths("fatalities_low", "low"),
    "fatalities_high_sum": _deaths("fatalities_high", "high"),
    "share": Measure(
        "Events for 1,000 of the same period and dataset before all other filters", is_share=True
    ),
}
