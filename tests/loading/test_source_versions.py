"""What a source says of a retracted event is kept, so that a restored one is as good as can be."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from api.commands.main import main
from support.gdelt_lines import gdelt_line
from support.rich_store import client_on
from support.stores import counts, loaded

OLD, NEW = "20240501000000", "20240601000000"


def command(store: str, *arguments: str) -> None:
    """Run a command on a store."""
    done = CliRunner().invoke(main, [*arguments, "--database", store])
    assert done.exit_code == 0, done.output


def put(store: str, folder: Path, *added: str) -> dict[str, int]:
    """Load versions of the event 1001."""
    path = folder / "file.tsv"
    path.write_bytes(b"".join(gdelt_line(c59=one) for one in added))
    return counts(loaded(store, "gdelt", path))


@pytest.fixture
def store(any_store: str, tmp_path: Path) -> str:
    """A store whose event is retracted."""
    put(any_store, tmp_path, OLD)
    command(any_store, "retract", "gdelt:1001", "--reason", "wrong")
    return any_store


def restored(store: str) -> str:
    """Restore the event; give when its version was added."""
    command(store, "restore", "gdelt:1001")
    return str(client_on(store).get("/v1/events/gdelt:1001").json["data"]["added"])


@pytest.mark.parametrize("loads", [[[NEW]], [[NEW, OLD]], [[NEW], [OLD]], [[OLD], [OLD, NEW]]])
def test_a_restored_event_is_the_best_that_its_source_gave(
    store: str, tmp_path: Path, loads: list[list[str]]
) -> None:
    for added in loads:
        assert put(store, tmp_path, *added) == {"retracted": len(added)}
    assert restored(store) == "2024-06-01T00:00:00Z"
    assert put(store, tmp_path, NEW) == {"unchanged": 1}


def test_an_older_one_does_not_count(store: str, tmp_path: Path) -> None:
    put(store, tmp_path, "20240401000000")
    assert restored(store) == "2024-05-01T00:00:00Z"


def test_what_a_load_said_is_undone_with_it(store: str, tmp_path: Path) -> None:
    put(store, tmp_path, NEW)
    command(store, "undo", "3")
    assert restored(store) == "2024-05-01T00:00:00Z"


def test_what_was_restored_is_undone_with_its_load(store: str, tmp_path: Path) -> None:
    put(store, tmp_path, NEW)
    restored(store)
    put(store, tmp_path, "20240701000000")
    command(store, "undo", "4")
    command(store, "undo", "3")
    event = client_on(store).get("/v1/events/gdelt:1001").json["data"]
    assert event["added"] == "2024-05-01T00:00:00Z"


def test_an_undo_says_what_it_forgets(store: str, tmp_path: Path) -> None:
    put(store, tmp_path, NEW)
    for more, said in ((["--dry-run"], "would be forgotten"), ([], "is forgotten")):
        done = CliRunner().invoke(main, ["undo", "3", *more, "--database", store])
        assert done.output.startswith(f"1 newer version of a retracted event {said}.\n")


def test_an_earlier_load_is_named_whose_version_gave_way(store: str, tmp_path: Path) -> None:
    for added in ("20240515000000", NEW):
        put(store, tmp_path, added)
    done = CliRunner().invoke(main, ["undo", "4", "--database", store])
    assert "did not store all of their records: 1 of load 3." in done.output


def test_an_undo_of_what_was_purged_says_so(store: str) -> None:
    command(store, "purge", "gdelt:1001", "--yes")
    done = CliRunner().invoke(main, ["undo", "2", "--database", store])
    assert done.output.startswith("No event changes: nothing is left of what the load brought.\n")


def test_a_purge_removes_it(store: str, tmp_path: Path) -> None:
    put(store, tmp_path, NEW)
    command(store, "purge", "gdelt:1001", "--yes")
    done = CliRunner().invoke(main, ["undo", "3", "--database", store])
    assert "made no revision" in done.output
