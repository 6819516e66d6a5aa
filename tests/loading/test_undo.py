"""An undo takes back what a load did, and nothing else; no answer of before changes."""

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from flask.testing import FlaskClient

from api.commands.main import main
from dataset.errors import Impossible
from dataset.loaders.ucdp_ged import NAMES
from dataset.loading.replays import replay
from dataset.loading.undoing import Other, Undone, undo
from dataset.store.database import open_to_write
from dataset.store.models import Quarantined
from support.gdelt_lines import gdelt_line, mention_line
from support.rich_store import client_on
from support.stores import counts, loaded, rows_of, sums_of
from support.ucdp_files import ROW, table

NEWER = "20240501000000"


def command(store: str, *arguments: str) -> Result:
    """Run a command on a store."""
    return CliRunner().invoke(main, [*arguments, "--database", store])


def undone(store: str, number: int, **more: Any) -> Undone:
    """Undo a load."""
    database = open_to_write(store)
    try:
        return undo(database, number, **more)
    finally:
        database.close()


def events_of(store: str) -> dict[str, tuple[str, int, int]]:
    """Give when each event of GDELT was added, and by which load and revision."""
    rows = rows_of(store, ("id", "dataset", "added", "load", "revision"))
    return {
        public_id: (added[:10], load, revision)
        for public_id, dataset, added, load, revision in rows
        if dataset == "gdelt"
    }


@pytest.fixture
def wrong(tmp_path: Path) -> Path:
    """A file with a newer version of the event 1001, and the event 1003."""
    path = tmp_path / "wrong.tsv"
    path.write_bytes(gdelt_line(c59=NEWER, c6="Zebedee") + gdelt_line(c0="1003", c6="Zebedee"))
    return path


@pytest.fixture
def right(tmp_path: Path) -> Path:
    """A file of the events 1001 and 1002."""
    path = tmp_path / "right.tsv"
    path.write_bytes(gdelt_line() + gdelt_line(c0="1002"))
    return path


@pytest.fixture
def store(any_store: str, right: Path, wrong: Path) -> str:
    """A store with both files, loaded as 2 and 3."""
    loaded(any_store, "gdelt", right)
    loaded(any_store, "gdelt", wrong)
    return any_store


@pytest.fixture
def client(store: str) -> FlaskClient:
    """A client of the store."""
    return client_on(store)


def test_an_undo_takes_back_what_a_load_did(store: str) -> None:
    done = undone(store, 3)
    assert (done.revision, done.events) == (4, {"ended": 1, "reverted": 1})
    assert events_of(store) == {
        "gdelt:1001": ("2024-04-13", 2, 4),
        "gdelt:1002": ("2024-04-13", 2, 2),
    }


def test_readers_learn_of_it(store: str, client: FlaskClient) -> None:
    undone(store, 3)
    problem = client.get("/v1/events/gdelt:1003").json
    assert (problem["status"], problem["reason"]) == (410, "undo of load 3")
    assert problem["detail"] == "The event gdelt:1003 has ended: undo of load 3."
    feed = client.get("/v1/changes?since=3").json["data"]
    assert [(one["id"], one["type"], one.get("reason")) for one in feed] == [
        ("gdelt:1001", "update", None),
        ("gdelt:1003", "retract", "undo of load 3"),
    ]
    assert client.get("/v1/events/count?q=zebedee").json["count"] == 0
    history = client.get("/v1/events/gdelt:1001/history").json["data"]
    assert [one["event"]["added"][:10] for one in history] == [
        *("2024-04-13", "2024-05-01", "2024-04-13")
    ]


PINNED = (
    "/v1/events?as_of=3",
    "/v1/events/gdelt:1003?as_of=3",
    "/v1/events.csv?as_of=3",
    "/v1/aggregates?by=actor_country&as_of=3",
    "/v1/changes?since=1&as_of=3",
)


@pytest.mark.parametrize("path", PINNED)
def test_answers_of_before_stay_as_they_were(store: str, client: FlaskClient, path: str) -> None:
    before = client.get(path)
    undone(store, 3)
    after = client.get(path)
    assert (after.data, after.headers["ETag"]) == (before.data, before.headers["ETag"])


def test_a_cursor_of_before_goes_on(store: str, client: FlaskClient) -> None:
    following = client.get("/v1/events?limit=50").json["page"]["next"]
    before = client.get(following).json["data"]
    undone(store, 3)
    assert client.get(following).json["data"] == before
    assert len(before) == 8


def test_the_account_says_so(store: str, client: FlaskClient) -> None:
    assert client.get("/v1/loads/3").json["data"]["undone"] is None
    undone(store, 3)
    assert client.get("/v1/loads/3").json["data"]["undone"] == 4
    shown = command(store, "loads").output.splitlines()
    assert shown[-1] == (
        "   2 read into gdelt: 1 inserted, 1 updated; revision 3, undone by revision 4"
    )


def test_what_was_undone_comes_back_with_its_file(store: str, wrong: Path) -> None:
    before = rows_of(store)
    undone(store, 3)
    assert counts(loaded(store, "gdelt", wrong)) == {"inserted": 1, "updated": 1}
    assert rows_of(store) == before
    assert undone(store, 4).events == {"ended": 1, "reverted": 1}


