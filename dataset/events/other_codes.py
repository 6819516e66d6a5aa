"""Say which other codes of its state a filter does not find, and how many events have them."""

from collections.abc import Iterator, Mapping
from typing import Any

from dataset.declarations.filters import FILTERS
from dataset.events.rows_or_columns import matched_by
from dataset.selections.known_values import is_seen
from dataset.selections.same_states import OF_STATES, not_found
from dataset.selections.selections import Selection
from dataset.store.counts import told
from dataset.store.snapshots import Snapshot


def notes_on(snapshot: Snapshot, revision: int, filters: Mapping[str, Any]) -> Iterator[str]:
    """Say of each filter which other codes of the same state would find events.

    Only codes that the store has held are counted, each up to the cap of counts.
    """
    for name in sorted(OF_STATES & filters.keys()):
        for (code, other), instead in not_found(filters[name]).items():
            if is_seen(snapshot, FILTERS[name].kind, other):
                found = matched_by(snapshot, Selection(revision, {name: instead}))
                if found.value:
                    text = f"{name}={instead.wanted[0]} finds {told(found, 'event')}"
                    yield f"{other} is the same state as {code}: {text}"
