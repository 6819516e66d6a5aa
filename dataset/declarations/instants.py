"""Days and instants as text: ISO 8601, in UTC, in whole seconds, so that they sort as they come."""

import re
from datetime import UTC, date, datetime, timedelta

DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
INSTANT = re.compile(
    DAY.pattern + r"T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,9})?)?(Z|[+ -][0-9]{2}:[0-9]{2})"
)
"""An instant says its zone; in an address that is not encoded, a plus is read as a space."""
_PARTS = re.compile(r"([0-9]{4})[-/. ]?([0-9]{1,2})[-/. ]?([0-9]{1,2})([T ].*)?")
_COMPACT = re.compile(r"[0-9]{5,7}")
_FIRST_SECOND, _LAST_SECOND = "T00:00:00Z", "T23:59:59Z"


def now() -> str:
    """Give the time as ISO 8601 text in UTC."""
    return _written(datetime.now(UTC))


def later(instant: str, seconds: int) -> str:
    """Give the instant that is some seconds later; earlier if they are negative."""
    return _written(datetime.fromisoformat(instant) + timedelta(seconds=seconds))


def first_second(text: str) -> str:
    """Read a day as its first second, and an instant as the first second not before it.

    Raises `ValueError` for what the calendar or the clock does not have.
    """
    if DAY.fullmatch(text):
        return date.fromisoformat(text).isoformat() + _FIRST_SECOND
    instant = _read(text)
    return _written(instant + timedelta(seconds=1 if instant.microsecond else 0))


def last_second(text: str) -> str:
    """Read a day as its last second, and an instant as the last second not after it.

    Raises `ValueError` for what the calendar or the clock does not have.
    """
    if DAY.fullmatch(text):
        return date.fromisoformat(text).isoformat() + _LAST_SECOND
    return _written(_read(text))


def reads_as_time(text: str) -> bool:
    """Tell whether a text looks like a day or an instant, even one that does not exist."""
    return bool(DAY.fullmatch(text) or INSTANT.fullmatch(text))


def day_meant(text: str) -> str | None:
    """Give the day that a text in another form means, such as `20151027` or `2015/10/27`."""
    parts = None if _COMPACT.fullmatch(text) else _PARTS.fullmatch(text.strip())
    if parts is None:
        return None
    try:
        return date(*(int(part) for part in parts.groups()[:3])).isoformat()
    except ValueError:
        return None


def _read(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text.replace(" ", "+")).astimezone(UTC)
    except OverflowError as error:
        raise ValueError("it is beyond the years 1 to 9999") from error


def _written(instant: datetime) -> str:
    return instant.replace(tzinfo=None).isoformat(timespec="seconds") + "Z"
