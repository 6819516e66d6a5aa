"""Let filters find all codes of one country, and name the other codes that they do not find."""

from collections.abc import Iterable
from itertools import product
from typing import Any

from dataset.codebook import found_together, same_state
from dataset.declarations.filters import Choice

FOUND_TOGETHER = (
    *("actor", "target", "involves"),
    *("actor_country", "target_country", "involves_country"),
)
"""The filters that find both codes of the Soviet Union, as `dyad` does."""
OF_STATES = {*FOUND_TOGETHER, "actor_code", "target_code", "dyad"}
"""The filters by codes that may be one of several of a state."""


def together(name: str, value: Any) -> Any:
    """Give a filter every code that it finds; a dyad becomes the stored pairs that it finds."""
    if name == "dyad":
        pairs = product(*map(found_together, value))
        return Choice(tuple(dict.fromkeys(",".join(sorted(pair)) for pair in pairs)))
    if name in FOUND_TOGETHER:
        return Choice(*map(_all, value))
    return value


def _all(codes: Iterable[Any]) -> tuple[Any, ...]:
    found = (found_together(code) if code else (code,) for code in codes)
    return tuple(dict.fromkeys(one for several in found for one in several))


def not_found(value: Choice) -> dict[tuple[str, str], Choice]:
    """Map each code of a filter and another code of its state to what would find that one.

    `value` is what `together` gives; codes that it finds already are left out.
    """
    texts = sorted({str(text) for text in (*value.wanted, *value.unwanted) if text is not None})
    found: dict[tuple[str, str], tuple[str, ...]] = {}
    for text in texts:
        for code in text.split(","):
            for other in same_state(code):
                instead = _replaced(text, code, other)
                if instead not in texts:
                    known = found.get((code, other), ())
                    found[code, other] = tuple(dict.fromkeys((*known, instead)))
    return {codes: Choice(wanted) for codes, wanted in found.items()}


def _replaced(text: str, code: str, other: str) -> str:
    return ",".join(sorted(other if part == code else part for part in text.split(",")))
