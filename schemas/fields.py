"""The kinds of values that query parameters take, each with an error that says what is right."""

import re
from collections.abc import Callable, Collection
from datetime import date
from typing import Any

import marshmallow as ma

from dataset.codebook.vocabularies import closest, meant
from dataset.declarations.columns import COLUMNS, PARTS, SORTABLE
from dataset.declarations.ids import RELEASE_NAME
from dataset.declarations.instants import DAY, INSTANT, day_meant, reads_as_time
from dataset.declarations.words import folded

LONGEST_VALUE = 4_000
MOST_WORDS = 50
MOST_KM = 20_016
LARGEST_INTEGER = 2**63 - 1

_UNREADABLE = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
_INTEGER = re.compile(r"-?[0-9]{1,19}")
_NUMBER = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,20})?(e-[0-9]{1,2})?")
_RELEASE = re.compile(RELEASE_NAME)


def invalid(
    detail: str,
    value: str | None = None,
    did_you_mean: str | None = None,
    field: str = ma.exceptions.SCHEMA,
) -> ma.ValidationError:
    """Make the error of a value, with the part that is wrong and what may have been meant."""
    error = {"detail": detail, "value": value, "did_you_mean": did_you_mean}
    return ma.ValidationError([error], field)


def shortest(number: float) -> str:
    """Write a number as the shortest text that reads as the same number."""
    return str(int(number)) if number == int(number) else repr(float(number))


