"""Fold text to plain words, the same way for stored text and for queries."""

import re
import unicodedata
from collections.abc import Iterable

_WORD = re.compile(r"[^\W_]+")


def folded(text: str) -> list[str]:
    """Split into words without case, accents and punctuation: `Raïssi's` gives `raissi`, `s`."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(character for character in plain if not unicodedata.combining(character))
    # Once more: the decomposition may have brought forth capitals (of mathematical letters).
    return _WORD.findall(bare.casefold())


def searchable(texts: Iterable[str | None]) -> str:
    """Fold texts to one line of distinct words, each between single spaces."""
    words = dict.fromkeys(word for text in texts if text for word in folded(text))
    return f" {' '.join(words)} " if words else ""
