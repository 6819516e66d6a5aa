"""Fold text to plain words, the same way for stored text and for queries."""

import re
import unicodedata

_WORD = re.compile(r"[^\W_]+")


def folded(text: str) -> list[str]:
    """Split into words without case, accents and punctuation: `Raïssi's` gives `raissi`, `s`."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(character for character in plain if not unicodedata.combining(character))
    # Once more: the decomposition may have brought forth capitals (of mathematical letters).
    return _WORD.findall(bare.casefold())


def line_of(*texts: str) -> str:
    """Write folded texts on one line, each word between single spaces."""
    words = " ".join(filter(None, texts))
    return f" {words} " if words else ""
