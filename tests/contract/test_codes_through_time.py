"""Filters find both codes of the Soviet Union, and name the other codes of a state."""

import shutil
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from support.rich_store import client_on
from support.stores import loaded

pytestmark = pytest.mark.quick

LINES = """date,source,target,code
1981-02-03,SUN,USA,040
1981-02-04,USRGOV,USA,040
1981-02-05,USA,USR,040
1981-02-06,IRQSUN,USA,040
1981-02-07,ROM,USA,040
1981-02-08,ROUGOV,USA,040
1981-02-09,USA,ROU,040
1981-02-10,MTN,SUN,040
1981-02-11,SUN,USR,040
1981-02-12,YUG,ZAR,040
"""


@pytest.fixture(scope="module")
def client(seeded: Path, tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    """A client of a store with events of former states."""
    folder = tmp_path_factory.mktemp("former")
    store, file = folder / "store.sqlite", folder / "levant.csv"
    shutil.copy(seeded, store)
    file.write_text(LINES)
    loaded(store, "keds", file)
    return client_on(store)


def get(client: FlaskClient, path: str, **query: object) -> dict[str, Any]:
    """Give a JSON answer."""
    answer = client.get(f"/v1/{path}", query_string={"dataset": "keds", **query})
    assert answer.status_code == 200, answer.text
    return dict(answer.get_json())


def days(client: FlaskClient, **query: object) -> list[int]:
    """Give the days of February 1981 on which a query finds events."""
    found = get(client, "events", fields="date", sort="date", **query)["data"]
    return [int(event["date"][-2:]) for event in found]


@pytest.mark.parametrize("code", ["SUN", "USR"])
@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("actor", [3, 4, 11]),
        ("target", [5, 10, 11]),
        ("involves", [3, 4, 5, 10, 11]),
        ("actor_country", [3, 4, 11]),
        ("target_country", [5, 10, 11]),
        ("involves_country", [3, 4, 5, 10, 11]),
    ],
)
def test_a_filter_finds_both_codes_of_the_soviet_union(
    client: FlaskClient, code: str, name: str, found: list[int]
) -> None:
    assert days(client, **{name: code}) == found
    assert days(client, **{name: f"!{code}"}) == [n for n in range(3, 13) if n not in found]


@pytest.mark.parametrize(
    ("pair", "found"),
    [
        ("SUN,USA", [3, 4, 5]),
        ("USA,USR", [3, 4, 5]),
        ("SUN,USR", [11]),
        ("SUN,SUN", [11]),
        ("MTN,USR", [10]),
    ],
)
def test_a_dyad_finds_both_codes_of_the_soviet_union(
    client: FlaskClient, pair: str, found: list[int]
) -> None:
    assert days(client, dyad=pair) == found
    assert get(client, "events/count", dyad=pair)["count"] == len(found)


def test_an_exact_code_is_exact(client: FlaskClient) -> None:
    assert days(client, actor_code="SUN") == [3, 11]
    assert days(client, actor="USRGOV") == [4]
    note = "USR is the same state as SUN: target_code=USR finds 2 events"
    assert note in get(client, "events", target_code="SUN")["receipt"]["notes"]


def test_neither_code_is_rewritten(client: FlaskClient) -> None:
    found = get(client, "aggregates", by="actor_country", actor_country="SUN")["data"]
    assert {one["actor_country"]: one["count"] for one in found} == {"SUN": 2, "USR": 1}


@pytest.mark.parametrize("path", ["events", "events/count", "changes"])
@pytest.mark.parametrize(
    ("name", "code", "note"),
    [
        ("actor_country", "ROM", "ROU is the same state as ROM: actor_country=ROU finds 1 event"),
        ("actor_country", "!ROM", "ROU is the same state as ROM: actor_country=ROU finds 1 event"),
        ("actor", "ROM", "ROU is the same state as ROM: actor=ROU finds 1 event"),
        ("involves_country", "ROM", "ROU is the same state as ROM: involves_country=ROU finds 2"),
        ("dyad", "ROM,USA", "ROU is the same state as ROM: dyad=ROU,USA finds 2 events"),
        ("target_country", "COD", "ZAR is the same state as COD: target_country=ZAR finds 1 event"),
    ],
)
def test_the_other_code_of_a_state_is_named_with_its_count(
    client: FlaskClient, path: str, name: str, code: str, note: str
) -> None:
    notes = get(client, path, **{name: code})["receipt"]["notes"]
    assert any(one.startswith(note) for one in notes)


@pytest.mark.parametrize("query", ["ROM,ROU", "SUN", "MTN", "IRN"])
def test_nothing_is_noted_of_codes_that_are_found_or_that_no_event_has(
    client: FlaskClient, query: str
) -> None:
    notes = get(client, "events", actor_country=query)["receipt"]["notes"]
    assert not any("same state" in note for note in notes)


def test_an_empty_answer_names_the_other_code(client: FlaskClient) -> None:
    reasons = get(client, "events", actor_country="MNE")["receipt"]["empty_because"]
    assert reasons[0]["hint"] == (
        "no event matches this filter; "
        "MTN is the same state as MNE: actor_country=MTN finds 1 event"
    )


def test_the_codebook_has_the_years_of_states_and_their_other_codes(client: FlaskClient) -> None:
    soviet = get(client, "actors/SUN")["data"]
    assert (soviet["source"], soviet["same_as"]) == ("cameo-events", ["USR"])
    assert (soviet["valid_from"], soviet["valid_to"]) == (1922, 1991)
    assert get(client, "actors/USRGOV")["data"]["same_as"] == ["SUNGOV"]
    south = get(client, "actors/SSDGOV")["data"]
    assert south["country"] == {"code": "SSD", "label": "South Sudan"}
    assert (south["valid_from"], south["valid_to"], south["same_as"]) == (2011, None, [])
    religion = get(client, "actors/IRQSUN")["data"]
    assert (religion["country"]["code"], religion["same_as"]) == ("IRQ", [])
    role = get(client, "actors/GOV")["data"]
    assert (role["source"], role["valid_from"], role["same_as"]) == (None, None, [])


def test_the_counts_of_the_codebook_are_what_the_filters_find(client: FlaskClient) -> None:
    for code in ("SUN", "USR", "USRGOV", "ROM"):
        entry = get(client, f"actors/{code}")["data"]
        for side in ("actor", "target"):
            count = get(client, "events/count", **{side: code})["count"]
            assert entry[f"count_as_{side}"] == count


@pytest.mark.parametrize(
    ("words", "codes"),
    [
        ("soviet", {"SUN", "USR", "USRGOV"}),
        ("south sudan", {"SSD"}),
        ("yugoslavia", {"YUG"}),
    ],
)
def test_former_states_are_completed_by_name(
    client: FlaskClient, words: str, codes: set[str]
) -> None:
    assert {one["code"] for one in get(client, "actors", q=words)["data"]} == codes
