"""Codes as query parameters: what a well-formed one is, and lists of them."""

import re
from collections.abc import Callable
from typing import Any

from dataset.codebook import is_action_code, is_actor_code
from dataset.codebook.vocabularies import CLOSED_KINDS, VOCABULARIES, meant
from dataset.declarations.filters import Choice
from dataset.declarations.geometry import LAST_GRID_CELL
from dataset.declarations.ids import DATASET_NAME, PUBLIC_ID
from schemas.fields import Text, invalid

MOST_VALUES = 200

_DIGITS = re.compile(r"[1-9][0-9]{0,5}")
_THREE = re.compile(r"[A-Z0-9]{3}")
_ACTION = "two to four digits, beginning with a root from 01 to 20, such as 19 or 195"


def _matching(pattern: re.Pattern[str]) -> Callable[[str], bool]:
    return lambda text: bool(pattern.fullmatch(text))


SHAPES: dict[str, tuple[Callable[[str], bool], str]] = {
    "id": (_matching(PUBLIC_ID), "an event's id such as seed:1"),
    "dataset": (_matching(DATASET_NAME), "a dataset's name such as seed"),
    "actor": (is_actor_code, "upper-case CAMEO codes of three characters each, such as IRNGOV"),
    "action": (is_action_code, _ACTION),
    "root": (_matching(re.compile(r"0[1-9]|1[0-9]|20")), "a root code from 01 to 20"),
    "plover": (_matching(re.compile(r"[A-Z]{3,12}")), "a PLOVER type such as ASSAULT"),
    "mode": (_matching(re.compile(r"[a-z-]{2,24}")), "a PLOVER mode such as visit"),
    "context": (_matching(re.compile(r"[a-z_-]{2,32}")), "a PLOVER context such as military"),
    "term": (bool, "a text"),
    "name": (bool, "a name"),
    "grid_cell": (
        lambda text: bool(_DIGITS.fullmatch(text)) and 1 <= int(text) <= LAST_GRID_CELL,
        f"the number of a PRIO-GRID cell, 1 to {LAST_GRID_CELL}, such as 175390",
    ),
    **{
        kind: (_matching(_THREE), f"the {name} code of three upper-case characters, such as {code}")
        for kind, name, code in (
            ("country", "CAMEO country", "IRN"),
            ("group", "known group", "TAL"),
            ("role", "role", "GOV"),
            ("ethnic", "ethnic", "KUR"),
            ("religion", "religion", "MOS"),
            ("place_country", "ISO 3166-1 alpha-3", "IRN"),
        )
    },
    **{
        kind: (VOCABULARIES[kind].__contains__, f"one of {', '.join(VOCABULARIES[kind])}")
        for kind in CLOSED_KINDS
    },
}
"""What a well-formed value of each kind is, as a test and in words."""

_READ: dict[str, Callable[[str], Any]] = {
    "boolean": {"true": True, "false": False}.__getitem__,
    "grid_cell": int,
    "quad_class": int,
}
"""How a well-formed text of a kind becomes a value, if it does not stay a text."""


def well_formed(kind: str, text: str) -> Any:
    """Give the value of a well-formed text of a kind; say what would have been right if not."""
    is_right, words = SHAPES[kind]
    if not is_right(text):
        raise invalid(f"must be {words}.", text, meant(kind, text))
    return _READ.get(kind, str)(text)


class Choices(Text):
    """A list of values of one kind, separated by commas.

    `!` excludes a value, `none` stands for a missing one, and a backslash takes the next
    character as it is.
    """

    IF_LONG = " Ask for a long list in parts: 100 values a time."

    def __init__(self, kind: str, **kwargs: Any) -> None:
        """Keep the kind of the values."""
        super().__init__(**kwargs)
        self.kind = kind

    def read(self, text: str) -> Choice:
        """Read the list; its order and repeats do not matter."""
        items = _split(text)
        if len(items) > MOST_VALUES:
            raise invalid(f"must not hold more than {MOST_VALUES} values.{self.IF_LONG}")
        sides: tuple[set[Any], set[Any]] = (set(), set())
        for item in items:
            excluded = item.startswith("!")
            sides[excluded].add(self._value(item[excluded:]))
        return Choice(*(tuple(sorted(side, key=_order)) for side in sides))

    def _value(self, item: str) -> Any:
        if not item:
            raise invalid("must not hold an empty value between its commas.")
        return None if item == "none" else well_formed(self.kind, _unescaped(item).strip())

    def write(self, value: Choice) -> str:
        """Write the list: first what is wanted, then what is not."""
        wanted = [_escaped(one) for one in value.wanted]
        return ",".join(wanted + [f"!{_escaped(one)}" for one in value.unwanted])


def _split(text: str) -> list[str]:
    """Split at the commas that no backslash escapes."""
    marked = re.sub(r"\\.|,", lambda found: "\0" if found[0] == "," else found[0], text)
    return [item.strip() for item in marked.split("\0")]


def _unescaped(item: str) -> str:
    return re.sub(r"\\(.)", r"\1", item)


def _escaped(value: Any) -> str:
    if value is None:
        return "none"
    if isinstance(value, bool):
        return str(value).lower()
    text = re.sub(r"([\\,])", r"\\\1", str(value))
    return f"\\{text}" if text.startswith("!") or text == "none" else text


def _order(value: Any) -> tuple[bool, str]:
    return value is None, str(value)


class Dyad(Text):
    """Two countries."""

    def read(self, text: str) -> tuple[str, ...]:
        """Read two country codes; their order does not matter."""
        countries = [item.strip() for item in text.split(",")]
        if any(item.startswith("!") or item == "none" for item in countries):
            right = "takes no ! and no none: must be two country codes such as IRN,ISR."
            raise invalid(right, text)
        if len(countries) != 2:
            raise invalid("must be two country codes such as IRN,ISR.", text)
        return tuple(sorted(well_formed("country", country) for country in countries))

    def write(self, value: tuple[str, ...]) -> str:
        """Write them in code order."""
        return ",".join(value)
