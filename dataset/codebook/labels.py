"""Say in words what a code means."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from dataset.codebook.actors import decode
from dataset.codebook.vocabularies import VOCABULARIES
from dataset.declarations.aggregates import DYAD
from dataset.declarations.columns import COLUMNS

Label = Callable[[Any], str | None]
"""Gives the label of a code; None without one."""


def actor_label(code: str) -> str:
    """Give the labels of an actor code's parts; those that are in no table stay as they are."""
    said = decode(code)
    parts = (
        ("country", said.country),
        *(("role", role) for role in said.roles),
        ("ethnic", said.ethnic),
        *(("religion", religion) for religion in said.religions),
        ("group", said.group),
    )
    known = [VOCABULARIES[kind][part] for kind, part in parts if part]
    return ", ".join([*known, *said.unknown])


def _actor(code: str | None) -> str | None:
    return actor_label(code) if code else None


def _dyad(codes: str | None) -> str | None:
    countries = VOCABULARIES["country"]
    return (
        " \N{EN DASH} ".join(countries.get(code, code) for code in codes.split(","))
        if codes
        else None
    )


def _named(names: Mapping[str, str], code: object) -> str | None:
    return names.get(str(code))


_KINDS: dict[str, Label] = {
    **{kind: partial(_named, names) for kind, names in VOCABULARIES.items() if any(names.values())},
    "actor": _actor,
}
LABELS: dict[str, Label] = {
    DYAD: _dyad,
    **{name: _KINDS[one.kind] for name, one in COLUMNS.items() if one.by and one.kind in _KINDS},
}
"""How the values of a key are labelled, for each key whose values are codes."""


def label_name(key: str) -> str:
    """Name the label of a key."""
    return f"{key}_label"
