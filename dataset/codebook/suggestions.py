"""Suggest which code or name may have been meant: the right one, or none."""

import re
from collections.abc import Callable, Iterable, Mapping
from itertools import zip_longest

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from dataset.codebook import (
    ACTIONS,
    COUNTRIES,
    COUNTRY_ISO3,
    COUNTRY_OF_ISO3,
    GROUPS,
    ISO_COUNTRIES,
    RELIGIONS,
    ROLES,
    actors,
    decode,
    is_action_code,
    is_actor_code,
)
from dataset.codebook.names import COUNTRY_NAMES, by_name, spelling
from dataset.codebook.slips import slipped
from dataset.codebook.vocabularies import CLOSED_KINDS, VOCABULARIES, Held, is_known, none_held
from dataset.declarations.ids import DATASET_NAME

LONGEST_NAME = 200
"""How much text may be a misspelt name."""
LIKE_A_NAME = 75
"""The least similarity, of 100, of parameters, columns and the values of closed kinds."""

_ISO_OF = {code: code for code in ISO_COUNTRIES} | COUNTRY_ISO3
_CAMEO_OF = {code: code for code in COUNTRIES} | COUNTRY_OF_ISO3
_COMMONEST_FIRST = sorted(ACTIONS.values(), key=lambda action: -len(action.goldstein))
_IN_CAMEO: dict[str, str | None] = {
    **{name: _CAMEO_OF.get(code) for name, code in COUNTRY_NAMES.items()},
    **{spelling(code): code for code in COUNTRIES},
}

_NAMES: dict[str, Mapping[str, str | None]] = {
    **{kind: by_name(labels) for kind, labels in VOCABULARIES.items()},
    "action": by_name({action.code: action.label for action in _COMMONEST_FIRST}),
    "country": _IN_CAMEO,
    "place_country": {name: _ISO_OF.get(code) for name, code in COUNTRY_NAMES.items()},
    "actor": {
        **by_name(RELIGIONS),
        **by_name(GROUPS),
        **by_name(ROLES),
        **_IN_CAMEO,
        **{spelling(code): code for code in VOCABULARIES["actor"]},
    },
    "boolean": {
        **dict.fromkeys(("true", "t", "yes", "y", "on", "1"), "true"),
        **dict.fromkeys(("false", "f", "no", "n", "off", "0"), "false"),
    },
}
"""By kind, the code of every spelled name; None for a known name without a code."""
_WORDS = {kind: {word for name in names for word in name.split()} for kind, names in _NAMES.items()}
_MISSING = {"NONE", "None", "NULL", "Null", "null"}


def meant(kind: str, text: str, held: Held = none_held) -> str | None:
    """Suggest the code of a kind that a text may have meant; none rather than a doubtful one.

    If several codes may have been meant, it is the one that the store has held.
    """
    if text in _MISSING:
        return "none"
    if len(text) > LONGEST_NAME:
        return None
    bare = re.sub(r"\.0*$", "", text.strip(" \"'()[]{}"))
    name, names = spelling(bare), _NAMES.get(kind, {})
    if name in names:
        return names[name]
    if code := slipped(kind, bare, held):
        return code
    return next((code for read in _READINGS.get(kind, ()) if (code := read(kind, bare))), None)


def closest(text: str, names: Iterable[str]) -> str | None:
    """Give the name that is most like `text`, whatever the case; None if none is like it.

    What names some words of a single name means that: `contry` is `place_country`, if no other
    name has a country.
    """
    plain = {name.casefold(): name for name in names}
    if worded := _of_the_same_words(text.casefold(), plain):
        return plain[worded[0]] if len(worded) == 1 else None
    found = process.extractOne(
        text.casefold(), plain.keys(), scorer=fuzz.ratio, score_cutoff=LIKE_A_NAME
    )
    return plain[found[0]] if found else None


def _of_the_same_words(text: str, names: Iterable[str]) -> list[str]:
    """Find the names that have all words of a text: those with least slips, then least others."""
    typed = _words(text)
    found = {name: _distance(typed, _words(name)) for name in names}
    ranks = {name: rank for name, rank in found.items() if rank}
    return [name for name, rank in ranks.items() if rank == min(ranks.values())]


def _words(name: str) -> list[str]:
    return [word for word in re.split(r"[\W_]+", name) if word]


def _distance(typed: list[str], words: list[str]) -> tuple[int, int] | None:
    """Count the words that are misspelt, and those that are missing; None if any is another."""
    left, slips = list(words), 0
    if not 0 < len(typed) <= len(words):
        return None
    for word in typed:
        if word not in left:
            slips += 1
            word = next((other for other in left if _is_misspelt(word, other)), "")
        if not word:
            return None
        left.remove(word)
    return slips, len(left)


