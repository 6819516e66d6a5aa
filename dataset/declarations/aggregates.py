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
    """A measure: its column (None for the count of events), and whether it is a mean.

    `of_one_dataset`: over several datasets it would count the same things twice.
    """

    meaning: str
    column: str | None = None
    is_mean: bool = False
    of_one_dataset: bool = False

    @property
    def is_exact(self) -> bool:
        """Whether its column is also stored as whole millionths."""
        return self.column is not None and COLUMNS[self.column].kind == "number"

    @property
    def summed(self) -> str | None:
        """The column of the store that is added up."""
        return f"{self.column}_millionths" if self.is_exact else self.column

    @property
    def unit(self) -> str:
        """What one value of it counts, or the range of its values."""
        if self.column is None:
            return "events"
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
}
