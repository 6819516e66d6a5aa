"""What lasts: reads beside loads, full disks, and a hundred thousand requests."""

import os
import re
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from api import create_app
from api.settings import Settings
from benchmarks.gdelt_like import lines
from support.crashes import checked, loading
from support.figures import tally
from support.programs import free_port, needed
from support.servers import start, stop, wait_until_up
from support.stores import loaded, rows_of

ROWS = 20_000
REQUESTS = 100_000
READ = (
    "/v1/events?limit=10",
    "/v1/events/count?actor=IRN",
    "/v1/actors/IRNGOV",
    "/v1/events/seed:1",
)


@pytest.fixture(scope="module")
def events(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of events to load."""
    path = tmp_path_factory.mktemp("events") / "20240413.export.CSV"
    with path.open("wb") as file:
        file.writelines(lines(ROWS))
    return path


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 96 MB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=96m", "tmpfs", str(folder)]
    if os.geteuid() or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("only root can mount a small disk")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


# Reads beside loads


def p99_ms(url: str, going_on: Callable[[int], bool]) -> tuple[float, int, int]:
    """Read while something goes on: give the 99th percentile, how many, how many failed."""
    taken, failed = [], 0
    with httpx.Client(base_url=url) as client:
        while going_on(len(taken)):
            started = time.perf_counter()
            failed += client.get(READ[len(taken) % len(READ)]).status_code != 200
            taken.append((time.perf_counter() - started) * 1_000)
    return round(sorted(taken)[len(taken) * 99 // 100], 1), len(taken), failed


def test_reads_go_on_beside_a_load(own_store: Path, events: Path, figures: Callable) -> None:
    port = free_port()
    process = start(own_store, port)
    url = f"http://127.0.0.1:{port}"
    wait_until_up(url, process)
    idle, *_ = p99_ms(url, lambda count: count < 200)
    with loading(own_store, events) as load:
        busy, count, failed = p99_ms(url, lambda _: load.poll() is None)
    stop(process)
    figures("reads beside a load", reads=count, failed=failed, p99_ms_idle=idle, p99_ms_beside=busy)
    assert (load.returncode, failed) == (0, 0)
    assert count > len(READ)


# Full disks


def fill(disk: Path, but: int) -> Path:
    """Fill a disk up to some bytes."""
    filler = disk / "filler"
    filler.write_bytes(bytes(shutil.disk_usage(disk).free - but))
    return filler


def test_a_disk_that_fills_up_under_a_load_leaves_the_store_as_it_was(
    seeded: Path, events: Path, small_disk: Path
) -> None:
    store = Path(shutil.copy(seeded, small_disk / "store.sqlite"))
    with loading(store, events) as load:
        filler = fill(small_disk, but=500_000)
        said, _ = load.communicate()
    assert (load.returncode, b"full" in said) == (3, True)
    filler.unlink()
    assert rows_of(store) == rows_of(seeded)
    checked(store)
    assert loaded(store, "gdelt", events).outcomes["inserted"] == ROWS
    tally("disk full", faults=1, rows_lost=0)


def test_a_result_that_fills_the_disk_is_a_503_and_the_next_is_made(
    own_store: Path, events: Path, small_disk: Path
) -> None:
    loaded(own_store, "gdelt", events)
    settings = Settings(database=str(own_store), cache=str(small_disk))
    client = create_app(settings).test_client()
    filler = fill(small_disk, but=100_000)
    refused = client.get("/v1/aggregates?by=id,actor_code,target_code&limit=1")
    assert (refused.status_code, refused.mimetype) == (503, "application/problem+json")
    assert client.get("/v1/events").status_code == 200
    filler.unlink()
    assert client.get("/v1/aggregates?by=id,actor_code,target_code&limit=1").status_code == 200
    tally("disk full", faults=1, rows_lost=0)


# A hundred thousand requests


def of_processes(parent: int) -> tuple[int, int]:
    """Give the memory (KiB) and open files of a server's processes."""
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    memory = [Path(f"/proc/{child}/status").read_text() for child in children]
    sizes = [int(re.findall(r"VmRSS:\s+(\d+)", text)[0]) for text in memory]
    return sum(sizes), sum(len(os.listdir(f"/proc/{child}/fd")) for child in children)


SCRIPT = """
local paths, at = {%s}, 0
request = function()
  at = at %% #paths + 1
  return wrk.format("GET", paths[at])
end
"""
MIXED = (*READ, "/v1/events.csv?limit=5", "/v1/aggregates?by=action_root", "/nowhere", "/docs")


def asked_by_wrk(url: str, script: Path, seconds: int) -> int:
    """Ask for a mixture as fast as it is answered; give how many answers came."""
    line = [needed("wrk"), "-t1", "-c8", f"-d{seconds}s", "-s", str(script), url]
    said = subprocess.run(line, capture_output=True, text=True, check=True).stdout
    return int(re.findall(r"(\d+) requests in", said)[0])


@pytest.mark.soak
def test_a_hundred_thousand_requests_leak_nothing(
    seeded: Path, tmp_path: Path, figures: Callable
) -> None:
    needed("wrk")
    port, script = free_port(), tmp_path / "mixed.lua"
    script.write_text(SCRIPT % ", ".join(f'"{path}"' for path in MIXED))
    process = start(seeded, port, LOG="errors")
    url = f"http://127.0.0.1:{port}"
    wait_until_up(url, process)
    count = asked_by_wrk(url, script, 10)
    warm = of_processes(process.pid)
    while count < REQUESTS:
        count += asked_by_wrk(url, script, 10)
    grown = [after - before for after, before in zip(of_processes(process.pid), warm, strict=True)]
    stop(process)
    figures("leaks", requests=count, memory_grown_kib=grown[0], files_grown=grown[1])
    assert grown[0] < 30_000
    assert grown[1] < 20
