"""Look up actor codes: those of the codebook and the store, with their counts and names."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache, partial
from typing import overload

from dataset.catalogue.code_tables import children_of, parent_of
from dataset.catalogue.codes import EVERY, Entry
from dataset.catalogue.counting import MOST_KEPT, Counting, Pairs
from dataset.catalogue.holdings import Counts, actor_counts
from dataset.codebook import (
    COUNTRIES,
    ETHNIC,
    GROUPS,
    RELIGIONS,
    ROLES,
    STATES,
    decode,
    found_together,
    same_state,
)
from dataset.codebook.actors import PART_LENGTH
from dataset.codebook.labels import actor_label
from dataset.declarations.filters import Choice
from dataset.declarations.words import folded
from dataset.selections.names import holding, holds

Tree = Mapping[str, list[str]]
"""The children of each code that has any."""
MOST_NAMES = 5
"""How many names of a code are told."""
TABLES = (COUNTRIES, ROLES, GROUPS, ETHNIC, RELIGIONS)


Make = Callable[[Sequence[str]], list[Entry]]


class ActorEntries(Sequence[Entry]):
    """The entries of codes, made as they are read: a page shows few of many."""

    def __init__(self, codes: Sequence[str], make: Make, make_plain: Make) -> None:
        """Keep the codes, and what makes entries of some, with names and without."""
        self._codes, self._make, self._make_plain = codes, make, make_plain

    def __len__(self) -> int:
        """Count the codes."""
        return len(self._codes)

    def __iter__(self) -> Iterator[Entry]:
        """Make all entries, without names: a table has no place for them."""
        return iter(self._make_plain(self._codes))

    @overload
    def __getitem__(self, at: int) -> Entry: ...
    @overload
    def __getitem__(self, at: slice) -> list[Entry]: ...
    def __getitem__(self, at: int | slice) -> Entry | list[Entry]:
        """Make an entry, or some."""
        if isinstance(at, slice):
            return self._make(self._codes[at])
        return self._make([self._codes[at]])[0]


def actors(
    counting: Counting, q: str | None = None, depth: int | None = None, parent: Choice = EVERY
) -> ActorEntries:
    """List the actor codes of the codebook and the store that match `q`, most events first.

    A code matches by its letters and its label, and then with all its events; or else by the names
    of events, and then with those so named. `depth` leaves out codes of more parts.
    """
    counts = _counts(counting)
    codes = {code for table in (*TABLES, *counts) for code in table}
    found = {code: _total(code, counts) for code in _matching(q, codes)}
    named = _named(counting, q) if q is not None else Counter()
    found = _by_code(named) | found
    longest = PART_LENGTH * depth if depth else None
    kept = [
        code
        for code in found
        if code and (longest is None or len(code) <= longest) and parent.keeps(parent_of(code))
    ]
    kept.sort(key=lambda code: (-found[code], code))
    make = partial(_entries, counting=counting, counts=counts, named=named)
    return ActorEntries(kept, make, partial(_plain, counts=counts))


def actor(counting: Counting, code: str) -> Entry | None:
    """Take an actor code apart; None if neither the codebook nor the store knows any of it."""
    (entry,) = _entries([code], counting, _counts(counting), Counter())
    is_known = len(entry["unknown"]) * PART_LENGTH < len(code)
    # A filter by dataset does not decide what exists.
    is_used = is_known or any(counts[code] for counts in _counts(replace(counting, datasets=None)))
    return entry if is_used else None


def _counts(counting: Counting) -> tuple[Counts, Counts]:
    key = counting.revision, counting.datasets
    make = partial(actor_counts, counting)
    found: tuple[Counts, Counts]
    found = counting.snapshot.remembered("counts of actors", key, make, MOST_KEPT)
    return found


def _total(code: str, counts: tuple[Counts, Counts]) -> int:
    return sum(side[one] for side in counts for one in found_together(code))


def _matching(q: str | None, codes: Iterable[str]) -> Iterator[str]:
    """Yield the codes that begin with a text, or whose labels hold the beginnings of its words."""
    if q is None:
        yield from codes
        return
    wanted, start = folded(q), q.upper()
    likes = [_parts_like(word) for word in wanted]
    for code in codes:
        # The letters of its parts tell whether a code is worth taking apart.
        if code.startswith(start) or (
            all(like.search(code) for like in likes) and _is_labelled(code, wanted)
        ):
            yield code


def _parts_like(word: str) -> re.Pattern[str]:
    """Match the letters of the parts with a label that has a word like this, or like it."""
    letters = [part for part, words in _label_words().items() if _begins(word, words)]
    return re.compile("|".join(map(re.escape, [*letters, word.upper()])))


def _is_labelled(code: str, wanted: Iterable[str]) -> bool:
    words = folded(actor_label(code))
    return all(_begins(word, words) for word in wanted)


def _begins(beginning: str, words: Iterable[str]) -> bool:
    return any(word.startswith(beginning) for word in words)


@cache
def _label_words() -> dict[str, set[str]]:
    """Give the words of all labels of each part."""
    words: defaultdict[str, set[str]] = defaultdict(set)
    for table in TABLES:
        for code, label in table.items():
            words[code].update(folded(label))
    return dict(words)


def _by_code(named: Pairs) -> dict[str, int]:
    found: dict[str, int] = {}
    for (code, _), count in named.items():
        found[code] = found.get(code, 0) + count
    return found


def _named(counting: Counting, q: str) -> Pairs:
    """Count the events whose names hold the words of a text, by code and name."""
    names = holding(q)
    return counting.named(names, holds(q)) if names is not None else Counter()


def _entries(
    codes: Sequence[str], counting: Counting, counts: tuple[Counts, Counts], named: Pairs
) -> list[Entry]:
    """Make the entries of codes, each with some names: the wanted ones, then the commonest."""
    wanted: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for (code, name), count in named.items():
        wanted[code][name] = count
    entries, commonest = _plain(codes, counts), counting.names(codes, MOST_NAMES)
    for entry in entries:
        code = entry["code"]
        first = sorted(wanted[code].items(), key=lambda one: (-one[1], one[0]))
        names = dict([*first[:MOST_NAMES], *commonest.get(code, ())])
        some = list(names.items())[:MOST_NAMES]
        entry["names"] = [{"name": name, "count": count} for name, count in some]
    return entries


def _plain(codes: Sequence[str], counts: tuple[Counts, Counts]) -> list[Entry]:
    """Make the entries of codes without names."""
    shown = {*codes}
    tree = children_of(code for code in {*counts[0], *counts[1]} if parent_of(code) in shown)
    return [_entry(code, *counts, tree) for code in codes]


def _entry(code: str, as_actor: Counts, as_target: Counts, tree: Tree) -> Entry:
    decoded = decode(code)
    country, group = _part(decoded.country, COUNTRIES), _part(decoded.group, GROUPS)
    roles = [_part(role, ROLES) for role in decoded.roles]
    ethnic = _part(decoded.ethnic, ETHNIC)
    religions = [_part(religion, RELIGIONS) for religion in decoded.religions]
    return {
        "code": code,
        "label": actor_label(code),
        "parent": parent_of(code),
        "children": tree.get(code, []),
        "country": country,
        **_state(code, decoded.country),
        "group": group,
        "roles": roles,
        "ethnic": ethnic,
        "religions": religions,
        "unknown": list(decoded.unknown),
        "count_as_actor": sum(as_actor[one] for one in found_together(code)),
        "count_as_target": sum(as_target[one] for one in found_together(code)),
    }


def _state(code: str, country: str | None) -> Entry:
    """Tell whose code the country of an actor is, its years, and its other codes."""
    state = STATES[country] if country else None
    is_first = state is not None and code.startswith(country or "")
    return {
        "source": state.source if state else None,
        "valid_from": state.valid_from if state else None,
        "valid_to": state.valid_to if state else None,
        "same_as": list(same_state(code)) if is_first else [],
    }


def _part(code: str | None, labels: Mapping[str, str]) -> dict[str, str] | None:
    return {"code": code, "label": labels[code]} if code else None
