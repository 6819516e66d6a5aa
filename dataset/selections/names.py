"""Look up names in the table of those that the store holds, or has held."""

from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Any

import orjson
from peewee import fn

from dataset.codebook.vocabularies import closest
from dataset.declarations.filters import Choice
from dataset.declarations.names import LONGEST_WORD, key_of, same_name
from dataset.declarations.words import folded
from dataset.store.engines.base import Term
from dataset.store.models import LAST, NameCount, NameWord
from dataset.store.snapshots import Snapshot

WHOLE = 3
"""From so many characters on, the last word of a search may be the beginning of a word."""
MOST_LIKE = 5_000
"""So many names that begin alike are compared with one that is not known."""
BEGINNING = 2
"""How many characters a misspelt name is taken to begin with rightly."""


def spelled(snapshot: Snapshot, value: Choice) -> Choice:
    """Give the spellings of names that the store holds; an unknown name stays as it is."""
    asked = {name for name in (*value.wanted, *value.unwanted) if isinstance(name, str)}
    known = _spellings(snapshot, asked)

    def all_of(names: Iterable[Any]) -> Iterator[Any]:
        for name in names:
            yield from known.get(name) or [name]

    wanted, unwanted = (tuple(dict.fromkeys(all_of(names))) for names in value)
    return Choice(wanted, unwanted)


def _spellings(snapshot: Snapshot, names: set[str]) -> dict[str, list[str]]:
    """Give the stored spellings of each name."""
    found: dict[str, list[str]] = {}
    keys = Term("given_texts", orjson.dumps([*map(key_of, names)]).decode())
    query = NameWord.select(NameWord.name).where(NameWord.word.in_(keys))
    for (name,) in sorted(snapshot.rows(query)):
        found.setdefault(same_name(name), []).append(name)
    return {name: found.get(same_name(name), []) for name in names}


def holding(text: str) -> Any:
    """Select the names that hold all words of a text; None where it has no word.

    The last word may be the beginning of one, unless it is very short.
    """
    words = [word[:LONGEST_WORD] for word in folded(text)]
    if not words:
        return None
    *others, last = words
    is_whole = len(last) < WHOLE
    begins = NameWord.word == last if is_whole else NameWord.word.between(last, last + LAST)
    query = NameWord.select(NameWord.name).where(begins)
    for word in others:
        other = NameWord.alias()
        query = query.where(NameWord.name.in_(other.select(other.name).where(other.word == word)))
    return query.distinct()


def holds(text: str) -> Callable[[str], bool]:
    """Give the test whether a name holds all words of a text (see `holding`)."""
    *others, last = [word[:LONGEST_WORD] for word in folded(text)] or [""]

    def test(name: str) -> bool:
        words = {word[:LONGEST_WORD] for word in folded(name)}
        is_there = last in words
        if len(last) >= WHOLE:
            is_there = any(word.startswith(last) for word in words)
        return is_there and words.issuperset(others)

    return test


def nearest(snapshot: Snapshot, kinds: Collection[str], text: str) -> str | None:
    """Give the name of events that is most like a text, or else the commonest that holds it."""
    start = key_of(text)[: BEGINNING + 1]
    alike = NameWord.select(NameWord.name).where(NameWord.word.between(start, start + LAST))
    found = snapshot.rows(_carried(kinds, alike.distinct()).limit(MOST_LIKE))
    if (near := closest(text, (name for name, _ in found))) is not None:
        return next(name for name, _ in found if name.casefold() == near.casefold())
    words = holding(text)
    commonest = snapshot.rows(_carried(kinds, words).limit(1)) if words is not None else []
    return commonest[0][0] if commonest else None


def commonest_code(snapshot: Snapshot, kinds: Collection[str], name: str) -> str | None:
    """Give the code that most events of a name have, now."""
    found = snapshot.value(_carried(kinds, [name], NameCount.code).limit(1))
    return found or None


def _carried(kinds: Collection[str], names: Any, value: Any = NameCount.name) -> Any:
    """Select names, or their codes, that events have now, the commonest first."""
    total = fn.SUM(NameCount.count)
    query = NameCount.select(value, total).where(NameCount.kind.in_(kinds))
    query = query.where(NameCount.name.in_(names), NameCount.count > 0)
    return query.group_by(value).order_by(total.desc(), value)
