"""Clean the values of each kind for the store, or refuse them: a table by kind."""

import math
import re
from collections.abc import Callable
from datetime import date, datetime
from functools import partial
from typing import Any

from dataset.codebook import is_action_code, is_actor_code
from dataset.declarations.columns import CLOSED_SETS, Column
from dataset.errors import Refused

YEARS = range(1800, 2101)
LARGEST_COUNT = 2**31 - 1
LONGEST_TERM = 500
"""Filterable values are indexed, and PostgreSQL limits an index row to 2,704 bytes."""
LIMITS = {
    "goldstein": 10.0,
    "tone": 100.0,
    "place_latitude": 90.0,
    "place_longitude": 180.0,
}
"""The greatest absolute value of each number."""

_SURROGATE = re.compile(r"[\ud800-\udfff]")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")
_DIGITS = re.compile(r"[0-9]{1,10}")
_THREE = re.compile(r"[A-Z0-9]{3}")
_PLOVER = re.compile(r"[A-Za-z][A-Za-z_-]{1,31}")

Cleaner = Callable[[Column, Any], Any]
SHAPED = frozenset(
    {"actor", "country", "group", "role", "ethnic", "religion", "place_country", "action", "root"}
)
"""The kinds of codes that have a shape."""


def clean(column: Column, value: Any) -> Any:
    """Give the value as it is stored; None stays None. Raises `Refused` if it is not valid."""
    return cleaner_of(column)(value)


def cleaner_of(column: Column) -> Callable[[Any], Any]:
    """Make the function that cleans values of a column (see `clean`)."""
    if column.many:
        return partial(_list, column)
    cleaned = CLEANERS[column.kind]
    # A blank action is an error in the source; any other blank value is missing.
    missing = (None,) if column.kind == "action" else (None, "")
    if column.kind not in SHAPED:
        return lambda value: None if value in missing else cleaned(column, value)

    def clean_code(value: Any) -> Any:
        # Spaces around a code are no part of it.
        code = value.strip() if isinstance(value, str) else value
        return None if code in missing else cleaned(column, code)

    return clean_code


def _list(column: Column, values: Any) -> str:
    """Join the values of a list, each once, in their order."""
    if isinstance(values, str):
        raise Refused(column.name, f"{values!r} is one text, not a list.")
    texts = (value.strip() if isinstance(value, str) else value for value in values or ())
    given = (value for value in texts if value not in (None, ""))
    cleaned = (CLEANERS[column.kind](column, value) for value in given)
    return ";".join(dict.fromkeys(cleaned))


def _text(column: Column, value: Any) -> str | None:
    if not isinstance(value, str) or "\0" in value or _has_surrogates(value):
        raise Refused(column.name, f"{value!r} is not a readable text.")
    return value.strip() or None


def _has_surrogates(text: str) -> bool:
    return not text.isascii() and bool(_SURROGATE.search(text))


def _term(column: Column, value: Any) -> str | None:
    term = _text(column, value)
    if term and len(term) > LONGEST_TERM:
        raise Refused(column.name, f"it has {len(term)} characters, more than {LONGEST_TERM}.")
    return term


def _shaped(is_right: Callable[[str], object], meaning: str) -> Cleaner:
    def check(column: Column, value: Any) -> str:
        code = str(value).upper() if column.kind != "mode" else str(value)
        if not is_right(code):
            raise Refused(column.name, f"{value!r} is not {meaning}.")
        return code

    return check


def _word(column: Column, value: Any) -> str:
    if not _PLOVER.fullmatch(str(value)):
        raise Refused(column.name, f"{value!r} is not a word of PLOVER.")
    return str(value)


def _day(column: Column, value: Any) -> str:
    try:
        # Python reads other forms of ISO 8601, too, such as week dates.
        day = date.fromisoformat(str(value) if _DAY.fullmatch(str(value)) else "")
    except ValueError:
        raise Refused(column.name, f"{value!r} is not a calendar day like 2024-04-13.") from None
    if day.year not in YEARS:
        raise Refused(column.name, f"the year {day.year} is not in {YEARS[0]}..{YEARS[-1]}.")
    return day.isoformat()


def _time(column: Column, value: Any) -> str:
    try:
        datetime.fromisoformat(str(value)[:-1] if _TIME.fullmatch(str(value)) else "")
    except ValueError:
        raise Refused(column.name, f"{value!r} is not a time like 2024-06-17T00:00:00Z.") from None
    return str(value)


def _number(column: Column, value: Any) -> float:
    limit = LIMITS[column.name]
    try:
        number = float(value if "_" not in str(value) else "")
    except (TypeError, ValueError, OverflowError):
        raise Refused(column.name, f"{value!r} is not a number.") from None
    if not (math.isfinite(number) and -limit <= number <= limit):
        raise Refused(column.name, f"{value!r} is not in {-limit:g}..{limit:g}.")
    return number + 0.0


def _count(column: Column, value: Any) -> int:
    number = int(value) if isinstance(value, str) and _DIGITS.fullmatch(value) else value
    if isinstance(number, bool) or not isinstance(number, int) or not 0 <= number <= LARGEST_COUNT:
        raise Refused(column.name, f"{value!r} is not a whole number from 0 to {LARGEST_COUNT}.")
    return number


def _truth(column: Column, value: Any) -> int:
    if value not in (0, 1, "0", "1"):
        raise Refused(column.name, f"{value!r} is not true or false.")
    return int(value)


def _quad_class(column: Column, value: Any) -> int | None:
    """Keep a quad class from 1 to 4; give None for anything else."""
    return int(value) if value in (1, 2, 3, 4, "1", "2", "3", "4") else None


def _one_of(column: Column, value: Any) -> str:
    allowed = CLOSED_SETS[column.kind]
    if value not in allowed:
        raise Refused(column.name, f"{value!r} is not one of {', '.join(allowed)}.")
    return str(value)


_three = _shaped(_THREE.fullmatch, "a code of three letters")

CLEANERS: dict[str, Cleaner] = {
    "text": _text,
    "term": _term,
    "name": _term,
    "id": lambda _column, value: str(value),
    "dataset": lambda _column, value: str(value),
    "actor": _shaped(is_actor_code, "a chain of three-letter codes"),
    "country": _three,
    "group": _three,
    "role": _three,
    "ethnic": _three,
    "religion": _three,
    "place_country": _three,
    "action": _shaped(
        is_action_code, "a CAMEO action code: two to four digits that begin with 01 to 20"
    ),
    "root": _shaped(is_action_code, "a root code from 01 to 20"),
    "plover": _word,
    "mode": _word,
    "context": _word,
    "date": _day,
    "timestamp": _time,
    "number": _number,
    "integer": _count,
    "boolean": _truth,
    "quad_class": _quad_class,
    **dict.fromkeys(CLOSED_SETS, _one_of),
}
