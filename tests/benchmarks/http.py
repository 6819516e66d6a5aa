"""A page over HTTP: CPU of all server processes, against other ways to serve the same page."""

import statistics
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlencode

from benchmarks.figures import Figure
from benchmarks.questions import pairs
from benchmarks.servers import Server, running
from benchmarks.stores import COMMAND, PEERS
from dataset.declarations.columns import COLUMNS
from dataset.store.snapshots import Store

ROUNDS = 5
WARMING = 8
"""How often all is asked before: a connection is served by one of the processes."""
PEER = [sys.executable, "-m", "benchmarks.peers.serve"]
LIMIT = 100
STORED = [name for name, column in COLUMNS.items() if column.stored]
DATASETTE = [
    *(str(PEERS / "datasette"), "serve", "--port", "PORT", "--setting", "allow_facet", "off"),
    *("--setting", "suggest_facets", "off", "--setting", "max_returned_rows", "1000"),
]


def figures(store: Path) -> Iterator[Figure]:
    """Measure pages over HTTP by turns."""
    with Store(str(store)).stream() as snapshot:
        asks = [{"actor_country": one, "action_root": root} for one, root in pairs(snapshot)]
    ours = [f"/v1/events?{urlencode(one | {'limit': LIMIT})}" for one in asks]
    theirs = [f"/{store.stem}/event.json?{urlencode(_of_datasette(one), True)}" for one in asks]
    environment = {"DATABASE": str(store)}
    as_peer = environment | {"PYTHONPATH": "tests"}
    commands = {
        "ours": ([COMMAND, "serve"], ours, environment),
        "datasette": ([*DATASETTE, str(store)], theirs, environment),
        "flask-smorest with models": ([*PEER, "benchmarks.peers.plain:app"], ours, as_peer),
        "bare WSGI function": ([*PEER, "benchmarks.peers.bare:app"], ours, as_peer),
    }
    with ExitStack() as stack:
        servers = {
            name: (stack.enter_context(running(command, paths[0], given)), paths)
            for name, (command, paths, given) in commands.items()
        }
        spent = _by_turns(servers)
        yield _times("datasette", spent, 8)
        yield _times("flask-smorest with models", spent, 10)
        yield _ratio("bare WSGI function", spent, 1.4)
        yield from _of_ours(servers["ours"][0], ours, spent["ours"])


def _of_datasette(asked: Mapping[str, str]) -> dict[str, object]:
    """Write the same query for Datasette, without counts and facets."""
    more = {"_col": STORED, "_sort_desc": "date", "_size": LIMIT, "_shape": "objects"}
    return {**asked, **more, "_nocount": 1, "_nofacet": 1}


def _by_turns(servers: Mapping[str, tuple[Server, list[str]]]) -> dict[str, float]:
    """Ask servers by turns; give the CPU milliseconds of an answer of each."""
    spent: dict[str, list[float]] = {name: [] for name in servers}
    for server, paths in servers.values():
        for _ in range(WARMING):
            server.ask(paths)
    for _ in range(ROUNDS):
        for name, (server, paths) in servers.items():
            spent[name].append(server.loaded_ms(paths))
    return {name: statistics.median(times) for name, times in spent.items()}


def _times(peer: str, spent: Mapping[str, float], goal: float) -> Figure:
    what = f"page of {LIMIT} over HTTP, warm; {peer}"
    return Figure(what, "ms", spent["ours"], spent[peer], goal, times=True)


def _ratio(peer: str, spent: Mapping[str, float], goal: float) -> Figure:
    what = f"page of {LIMIT} over HTTP, warm; {peer}"
    return Figure(what, "ms", spent["ours"], spent[peer], goal)


def _of_ours(server: Server, paths: list[str], warm: float) -> Iterator[Figure]:
    """Measure queries that come for the first time, and answers that the client has already."""
    days = [f"2025-{month:02}-{day:02}" for month in range(3, 13) for day in range(1, 13)]
    new = [f"{path}&date_to={day}" for path, day in zip(paths * 2, days, strict=False)]
    yield Figure(f"page of {LIMIT} over HTTP, each query new", "ms", server.cpu_ms(new))
    etag = server.etag(paths[0])
    had = server.loaded_ms(paths[:1], {"If-None-Match": etag})
    yield Figure("304; the page", "ms", had, warm, 5, times=True)
