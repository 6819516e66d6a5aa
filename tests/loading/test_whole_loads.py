"""Whole files also end what their dataset holds and they lack; what the source dropped may come
back with it."""

from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from api.commands.main import main
from dataset.declarations.ids import key_of
from dataset.loaders.ucdp_ged import NAMES
from dataset.loading.accounts import Account
from dataset.writes.drops import Keys
from support.gdelt_lines import gdelt_line
from support.rich_store import client_on
from support.stores import counts, loaded, rows_of
from support.ucdp_files import ROW, table

REASON = "dropped by source"


def release(folder: Path, name: str, *events: str, **changes: str) -> Path:
    """Write a release with events of these native ids."""
    path = folder / name
    path.write_text(table(NAMES, [ROW | {"id": event} | changes for event in events]))
    return path


def held(store: str) -> list[str]:
    """Give the native ids of the events of UCDP that a store holds."""
    rows = rows_of(store, ("id", "dataset"))
    return [public.partition(":")[2] for public, dataset in rows if dataset == "ucdp-ged"]


def load(store: str, *files: Path, **more: Any) -> Account:
    return loaded(store, "ucdp-ged", *files, **more)


def feed(store: str, account: Account) -> list[dict[str, Any]]:
    """Give the changes that a load made."""
    since = (account.revision or 0) - 1
    found: list[dict[str, Any]] = client_on(store).get(f"/v1/changes?since={since}").json["data"]
    return found


def undo_last(store: str) -> None:
    """Undo the third load."""
    assert CliRunner().invoke(main, ["undo", "3", "--database", store]).exit_code == 0


@pytest.fixture
def before(any_store: str, tmp_path: Path) -> str:
    """A store with a release of three events."""
    load(any_store, release(tmp_path, "ged231.csv", "1", "2", "3"))
    return any_store


def test_a_whole_release_ends_what_it_lacks(before: str, tmp_path: Path) -> None:
    account = load(before, release(tmp_path, "ged241.csv", "2", "4"))
    assert counts(account) == {"inserted": 1, "updated": 1}
    assert (account.read, account.report["dropped"]) == (2, 2)
    assert account.report["whole"] == {"ucdp-ged": "2024-01-01T00:00:00Z"}
    assert held(before) == ["2", "4"]


def test_readers_are_told_what_was_dropped(before: str, tmp_path: Path) -> None:
    account = load(before, release(tmp_path, "ged241.csv", "2"))
    client = client_on(before)
    gone = client.get("/v1/events/ucdp-ged:1")
    assert (gone.status_code, gone.json["reason"]) == (410, REASON)
    assert gone.json["detail"] == "The event ucdp-ged:1 is no longer in its source's releases."
    shown = client.get(f"/v1/changes?since={account.revision - 1}").json["data"]
    retracted = [(one["id"], one["reason"]) for one in shown if one["type"] == "retract"]
    assert retracted == [("ucdp-ged:1", REASON), ("ucdp-ged:3", REASON)]
    assert client.get("/v1/events/count?dataset=ucdp-ged").json["count"] == 1
    as_of = f"/v1/events/count?dataset=ucdp-ged&as_of={account.revision - 1}"
    assert client.get(as_of).json["count"] == 3
    assert client.get(f"/v1/loads/{account.number}").json["data"]["report"]["dropped"] == 2


def test_the_list_of_loads_shows_what_was_dropped(before: str, tmp_path: Path) -> None:
    load(before, release(tmp_path, "ged241.csv", "2", "4"))
    shown = CliRunner().invoke(main, ["loads", "--database", before]).output.splitlines()
    assert shown[-1] == (
        "   2 read into ucdp-ged: 1 inserted, 1 updated; 2 dropped by the source; revision 3"
    )


def test_a_release_that_only_drops_makes_a_revision(before: str, tmp_path: Path) -> None:
    path = release(tmp_path, "ged231.csv", "1")
    account = load(before, path)
    assert (counts(account), account.report["dropped"]) == ({"unchanged": 1}, 2)
    assert account.revision is not None
    assert load(before, path).revision is None


@pytest.mark.parametrize("name", ["ged241_cut.csv", "gedevents.csv", "GEDEvent_v24_1 (1).csv"])
def test_cuts_end_nothing(name: str, before: str, tmp_path: Path) -> None:
    account = load(before, release(tmp_path, name, "2"), version="24.1")
    assert (account.report["dropped"], held(before)) == (0, ["1", "2", "3"])


