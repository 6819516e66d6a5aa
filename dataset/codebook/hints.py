"""Suggest what may have been meant by a wrong value, with what is imported for the first one."""

from collections.abc import Callable, Iterable
from pkgutil import resolve_name

from dataset.codebook.slips import Held, none_held

SUGGESTIONS = "dataset.codebook.suggestions"
"""Holds every name of every code as it is spelled, which a server needs for mistakes alone."""


def meant(kind: str, text: str, held: Held = none_held) -> str | None:
    """Suggest the code of a kind that a text may have meant; none rather than a doubtful one."""
    suggest: Callable[[str, str, Held], str | None] = resolve_name(f"{SUGGESTIONS}:meant")
    return suggest(kind, text, held)


def closest(text: str, names: Iterable[str]) -> str | None:
    """Give the name that is most like `text`, whatever the case; None if none is like it."""
    suggest: Callable[[str, Iterable[str]], str | None] = resolve_name(f"{SUGGESTIONS}:closest")
    return suggest(text, names)
