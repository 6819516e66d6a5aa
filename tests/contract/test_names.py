"""Names of actors and targets: found in any case of letters, counted, told where codes fail."""

from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from dataset.store.database import open_to_write
from dataset.writes.retractions import retract
from support.gdelt_lines import gdelt_line
from support.rich_store import client_on
from support.stores import load_into

PEOPLE = (
    *[("PSEREB", "HAMAS")] * 3,
    ("PSEREB", "Hamas"),
    ("PSE", "Hamas police"),
    ("IGOUNO", "UNITED NATIONS"),
    ("LBNREB", "HEZBOLLAH"),
    ("FRA", "Élysée"),
    ("FRAGOV", "E\u0301LYSE\u0301E"),
    ("ESH", "Sahara, Western"),
)
"""The codes and names of actors."""


@pytest.fixture
def store(any_store: str, tmp_path: Path) -> str:
    """A store with named actors, on each engine."""
    path = tmp_path / "20240501.export.CSV"
    lines = [
        gdelt_line(c0=str(n), c5=code, c6=name, c7=code[:3])
        for n, (code, name) in enumerate(PEOPLE, 1)
    ]
    path.write_bytes(b"".join(lines))
    database = open_to_write(any_store)
    load_into(database, "gdelt", path)
    database.close()
    return any_store


@pytest.fixture
def named(store: str) -> FlaskClient:
    """A client of that store."""
    return client_on(store)


def codes(client: FlaskClient, query: str) -> dict[str, Any]:
    """Give the names of the codes that a search finds, in its order."""
    found = client.get(f"/v1/actors?dataset=gdelt&limit=5&{query}").get_json()["data"]
    return {one["code"]: {name["name"]: name["count"] for name in one["names"]} for one in found}


def count(client: FlaskClient, query: str) -> int:
    return int(client.get(f"/v1/events/count?dataset=gdelt&{query}").get_json()["count"])


def hint(client: FlaskClient, query: str) -> str:
    """Give why a page is empty."""
    reasons = client.get(f"/v1/events?{query}").get_json()["receipt"]["empty_because"]
    return "; ".join(reason["hint"] for reason in reasons)


def test_codes_are_found_by_the_names_of_their_events(named: FlaskClient) -> None:
    assert list(codes(named, "q=hamas").items())[:2] == [
        ("PSEREB", {"HAMAS": 3, "Hamas": 1}),
        ("PSE", {"Hamas police": 1}),
    ]
    assert "HMS" in codes(named, "q=hamas")
    assert next(iter(codes(named, "q=united nat"))) == "IGOUNO"
    assert next(iter(codes(named, "q=elysee"))) == "FRA"


def test_the_beginning_of_the_last_word_is_enough_if_it_is_not_short(named: FlaskClient) -> None:
    assert "PSEREB" in codes(named, "q=ham")
    assert "PSEREB" not in codes(named, "q=ha")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("actor_name=hamas", 4),
        ("actor_name=HAMAS,united nations", 5),
        ("actor_name=!Hamas", len(PEOPLE) - 4),
        ("actor_name=hamas,!HAMAS", 0),
        ("actor_name=élysée", 2),
        ("actor_name=elysee", 0),
        ("actor_name=nobody", 0),
        ("actor_name=!nobody", len(PEOPLE)),
        ("involves_name=hezbollah", 1),
        ("involves_name=!none", len(PEOPLE)),
        ("actor_name=none", 0),
    ],
)
def test_names_are_whole_and_of_any_case(named: FlaskClient, query: str, found: int) -> None:
    assert count(named, query) == found


def test_groups_have_names_as_they_are_written(named: FlaskClient) -> None:
    answer = named.get("/v1/aggregates?by=actor_name&actor_name=hamas&dataset=gdelt").get_json()
    assert {row["actor_name"]: row["count"] for row in answer["data"]} == {"HAMAS": 3, "Hamas": 1}


def test_a_name_without_events_gives_the_nearest_that_has_some(named: FlaskClient) -> None:
    told = hint(named, "actor_name=hezbolah")
    assert "no event has the name hezbolah: actor_name=HEZBOLLAH finds 1 event" in told
    assert "actor_name=Hamas police finds 1 event" in hint(named, "actor_name=police")
    assert hint(named, "actor_name=qqqqqq") == "no event matches this filter"


def test_a_hint_can_be_asked_as_it_stands(named: FlaskClient) -> None:
    told = hint(named, "actor_name=Saharan")
    assert told.endswith(r"actor_name=Sahara\, Western finds 1 event")
    asked = named.get(r"/v1/events/count?actor_name=Sahara\, Western")
    assert asked.get_json()["count"] == 1
    assert "actor_name=HEZBOLLAH finds 1 event" in hint(named, "actor_name=the hezbollah")


def test_a_pinned_answer_has_no_hint_that_newer_names_change(named: FlaskClient) -> None:
    assert hint(named, "actor_name=hezbolah&as_of=2") == "no event matches this filter"


def test_a_search_without_codes_gives_the_nearest_name(named: FlaskClient) -> None:
    receipt = named.get("/v1/actors?q=hezbolah").get_json()["receipt"]
    (reason,) = receipt["empty_because"]
    assert "involves_name=HEZBOLLAH finds 2 events" in reason["hint"]


def test_a_code_without_events_gives_the_code_that_has_the_name(named: FlaskClient) -> None:
    told = hint(named, "actor=HMS")
    assert "no event has the code HMS: actor=PSEREBHMS finds 5 events" in told
    assert "no event has the code HMS: actor_name=HAMAS finds 4 events" in told
    assert told.endswith("most with the code PSEREB")
    assert "involves_name=HEZBOLLAH finds 2 events" in hint(named, "involves=HEZ")


def test_counts_of_an_older_revision_leave_out_what_changed_since(store: str) -> None:
    database = open_to_write(store)
    revision = retract(database, "gdelt:1", "wrong") - 1
    database.close()
    client = client_on(store)
    assert codes(client, "q=hamas")["PSEREB"] == {"HAMAS": 2, "Hamas": 1}
    assert codes(client, f"q=hamas&as_of={revision}")["PSEREB"] == {"HAMAS": 3, "Hamas": 1}
    assert "PSEREB" not in codes(client, f"q=hamas&as_of={revision - 1}")
    assert count(client, f"actor_name=hamas&as_of={revision}") == 4


def test_an_older_revision_is_counted_anew_if_much_changed_since(
    store: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = open_to_write(store)
    revision = retract(database, "gdelt:1", "wrong") - 1
    database.close()
    asked = (f"q=hamas&as_of={revision}", f"as_of={revision}", f"as_of={revision - 1}")
    taken_back = [codes(client_on(store), query) for query in asked]
    monkeypatch.setattr("dataset.catalogue.counting.MOST_CHANGED", 0)
    assert [codes(client_on(store), query) for query in asked] == taken_back