def test_a_cut_beside_a_whole_release_ends_nothing(before: str, tmp_path: Path) -> None:
    load(before, release(tmp_path, "ged241.csv", "2"), release(tmp_path, "ged241_cut.csv", "4"))
    assert held(before) == ["1", "2", "3", "4"]


def test_it_can_be_asked_for_and_turned_off(before: str, tmp_path: Path) -> None:
    load(before, release(tmp_path, "ged241.csv", "2"), whole=False)
    assert held(before) == ["1", "2", "3"]
    one, other = release(tmp_path, "a_v24_1.csv", "2"), release(tmp_path, "b_v24_1.csv", "3")
    assert load(before, one, other, whole=True).report["dropped"] == 1
    assert held(before) == ["2", "3"]


def test_other_datasets_stay(before: str, tmp_path: Path) -> None:
    load(before, release(tmp_path, "GEDEvent_v24_0_2.csv", "1"))
    load(before, release(tmp_path, "own_v24_1.csv", "1"), dataset="own")
    load(before, release(tmp_path, "GEDEvent_v24_0_3.csv", "5"), whole=True)
    assert held(before) == ["1", "2", "3"]
    found = {dataset for (dataset,) in rows_of(before, ("dataset",))}
    assert found == {"seed", "ucdp-ged", "ucdp-candidate", "own"}


def test_an_older_release_ends_nothing_newer(before: str, tmp_path: Path) -> None:
    account = load(before, release(tmp_path, "ged221.csv", "1"))
    assert (counts(account), account.report["dropped"]) == ({"outdated": 1}, 0)
    assert held(before) == ["1", "2", "3"]


def test_retracted_events_stay_as_they_are(before: str, tmp_path: Path) -> None:
    given = ["retract", "ucdp-ged:1", "--reason", "wrong", "--database", before]
    assert CliRunner().invoke(main, given).exit_code == 0
    assert load(before, release(tmp_path, "ged241.csv", "2")).report["dropped"] == 1
    account = load(before, release(tmp_path, "ged251.csv", "1", "2"))
    assert account.outcomes["retracted"] == 1
    assert "wrong" in str(client_on(before).get("/v1/events/ucdp-ged:1").json)


def test_a_retraction_with_the_words_of_a_drop_is_one(before: str, tmp_path: Path) -> None:
    given = ["retract", "ucdp-ged:1", "--reason", REASON, "--database", before]
    assert CliRunner().invoke(main, given).exit_code == 0
    account = load(before, release(tmp_path, "ged241.csv", "1", "2", "3"))
    assert account.outcomes["retracted"] == 1


# The order of releases


OLDER, NEWER = ("ged191.csv", "1", "2", "3"), ("ged201.csv", "2", "4")


@pytest.mark.parametrize("order", list(permutations((OLDER, NEWER))))
@pytest.mark.parametrize("at_once", [True, False])
def test_the_order_of_releases_does_not_matter(
    order: tuple[tuple[str, ...], ...], at_once: bool, any_store: str, tmp_path: Path
) -> None:
    files = [release(tmp_path, *given) for given in order]
    for load_of in [files] if at_once else [[file] for file in files]:
        load(any_store, *load_of)
    assert held(any_store) == ["2", "4"]
    added = {row[0] for row in rows_of(any_store, ("added", "dataset")) if row[1] == "ucdp-ged"}
    assert added == {"2020-01-01T00:00:00Z"}
    assert counts(load(any_store, release(tmp_path, *OLDER))) == {"outdated": 3}
    assert held(any_store) == ["2", "4"]


@pytest.mark.parametrize("names", list(permutations(("ged241.csv", "ged251.csv"))))
def test_of_releases_at_once_the_newest_tells_what_was_dropped(
    names: tuple[str, str], before: str, tmp_path: Path
) -> None:
    events = {"ged241.csv": ("1", "2", "3"), "ged251.csv": ("2", "4")}
    account = load(before, *(release(tmp_path, name, *events[name]) for name in names))
    assert (account.report["dropped"], held(before)) == (2, ["2", "4"])
    assert account.report["whole"] == {"ucdp-ged": "2025-01-01T00:00:00Z"}


