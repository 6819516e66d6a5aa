"""Group-bys over all events and Parquet exports, beside DuckDB alone over Parquet.

The peer of a group-by reads a Parquet file that has the columns of all three, sorted by date; that
of an export copies the very segment that ours is read from. Ours goes all the way from a selection
to the first page of groups, or to a file.
"""

import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb

from benchmarks.figures import Figure, cpu_ms
from dataset.aggregates.aggregation import Aggregation
from dataset.aggregates.pages import page_of_groups
from dataset.declarations.columns import COLUMNS
from dataset.declarations.filters import Choice
from dataset.events.pages import ALL_COLUMNS
from dataset.exports.parquet import write
from dataset.parquet_copy.refreshing import refresh
from dataset.parquet_copy.segments import Copy
from dataset.selections.selections import OLDEST_FIRST, Selection
from dataset.store.results_cache import ResultsCache
from dataset.store.snapshots import Snapshot, Store

GROUPED = [("action_root", "year"), ("actor_country", "month"), ("place_country", "quad_class")]
READ = "date, date_end, action_root, actor_country, place_country, quad_class"
LABELS = {"year": "substr(date, 1, 4)", "month": "substr(date, 1, 7)"}
"""What the peer groups by: it does not look at the last day of an event, as ours does."""
EXPORTED = {"actor_country": Choice(("USA",))}
PUBLIC = ", ".join(name for name, column in COLUMNS.items() if column.stored)


def figures(path: Path) -> Iterator[Figure]:
    """Make the copy if it is missing, then measure what is read from it."""
    store = Store(str(path))
    began = time.process_time()
    found = refresh(store)
    if found.made:
        rows = sum(one.versions.rows for one in found.made)
        yield Figure("copy in columns made", "rows/CPU s", rows / (time.process_time() - began))
    with TemporaryDirectory(dir=path.parent) as folder, store.stream() as snapshot:
        yield from _groups(snapshot, found.copy, Path(folder))
        yield _export(store, snapshot.revision, found.copy, Path(folder))


def _groups(snapshot: Snapshot, copy: Copy, folder: Path) -> Iterator[Figure]:
    peer, file = duckdb.connect(), str(folder / "peer.parquet")
    peer.execute(f"COPY (SELECT {READ} FROM '{_first(copy)}' ORDER BY date) TO '{file}'")
    for keys in GROUPED:
        by = ", ".join(LABELS.get(name, name) for name in keys)
        ours = cpu_ms(_page, snapshot, folder, keys)
        query = f"SELECT {by}, count(*) FROM '{file}' GROUP BY {by}"
        theirs = cpu_ms(lambda query: peer.execute(query).fetchall(), query)
        yield Figure(f"all events by {' and '.join(keys)}", "ms", ours, theirs, goal=1.5)


def _page(snapshot: Snapshot, folder: Path, keys: tuple[str, ...]) -> Any:
    """Make groups and give the first page of them; nothing is kept from one time to the next."""
    aggregation = Aggregation(Selection(snapshot.revision), keys, ("count",))
    with TemporaryDirectory(dir=folder) as kept:
        return page_of_groups(snapshot, ResultsCache(Path(kept)), aggregation, 100)


def _export(store: Store, revision: int, copy: Copy, folder: Path) -> Figure:
    ours, theirs = folder / "ours.parquet", folder / "theirs.parquet"
    selection = Selection(revision, EXPORTED, OLDEST_FIRST)
    query = f"COPY (SELECT {PUBLIC} FROM '{_first(copy)}' WHERE actor_country = 'USA')"
    peer = duckdb.connect()
    return Figure(
        "Parquet of all events of the United States",
        "ms",
        cpu_ms(write, store, selection, ALL_COLUMNS, {}, ours),
        cpu_ms(peer.execute, f"{query} TO '{theirs}' (COMPRESSION zstd)"),
        goal=0.5,
        times=True,
    )


def _first(copy: Copy) -> Path:
    """Give the file of the first segment: it has nearly all events."""
    return copy.folder / copy.segments[0].versions.name
