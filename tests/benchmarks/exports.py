"""Whole results as text, against the command line of SQLite on the same rows."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from benchmarks.figures import Figure
from benchmarks.loading import cpu_of
from benchmarks.stores import both_sides
from dataset.declarations.columns import COLUMNS
from dataset.declarations.filters import Choice
from dataset.events.pages import ALL_COLUMNS
from dataset.exports import csv_by_sql
from dataset.exports.text_formats import extract, write_ndjson, written
from dataset.selections.selections import OLDEST_FIRST, Selection
from dataset.store.snapshots import Store

ROUNDS = 3
FILTERS = {"actor_country": Choice(("USA",))}
STORED = [name for name, column in COLUMNS.items() if column.stored]
QUERY = f"SELECT {', '.join(STORED)} FROM event WHERE actor_country = 'USA' ORDER BY date, key"


def _ndjson(*asked: Any) -> Iterator[bytes]:
    return written(extract(*asked), write_ndjson)


ASKED = [
    ("csv", "from rows", csv_by_sql.write, "-csv", 1.0),
    ("csv", "from columns", csv_by_sql.write, "-csv", 1.0),
    ("ndjson", "from rows", _ndjson, "-json", 0.8),
]
"""Each format with the side that answers, what writes it, SQLite's option, and the goal."""


def figures(store: Path) -> Iterator[Figure]:
    """Write all events whose actor is the USA, by turns."""
    with both_sides(store) as sides:
        for name, side, write, option, goal in ASKED:
            command = ["sqlite3", option, str(store), QUERY]
            spent = [(_seconds(sides[side], write), cpu_of(command)[0]) for _ in range(ROUNDS)]
            ours, peer = map(min, zip(*spent, strict=True))
            what = f"all events of the USA as {name}, {side}; sqlite3 {option}"
            yield Figure(what, "s", ours, peer, goal, times=True)


def _seconds(store: Store, write: Callable[..., Iterator[bytes]]) -> float:
    with store.snapshot() as snapshot:
        selection = Selection(snapshot.revision, FILTERS, OLDEST_FIRST)
    began = time.process_time()
    for _ in write(store, selection, ALL_COLUMNS, {}):
        pass
    return time.process_time() - began