@pytest.mark.parametrize("order", list(permutations(range(2))))
def test_what_the_newest_of_releases_at_once_lacks_never_was(
    order: tuple[int, ...], any_store: str, tmp_path: Path
) -> None:
    files = [release(tmp_path, *given) for given in (OLDER, NEWER)]
    account = load(any_store, *(files[position] for position in order))
    assert counts(account) == {"inserted": 2, "outdated": 3}
    assert (account.report["dropped"], account.report["lacked"]) == (0, 2)
    client = client_on(any_store)
    assert client.get("/v1/events/ucdp-ged:1").status_code == 404
    assert client.get("/v1/events/ucdp-ged:1/history").status_code == 404
    assert [one["type"] for one in feed(any_store, account)] == ["add", "add"]


def test_so_it_is_one_after_the_other(any_store: str, tmp_path: Path) -> None:
    load(any_store, release(tmp_path, *NEWER))
    account = load(any_store, release(tmp_path, *OLDER))
    assert (counts(account), account.report["lacked"]) == ({"outdated": 3}, 2)


def test_an_event_that_was_there_is_dropped_whatever_lies_between(
    before: str, tmp_path: Path
) -> None:
    between = release(tmp_path, "ged241.csv", "1", "2", "3", best="13")
    account = load(before, between, release(tmp_path, "ged251.csv", "2"))
    assert counts(account) == {"updated": 1, "outdated": 3}
    assert (account.report["dropped"], account.report["lacked"]) == (2, 2)
    gone = client_on(before).get("/v1/events/ucdp-ged:1")
    assert (gone.status_code, REASON in str(gone.json)) == (410, True)
    found = {one["id"]: (one["type"], one.get("reason")) for one in feed(before, account)}
    assert found == {
        "ucdp-ged:1": ("retract", REASON),
        "ucdp-ged:2": ("update", None),
        "ucdp-ged:3": ("retract", REASON),
    }
    undo_last(before)
    assert held(before) == ["1", "2", "3"]


def test_what_came_back_and_was_dropped_again_at_once_stays_dropped(
    before: str, tmp_path: Path
) -> None:
    load(before, release(tmp_path, "ged241.csv", "2", "3"))
    files = (release(tmp_path, "ged251.csv", "1", "2", "3"), release(tmp_path, "ged261.csv", "2"))
    account = load(before, *files)
    assert (account.report["dropped"], account.report["lacked"]) == (1, 2)
    changed = [one["id"] for one in feed(before, account)]
    assert sorted(changed) == ["ucdp-ged:2", "ucdp-ged:3"]
    assert REASON in str(client_on(before).get("/v1/events/ucdp-ged:1").json)


def test_a_cut_of_an_older_release_brings_no_event_that_a_whole_one_lacks(
    before: str, tmp_path: Path
) -> None:
    account = load(before, release(tmp_path, "ged221_cut.csv", "3", "7"))
    assert (counts(account), held(before)) == ({"outdated": 2}, ["1", "2", "3"])
    account = load(before, release(tmp_path, "ged231_cut.csv", "7"))
    assert (counts(account), held(before)) == ({"inserted": 1}, ["1", "2", "3", "7"])


def test_a_tried_release_and_other_datasets_hold_nothing_back(before: str, tmp_path: Path) -> None:
    load(before, release(tmp_path, "ged251.csv", "1", "2", "3"), dry_run=True)
    assert counts(load(before, release(tmp_path, "ged241_cut.csv", "8"))) == {"inserted": 1}
    candidate = release(tmp_path, "GEDEvent_v22_0_2.csv", "9")
    assert counts(load(before, candidate)) == {"inserted": 1}


# What comes back


@pytest.mark.parametrize(
    ("name", "outcome", "events"),
    [
        ("ged231.csv", "outdated", ["2"]),
        ("ged241.csv", "inserted", ["1", "2"]),
        ("ged251.csv", "inserted", ["1", "2"]),
    ],
)
def test_what_was_dropped_comes_back_with_a_release_that_is_not_older(
    name: str, outcome: str, events: list[str], before: str, tmp_path: Path
) -> None:
    load(before, release(tmp_path, "ged241.csv", "2"))
    account = load(before, release(tmp_path, name, "1"), whole=False)
    assert (counts(account), held(before)) == ({outcome: 1}, events)


