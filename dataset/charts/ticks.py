"""Choose the marks of a time axis: few enough to read, and named as the periods are."""

from collections.abc import Iterator
from datetime import date

from dataset.declarations.periods import PERIODS

STEPS = {
    "day": (1, 2, 7, 14),
    "week": (1, 2, 4),
    "month": (1, 3, 6),
    "quarter": (1, 2),
    "year": (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000),
}
COARSER = ("month", "year")
GAP = 3

Ticks = list[tuple[int, str]]


def ticks(period: str, first: int, last: int, room: int) -> Ticks:
    """Give days, as ordinals, with their labels: as many as fit into `room` characters."""
    found: Ticks = []
    for name in dict.fromkeys((period, *COARSER)):
        for step in STEPS[name]:
            found = list(_every(name, step, first, last))
            if found and sum(len(label) + GAP for _, label in found) <= room:
                return found
    return found


def _every(name: str, step: int, first: int, last: int) -> Iterator[tuple[int, str]]:
    """Yield every `step`-th period whose first day lies between two days."""
    kind = PERIODS[name]
    start, end = (kind.number(date.fromordinal(day)) for day in (first, last))
    start += -start % step
    for number in range(start, end + 1, step):
        label = kind.label(number)
        day = kind.first(label).toordinal()
        if first <= day:
            yield day, label
