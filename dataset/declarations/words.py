"""Fold text to plain words, the same way for stored text and for queries."""

import re
import unicodedata

_WORD = re.compile(r"[^\W_]+")


def folded(text: str) -> list[str]:
    """Split into words without case, accents and punctuation: `Raïssi's` gives `raissi`, `s`."""
    if text.isascii():
        return _WORD.findall(text.lower())
    plain = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(character for character in plain if not unicodedata.combining(character))
    # Once more: decomposing mathematical letters may have given capitals.
    return _WORD.findall(bare.casefold())


def line_of(*texts: str) -> str:
    """Put folded texts (see `joined`) on one line, each word between single spaces."""
    words = "".join(texts)
    return f" {words}" if words else ""


def joined(text: str | None) -> str:
    """Fold a text to its words, each followed by a space."""
    return "".join([f"{word} " for word in folded(text)]) if text else ""