class Text(ma.fields.Field[Any]):
    """Base of all parameters: one text without control characters, not empty, not too long."""

    IF_LONG = ""
    """What to do about a value that is too long."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if not isinstance(value, str) or not value.strip():
            raise invalid("must not be empty; leave the parameter out instead.")
        if len(value) > LONGEST_VALUE:
            detail = f"must not be longer than {LONGEST_VALUE} characters.{self.IF_LONG}"
            raise invalid(detail, value[:40] + "…")
        if _UNREADABLE.search(value):
            raise invalid("must not hold control characters.", ascii(value)[1:-1])
        return self.read(value)

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        return self.write(value)

    def read(self, text: str) -> Any:
        """Turn the text of a request into a value."""
        return text

    def write(self, value: Any) -> str:
        """Turn a value into its canonical text."""
        return str(value)


class Integer(Text):
    """A whole number within limits."""

    def __init__(self, least: int = 0, most: int = LARGEST_INTEGER, **kwargs: Any) -> None:
        """Keep the limits."""
        super().__init__(**kwargs)
        self.least, self.most = least, most

    def read(self, text: str) -> int:
        """Read decimal digits; nothing else that Python takes for a number."""
        if not _INTEGER.fullmatch(text) or not self.least <= int(text) <= self.most:
            raise invalid(f"must be a whole number from {self.least} to {self.most}.", text)
        return int(text)


class Number(Text):
    """A decimal number."""

    def read(self, text: str) -> float:
        """Read a plain decimal number."""
        if not _NUMBER.fullmatch(text):
            raise invalid("must be a decimal number such as -2.5.", text)
        return float(text)

    def write(self, value: float) -> str:
        """Write the shortest text."""
        return shortest(value)


class Day(Text):
    """A calendar day."""

    def read(self, text: str) -> date:
        """Read an ISO 8601 calendar date in its long form."""
        try:
            if DAY.fullmatch(text):
                return date.fromisoformat(text)
        except ValueError as error:
            raise invalid(f"is no day of the calendar: {error}.", text) from None
        raise invalid("must be a day such as 2024-04-13.", text, day_meant(text))


class Instant(Text):
    """A day or an instant, as a second in UTC."""

    def __init__(self, second: Callable[[str], str], **kwargs: Any) -> None:
        """Keep which second of a time is meant."""
        super().__init__(**kwargs)
        self.second = second

    def read(self, text: str) -> str:
        """Read a day such as 2024-04-13, or an instant with its zone."""
        if not reads_as_time(text):
            right = "must be a day such as 2024-04-13, or an instant such as 2024-04-13T12:00:00Z."
            raise invalid(right, text, _with_zone(text) or day_meant(text))
        try:
            return self.second(text)
        except ValueError as error:
            raise invalid(f"is no time: {error}.", text) from None


class Box(Text):
    """A box of degrees: west, south, east, north."""

    def read(self, text: str) -> tuple[float, ...]:
        """Read four numbers within the limits of the globe."""
        parts = [item.strip() for item in text.split(",")]
        if len(parts) != 4 or not all(_NUMBER.fullmatch(part) for part in parts):
            raise invalid("must be four numbers minLon,minLat,maxLon,maxLat: 44,25,64,40.", text)
        west, south, east, north = box = tuple(float(part) for part in parts)
        if not all(-180 <= longitude <= 180 for longitude in (west, east)):
            raise invalid("must have longitudes from -180 to 180.", text)
        if not -90 <= south <= north <= 90:
            raise invalid("must have latitudes from -90 to 90, the lesser first.", text)
        return box

    def write(self, value: tuple[float, ...]) -> str:
        """Write each number as short as can be."""
        return ",".join(shortest(number) for number in value)


class Circle(Text):
    """A point in degrees and a distance in kilometres."""

    def read(self, text: str) -> tuple[float, ...]:
        """Read three numbers: a point on the globe, and no more than half way round it."""
        parts = [item.strip() for item in text.split(",")]
        if len(parts) != 3 or not all(_NUMBER.fullmatch(part) for part in parts):
            raise invalid("must be three numbers lat,lon,km: 35.69,51.42,100.", text)
        latitude, longitude, km = circle = tuple(float(part) for part in parts)
        if not -90 <= latitude <= 90:
            raise invalid("must have a latitude from -90 to 90; it comes first.", text)
        if not -180 <= longitude <= 180:
            raise invalid("must have a longitude from -180 to 180.", text)
        if not 0 <= km <= MOST_KM:
            raise invalid(f"must have a distance from 0 to {MOST_KM} km, half way round.", text)
        return circle

    def write(self, value: tuple[float, ...]) -> str:
        """Write each number as short as can be."""
        return ",".join(shortest(number) for number in value)


class Words(Text):
    """Plain text to search for."""

    def read(self, text: str) -> str:
        """Read text that holds at least one word, and not too many."""
        if not 0 < len(folded(text)) <= MOST_WORDS:
            raise invalid(f"must hold from one to {MOST_WORDS} words.", text)
        return " ".join(text.split())


class OneOf(Text):
    """One of a few names."""

    def __init__(self, names: Collection[str], **kwargs: Any) -> None:
        """Keep the names."""
        super().__init__(**kwargs)
        self.names = names

    def read(self, text: str) -> str:
        """Read a name."""
        if text not in self.names:
            raise invalid(f"must be {' or '.join(self.names)}.", text, closest(text, self.names))
        return text


class Truth(Text):
    """Yes or no."""

    def read(self, text: str) -> bool:
        """Read one of two words."""
        if text not in ("true", "false"):
            raise invalid("must be true or false.", text, meant("boolean", text))
        return text == "true"

    def write(self, value: bool) -> str:
        """Write the word."""
        return str(value).lower()


class SortKey(Text):
    """A column to sort by, with `-` before it for the greatest first."""

    def read(self, text: str) -> tuple[str, bool]:
        """Read the column and the direction."""
        sign, column = text[: text.startswith("-")], text.removeprefix("-")
        if column not in SORTABLE:
            columns = ", ".join(SORTABLE)
            meant = closest(column, dict.fromkeys(SORTABLE, ""))
            raise invalid(
                f"must be one of {columns}, with - before it to turn it around.",
                text,
                meant and sign + meant,
            )
        return column, bool(sign)

    def write(self, value: tuple[str, bool]) -> str:
        """Write the sign and the column."""
        return ("-" if value[1] else "") + value[0]


PART_COLUMNS = {
    part: {column.name for column in COLUMNS.values() if column.path[0] == part} for part in PARTS
}
"""The columns of each part of an event."""


class Columns(Text):
    """The columns of the answer: names of columns or of parts, such as `actor`."""

    def read(self, text: str) -> tuple[str, ...]:
        """Read names; give columns in their own order, `id` always among them."""
        wanted = {"id"}
        for name in (item.strip() for item in text.split(",")):
            wanted |= self._columns_of(name)
        return tuple(name for name in COLUMNS if name in wanted)

    def _columns_of(self, name: str) -> set[str]:
        if name in PARTS:
            return PART_COLUMNS[name]
        if name not in COLUMNS:
            names = dict.fromkeys((*COLUMNS, *PARTS), "")
            raise invalid(
                "must be a column (see /v1/fields) or one of " + ", ".join(PARTS) + ".",
                name,
                closest(name, {known.casefold(): "" for known in names}),
            )
        return {name}

    def write(self, value: tuple[str, ...]) -> str:
        """Write the columns in their order; a part that is whole by its name."""
        whole = {part for part in PARTS if PART_COLUMNS[part] <= set(value)}
        names = (
            COLUMNS[name].path[0] if COLUMNS[name].path[0] in whole else name for name in value
        )
        return ",".join(dict.fromkeys(names))


class RevisionName(Text):
    """A revision's number, a release's name, or a time: a day, or an instant with its zone."""

    def read(self, text: str) -> str:
        """Read a name; which revision it means only the store knows."""
        if INSTANT.fullmatch(text):
            return text
        if not _RELEASE.fullmatch(text):
            right = (
                "must be the number of a revision, the name of a release, a day such as "
                "2026-01-31, or an instant such as 2026-01-31T12:00:00Z."
            )
            raise invalid(right, text, _with_zone(text))
        return str(int(text)) if text.isdigit() else text


def _with_zone(text: str) -> str | None:
    """Give an instant that lacks nothing but its zone with that of UTC."""
    meant = f"{text.replace(' ', 'T')}Z"
    return meant if INSTANT.fullmatch(meant) else None
