"""Whatever ends a load, the store holds the last committed revision, whole."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from benchmarks.gdelt_like import lines
from dataset.errors import StoreError
from dataset.inputs.source_files import SourceFile, source_files
from dataset.loading.checks import check_space
from dataset.loading.loads import LoadJob, load
from dataset.store.database import open_to_read, open_to_write
from support.commands import run
from support.crashes import checked, is_writing, loading, writing
from support.figures import tally
from support.paths import COMMAND
from support.patience import comes
from support.rich_store import client_on
from support.stores import loaded, rows_of, sums_of

ROWS = 30_000
KILLS = 50


@pytest.fixture(scope="session")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of so many events that a load of it takes seconds."""
    path = tmp_path_factory.mktemp("large") / "20240413.export.CSV"
    with path.open("wb") as file:
        file.writelines(lines(ROWS))
    return path


@pytest.fixture(scope="session")
def undisturbed(seeded: Path, large: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store after a load of the file that nothing disturbed."""
    path = Path(shutil.copy(seeded, tmp_path_factory.mktemp("calm") / "calm.sqlite"))
    loaded(path, "gdelt", large)
    return path


def killed(store: Path, path: Path, seconds: float) -> None:
    """Load a file, but kill the process after so long, unless it has ended."""
    with loading(store, path) as process:
        with suppress(subprocess.TimeoutExpired):
            process.communicate(timeout=seconds)
        process.kill()


@pytest.fixture(scope="session")
def seconds(seeded: Path, large: Path, tmp_path_factory: pytest.TempPathFactory) -> float:
    """How long an undisturbed load of the file writes."""
    store = Path(shutil.copy(seeded, tmp_path_factory.mktemp("timed") / "timed.sqlite"))
    with loading(store, large) as process:
        started = time.monotonic()
        process.communicate()
        return time.monotonic() - started


@pytest.mark.soak
def test_a_load_that_is_killed_at_any_point_is_there_whole_or_not_at_all(
    seeded: Path, undisturbed: Path, large: Path, tmp_path: Path, seconds: float
) -> None:
    chance, before, after = random.Random(1), rows_of(seeded), rows_of(undisturbed)
    store, whole = tmp_path / "killed.sqlite", 0
    for _ in range(KILLS):
        shutil.copy(seeded, store)
        killed(store, large, chance.uniform(0, seconds * 1.1))
        checked(store)
        rows = rows_of(store)
        whole += rows == after
        assert rows in (before, after)
        tally("load killed", kills=1, whole=rows == after, untouched=rows == before, torn=0)
        for path in tmp_path.glob("killed.sqlite-*"):
            path.unlink()
    assert whole < KILLS


def test_the_load_after_a_killed_one_ends_in_the_same_store(
    seeded: Path, undisturbed: Path, large: Path, own_store: Path, seconds: float
) -> None:
    # It is writing when it is killed, whatever time a load takes on a busy machine.
    killed(own_store, large, min(0.1, seconds / 2))
    assert rows_of(own_store) == rows_of(seeded)
    with loading(own_store, large) as process:
        process.communicate()
    assert process.returncode == 0
    assert rows_of(own_store) == rows_of(undisturbed)
    checked(own_store)


def test_an_undo_that_is_killed_changes_nothing_and_can_be_repeated(
    any_store: str, large: Path
) -> None:
    before = rows_of(any_store)
    loaded(any_store, "gdelt", large)
    after, sums, hits = rows_of(any_store), sums_of(any_store), 0
    for seconds in (0, 0.1, 0.3):
        with writing(any_store, "undo", "2") as process:
            with suppress(subprocess.TimeoutExpired):
                process.communicate(timeout=seconds)
            process.kill()
        assert comes(lambda: not is_writing(any_store))
        untouched = sums_of(any_store) == sums
        hits += untouched and process.returncode == -signal.SIGKILL
        assert untouched or rows_of(any_store) == before
        tally("undo killed", kills=1, torn=0)
    assert hits, "Each came to its end before it was killed."
    if rows_of(any_store) == after:
        assert run("undo", "2", DATABASE=any_store).returncode == 0
    assert rows_of(any_store) == before
    loaded(any_store, "gdelt", large)
    assert rows_of(any_store) == after
    if "://" not in any_store:
        checked(Path(any_store))


def test_readers_go_on_while_a_load_is_under_way(own_store: Path, large: Path) -> None:
    client, seen = client_on(own_store), []
    with loading(own_store, large) as process:
        while process.poll() is None:
            answer = client.get("/v1/events/count").get_json()
            seen.append((answer["receipt"]["revision"], answer["count"]))
    assert process.returncode == 0
    assert len(seen) > 1
    assert set(seen) <= {(1, 55), (2, 55 + ROWS)}


def test_a_stopped_load_leaves_nothing(seeded: Path, own_store: Path, large: Path) -> None:
    with loading(own_store, large) as process:
        process.send_signal(signal.SIGINT)
        said, _ = process.communicate()
    assert process.returncode == 1
    assert b"Aborted" in said
    assert rows_of(own_store) == rows_of(seeded)


@pytest.fixture
def small(own_store: Path) -> Iterator[Any]:
    """A database on a disk that has hardly any room left."""
    database = open_to_write(str(own_store))
    pages = database.execute_sql("PRAGMA page_count").fetchone()[0]
    database.execute_sql("PRAGMA max_page_count = 0")
    database.pragma("max_page_count", pages + 200)
    yield database
    database.close()


def test_a_full_disk_is_said_and_the_load_can_be_repeated(
    own_store: Path, small: Any, large: Path, seeded: Path, undisturbed: Path
) -> None:
    order = LoadJob("gdelt", source_files([str(large)], Path))
    with pytest.raises(StoreError, match=r"disk is full\. Nothing was changed: make room"):
        load(small, order)
    assert client_on(own_store).get("/v1/events/count").get_json()["count"] == 55
    checked(own_store)
    small.pragma("max_page_count", 1_000_000_000)
    load(small, order)
    assert rows_of(own_store) == rows_of(undisturbed)
    tally("disk full", faults=1, rows_lost=0)


def test_a_disk_that_fills_up_under_the_log_is_said(
    own_store: Path, large: Path, seeded: Path
) -> None:
    limit = "import resource, signal, sys; from api.commands.main import main; "
    limit += "signal.signal(signal.SIGXFSZ, signal.SIG_IGN); "
    limit += "resource.setrlimit(resource.RLIMIT_FSIZE, (9_000_000,) * 2); main(sys.argv[1:])"
    command = [sys.executable, "-c", limit, "load", "gdelt", str(large)]
    environment = {**os.environ, "DATABASE": str(own_store)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert done.returncode == 3
    assert "cannot be written" in done.stderr
    assert rows_of(own_store) == rows_of(seeded)
    tally("disk full", faults=1, rows_lost=0)
    checked(own_store)


def test_a_second_load_is_refused_while_another_writes(own_store: Path, large: Path) -> None:
    database = open_to_write(str(own_store))
    command = [COMMAND, "load", "gdelt", str(large), "--database", str(own_store)]
    with database.atomic():
        done = subprocess.run(command, capture_output=True, text=True)
    database.close()
    assert done.returncode == 3
    assert "Another command is writing to it: nothing was changed" in done.stderr


def test_a_load_without_room_for_it_does_not_begin(own_store: Path, large: Path) -> None:
    huge = SourceFile(large, "huge.tsv", "", 10**18)
    database = open_to_read(str(own_store))
    with pytest.raises(StoreError, match=r"The load may need .* MB beside .* MB are free"):
        check_space(database, [huge])
    check_space(database, [SourceFile(large, "small.tsv", "", 10**3)])