def test_a_dry_run_lists_all_and_changes_nothing(store: str) -> None:
    before = sums_of(store)
    done = command(store, "undo", "3", "--dry-run")
    assert done.output.splitlines() == [
        "would end: gdelt:1003",
        "would go back: gdelt:1001",
        "1 event would end.",
        "1 event would have an earlier version again.",
        "Nothing was changed: this was a dry run.",
    ]
    assert sums_of(store) == before


def test_what_a_later_revision_changed_is_left_and_listed(store: str) -> None:
    command(store, "retract", "gdelt:1003", "--reason", "wrong")
    done = command(store, "undo", "2")
    assert done.output.splitlines() == [
        "stays: gdelt:1001, of revision 3",
        "1 event has ended.",
        "1 event stays as it is, since a later revision changed it.",
        "Load 2 is undone as of revision 5.",
    ]
    assert command(store, "undo", "3").output.splitlines()[:3] == [
        "stays away: gdelt:1003, since revision 4",
        "1 event has ended.",
        "1 event stays away, since a later revision ended it.",
    ]
    assert events_of(store) == {}


def test_a_dry_run_lists_ids_in_the_order_of_their_numbers(any_store: str, tmp_path: Path) -> None:
    path = tmp_path / "a.tsv"
    path.write_bytes(b"".join(gdelt_line(c0=event) for event in ("9", "10", "100", "11")))
    loaded(any_store, "gdelt", path)
    command(any_store, "retract", "gdelt:11", "--reason", "wrong")
    shown = command(any_store, "undo", "2", "--dry-run").output.splitlines()
    assert shown[:4] == [
        *(f"would end: gdelt:{event}" for event in (9, 10, 100)),
        "would stay away: gdelt:11, since revision 3",
    ]


def test_what_a_drop_ended_stays_away(store: str) -> None:
    command(store, "drop", "gdelt")
    assert undone(store, 2, dry_run=True).events == {"away": 2}


def test_later_loads_that_found_the_same_are_named(store: str, right: Path) -> None:
    loaded(store, "gdelt", right)
    assert undone(store, 2, dry_run=True).others == [Other(4, 2)]
    told = command(store, "undo", "2").output
    assert "did not store all of their records: 2 of load 4. Some may be missing" in told
    loaded(store, "gdelt", right)
    assert set(events_of(store)) == {"gdelt:1001", "gdelt:1002", "gdelt:1003"}


@pytest.mark.parametrize("order", [(2, 3), (3, 2)])
def test_loads_are_undone_in_any_order(store: str, order: tuple[int, int]) -> None:
    for number in order:
        undone(store, number)
    assert events_of(store) == {}
    assert len(rows_of(store)) == 55


def test_what_was_restored_goes_with_the_load_that_brought_it(store: str, right: Path) -> None:
    for event in ("gdelt:1001", "gdelt:1003"):
        command(store, "retract", event, "--reason", "wrong")
        command(store, "restore", event)
    assert undone(store, 3).events == {"ended": 1, "reverted": 1}
    assert counts(loaded(store, "gdelt", right)) == {"unchanged": 2}
    assert undone(store, 2).events == {"ended": 2}
    assert events_of(store) == {}


def test_a_retraction_holds_after_an_undo(store: str, wrong: Path) -> None:
    command(store, "retract", "gdelt:1003", "--reason", "wrong")
    undone(store, 3)
    assert counts(loaded(store, "gdelt", wrong)) == {"updated": 1, "retracted": 1}


def test_an_event_that_an_undo_ended_can_be_restored(store: str, client: FlaskClient) -> None:
    undone(store, 3)
    assert command(store, "restore", "gdelt:1003").exit_code == 0
    assert client.get("/v1/events/gdelt:1003").json["data"]["actor"]["name"] == "Zebedee"


# Loads of other kinds


def test_the_seed_can_be_undone_and_comes_back(any_store: str) -> None:
    assert undone(any_store, 1).events == {"ended": 55}
    assert rows_of(any_store) == []
    assert client_on(any_store).get("/v1/datasets").json["data"][0]["count"] == 0
    assert "inserted     55" in command(any_store, "init").output
    assert len(rows_of(any_store)) == 55


def release(folder: Path, name: str, *events: str) -> Path:
    """Write a release of UCDP with events of these native ids."""
    path = folder / name
    path.write_text(table(NAMES, [ROW | {"id": event} for event in events]))
    return path


def test_what_a_whole_file_dropped_comes_back(any_store: str, tmp_path: Path) -> None:
    first = release(tmp_path, "ged231.csv", "1", "2")
    loaded(any_store, "ucdp-ged", first)
    before = rows_of(any_store)
    loaded(any_store, "ucdp-ged", release(tmp_path, "ged241.csv", "2", "3"))
    assert undone(any_store, 3).events == {"ended": 1, "reverted": 1, "returned": 1}
    assert rows_of(any_store) == before
    undone(any_store, 2)
    assert counts(loaded(any_store, "ucdp-ged", first)) == {"inserted": 2}
    assert rows_of(any_store) == before


