"""Check the values of filters against the codebook and the store; make them those of the store."""

from collections.abc import Collection, Mapping
from functools import partial
from typing import Any

from peewee import fn

from dataset.codebook.vocabularies import CLOSED_KINDS, VOCABULARIES, closest, is_known, meant
from dataset.declarations.filters import FILTERS, Choice
from dataset.declarations.ids import key_of
from dataset.errors import UnknownValue
from dataset.selections.names import spelled
from dataset.selections.same_states import together
from dataset.store.models import LAST, Dataset, SeenCode
from dataset.store.snapshots import Snapshot

NO_KEY = -1
"""Stands for an id of a dataset that the store does not have: no event has this key."""

OF_NAMES = {name for name, item in FILTERS.items() if item.kind == "name"}
"""The filters of names: any name can be asked for, seen or not."""
_CHECKED = {"dataset", *VOCABULARIES} - set(CLOSED_KINDS)


def resolved(snapshot: Snapshot, filters: Mapping[str, Any]) -> dict[str, Any]:
    """Check the codes in filters and give the filters with the values that the store holds.

    Public ids become keys, a country of two codes both of them (`same_states`), and a name all its
    spellings (`names`).
    Raises `UnknownValue` for a code that neither the codebook nor any revision of the store has.
    """
    for name, value in filters.items():
        for code in _codes_in(name, value):
            _check(snapshot, name, code)
    filters = {name: together(name, value) for name, value in filters.items()}
    for name in OF_NAMES & filters.keys():
        filters[name] = spelled(snapshot, filters[name])
    if "id" not in filters:
        return filters
    numbers = dataset_numbers(snapshot)
    keys = [
        tuple(None if one is None else (key_of_id(numbers, one), one) for one in ids)
        for ids in filters["id"]
    ]
    return {**filters, "id": Choice(*keys)}


def dataset_numbers(snapshot: Snapshot) -> dict[str, int]:
    """Give the number of each dataset in the store."""
    return dict(snapshot.rows(Dataset.select(Dataset.name, Dataset.number)))


def key_of_id(numbers: Mapping[str, int], public_id: str) -> int:
    """Give the key of a public id; `NO_KEY` where the store has no such dataset."""
    name, _, native = public_id.partition(":")
    return key_of(numbers[name], native) if name in numbers else NO_KEY


def _codes_in(name: str, value: Any) -> list[str]:
    if FILTERS[name].kind not in _CHECKED:
        return []
    values = [*value.wanted, *value.unwanted] if isinstance(value, Choice) else value
    return [str(code) for code in values if code is not None]


def _check(snapshot: Snapshot, name: str, code: str) -> None:
    kind = FILTERS[name].kind
    if kind == "dataset":
        known = sorted(dataset_numbers(snapshot))
        if code not in known:
            detail = f"The store has no dataset {code}; it has {', '.join(known) or 'none'}."
            raise UnknownValue(name, code, detail, closest(code, known))
    elif not is_known(kind, code) and not is_seen(snapshot, kind, code):
        raise UnknownValue(
            name,
            code,
            f"Neither the codebook nor the store has the {kind.replace('_', ' ')} code {code}.",
            meant(kind, code, partial(held, snapshot, kind)),
        )


def held(snapshot: Snapshot, kind: str, codes: Collection[str]) -> set[str]:
    """Of codes of one length, give those that a revision has held, alone or as a prefix."""
    beginning = fn.SUBSTR(SeenCode.code, 1, len(next(iter(codes), "")))
    query = SeenCode.select(beginning).where(SeenCode.kind == kind, beginning.in_(codes))
    return {code for (code,) in snapshot.rows(query.distinct())}


def is_seen(snapshot: Snapshot, kind: str, code: str) -> bool:
    """Tell whether a revision has held a code; of actors and actions, also as a prefix."""
    kinds = ("action", "root") if kind == "action" else (kind,)
    query = SeenCode.select(SeenCode.code).where(
        SeenCode.kind.in_(kinds), SeenCode.code.between(code, code + LAST)
    )
    return any(
        found == code or kind in ("actor", "action") for (found,) in snapshot.rows(query.limit(1))
    )
