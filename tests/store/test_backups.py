"""Backups: made while the store is written to, each the state of one commit; put back whole."""

import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import apsw
import pytest
from click.testing import CliRunner, Result

from api.commands.main import main
from benchmarks.gdelt_like import lines
from dataset.errors import Impossible, StoreError
from dataset.maintenance.backups import backup, restore
from support.crashes import checked, loading
from support.paths import COMMAND, ROOT
from support.rich_store import client_on
from support.stores import rows_of

ROWS = 5_000


def command(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


@pytest.fixture(scope="module")
def events(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of events to load."""
    path = tmp_path_factory.mktemp("events") / "20240413.export.CSV"
    with path.open("wb") as file:
        file.writelines(lines(ROWS))
    return path


@contextmanager
def growing_all_the_time(store: Path) -> Iterator[None]:
    """Commit revisions of two events each to a store, in a process of its own, without a pause."""
    command = [sys.executable, "-m", "support.growing", str(store)]
    process = subprocess.Popen(command, cwd=ROOT / "tests")
    while state_of(store)[0] == 1:
        time.sleep(0.01)
    yield
    process.send_signal(signal.SIGKILL)
    process.wait()


def state_of(store: Path) -> tuple[int, int]:
    """Give a store's revision, and how many events it has."""
    body = client_on(store).get("/v1/events/count").get_json()
    return body["receipt"]["revision"], body["count"]


def test_backups_under_load_are_each_the_state_of_a_commit(
    own_store: Path, tmp_path: Path, figures: Callable
) -> None:
    states = []
    with growing_all_the_time(own_store):
        while len(states) < 10:
            copy = tmp_path / f"{len(states)}.backup"
            made = backup(str(own_store), copy)
            states.append(state_of(copy))
            assert states[-1][0] == made.revision
            checked(copy)
    at_commits = [state for state in states if state[1] == 55 + 2 * (state[0] - 1)]
    figures(
        "backup under write load",
        backups=len(states),
        at_a_commit=len(at_commits),
        revisions_meanwhile=states[-1][0] - states[0][0],
    )
    assert at_commits == states
    assert states[0] < states[-1]


def test_a_backup_beside_a_load_has_all_or_nothing_of_it(
    own_store: Path, events: Path, tmp_path: Path
) -> None:
    with loading(own_store, events) as process:
        backup(str(own_store), tmp_path / "copy")
        process.communicate()
    assert state_of(tmp_path / "copy") in ((1, 55), (2, 55 + ROWS))
    restore(tmp_path / "copy", str(tmp_path / "elsewhere.sqlite"))
    assert rows_of(tmp_path / "elsewhere.sqlite") == rows_of(tmp_path / "copy")


def test_a_backup_is_put_back_under_readers(
    growing: Path, rich_store: Path, tmp_path: Path
) -> None:
    client = client_on(growing)
    first = client.get("/v1/events?limit=1").get_json()
    command("backup", tmp_path / "copy", "--database", growing)
    command("retract", "seed:1", "--reason", "wrong", "--database", growing)
    assert client.get("/v1/events/seed:1").status_code == 410
    told = command("restore-backup", tmp_path / "copy", "--database", growing, "--yes")
    assert (told.exit_code, "restored: revision 3" in told.output) == (0, True)
    assert client.get("/v1/events/seed:1").status_code == 200
    assert client.get("/v1/events?limit=1").get_json() == first
    assert rows_of(growing) == rows_of(rich_store)
    checked(growing)


def test_a_walk_along_pages_goes_on_after_a_restore(growing: Path, tmp_path: Path) -> None:
    client = client_on(growing)
    following = client.get("/v1/events?limit=5").get_json()["page"]["next"]
    backup(str(growing), tmp_path / "copy")
    shown = client.get(following).get_json()["data"]
    restore(tmp_path / "copy", str(growing))
    assert client.get(following).get_json()["data"] == shown


def test_a_store_that_is_written_to_is_not_replaced(growing: Path, tmp_path: Path) -> None:
    backup(str(growing), tmp_path / "copy")
    writer = apsw.Connection(str(growing))
    writer.execute("BEGIN IMMEDIATE")
    told = command("restore-backup", tmp_path / "copy", "--database", growing, "--yes")
    writer.close()
    assert told.exit_code == 3
    assert "Another command is writing to it" in told.output


def killed_restore(copy: Path, store: Path, seconds: float) -> float:
    """Put a copy back, but kill the process after so long; give how long it lived."""
    started = time.monotonic()
    line = [COMMAND, "restore-backup", str(copy), "--yes", "--database", str(store)]
    with subprocess.Popen(line, stdout=subprocess.DEVNULL) as process:
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=seconds)
        process.kill()
    return time.monotonic() - started


def test_a_restore_that_is_killed_changes_nothing(
    own_store: Path, events: Path, tmp_path: Path, figures: Callable
) -> None:
    other = Path(shutil.copy(own_store, tmp_path / "other.sqlite"))
    command("load", "gdelt", events, "--database", other)
    backup(str(other), tmp_path / "copy")
    before, after, whole, kills = rows_of(own_store), rows_of(other), 0, 12
    seconds = killed_restore(tmp_path / "copy", Path(shutil.copy(own_store, tmp_path / "b")), 60)
    for number in range(kills):
        store = Path(shutil.copy(own_store, tmp_path / f"{number}.sqlite"))
        killed_restore(tmp_path / "copy", store, seconds * (number + 1) / kills)
        checked(store)
        rows = rows_of(store)
        whole += rows == after
        assert rows in (before, after)
    figures("restore killed", kills=kills, whole=whole, untouched=kills - whole, torn=0)


def spoilt(file: Path, how: str) -> None:
    """Spoil a copy."""
    if how == "cut short":
        file.write_bytes(file.read_bytes()[:-20_000])
    elif how == "not ours":
        file.unlink()
        sqlite3.connect(file).execute("CREATE TABLE other (x)").connection.close()
    else:
        file.write_bytes(b"no database at all" * 1_000)


@pytest.mark.parametrize("how", ["cut short", "not ours", "garbage"])
def test_a_spoilt_copy_is_not_put_back(own_store: Path, tmp_path: Path, how: str) -> None:
    backup(str(own_store), tmp_path / "copy")
    spoilt(tmp_path / "copy", how)
    before = own_store.read_bytes()
    with pytest.raises(StoreError):
        restore(tmp_path / "copy", str(own_store))
    assert own_store.read_bytes() == before


def test_nothing_is_written_over_and_nothing_is_left(own_store: Path, tmp_path: Path) -> None:
    taken = tmp_path / "taken"
    taken.write_text("precious")
    with pytest.raises(Impossible, match="already"):
        backup(str(own_store), taken)
    with pytest.raises(StoreError, match="no database"):
        backup(str(tmp_path / "none.sqlite"), tmp_path / "new")
    with pytest.raises(Impossible, match="no file"):
        restore(tmp_path / "none", str(own_store))
    assert taken.read_text() == "precious"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["own.sqlite", "taken"]
