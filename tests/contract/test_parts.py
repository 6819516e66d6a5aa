"""Receipts say which datasets an answer is of, and what the places of an area stand for."""

import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from dataset.building.rows import build
from dataset.declarations.filters import COUNTRIES_NOTE
from dataset.events.several_datasets import MAY_BE_SEVERAL, SEVERAL
from support.export_formats import CSV, MEDIA_TYPES
from support.paging import pages_of, shown
from support.rich_store import RICH, add_datasets, cell, client_on, commit

pytestmark = pytest.mark.quick

GLOBE, FIJI = "bbox=-180,-90,180,90", "near=-17,180,600"
KINDS = ("city", "region", "country", "none")
FILTERS = [
    *("", f"as_of={RICH}", "actor=IRN", "dataset=seed", "dataset=!seed", "dataset=gdelt,made"),
    *("dataset=none", "date_from=2024-04-13", "q=iran", "involves=IRN,ISR&quad_class=1,2"),
    *("distinct=day", "distinct=article&dataset=!made", "id=seed:1,gdelt:7", "id=none"),
]
AREAS = [
    *(GLOBE, f"{GLOBE}&as_of={RICH}", FIJI, f"{FIJI}&as_of={RICH}", "bbox=44,25,64,40"),
    *(f"{GLOBE}&place_precision=none", f"{GLOBE}&distinct=day", f"{GLOBE}&dataset=made"),
]


def datasets_of(events: list[dict[str, Any]]) -> dict[str, int]:
    return dict(sorted(Counter(event["dataset"] for event in events).items()))


def places_of(events: list[dict[str, Any]]) -> dict[str, int]:
    found = Counter(cell(event, "place_precision") or "none" for event in events)
    return {kind: found[kind] for kind in KINDS}


def receipts_of(client: FlaskClient, query: str) -> list[dict[str, Any]]:
    """Give the receipts of a whole page, the first of several, a count and an aggregate."""
    addresses = [
        *("events?limit=1000", "events?limit=1", "events?limit=2&fields=id"),
        *("events/count?", "aggregates?by=year", "aggregates?by=actor_roles&limit=1"),
    ]
    answers = [client.get(f"/v1/{address}&{query}".replace("?&", "?")) for address in addresses]
    return [answer.get_json()["receipt"] for answer in answers]


@pytest.mark.parametrize("query", FILTERS)
def test_datasets_of_what_matched_are_named_with_their_counts(
    rich: FlaskClient, query: str
) -> None:
    events = shown(rich, f"/v1/events?limit=1000&{query}")
    for receipt in receipts_of(rich, query):
        assert receipt["datasets"] == datasets_of(events)
        assert list(receipt["datasets"]) == sorted(receipt["datasets"])
        assert receipt["place_precision"] is None
        assert (SEVERAL in receipt["notes"]) == (len(receipt["datasets"]) > 1)
        assert MAY_BE_SEVERAL not in receipt["notes"]


@pytest.mark.parametrize("query", AREAS)
def test_places_of_an_area_are_counted_by_what_they_stand_for(
    rich: FlaskClient, query: str
) -> None:
    events = shown(rich, f"/v1/events?limit=1000&{query}")
    for receipt in receipts_of(rich, query):
        assert receipt["place_precision"] == places_of(events)
        assert list(receipt["place_precision"]) == [*KINDS]
        assert receipt["datasets"] == datasets_of(events)


@pytest.mark.parametrize("suffix", [*MEDIA_TYPES, "parquet"])
@pytest.mark.parametrize(
    "query", ["", "actor=IRN", "id=none", GLOBE, FIJI, f"sample=9&seed=1&{FIJI}"]
)
def test_headers_say_the_same(rich: FlaskClient, query: str, suffix: str) -> None:
    address = f"/v1/events.{suffix}?{query}"
    headers = rich.get(address, follow_redirects=True, buffered=True).headers
    receipt = rich.get(f"/v1/events?{query}").get_json()["receipt"]
    assert_told(headers, receipt)
    assert headers["Cameo-Complete"] == str(receipt["complete"]).lower()


@pytest.mark.parametrize("query", ["by=month", f"by=month&{GLOBE}", "by=month&dataset=seed"])
def test_headers_of_groups_say_the_same(rich: FlaskClient, query: str) -> None:
    headers = rich.get(f"/v1/aggregates.csv?{query}").headers
    assert_told(headers, rich.get(f"/v1/aggregates?{query}").get_json()["receipt"])
    assert headers["Cameo-Complete"] == "true"


def assert_told(headers: Any, receipt: dict[str, Any]) -> None:
    """Compare two headers with the receipt; what is null or empty has none."""
    for name, member in (("Datasets", "datasets"), ("Place-Precision", "place_precision")):
        counts = receipt[member]
        told = ", ".join(f"{one}={count}" for one, count in counts.items()) if counts else None
        assert headers.get(f"Cameo-{name}") == told


