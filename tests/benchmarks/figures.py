"""How a row of the table of benchmarks is declared, measured side by side, and printed."""

import statistics
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

AT_MOST: Callable[[float, float], bool] = float.__le__
AT_LEAST: Callable[[float, float], bool] = float.__ge__
REPEATS = 4
HEADER = ("what", "ours", "peer or limit", "ratio", "goal", "met")
COLUMNS = ("what", "events", *HEADER[1:], "measured")
"""The columns of the table in docs/performance.md."""


@dataclass(frozen=True)
class Figure:
    """One row: our figure, and a peer's or none; `goal` limits their ratio, or our figure itself.

    `times`: the goal is how many times as much the peer needs; else how many times as much we do.
    A figure without a goal is there to be read. `events`: the size of a store of its own.
    """

    what: str
    unit: str
    ours: float
    peer: float | None = None
    goal: float | None = None
    times: bool = False
    events: int | None = None

    @property
    def ratio(self) -> float | None:
        """How many times as much the one needs as the other."""
        if self.peer is None:
            return None
        return self.peer / self.ours if self.times else self.ours / self.peer

    @property
    def met(self) -> str:
        """Whether the goal is met."""
        if self.goal is None:
            return ""
        found = self.ours if self.ratio is None else self.ratio
        return "yes" if (AT_LEAST if self.times else AT_MOST)(float(found), self.goal) else "**no**"

    @property
    def cells(self) -> tuple[str, ...]:
        """The row as text."""
        limit = f"{short(self.goal)} {self.unit}" if self.goal is not None else ""
        sign = ">=" if self.times else "<="
        goal = f"{sign} {short(self.goal)}x" if self.goal is not None else ""
        return (
            self.what if self.events is None else f"{self.what}, {self.events:,} events",
            f"{short(self.ours)} {self.unit}",
            limit if self.peer is None else f"{short(self.peer)} {self.unit}",
            "" if self.ratio is None else f"{short(self.ratio)}x",
            "" if self.peer is None else goal,
            self.met,
        )


def short(number: float | None) -> str:
    """Write a number with three digits."""
    if number is None:
        return ""
    return f"{number:,.0f}" if abs(number) >= 100 else f"{number:.3g}"


def table(figures: Iterable[Figure]) -> str:
    """Write figures as a table of Markdown."""
    rows = [HEADER, ("---",) * len(HEADER), *(figure.cells for figure in figures)]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def row_of(figure: Figure, events: int, day: date) -> tuple[tuple[str, str], str]:
    """Give the row of a figure in docs/performance.md, by what it is about and at what size."""
    _, *cells = figure.cells
    key = (figure.what, f"{figure.events or events:,}")
    return key, f"| {' | '.join((*key, *cells, str(day)))} |"


def side_by_side(
    contestants: Mapping[str, Callable[[int], object]], rounds: int = 40
) -> dict[str, float]:
    """Let contestants do the same work by turns; give the median CPU milliseconds of each.

    Each is called with the number of the round, until it is warm.
    """
    spent: dict[str, list[float]] = {name: [] for name in contestants}
    for number in range(rounds):
        turns = [[_once_ms(work, number) for work in contestants.values()] for _ in range(REPEATS)]
        for name, times in zip(contestants, zip(*turns, strict=True), strict=True):
            spent[name].append(min(times))
    return {name: statistics.median(times) for name, times in spent.items()}


def cpu_ms(work: Callable[..., object], *arguments: object) -> float:
    """Do work until it is warm; give the least CPU milliseconds: others disturb, none helps."""
    return min(_once_ms(work, *arguments) for _ in range(REPEATS))


def _once_ms(work: Callable[..., object], *arguments: object) -> float:
    began = time.process_time()
    work(*arguments)
    return (time.process_time() - began) * 1000
