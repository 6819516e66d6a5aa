"""What values each kind of code can have, with labels."""

from collections.abc import Mapping

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
from dataset.declarations.columns import DATE_PRECISIONS, EVIDENCE_STATUSES, PLACE_PRECISIONS

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
        return not decode(code).unknown
    return code in VOCABULARIES[kind]
