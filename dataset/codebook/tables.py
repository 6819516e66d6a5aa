"""Read the code tables, CSV files of this package, into dictionaries."""

import csv
from importlib.resources import files
from typing import NamedTuple

Labels = dict[str, str]


def rows(table: str) -> list[list[str]]:
    """Read the rows of a table, without its header."""
    text = (files(__package__) / f"{table}.csv").read_text(encoding="utf-8")
    return list(csv.reader(text.splitlines()))[1:]


def _labels(table: str) -> Labels:
    return {code: label for code, label in rows(table)}  # noqa: C416 (checks the width)


class State(NamedTuple):
    """What is known of a country or region: whose code it is, and the years of its existence.

    A year is None where it is open or unknown. `same_as` names the code that most events of the
    same state carry; None if it is this one.
    """

    source: str
    valid_from: int | None
    valid_to: int | None
    same_as: str | None


_COUNTRIES = rows("countries")
ISO_NAMES = rows("iso_countries")
OTHER_NAMES = rows("country_names")
_TYPES = rows("plover_types")

COUNTRIES: Labels = {code: label for code, label, *_ in _COUNTRIES}
"""CAMEO's countries and regions, and states that its table of 2012 lacks."""
REGIONS = frozenset(code for code, _, kind, *_ in _COUNTRIES if kind == "region")
"""Those of `COUNTRIES` that are regions of the world."""
COUNTRY_ISO3: Labels = {code: iso3 for code, _, _, iso3, *_ in _COUNTRIES if iso3}
"""The ISO 3166-1 alpha-3 code of the country that a CAMEO code means."""
STATES = {
    code: State(source, int(first) if first else None, int(last) if last else None, same_as or None)
    for code, _, _, _, source, first, last, same_as in _COUNTRIES
}
"""More of each of `COUNTRIES`; the source `cameo-events` marks what CAMEO's table lacks."""

GROUPS = _labels("groups")
ROLES = _labels("roles")
ETHNIC = _labels("ethnic")
RELIGIONS = _labels("religions")

PLOVER_TYPES: Labels = {code: label for code, _, label in _TYPES}
PLOVER_QUAD_CLASSES = {code: int(quad_class) for code, quad_class, _ in _TYPES}
PLOVER_MODES: Labels = {mode: label for _, mode, label in rows("plover_modes")}
PLOVER_CONTEXTS = _labels("plover_contexts")

ISO_COUNTRIES: Labels = {iso3: name for iso3, _, _, name in ISO_NAMES}
"""ISO 3166-1, and XKX for Kosovo."""
FIPS_ISO3: Labels = {fips: iso3 for fips, iso3, _ in rows("fips") if iso3}
NAME_ISO3: Labels = {name: iso3 for name, iso3 in OTHER_NAMES if iso3}
