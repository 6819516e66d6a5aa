"""Find action codes by the words that ICEWS has for them."""

from functools import lru_cache

from dataset.codebook.actions import ACTIONS

WHOLE = ", not specified below"
"""What ends the labels of codes that stand for all below them; ICEWS leaves it out."""
OWN = {"carry out car bombing": "1832"}
"""Labels of ICEWS that are none of the codebook."""


@lru_cache(maxsize=1_024)
def code_of_text(text: str) -> str | None:
    """Give the action code that ICEWS labels so, whatever the case; None if there is none."""
    return _TEXTS.get(_key_of(text))


def _key_of(text: str) -> str:
    return " ".join(text.casefold().replace('"', "'").split())


def _texts() -> dict[str, str]:
    # A root and the code below it that stands for all of it have one label: ICEWS has no events
    # of the root alone. It has none of the codes either for which it has no Goldstein value.
    known = [action for action in ACTIONS.values() if "icews" in action.goldstein]
    known.sort(key=lambda action: len(action.code))
    return {_key_of(action.label.removesuffix(WHOLE)): action.code for action in known} | OWN


_TEXTS = _texts()
