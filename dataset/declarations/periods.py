"""Declare the periods that events can be grouped by: days, weeks, months, quarters, years."""

from collections.abc import Callable
from datetime import date
from typing import NamedTuple


class Period(NamedTuple):
    """A kind of period: `number` gives the number of a day's period.

    `label` names the period of a number; `first` gives the first day of a label's period.
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
