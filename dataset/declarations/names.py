"""Declare which codes and names are counted, and how names are compared and searched."""

import unicodedata
from collections import Counter
from collections.abc import Mapping
from typing import Any, NamedTuple

from dataset.declarations.words import folded


class Counted(NamedTuple):
    """The columns of an event that a kind of counts is about: its code, and its name or None."""

    code: str
    name: str | None


COUNTED: dict[str, Counted] = {
    "actor_code": Counted("actor_code", None),
    "target_code": Counted("target_code", None),
    "action_code": Counted("action_code", None),
    "actor_name": Counted("actor_code", "actor_name"),
    "target_name": Counted("target_code", "target_name"),
}
"""The kinds of counts: of codes, and of codes with names."""
NAMED = ("actor_name", "target_name")
"""The kinds that count names."""
GROUPS: dict[str, tuple[str, ...]] = {
    "actor": ("actor_code", "actor_name", "dataset"),
    "target": ("target_code", "target_name", "dataset"),
    "action": ("action_code", "dataset"),
}
"""The columns that are counted together; the counts of each kind are sums of these."""
Key = tuple[str, str, str, str]
"""What is counted: a kind, a code, a name and a dataset; a missing code or name is empty."""
LONGEST_WORD, LONGEST_KEY = 60, 100
"""So many characters of a word, and of a whole name, are looked up: PostgreSQL bounds its keys."""


def same_name(name: str) -> str:
    """Fold a name to what its spellings share: NFC, without case; `HAMAS` gives `hamas`."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def key_of(name: str) -> str:
    """Give what a whole name is looked up by: no word of a name begins with `=`."""
    return f"={same_name(name)[:LONGEST_KEY]}"


def words_of(name: str) -> set[str]:
    """Give all that a name is looked up by: each of its words, and the whole."""
    return {key_of(name), *(word[:LONGEST_WORD] for word in folded(name))}


def add_up(changes: Counter[Key], group: str, counts: Mapping[Any, int]) -> None:
    """Add counts of a group's values to those of its kinds."""
    for values, count in counts.items():
        code, *name, dataset = values
        if code is not None:
            changes[f"{group}_code", code, "", dataset] += count
        if name and name[0] is not None:
            changes[f"{group}_name", code or "", name[0], dataset] += count
