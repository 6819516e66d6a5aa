"""The codebook with counts: of some datasets, as a tree, searched by label."""

import re
from collections import Counter
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from dataset.codebook.suggestions import meant
from dataset.store.snapshots import Store
from support.rich_store import client_on

DATASETS = ["seed", "gdelt", "made", "seed,made", "!seed"]


def entries(client: FlaskClient, path: str) -> list[dict[str, Any]]:
    """Give the first page of a list of codes."""
    answer = client.get(f"/v1/{path}")
    assert answer.status_code == 200, answer.text
    return list(answer.get_json()["data"])


def count(client: FlaskClient, query: str) -> int:
    """Count events by filters."""
    return int(client.get(f"/v1/events/count?{query}").get_json()["count"])


@pytest.mark.parametrize("datasets", DATASETS)
@pytest.mark.parametrize("as_of", [2, 3])
def test_actions_are_counted_as_their_filter_finds_them(
    rich: FlaskClient, datasets: str, as_of: int
) -> None:
    asked = f"dataset={datasets}&as_of={as_of}"
    for one in entries(rich, f"actions?depth=1&{asked}"):
        assert one["count"] == count(rich, f"action={one['code']}&{asked}")


@pytest.mark.parametrize("datasets", DATASETS)
def test_actors_are_counted_as_their_filter_finds_them(rich: FlaskClient, datasets: str) -> None:
    for one in entries(rich, f"actors?limit=12&dataset={datasets}"):
        for side in ("actor", "target"):
            found = count(rich, f"{side}={one['code']}&dataset={datasets}")
            assert one[f"count_as_{side}"] == found


def counted(client: FlaskClient, path: str) -> dict[str, int]:
    """Give the counts of one code."""
    one = client.get(f"/v1/{path}").get_json()["data"]
    return {name: one[name] for name in one if re.match("count($|_as)", name)}


@pytest.mark.parametrize("path", ["actions/19", "actors/IRN"])
def test_counts_of_datasets_add_up_to_those_of_all(rich: FlaskClient, path: str) -> None:
    counts: Counter[str] = Counter()
    for name in ("seed", "gdelt", "made"):
        counts.update(counted(rich, f"{path}?dataset={name}"))
    assert counts == counted(rich, path)


def kept(cache: Path) -> dict[str, int]:
    """Give the results that are kept, each with the number of its file."""
    return {path.name: path.stat().st_ino for path in cache.glob("results/*.sqlite")}


def test_documents_are_counted_once_for_all_workers(rich_store: Path, tmp_path: Path) -> None:
    first, second = (client_on(rich_store, cache=str(tmp_path)) for _ in range(2))
    found, files = entries(first, "documents"), kept(tmp_path)
    assert entries(second, "documents") == found
    assert len(files) == 1
    assert kept(tmp_path) == files


def test_codes_are_counted_without_reading_events(rich_store: Path, tmp_path: Path) -> None:
    client = client_on(rich_store, cache=str(tmp_path))
    for path in ("actors", "actors?q=iran", "actions", "actors?as_of=1"):
        assert entries(client, path)
    assert not kept(tmp_path)


def test_what_is_remembered_makes_room_for_its_kind_only(rich_store: Path) -> None:
    made = []
    with Store(str(rich_store)).snapshot() as snapshot:
        asked = [("actors", 1), *(("matched", number) for number in range(100)), ("actors", 1)]
        for kind, key in [*asked, ("matched", 99), ("matched", 0)]:
            snapshot.remembered(kind, key, partial(made.append, (kind, key)), 8)
    assert made == [*asked[:-1], ("matched", 0)]


def test_a_code_that_another_dataset_has_is_there_and_counted_as_none(rich: FlaskClient) -> None:
    answer = rich.get("/v1/actors/WBN?dataset=seed")
    assert answer.status_code == 200
    assert answer.get_json()["data"]["count_as_actor"] == 0


@pytest.mark.parametrize("path", ["actions", "actors", "actions/19", "actors/IRN"])
def test_an_unknown_dataset_is_refused(client: FlaskClient, path: str) -> None:
    answer = client.get(f"/v1/{path}?dataset=sead")
    assert answer.status_code == 422
    assert answer.get_json()["errors"][0]["did_you_mean"] == "seed"


@pytest.mark.parametrize("depth", [1, 2, 3])
def test_depth_cuts_the_trees_off(rich: FlaskClient, depth: int) -> None:
    actions = entries(rich, f"actions?limit=1000&depth={depth}")
    assert max(len(one["code"]) for one in actions) == depth + 1
    actors = entries(rich, f"actors?limit=1000&depth={depth}")
    assert {len(one["code"]) for one in actors} <= {3 * n for n in range(1, depth + 1)}
    short = [one for one in entries(rich, "actors?limit=200") if len(one["code"]) <= 3 * depth]
    assert actors[: len(short)] == short


def test_parents_of_actors_are_listed_too(rich: FlaskClient) -> None:
    listed = {one["code"]: one["parent"] for one in entries(rich, "actors?limit=1000")}
    assert listed["IRNGOVMIL"] == "IRNGOV"
    assert all(listed[code] == (code[:-3] or None) for code in listed)
    assert {parent for code, parent in listed.items() if parent and "IRN" in code} <= listed.keys()


def test_labels_are_searched_in_a_part_of_the_tree(rich: FlaskClient) -> None:
    found = entries(rich, "actions?q=aid&depth=2&dataset=seed")
    assert found
    assert all("aid" in one["label"].casefold() for one in found)
    assert all(one["count"] == count(rich, f"action={one['code']}&dataset=seed") for one in found)
    assert meant("action", found[0]["label"]) == found[0]["code"]


@pytest.mark.parametrize("path", ["actions", "actors"])
def test_an_empty_list_of_codes_says_why(client: FlaskClient, path: str) -> None:
    receipt = client.get(f"/v1/{path}?q=zzzz&depth=1").get_json()["receipt"]
    (reason,) = receipt["empty_because"]
    assert (reason["filter"], reason["matches_alone"]) == ("q=zzzz", 0)


def test_a_depth_that_hides_all_codes_is_a_reason(client: FlaskClient) -> None:
    receipt = client.get("/v1/actions?q=aerial&depth=1").get_json()["receipt"]
    hints = {one["filter"]: one["hint"] for one in receipt["empty_because"]}
    assert hints["depth=1"].startswith("without this filter ")
    assert hints["q=aerial"] == "without this filter 20 codes would match"
