"""Say of filters that find nothing which name, or which code, has events."""

from collections.abc import Iterator
from typing import Any

from dataset.codebook import decode
from dataset.codebook.actors import PART_LENGTH
from dataset.codebook.vocabularies import VOCABULARIES
from dataset.declarations.filters import FILTERS, Choice
from dataset.events.rows_or_columns import matched_by
from dataset.selections.names import commonest_code, commonest_with, nearest, spelled
from dataset.selections.selections import Selection
from dataset.store.counts import told
from dataset.store.snapshots import Snapshot

SIDES = {"actor": "actor_name", "actor_code": "actor_name"}
SIDES |= {"target": "target_name", "target_code": "target_name", "involves": "involves_name"}
"""The filter of names that belongs to each filter of actor codes."""


def notes_on(snapshot: Snapshot, revision: int, name: str, value: Any) -> Iterator[str]:
    """Say of a filter of names or codes what would find events in the place of its values."""
    if FILTERS[name].kind == "name":
        for text in filter(None, value.wanted):
            yield from _of_name(snapshot, revision, name, text)
    elif name in SIDES:
        for code in filter(None, value.wanted):
            yield from _of_code(snapshot, revision, name, code)


def notes_on_search(snapshot: Snapshot, revision: int, text: str) -> Iterator[str]:
    """Say of a search of names that finds none which name is most like it."""
    for better in _of_name(snapshot, revision, "involves_name", text):
        yield f"no code has events of that name; {better.partition(': ')[2]}"


def _of_name(snapshot: Snapshot, revision: int, name: str, text: str) -> Iterator[str]:
    other = nearest(snapshot, FILTERS[name].columns, text)
    if other and (events := _found(snapshot, revision, name, other)):
        yield f"no event has the name {text}: {name}={_written(other)} finds {events}"


def _of_code(snapshot: Snapshot, revision: int, name: str, code: str) -> Iterator[str]:
    """Look for longer codes with the same part, and for the name of the code."""
    label, by_name = label_of(code), SIDES[name]
    kinds = FILTERS[by_name].columns
    if longer := commonest_with(snapshot, FILTERS[name].columns, code[-PART_LENGTH:]):
        found = matched_by(snapshot, Selection(revision, {name: Choice((longer,))}))
        if found.value:
            yield f"no event has the code {code}: {name}={longer} finds {told(found, 'event')}"
    other = nearest(snapshot, kinds, label) if label else None
    if other and (events := _found(snapshot, revision, by_name, other)):
        instead = commonest_code(snapshot, kinds, other)
        most = f", most with the code {instead}" if instead else ""
        yield f"no event has the code {code}: {by_name}={_written(other)} finds {events}{most}"


def label_of(code: str) -> str | None:
    """Give the label of the last part of an actor code; None if the codebook lacks it."""
    part = code[-PART_LENGTH:]
    return None if part in decode(code).unknown else VOCABULARIES["actor"].get(part)


def _written(name: str) -> str:
    """Write a name as a value of a filter: a comma would part it."""
    return name.replace("\\", r"\\").replace(",", r"\,")


def _found(snapshot: Snapshot, revision: int, name: str, text: str) -> str:
    """Say how many events a name finds; nothing if it finds none."""
    filters = {name: spelled(snapshot, Choice((text,)))}
    found = matched_by(snapshot, Selection(revision, filters))
    return told(found, "event") if found.value else ""
