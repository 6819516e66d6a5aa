"""A drop ends all events of a dataset, or removes them; a load brings them again."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask.testing import FlaskClient

from api.commands.main import main
from dataset.parquet_copy.segments import is_made
from support.gdelt_lines import gdelt_line, mention_line
from support.lives import held, replayed
from support.rich_store import client_on
from support.stores import counts, loaded, rows_of, sums_of


def command(store: str, *arguments: str, **more: str) -> Result:
    """Run a command on a store."""
    return CliRunner().invoke(main, [*arguments, "--database", store], **more)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file of three events."""
    path = tmp_path / "a.tsv"
    path.write_bytes(b"".join(gdelt_line(c0=str(n), c6="Ebenezer") for n in (1, 2, 3)))
    return path


@pytest.fixture
def store(any_store: str, path: Path, tmp_path: Path) -> str:
    """A store with these events and a mention; the event 3 is retracted."""
    loaded(any_store, "gdelt", path)
    mentions = tmp_path / "a.mentions.CSV"
    mentions.write_bytes(mention_line("1"))
    loaded(any_store, "gdelt-mentions", mentions)
    command(any_store, "retract", "gdelt:3", "--reason", "wrong")
    return any_store


@pytest.fixture
def client(store: str) -> FlaskClient:
    """A client of the store."""
    return client_on(store)


def test_the_list_of_loads_shows_drops_in_their_places(store: str, path: Path) -> None:
    command(store, "drop", "gdelt")
    loaded(store, "gdelt", path)
    command(store, "drop", "gdelt")
    shown = command(store, "loads").output.splitlines()
    heads, counted = shown[::2], shown[1::2]
    assert [number for number, line in enumerate(heads) if line.endswith("drop of gdelt")] == [3, 5]
    assert counted[2:] == [
        "   1 read into gdelt: 1 inserted; revision 3",
        "   revision 5",
        "   3 read into gdelt: 2 inserted, 1 retracted; revision 6",
        "   revision 7",
    ]


def test_a_drop_ends_the_events_of_a_dataset(store: str, client: FlaskClient) -> None:
    done = command(store, "drop", "gdelt")
    assert done.output.splitlines() == [
        "2 events have ended.",
        "1 mention has ended.",
        "The dataset gdelt is dropped as of revision 5.",
    ]
    assert {dataset for (dataset,) in rows_of(store, ["dataset"])} == {"seed"}
    problem = client.get("/v1/events/gdelt:1").json
    assert (problem["status"], problem["reason"]) == (410, "drop of gdelt")
    assert problem["detail"] == "The event gdelt:1 has ended: drop of gdelt."
    problem = client.get("/v1/events/gdelt:3").json
    assert problem["reason"] == "wrong"
    assert problem["detail"] == "The event gdelt:3 has been retracted: wrong"
    assert client.get("/v1/events/count?as_of=4&dataset=gdelt").json["count"] == 2
    assert replayed(client) == {}


def test_a_load_brings_them_again(store: str, path: Path) -> None:
    command(store, "drop", "gdelt")
    assert counts(loaded(store, "gdelt", path)) == {"inserted": 2, "retracted": 1}


def test_a_purge_leaves_nothing_but_ids(store: str, client: FlaskClient) -> None:
    etag = client.get("/v1/events?as_of=1").headers["ETag"]
    done = command(store, "drop", "gdelt", "--purge", "--yes")
    assert done.output.splitlines()[:3] == [
        "3 events are removed for good, those that had ended before included.",
        "1 mention is removed for good.",
        "The dataset gdelt is purged as of revision 5.",
    ]
    for event in ("gdelt:1", "gdelt:3"):
        problem = client.get(f"/v1/events/{event}?as_of=4").json
        assert (problem["status"], problem["reason"]) == (410, "purged")
    feed = client.get("/v1/changes?since=4").json["data"]
    assert [(one["id"], one["type"], one["reason"]) for one in feed] == [
        (f"gdelt:{n}", "retract", "purged") for n in (1, 2, 3)
    ]
    assert client.get("/v1/events/count?as_of=4").json["count"] == 55
    assert client.get("/v1/events?as_of=1").headers["ETag"] != etag
    if "://" not in store:
        assert b"ebenezer" not in Path(store).read_bytes().lower()


