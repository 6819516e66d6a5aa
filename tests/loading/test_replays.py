"""What a load refused can be looked at, and read again after it has been mended."""

import shutil
import sqlite3
from pathlib import Path

import pytest
from click.testing import CliRunner

from api.commands.main import main
from dataset.errors import Impossible
from dataset.loading.replays import replay
from dataset.store.database import open_to_write
from support.gdelt_lines import gdelt_line
from support.rich_store import client_on
from support.stores import counts, loaded, rows_of


@pytest.fixture
def store(own_store: Path, tmp_path: Path) -> Path:
    """A store whose load 2 refused a record for its key, one for its code, and one too long."""
    path = tmp_path / "20240501.tsv"
    path.write_bytes(gdelt_line())
    loaded(own_store, "gdelt", path)
    connection = sqlite3.connect(own_store)
    connection.execute("UPDATE event SET id = 'gdelt:other' WHERE id = 'gdelt:1001'")
    connection.commit()
    connection.close()
    lines = (gdelt_line(), gdelt_line(c26="0841]"), b"1\t" + b"x" * 2_000_000 + b"\n")
    path.write_bytes(b"".join((*lines, gdelt_line(c0="5"))))
    assert counts(loaded(own_store, "gdelt", path)) == {"inserted": 1, "quarantined": 3}
    return own_store


def replayed(store: Path, number: int) -> dict[str, int]:
    """Read the quarantine of a load again; give what became of it."""
    database = open_to_write(str(store))
    try:
        return counts(replay(database, number))
    finally:
        database.close()


def mend(store: Path) -> None:
    """Take away the id that holds the key."""
    connection = sqlite3.connect(store)
    connection.execute("UPDATE event SET id = 'gdelt:1001' WHERE id = 'gdelt:other'")
    connection.commit()
    connection.close()


def test_what_is_mended_is_taken_and_the_rest_is_refused_again(store: Path) -> None:
    mend(store)
    assert replayed(store, 3) == {"unchanged": 1, "quarantined": 1}
    again = client_on(store).get("/v1/loads/4/quarantine").get_json()["data"]
    assert [(one["line"], one["column"]) for one in again] == [(2, "action_code")]
    old = client_on(store).get("/v1/loads/3/quarantine").get_json()["data"]
    assert [(one["cut"], one["replayed"]) for one in old] == [(False, 4), (False, 4), (True, None)]


def test_nothing_is_read_again_twice(store: Path) -> None:
    replayed(store, 3)
    with pytest.raises(Impossible, match="Nothing is left to read again"):
        replayed(store, 3)


def test_a_load_without_any_change_is_kept_with_its_account(store: Path) -> None:
    replayed(store, 3)
    load = client_on(store).get("/v1/loads/4").get_json()["data"]
    assert (load["revision"], load["replays"], load["read"]) == (None, 3, 2)


def test_a_replay_reads_as_the_load_did(own_store: Path, tmp_path: Path) -> None:
    path = tmp_path / "20240501.csv"
    path.write_text("id,date,action_code\na:1,2024-04-13,190\na:2,2024-04-13,0841]\n")
    outcome = loaded(own_store, "csv", path, dataset="mine")
    change = "UPDATE quarantined SET record = ? WHERE load = ?"
    connection = sqlite3.connect(own_store)
    connection.execute(change, (b"a:2,2024-04-13,193", outcome.number))
    connection.commit()
    connection.close()
    assert replayed(own_store, outcome.number) == {"inserted": 1}
    assert ("mine", "193") in rows_of(own_store, ("dataset", "action_code"))


def test_the_commands_show_what_was_refused_and_read_it_again(store: Path) -> None:
    options = ["--database", str(store)]
    shown = CliRunner().invoke(main, ["quarantine", "3", *options]).output
    assert "20240501.tsv:2: action_code: '0841]' is not a CAMEO action code" in shown
    again = CliRunner().invoke(main, ["load", "--replay", "3", *options])
    assert (again.exit_code, "quarantined  2" in again.output) == (0, True)
    listed = CliRunner().invoke(main, ["loads", *options]).output
    assert "4 read into gdelt: 1 inserted, 3 quarantined; revision 3" in listed
    assert "gdelt  replay of load 3: 20240501.tsv" in listed
    assert (
        "(read again by load 4)" in CliRunner().invoke(main, ["quarantine", "3", *options]).output
    )


def test_a_copy_of_the_store_can_be_replayed_by_itself(store: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copy(store, tmp_path / "copy.sqlite"))
    (tmp_path / "20240501.tsv").unlink()
    assert replayed(copy, 3) == {"quarantined": 2}
