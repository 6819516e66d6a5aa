"""Take composite actor codes apart: chains of three-letter parts, read in CAMEO's order."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from dataset.codebook.tables import COUNTRIES, ETHNIC, GROUPS, RELIGIONS, ROLES, STATES

INTERNATIONAL = frozenset({"IGO", "IMG", "INT", "MNC", "NGM", "NGO"})
"""The roles that stand in the place of a country."""

PART_LENGTH = 3
"""Characters of one part of an actor code."""
_SHAPE = re.compile(r"[A-Z]{3}(?:[A-Z0-9]{3}){0,9}")
_NOT_CAMEO = {code for code, state in STATES.items() if state.source != "cameo"}
ONLY_FIRST = frozenset(_NOT_CAMEO & (ETHNIC.keys() | RELIGIONS.keys()))
"""Former states whose letters CAMEO gives to a religion or people: states only as first part."""
_PEOPLES = ETHNIC.keys() - ROLES.keys() - RELIGIONS.keys()
_MAY_BE_REGIONS = COUNTRIES.keys() - ONLY_FIRST

_Found = dict[str, list[str]]


class _Part(NamedTuple):
    letters: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class ActorParts:
    """What the parts of an actor code say.

    `unknown` holds the parts that are in no table, and those that fit no free place: a second
    group, the region of a country, a repeated role.
    """

    country: str | None = None
    group: str | None = None
    roles: tuple[str, ...] = ()
    ethnic: str | None = None
    religions: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


def is_actor_code(text: str) -> bool:
    """Tell whether a text has the shape of an actor code: upper-case parts of three characters."""
    return _SHAPE.fullmatch(text) is not None


def parts(code: str) -> tuple[str, ...]:
    """Split an actor code into its three-letter parts."""
    starts = range(0, len(code), PART_LENGTH)
    return tuple(code[start : start + PART_LENGTH] for start in starts)


@lru_cache(maxsize=65_536)
def decode(code: str) -> ActorParts:
    """Say what each part of a composite actor code is, by the tables and by its position."""
    found: _Found = {kind: [] for kind in (*_READINGS, "unknown")}
    for part in _in_context(tuple(dict.fromkeys(parts(code)))):
        kinds = (kind for kind, fits in _READINGS.items() if fits(part, found))
        found[next(kinds, "unknown")].append(part.letters)
    return ActorParts(
        country=next(iter(found["country"]), None),
        group=next(iter(found["group"]), None),
        roles=tuple(found["roles"]),
        ethnic=next(iter(found["ethnic"]), None),
        religions=tuple(found["religions"]),
        unknown=tuple(found["unknown"]),
    )


def _in_context(chain: tuple[str, ...]) -> Iterator[_Part]:
    return map(_Part, chain, ("", *chain), (*chain[1:], ""))


def _is_country(part: _Part, found: _Found) -> bool:
    if part.letters in ONLY_FIRST and part.before:
        return False
    return part.letters in COUNTRIES and not found["country"]


def _is_role(part: _Part, found: _Found) -> bool:
    return part.letters in ROLES and part.letters not in found["roles"]


def _is_religion(part: _Part, found: _Found) -> bool:
    return part.letters in RELIGIONS and part.letters not in found["religions"]


def _is_group(part: _Part, found: _Found) -> bool:
    if found["group"] or part.letters not in GROUPS:
        return False
    if part.letters not in _PEOPLES or not INTERNATIONAL.isdisjoint(found["roles"]):
        return True
    return bool(found["roles"]) and not part.after


def _is_people(part: _Part, found: _Found) -> bool:
    if found["ethnic"] or part.letters not in _PEOPLES:
        return False
    # A number ends a religion's code of nine characters (CAMEO manual, chapter 4).
    if part.after.isdigit():
        return False
    # The letters after a country may stand for its region (3.1.2): IRQNOR is no Norwegian.
    return part.letters not in _MAY_BE_REGIONS or part.before not in found["country"]


_READINGS: dict[str, Callable[[_Part, _Found], bool]] = {
    "country": _is_country,
    "roles": _is_role,
    "religions": _is_religion,
    "group": _is_group,
    "ethnic": _is_people,
}
"""How a part may be read; the first reading that fits wins."""