def test_what_was_purged_so_comes_again_and_may_go_again(
    store: str, client: FlaskClient, path: Path
) -> None:
    for _ in range(2):
        command(store, "drop", "gdelt", "--purge", "--yes")
        assert counts(loaded(store, "gdelt", path)) == {"inserted": 3}
        assert replayed(client) == held(client)
        assert len(held(client)) == 3
    command(store, "drop", "gdelt", "--purge", "--yes")
    assert replayed(client) == {}


def test_a_purge_of_one_event_still_holds(store: str, client: FlaskClient, path: Path) -> None:
    command(store, "purge", "gdelt:1", "--yes")
    command(store, "drop", "gdelt", "--purge", "--yes")
    assert counts(loaded(store, "gdelt", path)) == {"inserted": 2, "retracted": 1}
    command(store, "purge", "gdelt:2", "--yes")
    assert counts(loaded(store, "gdelt", path)) == {"unchanged": 1, "retracted": 2}
    assert replayed(client) == held(client)


@pytest.mark.parametrize(
    ("more", "lines"),
    [
        ((), ["2 events would end.", "1 mention would end."]),
        (
            ("--purge",),
            [
                "3 events would be removed for good, those that had ended before included.",
                "1 mention would be removed for good.",
            ],
        ),
    ],
)
def test_a_dry_run_changes_nothing(store: str, more: tuple[str, ...], lines: list[str]) -> None:
    before = sums_of(store)
    done = command(store, "drop", "gdelt", "--dry-run", *more)
    assert done.output.splitlines() == [
        *lines,
        "Nothing was changed: this was a dry run.",
    ]
    assert sums_of(store) == before


def test_a_purge_asks_first(store: str) -> None:
    before = sums_of(store)
    assert command(store, "drop", "gdelt", "--purge", input="n\n").exit_code == 1
    assert sums_of(store) == before


def test_a_copy_in_columns_follows(own_store: Path, path: Path) -> None:
    store = str(own_store)
    loaded(store, "gdelt", path)
    command(store, "columns")
    assert "up to revision 3" in command(store, "undo", "2").output
    loaded(store, "gdelt", path)
    assert "up to revision 5" in command(store, "drop", "gdelt").output
    assert (
        "The copy in columns is removed"
        in command(store, "drop", "seed", "--purge", "--yes").output
    )
    assert not is_made(store)


@pytest.mark.parametrize(
    ("dataset", "reason"),
    [("icews", "no dataset 'icews'. It has: gdelt, seed."), ("gdelt", "there is nothing to drop")],
)
@pytest.mark.parametrize("more", [(), ("--purge", "--yes")])
def test_what_cannot_be_dropped_is_said(
    store: str, dataset: str, reason: str, more: tuple[str, ...]
) -> None:
    command(store, "drop", "gdelt", *more)
    before = sums_of(store)
    done = command(store, "drop", dataset, *more)
    assert (done.exit_code, reason in done.output) == (1, True)
    assert sums_of(store) == before


def test_a_purge_of_nothing_removes_what_an_earlier_one_could_not(
    own_store: Path, path: Path
) -> None:
    store = str(own_store)
    loaded(store, "gdelt", path)
    command(store, "drop", "gdelt", "--purge", "--yes")
    command(store, "columns")
    assert command(store, "drop", "gdelt", "--purge", "--yes", "--dry-run").exit_code == 1
    assert is_made(store)
    done = command(store, "drop", "gdelt", "--purge", "--yes")
    assert (done.exit_code, "there is nothing to drop" in done.output) == (1, True)
    assert not is_made(store)


def test_what_is_left_of_a_dropped_dataset_can_be_purged(store: str) -> None:
    command(store, "drop", "gdelt")
    done = command(store, "drop", "gdelt", "--purge", "--yes")
    assert done.output.startswith("3 events are removed for good")
