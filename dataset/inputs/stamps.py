"""Find the times that stand in the names of files."""

import re
from calendar import monthrange
from datetime import datetime

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
YEARS = range(1900, 2101)

_TIMES = {
    r"(?<!\d)[0-9]{14}(?!\d)": "%Y%m%d%H%M%S",
    r"(?<!\d)[0-9]{8}(?!\d)": "%Y%m%d",
}
"""What days and seconds look like in names."""
_MONTHS = (
    r"(?<!\d)([0-9]{4})([0-9]{2})(?!\d)",
    rf"(?<!\d)([0-9]{{4}})[-_. ]?({'|'.join(MONTHS)})(?![a-z])",
)
"""What months look like: `202201`, `2022-Jan`."""


def stamp_of(name: str) -> str | None:
    """Give the time that stands in the name of a file (`2019-02-18T00:00:00Z`), if one does.

    A month stands for its last day. A year alone says too little.
    """
    for pattern, form in _TIMES.items():
        for text in reversed(re.findall(pattern, name)):
            if time := _time(text, form):
                return time
    return _last_day(name)


def is_of_month(name: str) -> bool:
    """Tell whether the name of a file has a month, and no day."""
    return _last_day(name) is not None and stamp_of(name) == _last_day(name)


def _time(text: str, form: str) -> str | None:
    """Read a time; None where the calendar has no such day."""
    try:
        time = datetime.strptime(text, form)
    except ValueError:
        return None
    return f"{time.isoformat()}Z" if time.year in YEARS else None


def _last_day(name: str) -> str | None:
    """Give the last day of the month that stands in a name, if one does."""
    for pattern in _MONTHS:
        for year, month in reversed(re.findall(pattern, name, re.IGNORECASE)):
            number = int(month) if month.isdigit() else MONTHS.index(month.lower()) + 1
            if int(year) in YEARS and 1 <= number <= 12:
                day = monthrange(int(year), number)[1]
                return f"{year}-{number:02}-{day:02}T00:00:00Z"
    return None