def _is_misspelt(typed: str, word: str) -> bool:
    """Tell whether a word of a name may have been meant; short words are too like others."""
    most = 2 if len(word) > 9 else 1
    return len(word) > 3 and typed[0] == word[0] and OSA.distance(typed, word) <= most


def _of_few(kind: str, text: str) -> str | None:
    return closest(text, VOCABULARIES[kind])


def _misspelt(kind: str, text: str) -> str | None:
    """Find the nearest name that differs by slips only, if all names as near have the same code."""
    name, names = spelling(text), _NAMES[kind]
    found = process.extract(
        name, names.keys(), scorer=OSA.distance, score_cutoff=len(name) // 5 + 1, limit=None
    )
    nearest = [other for other, distance, _ in found if distance == found[0][1]]
    codes = {names[other] for other in nearest}
    is_clear = len(codes) == 1 and any(_is_like(name, other, kind) for other in nearest)
    return codes.pop() if is_clear else None


def _is_like(name: str, other: str, kind: str) -> bool:
    """Tell whether names differ by slips only; among several words, a known word is no slip."""
    pairs = list(zip_longest(name.split(), other.split(), fillvalue=" "))
    known = _WORDS[kind] if len(pairs) > 1 else ()
    return all(
        typed == word or (typed not in known and _is_slip(typed, word)) for typed, word in pairs
    )


def _is_slip(typed: str, word: str) -> bool:
    """Tell whether a word may have been meant: Israel by `Isreal`, not Angola by `Angora`."""
    slips = OSA.distance(typed, word)
    if typed[0] != word[0] or len(word) < 5:
        return False
    if len(word) > 6:
        return slips <= (2 if len(word) > 9 else 1)
    is_swapped = slips == 1 and sorted(typed) == sorted(word)
    return is_swapped or typed[:-1] == word


def _chain(kind: str, text: str) -> str | None:
    """Read an actor code without separators, up to its first unknown part."""
    pieces = re.split(r"[\W_]+", text.upper())
    code = "".join(pieces)
    known = _known_beginning(code)
    is_word = text[:3].istitle() or (" " in text and known != code)
    if is_word or not is_actor_code(code) or any(len(piece) % 3 for piece in pieces):
        return None
    is_separated = known == code and len(pieces) > 1 and " " not in text
    return known if _begins_well(known) and (is_separated or _is_telling(known)) else None


def _known_beginning(code: str) -> str:
    """Give the parts of an actor code before the first that is unknown in its place."""
    ends = range(len(code) - len(code) % 3, 0, -3)
    return next((code[:end] for end in ends if is_known("actor", code[:end])), "")


def _begins_well(chain: str) -> bool:
    return chain[:3] in COUNTRIES or chain[:3] in actors.INTERNATIONAL


def _is_telling(chain: str) -> bool:
    """Tell codes from words that look like codes: PRISON is Puerto Rico and the Songhai."""
    said = decode(chain)
    return sum(map(bool, (said.country, said.group, said.roles))) > 1


def _country_of_chain(kind: str, text: str) -> str | None:
    chain = _chain(kind, text)
    country = decode(chain).country if chain else None
    return _NAMES[kind].get(spelling(country)) if country else None


def _action(kind: str, text: str) -> str | None:
    """Read a code that has lost its first zero, or the known beginning of an unknown code."""
    if not text.isascii() or not text.isdigit():
        return None
    code = f"0{text}"
    if is_action_code(text):
        return next(text[:end] for end in (4, 3, 2) if text[:end] in ACTIONS)
    return code if code in ACTIONS else None


def _root(kind: str, text: str) -> str | None:
    code = text.zfill(2)
    return code[:2] if code.isascii() and is_action_code(code) else None


def _dataset(kind: str, text: str) -> str | None:
    name = text.lower()
    return name if DATASET_NAME.fullmatch(name) else None


_READINGS: dict[str, tuple[Callable[[str, str], str | None], ...]] = {
    **dict.fromkeys(VOCABULARIES, (_misspelt,)),
    **dict.fromkeys(CLOSED_KINDS, (_of_few,)),
    "actor": (_misspelt, _chain),
    "country": (_misspelt, _country_of_chain),
    "place_country": (_misspelt, _country_of_chain),
    "action": (_action, _misspelt),
    "root": (_root, _misspelt),
    "dataset": (_dataset,),
}
"""By kind, how a text that is no name is read; the first reading that finds a code wins."""
