"""What values each kind of code can have, with labels, and which one may have been meant."""

from collections.abc import Iterable, Mapping

from rapidfuzz import fuzz, process

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
    parts,
)
from dataset.columns import DATE_PRECISIONS, EVIDENCE_STATUSES, PLACE_PRECISIONS

CLOSED_KINDS = ("boolean", "quad_class", "date_precision", "place_precision", "evidence_status")
"""The kinds whose values are all known: whatever else is asked for is not well-formed."""

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
    "date_precision": dict.fromkeys(DATE_PRECISIONS, ""),
    "place_precision": dict.fromkeys(PLACE_PRECISIONS, ""),
    "evidence_status": dict.fromkeys(EVIDENCE_STATUSES, ""),
    "boolean": {"true": "", "false": ""},
    "quad_class": {str(number): "" for number in range(1, 5)},
}


def is_known(kind: str, code: str) -> bool:
    """Tell whether the codebook, with its decoder, has a code of this kind."""
    if kind == "actor":
        return all(part in VOCABULARIES[kind] for part in parts(code))
    return code in VOCABULARIES[kind]


def meant(kind: str, text: str) -> str | None:
    """Suggest the code of a kind that a text may have meant; None rather than a doubtful one."""
    if text in _MISSING:
        return "none"
    bare = text.strip(" \"'()[]{}").removesuffix(".0")
    spelling, known = _spelling(bare), _SPELLINGS.get(kind, {})
    if spelling in known:
        return known[spelling]
    return next((code for read in _READINGS.get(kind, ()) if (code := read(kind, bare))), None)


def closest(text: str, names: Iterable[str]) -> str | None:
    """Give the name that is most like `text`, whatever the case; None if none is like it."""
    plain = {name.casefold(): name for name in names}
    found = process.extractOne(
        text.casefold(), plain.keys(), scorer=fuzz.ratio, score_cutoff=LIKE_A_NAME
    )
    return plain[found[0]] if found else None
