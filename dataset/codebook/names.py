"""Spell the names of codes, so that each is found however it is written."""

import re
from collections.abc import Mapping

from dataset.codebook.tables import (
    COUNTRIES,
    ISO_COUNTRIES,
    ISO_NAMES,
    OTHER_NAMES,
    STATES,
    Labels,
)
from dataset.declarations.words import folded

_SMALL_WORDS = {"and", "of", "the"}
_ABBREVIATION = re.compile(r" \(([A-Z0-9-]+)\)")


def spelling(text: str) -> str:
    """Spell a text so that case, accents, order, plurals and small words make no difference."""
    words = [word.removesuffix("s") if len(word) > 4 else word for word in folded(text)]
    return " ".join(sorted(set(words) - _SMALL_WORDS) or words)


def by_name(labels: Mapping[str, str]) -> Labels:
    """Map the spellings of each code, its label and the abbreviation in that to the code."""
    names: Labels = {}
    for code, label in labels.items():
        short = _ABBREVIATION.search(label)
        for name in (label, short[1], label[: short.start()]) if short else (label,):
            names.setdefault(spelling(name), code)
    names.pop("", None)
    return names | {spelling(code): code for code in labels}


_MAIN = {code: label for code, label in COUNTRIES.items() if not STATES[code].same_as}
"""One code of each state: its name means this one."""

COUNTRY_NAMES: Labels = {
    **by_name(COUNTRIES),
    **{spelling(name): iso3 for name, iso3 in OTHER_NAMES},
    **by_name(_MAIN),
    **{spelling(short): iso3 for iso3, *shorts, _ in ISO_NAMES for short in shorts if short},
    **by_name(ISO_COUNTRIES),
}
"""The CAMEO or ISO alpha-3 code of a country, by each spelled name and code; empty for none."""