def test_what_a_source_dropped_stays_so_when_a_later_load_is_undone(
    any_store: str, tmp_path: Path
) -> None:
    first = release(tmp_path, "ged231.csv", "1", "2")
    for path in (first, release(tmp_path, "ged241.csv", "2")):
        loaded(any_store, "ucdp-ged", path)
    loaded(any_store, "ucdp-ged", release(tmp_path, "ged251.csv", "1", "2"))
    undone(any_store, 4)
    assert counts(loaded(any_store, "ucdp-ged", first)) == {"outdated": 2}


def mended(store: str) -> None:
    """Read the quarantine of load 4 again, as a loader that takes its records would."""
    database = open_to_write(store)
    database.execute(Quarantined.update(record=gdelt_line(c0="1005")[:-1], replayed=None))
    assert counts(replay(database, 4)) == {"inserted": 1}
    database.close()


def test_a_replay_can_be_undone_and_done_again(any_store: str, tmp_path: Path) -> None:
    path = tmp_path / "bad.tsv"
    path.write_bytes(gdelt_line(c26="0841]") + gdelt_line(c0="1002"))
    loaded(any_store, "gdelt", path)
    database = open_to_write(any_store)
    database.execute(Quarantined.update(record=gdelt_line()[:-1]))
    assert counts(replay(database, 2)) == {"inserted": 1}
    assert undo(database, 3).events == {"ended": 1}
    assert counts(replay(database, 2)) == {"inserted": 1}
    database.close()


def test_replays_are_named_and_an_undone_load_has_none(store: str, tmp_path: Path) -> None:
    path = tmp_path / "bad.tsv"
    path.write_bytes(gdelt_line(c0="1005", c26="0841]") + gdelt_line(c0="1006"))
    loaded(store, "gdelt", path)
    command(store, "load", "--replay", "4")
    assert "replayed" not in command(store, "undo", "4", "--dry-run").output
    mended(store)
    told = "Load 6 replayed its quarantine and stays: undo it too if it should not be there."
    assert told in command(store, "undo", "4", "--dry-run").output
    assert told in command(store, "undo", "4").output
    again = command(store, "load", "--replay", "4")
    assert again.exit_code == 1
    assert "Load 4 is undone: load its files again instead." in again.output


def test_a_replay_that_was_undone_is_not_named(store: str, tmp_path: Path) -> None:
    path = tmp_path / "bad.tsv"
    path.write_bytes(gdelt_line(c0="1005", c26="0841]") + gdelt_line(c0="1006"))
    loaded(store, "gdelt", path)
    database = open_to_write(store)
    database.execute(Quarantined.update(record=gdelt_line(c0="1005")[:-1], replayed=None))
    replay(database, 4)
    undo(database, 5)
    database.close()
    assert "replayed" not in command(store, "undo", "4").output


def mentions_at(client: FlaskClient, revision: str = "") -> int:
    """Count the mentions of event 1001."""
    return len(client.get(f"/v1/events/gdelt:1001/mentions{revision}").json["data"])


def test_mentions_end_and_come_again(store: str, client: FlaskClient, tmp_path: Path) -> None:
    path = tmp_path / "a.mentions.CSV"
    path.write_bytes(mention_line() + mention_line(c2="20240414120000") + mention_line("9"))
    loaded(store, "gdelt-mentions", path)
    assert client.get("/v1/loads/4").json["data"]["report"]["mentions_waiting"] == 1
    assert "3 mentions have ended." in command(store, "undo", "4").output
    shown = [mentions_at(client, at) for at in ("?as_of=3", "?as_of=4", "")]
    assert shown == [0, 2, 0]
    assert counts(loaded(store, "gdelt-mentions", path)) == {"inserted": 3}
    assert counts(loaded(store, "gdelt-mentions", path)) == {"unchanged": 3}
    shown = [mentions_at(client, at) for at in ("?as_of=4", "?as_of=5", "")]
    assert shown == [2, 0, 2]
    waiting = [client.get(f"/v1/loads/{n}").json["data"]["report"] for n in (4, 5, 6)]
    assert [one["mentions_waiting"] for one in waiting] == [0, 1, 0]
    assert {one["report"]["mentions_waiting"] for one in client.get("/v1/loads").json["data"]} == {
        None
    }


# What cannot be undone

IMPOSSIBLE = {
    9: "There is no load 9: `cameo-events loads` lists them.",
    3: "Load 3 is undone already, by revision 4.",
    4: "Load 4 made no revision: there is nothing to undo.",
}


@pytest.mark.parametrize(("number", "reason"), IMPOSSIBLE.items())
def test_what_cannot_be_undone_is_said(store: str, right: Path, number: int, reason: str) -> None:
    undone(store, 3)
    loaded(store, "gdelt", right)
    before = sums_of(store)
    with pytest.raises(Impossible, match=reason.partition(":")[0]):
        undone(store, number)
    done = command(store, "undo", str(number))
    assert (done.exit_code, reason in done.output) == (1, True)
    assert sums_of(store) == before