@pytest.mark.parametrize("resource", ["events?", "aggregates?by=day,actor_code&"])
def test_later_pages_have_neither(rich: FlaskClient, resource: str) -> None:
    first, *later = pages_of(rich, f"/v1/{resource}limit=5&{GLOBE}")
    assert first["receipt"]["datasets"]
    assert first["receipt"]["place_precision"]
    assert later
    for page in later:
        assert page["receipt"]["datasets"] is page["receipt"]["place_precision"] is None
        assert {MAY_BE_SEVERAL, COUNTRIES_NOTE} <= {*page["receipt"]["notes"]}


def test_later_pages_of_other_formats_have_no_such_header(rich: FlaskClient) -> None:
    address = f"/v1/events?limit=5&{GLOBE}"
    url = rich.get(address).get_json()["page"]["next"].removeprefix("http://localhost")
    first, later = (rich.get(one, headers={"Accept": CSV}).headers for one in (address, url))
    assert {"Cameo-Datasets", "Cameo-Place-Precision"} <= {*first.keys()}
    assert not {"Cameo-Datasets", "Cameo-Place-Precision"} & {*later.keys()}
    assert first["Cameo-Complete"] == later["Cameo-Complete"] == "false"


@pytest.fixture(scope="module")
def many(seeded: Path, tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    """A client of a store in which more events match than are counted."""
    path = Path(shutil.copy(seeded, tmp_path_factory.mktemp("parts") / "many.sqlite"))
    add_datasets(path)
    same = {"dataset": "gdelt", "date": "2024-05-05", "added": "2024-05-05T00:00:00Z"}
    place = {"place_latitude": 1.5, "place_longitude": 32.5, "place_precision": "country"}
    rows = [build({"id": f"gdelt:{n}", **same, **place}, "gdelt") for n in range(10_001)]
    commit(path, rows)
    return client_on(path)


def test_beyond_the_cap_neither_is_counted(many: FlaskClient) -> None:
    receipt = many.get(f"/v1/events?limit=1&{GLOBE}").get_json()["receipt"]
    assert receipt["datasets"] is receipt["place_precision"] is None
    assert {MAY_BE_SEVERAL, COUNTRIES_NOTE} <= {*receipt["notes"]}
    headers = many.head(f"/v1/events.csv?{GLOBE}").headers
    assert not {"Cameo-Datasets", "Cameo-Place-Precision"} & {*headers.keys()}
    assert headers["Cameo-Complete"] == "true"


@pytest.mark.parametrize("path", ["events/count", "aggregates"])
def test_counts_and_groups_have_no_cap(many: FlaskClient, path: str) -> None:
    receipt = many.get(f"/v1/{path}?{GLOBE}").get_json()["receipt"]
    assert receipt["datasets"] == {"gdelt": 10_001, "seed": 25}
    assert receipt["place_precision"] == {"city": 17, "region": 3, "country": 10_006, "none": 0}


@pytest.mark.parametrize(
    ("filters", "noted"),
    [("dataset=gdelt", False), ("dataset=!gdelt", False), ("dataset=!made", True)],
)
def test_where_nothing_is_counted_the_note_is_of_what_the_filter_keeps(
    many: FlaskClient, filters: str, noted: bool
) -> None:
    url = f"/v1/events?limit=1&{filters}"
    for page in [many.get(url).get_json(), next(iter(pages_of(many, f"{url}&sort=date")))]:
        assert (MAY_BE_SEVERAL in page["receipt"]["notes"]) == noted


@pytest.mark.parametrize(
    ("query", "noted"),
    [
        *(("near=35.69,51.42,100", True), ("bbox=44,25,64,40", True), ("actor=IRN", False)),
        *((f"{FIJI}&place_precision=city", False), (f"{FIJI}&place_precision=!country", False)),
        *((f"{FIJI}&place_precision=country", True), (f"{FIJI}&place_precision=none", False)),
    ],
)
@pytest.mark.parametrize("path", ["events", "events/count", "aggregates", "changes"])
def test_an_area_is_noted_to_hold_whole_countries(
    rich: FlaskClient, path: str, query: str, noted: bool
) -> None:
    notes = rich.get(f"/v1/{path}?{query}").get_json()["receipt"]["notes"]
    assert (COUNTRIES_NOTE in notes) == noted


def test_the_notes_name_what_to_ask_for() -> None:
    assert "place_precision=city" in COUNTRIES_NOTE
    assert "by=dataset" in SEVERAL
    assert "by=dataset" in MAY_BE_SEVERAL


@pytest.mark.parametrize("path", ["datasets", "actions", "changes", "events/seed:1", "cite"])
def test_other_receipts_have_neither(rich: FlaskClient, path: str) -> None:
    receipt = rich.get(f"/v1/{path}").get_json()["receipt"]
    assert not {"datasets", "place_precision", "no_period"} & receipt.keys()
