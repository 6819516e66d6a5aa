"""A walk over 100,000 events while another process loads yields each event once."""

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from benchmarks.gdelt_like import FIRST_ID, lines
from support.large_store import IDS, ROWS, make_large
from support.paths import COMMAND
from support.programs import free_port
from support.servers import start, stop, wait_until_up

ADDED = 59
"""The column of the time of addition: of two versions of an event the later one wins."""


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return make_large(tmp_path)


@pytest.fixture
def url(store: Path) -> Iterator[str]:
    """The address of a server on the store."""
    port = free_port()
    process = start(store, port)
    wait_until_up(f"http://127.0.0.1:{port}", process)
    yield f"http://127.0.0.1:{port}"
    stop(process)


def changed(path: Path, turn: int) -> Path:
    """Write newer versions of some events, with other dates and values, and new events."""
    with path.open("wb") as file:
        for line in lines(2_000, seed=turn + 1, first_id=FIRST_ID + ROWS - turn * 1_500):
            cells = line.split(b"\t")
            cells[ADDED] = b"203001%02d000000" % turn
            file.write(b"\t".join(cells))
    return path


class Loader:
    """Loads one file after another, each in a process of its own."""

    def __init__(self, store: Path) -> None:
        self.store, self.turn = store, 0
        self.process: subprocess.Popen[bytes] | None = None

    def go_on(self) -> None:
        """Begin the next load."""
        self.turn += 1
        file = changed(self.store.with_name(f"{self.turn}.export.CSV"), self.turn)
        command = [COMMAND, "load", "gdelt", str(file), "--database", str(self.store)]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL)

    def finish(self) -> None:
        """Wait until the running load has committed."""
        if self.process:
            assert self.process.wait(timeout=60) == 0


def walked(client: httpx.Client, url: str, meanwhile: Callable[[int], None]) -> Iterator[Any]:
    """Follow the pages, and let something happen between them."""
    number = 0
    while url:
        page = client.get(url).raise_for_status().json()
        yield page
        number += 1
        meanwhile(number)
        url = page["page"]["next"]


def newest(client: httpx.Client) -> int:
    return int(client.get("/v1/events?limit=1&fields=id").json()["receipt"]["revision"])


@pytest.mark.soak
def test_a_walk_during_loads_yields_each_event_of_its_revision_once(store: Path, url: str) -> None:
    loader, seen = Loader(store), []

    def meanwhile(number: int) -> None:
        if number % 20 == 0:
            loader.finish()
            seen.append(newest(client))
            loader.go_on()

    loader.go_on()
    with httpx.Client(base_url=url, timeout=60) as client:
        events = [
            event
            for page in walked(client, "/v1/events?limit=1000", meanwhile)
            for event in page["data"]
        ]
        loader.finish()
        after = client.get("/v1/events/count").json()["count"]
    assert sorted(event["id"] for event in events) == sorted(IDS)
    assert {event["revision"] for event in events} == {1}
    assert len(set(seen)) == len(seen) == ROWS // 1000 // 20
    assert after > ROWS
