"""How long a server takes to its first answer, and the memory of its processes."""

import statistics
from collections.abc import Iterator
from pathlib import Path

from benchmarks.figures import Figure
from benchmarks.http import DATASETTE
from benchmarks.servers import running
from benchmarks.stores import COMMAND

STARTS = 5
FIRST = "/v1/events?limit=1"


def figures(store: Path) -> Iterator[Figure]:
    """Start servers, one after the other."""
    environment = {"DATABASE": str(store), "WORKERS": "2"}
    seconds, idle = [], []
    for _ in range(STARTS):
        with running([COMMAND, "serve"], FIRST, environment) as server:
            seconds.append(server.seconds_to_answer)
            idle.append(server.own_megabytes)
    yield Figure("start to first answer", "s", statistics.median(seconds), goal=1)
    with running([*DATASETTE, str(store)], "/-/versions.json") as server:
        yield Figure("start of datasette", "s", server.seconds_to_answer)
    yield Figure("two workers idle, RssAnon of all processes", "MB", max(idle), goal=90)
