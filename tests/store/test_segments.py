"""The copy in columns is whole or not used: damaged, outdated, of another store, half made."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import orjson
import pytest
from click.testing import CliRunner, Result
from peewee import SQL

from api.commands.main import main
from dataset.declarations.columns import COLUMNS
from dataset.events.pages import count_of
from dataset.parquet_copy import refreshing, views
from dataset.parquet_copy.publishing import LOCK
from dataset.parquet_copy.segments import COLUMNS as SEGMENT_COLUMNS
from dataset.parquet_copy.segments import MANIFEST, Copy, copy_of, folder_of
from dataset.selections.selections import Selection
from dataset.store import counts
from dataset.store.snapshots import Store
from support.gdelt_lines import gdelt_line
from support.parquet_store import FIRST, NEWEST, make_columnar, refreshed, retract, twins
from support.rich_store import client_on, commit, rows_of
from support.stores import loaded

GROUPS = "/v1/aggregates?by=dataset,action_root,month&measures=count,tone_mean,articles_sum"
Damage = Callable[[Path], object]


@pytest.fixture(autouse=True)
def _any_event_is_as_good_as_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counts, "CAP", 0)


@pytest.fixture
def store(rich_store: Path, tmp_path: Path) -> Path:
    """A store of eight revisions whose copy has three segments, and lacks two revisions."""
    return make_columnar(rich_store, tmp_path / "store.sqlite")


def folder(store: Path) -> Path:
    """Give the folder of a store's copy."""
    found = folder_of(str(store))
    assert found is not None
    return found


def copy_in(store: Path) -> Copy | None:
    """Read the copy of a store as a server does."""
    opened = Store(str(store))
    try:
        with opened.snapshot() as snapshot:
            return copy_of(snapshot)
    finally:
        opened.close()


def assert_right(store: Path, tmp_path: Path, revisions: Sequence[int] = (2, NEWEST - 1)) -> None:
    """Compare the groups of a store with those of the store without its copy."""
    cache = tmp_path / str(len(list(tmp_path.iterdir())))
    cache.mkdir()
    for as_of in revisions:
        answers = [client.get(f"{GROUPS}&as_of={as_of}").data for client in twins(store, cache)]
        assert answers[0] == answers[1]


def command(store: Path, *arguments: str) -> Result:
    """Run a command on a store."""
    return CliRunner().invoke(main, [*arguments, "--database", str(store)])


def first_file(folder: Path) -> Path:
    """Give the versions of the first segment."""
    manifest = orjson.loads((folder / MANIFEST).read_bytes())
    return folder / manifest["segments"][0]["versions"]["name"]


def flip(folder: Path) -> None:
    """Change a byte amid the data, and leave the time of the last change as it was."""
    path = first_file(folder)
    data, status = bytearray(path.read_bytes()), path.stat()
    data[len(data) // 3] ^= 0xFF
    path.write_bytes(data)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns + 1))