def test_what_came_back_is_an_event_as_before(before: str, tmp_path: Path) -> None:
    load(before, release(tmp_path, "ged241.csv", "2", "3"))
    account = load(before, release(tmp_path, "ged251.csv", "1", "2", "3"))
    client = client_on(before)
    assert client.get("/v1/events/ucdp-ged:1").json["data"]["added"] == "2025-01-01T00:00:00Z"
    shown = client.get(f"/v1/changes?since={account.revision - 1}").json["data"]
    assert ("ucdp-ged:1", "add") in [(one["id"], one["type"]) for one in shown]
    history = client.get("/v1/events/ucdp-ged:1/history").json["data"]
    assert [one["reason"] for one in history].count(REASON) == 1
    load(before, release(tmp_path, "ged261.csv", "2", "3"))
    assert client_on(before).get("/v1/events/ucdp-ged:1").status_code == 410


@pytest.mark.parametrize("order", list(permutations(range(2))))
def test_of_two_versions_in_one_load_the_newer_one_comes_back(
    order: tuple[int, ...], before: str, tmp_path: Path
) -> None:
    load(before, release(tmp_path, "ged241.csv", "2", "3"))
    files = [release(tmp_path, "ged231.csv", "1"), release(tmp_path, "ged251.csv", "1")]
    load(before, *(files[position] for position in order), whole=False)
    found = client_on(before).get("/v1/events/ucdp-ged:1").json["data"]
    assert found["added"] == "2025-01-01T00:00:00Z"


# The quarantine


def test_an_event_in_quarantine_is_held(before: str, tmp_path: Path) -> None:
    path = release(tmp_path, "ged241.csv", "2")
    bad = [ROW | {"id": "1", "best": "-3"}, ROW | {"id": "3", "type_of_violence": "9"}]
    path.write_text(table(NAMES, bad))
    account = load(before, path)
    assert (account.outcomes["quarantined"], account.report["dropped"]) == (2, 0)
    path.write_text(table(NAMES, [ROW | {"id": "2"}, bad[0]]))
    assert load(before, path).report["dropped"] == 1
    assert held(before) == ["1", "2"]


@pytest.mark.parametrize("bad", [{"id": "x"}, {"id": ""}, {"side_a": "a\0b"}])
def test_nothing_is_dropped_if_an_id_is_not_known(
    bad: dict[str, str], before: str, tmp_path: Path
) -> None:
    path = tmp_path / "ged241.csv"
    path.write_text(table(NAMES, [ROW | {"id": "2"}, ROW | {"id": "7"} | bad]))
    account = load(before, path)
    assert account.report["dropped"] == 0
    assert account.report["not_dropped"] == (
        "1 quarantined record has no readable id, so it could be any of them"
    )
    assert held(before) == ["1", "2", "3"]


# Other ways


def test_a_dry_run_counts_what_would_be_dropped(before: str, tmp_path: Path) -> None:
    path = release(tmp_path, "ged241.csv", "2")
    assert load(before, path, dry_run=True).report["dropped"] == 2
    assert held(before) == ["1", "2", "3"]


def test_any_format_of_events_can_be_whole(any_store: str, tmp_path: Path) -> None:
    path = tmp_path / "20241211113000.export.CSV"
    path.write_bytes(gdelt_line(c0="1") + gdelt_line(c0="2"))
    loaded(any_store, "gdelt", path)
    path.write_bytes(gdelt_line(c0="2"))
    assert loaded(any_store, "gdelt", path, whole=True).report["dropped"] == 1


def test_mentions_cannot() -> None:
    done = CliRunner().invoke(main, ["load", "gdelt-mentions", "x", "--whole"])
    assert "`--whole` cannot be used with gdelt-mentions: only events can be ended." in done.output


def test_the_command_says_what_was_dropped(before: str, tmp_path: Path) -> None:
    whole = release(tmp_path, "ged241.csv", "2")
    given = ["load", "ucdp-ged", "--database", before, str(whole)]
    assert "ropped" not in CliRunner().invoke(main, [*given, "--no-whole"]).output
    done = CliRunner().invoke(main, given)
    assert "Dropped by the source: 2 events that the files lack." in done.output
    release(tmp_path, "ged241.csv", "x", "2")
    done = CliRunner().invoke(main, given)
    assert "No event was ended: 1 quarantined record has no readable id, so " in done.output


def test_many_keys_come_in_order() -> None:
    keys = Keys()
    given = [key_of(8, str(number * 7919 % 1_000_003)) for number in range(1_200_000)]
    for start in range(0, len(given), 1_000):
        keys.add(given[start : start + 1_000])
    assert list(keys) == sorted(given)
