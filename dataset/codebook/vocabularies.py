"""What values each kind of code can have, with labels, and which one a wrong value meant."""

from collections.abc import Callable, Collection, Iterable, Mapping
from pkgutil import resolve_name

from dataset.codebook import (
    ACTIONS,
    COUNTRIES,
    ETHNIC,
    GROUPS,
    ISO_COUNTRIES,
    PLOVER_CONTEXTS,
    PLOVER_MODES,
    PLOVER_TYPES,
    RELIGIONS,
    ROLES,
    decode,
)
from dataset.declarations.columns import CLOSED_SETS, QUAD_CLASSES

Held = Callable[[Collection[str]], Collection[str]]
"""Returns those of the given codes that the store has held."""

CLOSED_KINDS = ("boolean", "quad_class", *CLOSED_SETS)
"""The kinds whose values are all known: any other value is malformed."""

VOCABULARIES: dict[str, Mapping[str, str]] = {
    "actor": {**ETHNIC, **RELIGIONS, **GROUPS, **ROLES, **COUNTRIES},
    "country": COUNTRIES,
    "group": GROUPS,
    "role": ROLES,
    "ethnic": ETHNIC,
    "religion": RELIGIONS,
    "action": {code: action.label for code, action in ACTIONS.items()},
    "root": {code: action.label for code, action in ACTIONS.items() if action.parent is None},
    "plover": PLOVER_TYPES,
    "mode": PLOVER_MODES,
    "context": PLOVER_CONTEXTS,
    "place_country": ISO_COUNTRIES,
    **{kind: dict.fromkeys(values, "") for kind, values in CLOSED_SETS.items()},
    "boolean": {"true": "", "false": ""},
    "quad_class": {str(number): label for number, label in QUAD_CLASSES.items()},
}


def is_known(kind: str, code: str) -> bool:
    """Tell whether the codebook, with its decoder, has a code of this kind."""
    if kind == "actor":
        return not decode(code).unknown
    return code in VOCABULARIES[kind]


def none_held(_codes: Collection[str]) -> Collection[str]:
    """Stand for a store that is not looked at."""
    return ()


def meant(kind: str, text: str, held: Held = none_held) -> str | None:
    """Suggest the code of a kind that a text may have meant; none rather than a doubtful one."""
    # It needs every name of every code: a server imports these only at the first mistake.
    suggest: Callable[[str, str, Held], str | None]
    suggest = resolve_name("dataset.codebook.suggestions:meant")
    return suggest(kind, text, held)


def closest(text: str, names: Iterable[str]) -> str | None:
    """Give the name that is most like `text`, whatever the case; None if none is like it."""
    suggest: Callable[[str, Iterable[str]], str | None]
    suggest = resolve_name("dataset.codebook.suggestions:closest")
    return suggest(text, names)
