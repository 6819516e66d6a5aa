"""Short pages beside long streams: how long pages take while exports run, by kind of worker."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from benchmarks.figures import Figure
from benchmarks.servers import Server, running
from benchmarks.stores import COMMAND

PAGE = "/v1/events?actor_country=IRN&action_root=19&limit=100"
EXPORT = "/v1/events.ndjson?date_from=2016-01-01"
EXPORTS = 4
PAGES = 200
SECONDS = 60.0
"""How long pages are asked for, even if they were fewer."""
KINDS = {
    "as served": [COMMAND, "serve"],
    "gunicorn sync": [sys.executable, "-m", "benchmarks.peers.serve", "benchmarks.peers.ours:app"],
    "granian": [
        *(str(Path(sys.executable).with_name("granian")), "--interface", "wsgi", "--no-ws"),
        *("--port", "PORT", "--workers", "2", "--blocking-threads", "4"),
        "benchmarks.peers.ours:app",
    ],
}


def figures(store: Path) -> Iterator[Figure]:
    """Measure the slowest of a hundred pages, idle and beside exports, of each kind."""
    for kind, command in KINDS.items():
        is_ours = command[0] == COMMAND
        as_peer = {} if is_ours else {"PYTHONPATH": "tests", "KIND": "sync"}
        environment = {"DATABASE": str(store), **as_peer}
        with running(command, PAGE, environment) as server:
            _times(server, 50)
            idle = _slowest(server)
            with _exporting(server):
                busy = _slowest(server)
        goal = 3 if is_ours else None
        yield Figure(f"p99 of pages beside {EXPORTS} exports; idle: {kind}", "ms", busy, idle, goal)


def _slowest(server: Server) -> float:
    times = sorted(_times(server, PAGES))
    return times[len(times) * 99 // 100] * 1000


def _times(server: Server, times: int) -> list[float]:
    """Ask for pages, one after the other, each on a connection of its own."""
    taken: list[float] = []
    while len(taken) < times and sum(taken) < SECONDS:
        began = time.monotonic()
        server.ask([PAGE])
        taken.append(time.monotonic() - began)
    return taken


@contextmanager
def _exporting(server: Server) -> Iterator[None]:
    """Read exports without end, in processes that take next to no CPU; break them off at last."""
    url = f"http://127.0.0.1:{server.port}{EXPORT}"
    script = f"while curl --silent --output /dev/null '{url}'; do :; done"
    with ExitStack() as stack:
        for _ in range(EXPORTS):
            reader = subprocess.Popen(["sh", "-c", script], start_new_session=True)
            stack.callback(reader.wait)
            stack.callback(os.killpg, reader.pid, signal.SIGTERM)
        yield
