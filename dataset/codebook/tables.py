"""Read the code tables, CSV files of this package, into dictionaries."""

import csv
import re
from collections.abc import Mapping
from importlib.resources import files

from dataset.words import folded

Labels = dict[str, str]

_SMALL_WORDS = {"and", "of", "the"}
_ABBREVIATION = re.compile(r" \(([A-Z0-9-]+)\)")


def rows(table: str) -> list[list[str]]:
    """Read the rows of a table, without its header."""
    text = (files(__package__) / f"{table}.csv").read_text(encoding="utf-8")
    return list(csv.reader(text.splitlines()))[1:]


def spelling(text: str) -> str:
    """Spell a text so that case, accents, order, plurals and small words make no difference."""
    words = [word.removesuffix("s") if len(word) > 4 else word for word in folded(text)]
    return " ".join(sorted(set(words) - _SMALL_WORDS) or words)


def by_name(labels: Mapping[str, str]) -> Labels:
    """Map how each code, each label, and the abbreviation in it are spelled to the code."""
    names: Labels = {}
    for code, label in labels.items():
        short = _ABBREVIATION.search(label)
        for name in (label, short[1], label[: short.start()]) if short else (label,):
            names.setdefault(spelling(name), code)
    names.pop("", None)
    return names | {spelling(code): code for code in labels}


def _labels(table: str) -> Labels:
    return {code: label for code, label in rows(table)}  # noqa: C416 (checks the width)


_COUNTRIES = rows("countries")
_ISO = rows("iso_countries")
_NAMES = rows("country_names")
_TYPES = rows("plover_types")

COUNTRIES: Labels = {code: label for code, label, _, _ in _COUNTRIES}
"""CAMEO's countries and regions."""
REGIONS = frozenset(code for code, _, kind, _ in _COUNTRIES if kind == "region")
"""Those of `COUNTRIES` that are regions of the world."""
COUNTRY_ISO3: Labels = {code: iso3 for code, _, _, iso3 in _COUNTRIES if iso3}
"""The ISO 3166-1 alpha-3 code of the country that a CAMEO code means."""

GROUPS = _labels("groups")
ROLES = _labels("roles")
ETHNIC = _labels("ethnic")
RELIGIONS = _labels("religions")

PLOVER_TYPES: Labels = {code: label for code, _, label in _TYPES}
PLOVER_QUAD_CLASSES = {code: int(quad_class) for code, quad_class, _ in _TYPES}
PLOVER_MODES: Labels = {mode: label for _, mode, label in rows("plover_modes")}
PLOVER_CONTEXTS = _labels("plover_contexts")

ISO_COUNTRIES: Labels = {iso3: name for iso3, _, _, name in _ISO}
"""ISO 3166-1, and XKX for Kosovo."""
FIPS_ISO3: Labels = {fips: iso3 for fips, iso3, _ in rows("fips") if iso3}
NAME_ISO3: Labels = {name: iso3 for name, iso3 in _NAMES if iso3}

COUNTRY_NAMES: Labels = {
    **{spelling(name): iso3 for name, iso3 in _NAMES},
    **by_name(COUNTRIES),
    **{spelling(short): iso3 for iso3, *shorts, _ in _ISO for short in shorts if short},
    **by_name(ISO_COUNTRIES),
}
"""The CAMEO or ISO alpha-3 code of a country, by each spelled name and code; empty for none."""
