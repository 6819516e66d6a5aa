"""Know which datasets have events without a direction: either side may stand first in the file."""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from peewee import fn

from dataset.declarations.columns import UNDIRECTED
from dataset.declarations.filters import Choice
from dataset.selections.selections import Selection, branches
from dataset.store.models import field
from dataset.store.snapshots import Snapshot

NOTE = (
    f"{' and '.join(UNDIRECTED)} events have no direction: their actor and target stand in the "
    "order of the file, and could be the other way round; dyad and involves find both ways"
)
SIDES = ("actor", "target")
MOST_REVISIONS = 64
"""For how many revisions it is kept which datasets have such events."""


def note_on(snapshot: Snapshot, revision: int, arguments: Mapping[str, Any]) -> str | None:
    """Say that an answer by actor or target may hold events without a direction, if it may.

    `arguments` are the filters of the answer, and the keys in `by`.
    """
    if not any(name.startswith(SIDES) for name in (*arguments, *arguments.get("by", ()))):
        return None
    if not _keeps(arguments.get("violence_type"), UNDIRECTED):
        return None
    found = undirected(snapshot, revision)
    return NOTE if _keeps(arguments.get("dataset"), found) else None


def _keeps(choice: Choice | None, values: tuple[str, ...]) -> bool:
    """Tell whether a filter keeps any of some values."""
    return any((choice or Choice()).keeps(one) for one in values)


def undirected(snapshot: Snapshot, revision: int) -> tuple[str, ...]:
    """Name the datasets that have events without a direction at a revision."""
    make = partial(_undirected, snapshot, revision)
    found: tuple[str, ...] = snapshot.remembered("undirected", revision, make, MOST_REVISIONS)
    return found


def _undirected(snapshot: Snapshot, revision: int) -> tuple[str, ...]:
    names = {name for query in selects(snapshot, revision) for (name,) in snapshot.rows(query)}
    return tuple(sorted(names))


def selects(snapshot: Snapshot, revision: int) -> Iterator[Any]:
    """Yield the selects of the datasets that have such events."""
    selection = Selection(revision, {"violence_type": Choice(UNDIRECTED)})
    for branch in branches(snapshot, selection, ["dataset"]):
        # Else SQLite might read the index of the datasets, with all other events in it.
        yield branch.select(fn.COALESCE(field(branch.model, "dataset"), None)).distinct()
