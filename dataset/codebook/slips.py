"""Find the code that a mistyped one stands for: one typing error away, or none."""

from collections.abc import Iterator
from itertools import pairwise

from dataset.codebook import ISO_COUNTRIES, decode, is_actor_code, parts
from dataset.codebook.vocabularies import VOCABULARIES, Held, is_known

COUNTRY_KINDS = ("country", "place_country")
PART_KINDS = (*COUNTRY_KINDS, "group", "role", "ethnic", "religion")
"""The kinds whose codes are one part of an actor code."""

_ROWS = ("QWERTYUIOP", "ASDFGHJKL", "ZXCVBNM")
_NEIGHBOURS = [pair for row in _ROWS for pair in (*pairwise(row), *pairwise(row[::-1]))]


def slipped(kind: str, code: str, held: Held) -> str | None:
    """Give the only code with two letters swapped, else the only one with a neighbouring key.

    Of several such codes, give the only one that the store has held. In an actor code, one part
    may be mistyped.
    """
    at, part = _mistyped(kind, code)
    if not part:
        return None
    # If the part is a code in another table, only swapped letters are tried, not a wrong key.
    is_code = part in VOCABULARIES["actor"]
    for slips in (_swapped,) if is_code else (_swapped, _beside):
        near = {code[:at] + other + code[at + len(part) :] for other in slips(part)}
        known = {other for other in near if is_known(kind, other)}
        for found in (set(held(near)), known):
            if found:
                return found.pop() if len(found) == 1 else None
    return None


def _mistyped(kind: str, code: str) -> tuple[int, str]:
    """Give the wrong part and where it begins; an empty part if that is not clear."""
    wrong = [(0, code)] if kind in PART_KINDS and len(code) == 3 else []
    if kind == "actor" and is_actor_code(code):
        unknown = decode(code).unknown
        wrong = [(3 * at, part) for at, part in enumerate(parts(code)) if part in unknown]
    if len(wrong) != 1 or _is_of_another_table(kind, *wrong[0]):
        return 0, ""
    return wrong[0]


def _is_of_another_table(kind: str, at: int, part: str) -> bool:
    """Tell whether a wrong country is a code of another table: part of an actor code, or ISO."""
    if kind in COUNTRY_KINDS:
        return part in VOCABULARIES["actor"] or part in ISO_COUNTRIES
    return kind == "actor" and not at and part in ISO_COUNTRIES


def _swapped(part: str) -> Iterator[str]:
    for at in range(len(part) - 1):
        yield part[:at] + part[at + 1] + part[at] + part[at + 2 :]


def _beside(part: str) -> Iterator[str]:
    for at, letter in enumerate(part):
        for typed, meant in _NEIGHBOURS:
            if typed == letter:
                yield part[:at] + meant + part[at + 1 :]