DAMAGES: dict[str, Damage] = {
    "missing": lambda folder: first_file(folder).unlink(),
    "cut short": lambda folder: os.truncate(first_file(folder), 1000),
    "empty": lambda folder: os.truncate(first_file(folder), 0),
    "changed": flip,
    "no manifest of ours": lambda folder: (folder / MANIFEST).write_text("[]"),
    "half a manifest": lambda folder: os.truncate(folder / MANIFEST, 100),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_copy_is_not_used_but_told_and_mended(
    store: Path, tmp_path: Path, damage: Damage, caplog: pytest.LogCaptureFixture
) -> None:
    damage(folder(store))
    assert_right(store, tmp_path)
    assert "The store answers; `cameo-events columns` mends its copy." in caplog.text
    assert refreshed(store).faults
    caplog.clear()
    assert_right(store, tmp_path)
    assert not caplog.records
    assert refreshed(store).faults == refreshed(store).made == []


def test_a_copy_that_much_outdates_is_not_used_but_told(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(views, "MOST_LATE", 1)
    assert_right(store, tmp_path)
    assert "More than 1 events of the copy ended after revision 6. The store" in caplog.text
    caplog.clear()
    refreshed(store)
    assert_right(store, tmp_path)
    assert not caplog.records


def test_only_what_is_missing_is_made(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refreshing, "MERGED", 0)
    before = copy_in(store)
    assert before is not None
    first_file(folder(store)).unlink()
    after = refreshed(store)
    assert [(one.first, one.last) for one in before.segments] == [(1, 3), (4, 5), (6, 6)]
    assert [(one.first, one.last) for one in after.made] == [(1, 3), (7, 8)]


def test_small_segments_are_made_one_and_old_files_removed_by_the_next(store: Path) -> None:
    before = copy_in(store)
    copy = refreshed(store, anew=True).copy
    assert [(one.first, one.last) for one in copy.segments] == [(1, NEWEST)]
    assert before is not None
    before.check()
    refreshed(store)
    files = {file.name for one in copy.segments for file in one.files}
    assert {path.name for path in folder(store).iterdir()} == files | {MANIFEST, LOCK}


def test_a_reader_goes_on_with_the_segments_that_a_refresh_replaces(
    store: Path,
) -> None:
    opened = Store(str(store))
    with opened.snapshot() as snapshot:
        copy = copy_of(snapshot)
        assert copy is not None
        refreshed(store, anew=True)
        with views.shown(snapshot, copy, 2) as columns:
            found = list(columns.rows(columns.selected({}).select(SQL("id"))))
        assert len(found) == count_of(snapshot, Selection(2)).matched.value
    opened.close()


def test_a_revision_without_events_makes_no_file(store: Path) -> None:
    refreshed(store)
    assert command(store, "release", "2027.1").exit_code == 0
    found = refreshed(store)
    assert found.made == found.faults == []
    assert found.copy.last == NEWEST + 1


def test_the_copy_of_another_past_is_not_used(store: Path, tmp_path: Path) -> None:
    backup = shutil.copy(store, tmp_path / "backup.sqlite")
    commit(store, rows_of(4))
    refreshed(store)
    shutil.move(backup, store)
    assert copy_in(store) is None
    commit(store, rows_of(5))
    assert copy_in(store) is None
    assert_right(store, tmp_path)
    assert "of another past" in " ".join(refreshed(store).faults)
    assert_right(store, tmp_path)


def test_mended_segments_know_no_end_that_a_backup_undoes(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refreshing, "MERGED", 0)
    refreshed(store)
    backup = shutil.copy(store, tmp_path / "backup.sqlite")
    commit(store, rows_of(4))
    refreshed(store)
    for versions in folder(store).glob("*[!s].parquet"):
        versions.unlink()
    refreshed(store)
    shutil.move(backup, store)
    retract(store, FIRST)
    refreshed(store)
    assert_right(store, tmp_path, [NEWEST, NEWEST + 1])


def test_the_copy_of_another_store_is_not_used(store: Path, seeded: Path, tmp_path: Path) -> None:
    with sqlite3.connect(store) as connection:
        connection.execute("UPDATE setting SET value = 'another' WHERE name = 'uuid'")
    connection.close()
    assert copy_in(store) is None
    assert_right(store, tmp_path)


def test_the_copy_of_an_older_schema_is_not_used_but_made_anew(store: Path) -> None:
    manifest = folder(store) / MANIFEST
    older = orjson.loads(manifest.read_bytes()) | {"shape": "of schema 3"}
    manifest.write_bytes(orjson.dumps(older))
    assert copy_in(store) is None
    made = refreshed(store)
    assert [*made.made] == [*made.copy.segments]
    assert copy_in(store) == made.copy


def test_every_stored_column_of_an_event_decides_the_shape_of_a_copy() -> None:
    stored = {name for name, column in COLUMNS.items() if column.stored}
    assert stored <= set(SEGMENT_COLUMNS)


def test_a_purge_removes_the_copy(store: Path, tmp_path: Path) -> None:
    done = command(store, "purge", "gdelt:21", "--yes")
    assert "The copy in columns is removed as well" in done.output
    assert [path.name for path in folder(store).iterdir()] == [LOCK]
    assert_right(store, tmp_path)
    assert "Made: revisions 1 to 9" in command(store, "columns").output
    assert_right(store, tmp_path)


def test_a_purge_makes_the_copy_unusable_by_itself(store: Path, tmp_path: Path) -> None:
    kept = shutil.copytree(folder(store), tmp_path / "kept")
    command(store, "purge", "gdelt:21", "--yes")
    shutil.copytree(kept, folder(store), dirs_exist_ok=True)
    assert copy_in(store) is None


@pytest.fixture
def export(tmp_path: Path) -> str:
    """A file to load."""
    path = tmp_path / "a.tsv"
    path.write_bytes(gdelt_line() + gdelt_line(c0="1002"))
    return str(path)


def test_a_load_goes_on_with_the_copy(store: Path, tmp_path: Path, export: str) -> None:
    done = command(store, "load", "gdelt", export)
    assert f"up to revision {NEWEST + 1}" in done.output
    copy = copy_in(store)
    assert copy is not None
    assert copy.last == NEWEST + 1
    assert_right(store, tmp_path)


def test_a_load_makes_no_copy_where_there_is_none(own_store: Path, export: str) -> None:
    assert command(own_store, "load", "gdelt", export).exit_code == 0
    assert not folder(own_store).exists()


def test_a_load_is_kept_if_its_copy_cannot_be_made(store: Path, export: str) -> None:
    (folder(store) / LOCK).unlink()
    (folder(store) / LOCK).mkdir()
    done = command(store, "load", "gdelt", export)
    assert done.exit_code == 0
    assert "could not be brought up to date" in done.output


@pytest.mark.parametrize("step", range(1, 7))
def test_a_copy_that_is_killed_in_the_making_is_as_it_was(
    store: Path, tmp_path: Path, step: int
) -> None:
    """Each file is flushed, and then its folder: the versions, the ends, the manifest."""
    before = copy_in(store)
    code = (
        "import itertools, os, signal, sys; from api.commands.main import main; "
        "steps = itertools.count(1)"
    )
    code += f"\nos.fsync = lambda _: next(steps) == {step} and os.kill(os.getpid(), signal.SIGKILL)"
    code += "\nmain(['columns', '--anew', '--database', sys.argv[1]])"
    killed = subprocess.run([sys.executable, "-c", code, str(store)], capture_output=True)
    assert killed.returncode == -signal.SIGKILL
    found = copy_in(store)
    assert found == before or (step == 6 and found and found.last == NEWEST)
    assert_right(store, tmp_path)
    assert refreshed(store).copy.last == NEWEST
    assert not [*folder(store).glob("*.unfinished*")]


def test_a_reader_whose_file_is_removed_midway_is_answered_by_the_store(
    store: Path, tmp_path: Path
) -> None:
    client = client_on(store, cache=str(tmp_path / "cache"))
    client.get(f"{GROUPS}&as_of=2")
    retract(store, "gdelt:21")
    refreshed(store, anew=True)
    assert client.get(f"{GROUPS}&as_of=3").status_code == 200


def test_a_database_that_is_not_there_gets_no_folder(tmp_path: Path) -> None:
    assert command(tmp_path / "typo.sqlite", "columns").exit_code
    assert not [*tmp_path.iterdir()]


def test_a_database_of_a_server_has_no_folder() -> None:
    assert folder_of("postgresql://localhost/events") is None


def test_a_full_disk_is_said_and_the_copy_is_as_it_was(store: Path, tmp_path: Path) -> None:
    path, before = tmp_path / "a.tsv", copy_in(store)
    path.write_bytes(b"".join(gdelt_line(c0=str(n)) for n in range(5_000)))
    loaded(store, "gdelt", path)
    limit = "import resource, signal, sys; from api.commands.main import main; "
    limit += "signal.signal(signal.SIGXFSZ, signal.SIG_IGN); "
    limit += "resource.setrlimit(resource.RLIMIT_FSIZE, (33_000,) * 2); main(sys.argv[1:])"
    command = [sys.executable, "-c", limit, "columns", "--anew", "--database", str(store)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 3
    assert "cannot be written" in done.stderr
    assert copy_in(store) == before
