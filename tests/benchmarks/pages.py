"""Pages in process: against the engine itself, over mixes of filters, at any depth; planning."""

import sqlite3
import statistics
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from itertools import starmap
from pathlib import Path
from typing import Any

import orjson

from api import create_app
from api.requests.parameters import parameters_of
from api.settings import Settings
from benchmarks.figures import Figure, cpu_ms, side_by_side
from benchmarks.questions import mixed, pairs
from dataset.declarations.columns import COLUMNS
from dataset.declarations.filters import FILTERS, Choice
from dataset.events import rows
from dataset.events.pages import ALL_COLUMNS, page_of, statement_of
from dataset.selections.known_values import resolved
from dataset.selections.selections import NEWEST_FIRST, Position, Selection
from dataset.store.counts import Matched
from dataset.store.snapshots import Snapshot, Store
from schemas.events import EventPageQuerySchema

KNOWN = Matched(0, "eq")
"""As on every page but the first: what matched need not be counted."""
STORED = [name for name, column in COLUMNS.items() if column.stored]
READ = rows.stored([*ALL_COLUMNS, NEWEST_FIRST.column])
RAW = (
    f"SELECT {', '.join(STORED)} FROM event WHERE actor_country = ? AND action_root = ? "
    "ORDER BY date DESC, key DESC LIMIT ?"
)
QUERY = b"actor_country=IRN&action_root=19&date_from=2019-01-01&date_to=2020-12-31&limit=100"
DEEP = 1_000_000


def figures(store: Path) -> Iterator[Figure]:
    """Measure pages."""
    with Store(str(store)).stream() as snapshot:
        for limit in (100, 1000):
            yield _against_the_engine(store, snapshot, limit)
        yield from _mixes(snapshot)
        yield from _depth(snapshot)
        yield from _planning(snapshot, store)


def page(snapshot: Snapshot, selection: Selection, limit: int = 100) -> bytes:
    """Make the events of a page."""
    found = page_of(snapshot, selection, ALL_COLUMNS, limit, KNOWN)
    return orjson.dumps(list(starmap(rows.nested(ALL_COLUMNS, found.read), found.rows)))


def _against_the_engine(store: Path, snapshot: Snapshot, limit: int) -> Figure:
    asks = pairs(snapshot)
    connection = sqlite3.connect(store)

    def raw(number: int) -> bytes:
        values = (*asks[number % len(asks)], limit)
        found = connection.execute(RAW, values).fetchall()
        return orjson.dumps([dict(zip(STORED, row, strict=True)) for row in found])

    def ours(number: int) -> bytes:
        country, root = asks[number % len(asks)]
        filters = {"actor_country": Choice((country,)), "action_root": Choice((root,))}
        return page(snapshot, Selection(snapshot.revision, filters), limit)

    spent = side_by_side({"ours": ours, "raw": raw})
    connection.close()
    what = f"page of {limit}, in process; sqlite3 + dict + orjson"
    return Figure(what, "ms", spent["ours"], spent["raw"], 0.9)


def _mixes(snapshot: Snapshot) -> Iterator[Figure]:
    spent = [cpu_ms(page, snapshot, selection) for _, selection in mixed(snapshot)]
    median = statistics.median(spent)
    yield Figure("page of 100, mixes of 2 or 3 filters, median", "ms", median, goal=10)
    yield Figure("page of 100, mixes of 2 or 3 filters, worst", "ms", max(spent), goal=100)


def _depth(snapshot: Snapshot) -> Iterator[Figure]:
    """Compare the first page of everything with one that has a million events before it."""
    text = "SELECT date, key FROM event ORDER BY date DESC, key DESC LIMIT 1 OFFSET ?"
    (count,) = snapshot.database.execute_sql("SELECT COUNT(*) FROM event").fetchone()
    depth = min(DEEP, count - 200)
    position = Position(*snapshot.database.execute_sql(text, (depth,)).fetchone())
    first = Selection(snapshot.revision)
    pages = {"first": first, "deep": replace(first, after=position)}
    works = {name: partial(_numbered, snapshot, one) for name, one in pages.items()}
    spent = side_by_side(works)
    yield Figure(f"page at depth {depth:,}; page 1", "ms", spent["deep"], spent["first"], 2)


def _numbered(snapshot: Snapshot, selection: Selection, _number: int) -> bytes:
    return page(snapshot, selection)


def _planning(snapshot: Snapshot, store: Path) -> Iterator[Figure]:
    app = create_app(Settings(database=str(store)))
    with app.test_request_context(f"/v1/events?{QUERY.decode()}"):
        yield _timed("arguments to statement, warm", snapshot, 1000, goal=20)
        yield _timed("arguments to statement, a new query", snapshot, 50, is_new=True)


def _timed(
    what: str,
    snapshot: Snapshot,
    times: int,
    goal: float | None = None,
    is_new: bool = False,
) -> Figure:
    def work() -> None:
        for number in range(times):
            if is_new:
                parameters_of.cache_clear()
            _plan(snapshot, 101 + number * is_new)

    return Figure(what, "us", cpu_ms(work) * 1000 / times, goal=goal)


def _plan(snapshot: Snapshot, limit: int) -> Any:
    """Validate the query and make its statement with all parameters."""
    arguments = parameters_of(EventPageQuerySchema, QUERY).arguments
    filters = {name: value for name, value in arguments.items() if name in FILTERS}
    selection = Selection(snapshot.revision, resolved(snapshot, filters), NEWEST_FIRST)
    return statement_of(snapshot, selection, READ, limit)
