"""Every load gives its account: what came in, from which files, what was refused and why."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from flask.testing import FlaskClient
from peewee import Database

from dataset.declarations.outcomes import OUTCOMES
from dataset.store.database import open_to_write
from dataset.store.models import Load, LoadFile, Quarantined
from schemas.loads import LoadReportSchema, LoadSchema, QuarantinedSchema
from support.paging import next_of, pages_of, problem_of
from support.rich_store import client_on

pytestmark = pytest.mark.quick

REPORT = {
    "unknown_codes": [{"column": "actor_code", "code": "SSD", "count": 3}],
    "left_out": [{"column": "place_latitude", "count": 1}],
    "mended_codes": [{"column": "action_code", "code": "43", "mended": "043", "count": 2}],
    "codes_from_text": [{"text": "Consult", "code": "040", "count": 2}],
    "unknown_sectors": [{"column": "actor_roles", "sector": "Space Pirates", "count": 1}],
    "countries_by_division": [{"division": "Gaza Strip", "country": "PSE", "count": 1}],
    "earlier_loads": [1],
    "missing": ["20240414.export.CSV.zip"],
    "versions": [
        {"outcome": "updated", "added": "2022-01-31T00:00:00Z", "against": None, "count": 5}
    ],
    "release": "24.1",
    "dropped": 4,
    "lacked": 2,
    "not_dropped": None,
    "whole": {"gdelt": "2024-04-14T00:00:00Z"},
    "mentions_waiting": 0,
    "pages": ["page_1.json"],
}
REFUSED = 25
RAW = b"1\t\xff\xfe\x00\tna\xc3\xafve\r"


def account(number: int, **columns: Any) -> dict[str, Any]:
    """Make the account of a load."""
    return {
        "number": number,
        "revision": None,
        "format": "gdelt",
        "datasets": "gdelt;gdelt1",
        "loader_version": 3,
        "replays": None,
        "started": "2026-01-01T00:00:00Z",
        "finished": "2026-01-01T00:00:09Z",
        "read": 40,
        "skipped": 2,
        **dict.fromkeys(OUTCOMES, 3),
        "quarantined": REFUSED,
        "undone": 5,
        "report": orjson.dumps(REPORT).decode(),
        **columns,
    }


def file(load: int, n: int) -> dict[str, Any]:
    """Make a file of a load."""
    found = {"name": f"{n}.csv", "sha256": "ab" * 32, "bytes": 9, "read": 20}
    return {"load": load, "n": n, "first": "a\tb", **found}


def refused(load: int, n: int, **columns: Any) -> dict[str, Any]:
    """Make a record that a load refused."""
    row = {"load": load, "n": n, "file": 1 + n % 2, "line": 100 - n, "column": "action_code"}
    said = {"reason": f"reason {n}", "record": RAW, "cut": 0, "replayed": None}
    return row | said | columns


def add(database: Database, number: int, **columns: Any) -> None:
    """Store the account of a load that changed nothing."""
    database.execute(Load.insert(account(number, **columns)))


@pytest.fixture
def database(own_store: Path) -> Iterator[Database]:
    """The seeded store with a second load, of two files, that refused records."""
    opened = open_to_write(str(own_store))
    add(opened, 2)
    opened.execute(LoadFile.insert_many([file(2, 2), file(2, 1)]))
    rows = [refused(2, n) for n in range(1, REFUSED)]
    whole = refused(2, REFUSED, column=None, cut=1, replayed=3)
    opened.execute(Quarantined.insert_many([*rows, whole]))
    yield opened
    opened.close()


@pytest.fixture
def reader(database: Database, own_store: Path) -> FlaskClient:
    """A client of the store that the test writes to."""
    return client_on(own_store)


def items(client: FlaskClient, url: str) -> list[dict[str, Any]]:
    """Give the items of all pages."""
    return [item for page in pages_of(client, url) for item in page["data"]]


def test_the_seed_dataset_is_a_load(client: FlaskClient) -> None:
    (shown,) = client.get("/v1/loads").get_json()["data"]
    (seed,) = shown["files"]
    assert (shown["number"], shown["revision"], shown["datasets"]) == (1, 1, ["seed"])
    assert shown["read"] == shown["inserted"] == seed["read"] == 55
    assert shown["report"].keys() == REPORT.keys()
    assert seed["name"] == "article.toml"
    shown["report"]["mentions_waiting"] = 0
    assert client.get("/v1/loads/1").get_json()["data"] == shown


def test_a_load_shows_its_account(reader: FlaskClient) -> None:
    shown = reader.get("/v1/loads/2").get_json()["data"]
    files = [
        {name: file(2, n)[name] for name in ("name", "sha256", "bytes", "read")} for n in (1, 2)
    ]
    expected = {"datasets": ["gdelt", "gdelt1"], "report": REPORT, "files": files}
    assert shown == account(2) | expected
    assert shown.keys() == LoadSchema().fields.keys()
    assert not LoadSchema().validate(shown)


@pytest.mark.parametrize("report", ["", "{}", '{"missing": ["x"]}'])
def test_every_member_of_a_report_is_there(
    database: Database, reader: FlaskClient, report: str
) -> None:
    add(database, 3, report=report, datasets="")
    shown = reader.get("/v1/loads/3").get_json()["data"]
    empty: dict[str, Any] = {name: [] for name in LoadReportSchema().fields}
    empty |= {"release": None, "dropped": 0, "not_dropped": None, "whole": {}, "lacked": 0}
    empty |= {"mentions_waiting": 0}
    assert shown["report"] == empty | {"missing": ["x"] if "x" in report else []}
    assert shown["datasets"] == shown["files"] == []


def test_loads_are_listed_by_number(database: Database, reader: FlaskClient) -> None:
    for number in (7, 5, 3, 4, 6):
        add(database, number)
    pages = list(pages_of(reader, "/v1/loads?limit=2"))
    shown = [load for page in pages for load in page["data"]]
    assert [load["number"] for load in shown] == [1, 2, 3, 4, 5, 6, 7]
    assert shown == items(reader, "/v1/loads")
    assert {page["receipt"]["matched"]["value"] for page in pages} == {7}


def test_a_walk_shows_no_load_that_comes_meanwhile(database: Database, reader: FlaskClient) -> None:
    walk = pages_of(reader, "/v1/loads?limit=1")
    first = next(walk)
    add(database, 3)
    rest = list(walk)
    assert [page["data"][0]["number"] for page in (first, *rest)] == [1, 2]
    assert rest[-1]["receipt"]["matched"] == {"value": 2, "relation": "eq"}
    assert len(items(reader, "/v1/loads")) == 3


@pytest.mark.parametrize(
    "number", ["0", "3", "-1", "x", "1.0", "%00", "1%00", "%C2%B2", "9" * 18, "9" * 400, "+1", " 1"]
)
@pytest.mark.parametrize("path", ["", "/quarantine"])
def test_a_load_that_is_not_there_is_not_found(reader: FlaskClient, number: str, path: str) -> None:
    answer = reader.get(f"/v1/loads/{number}{path}")
    assert problem_of(answer) == (404, "application/problem+json", "no-store")
    assert "the last is 2" in answer.get_json()["detail"]


# Quarantine


def test_a_refused_record_is_shown_with_its_place_and_reason(reader: FlaskClient) -> None:
    shown = reader.get("/v1/loads/2/quarantine").get_json()["data"]
    assert shown[0] == {
        "file": "2.csv",
        "line": 99,
        "column": "action_code",
        "reason": "reason 1",
        "raw": "1\t\\xff\\xfe\x00\tnaïve\r",
        "cut": False,
        "replayed": None,
    }
    assert [shown[-1][name] for name in ("column", "cut", "replayed")] == [None, True, 3]
    assert not QuarantinedSchema(many=True).validate(shown)


@pytest.mark.parametrize("limit", [1, 4, 25, 1000])
def test_quarantine_is_shown_in_its_order(reader: FlaskClient, limit: int) -> None:
    pages = list(pages_of(reader, f"/v1/loads/2/quarantine?limit={limit}"))
    shown = [row["reason"] for page in pages for row in page["data"]]
    assert shown == [f"reason {n}" for n in range(1, REFUSED + 1)]
    assert len(pages) == -(-REFUSED // limit)
    assert pages[-1]["receipt"]["matched"] == {"value": REFUSED, "relation": "eq"}


def test_a_load_without_quarantine_has_an_empty_one(client: FlaskClient) -> None:
    answer = client.get("/v1/loads/1/quarantine").get_json()
    assert (answer["data"], answer["receipt"]["matched"]["value"]) == ([], 0)
    assert answer["receipt"]["complete"]


def test_quarantine_is_of_its_load_alone(database: Database, reader: FlaskClient) -> None:
    add(database, 3, quarantined=1)
    database.execute(LoadFile.insert(file(3, 1)))
    database.execute(Quarantined.insert(refused(3, 1, file=1)))
    assert len(items(reader, "/v1/loads/3/quarantine")) == 1
    assert len(items(reader, "/v1/loads/2/quarantine?limit=7")) == REFUSED


@pytest.mark.parametrize("path", ["loads", "loads/2", "loads/2/quarantine"])
def test_a_new_load_is_a_new_answer(database: Database, reader: FlaskClient, path: str) -> None:
    known = reader.get(f"/v1/{path}").headers["ETag"]
    again = reader.get(f"/v1/{path}", headers={"If-None-Match": known})
    add(database, 3)
    later = reader.get(f"/v1/{path}", headers={"If-None-Match": known})
    assert (again.status_code, later.status_code) == (304, 200)
    assert later.headers["ETag"] != known
    assert later.headers["Cache-Control"] == "no-cache"


def test_a_new_load_changes_no_answer_of_events(database: Database, reader: FlaskClient) -> None:
    known = reader.get("/v1/events").headers["ETag"]
    add(database, 3)
    assert reader.get("/v1/events").headers["ETag"] == known


@pytest.mark.parametrize("path", ["loads", "loads/1", "loads/2/quarantine"])
@pytest.mark.parametrize("query", ["as_of=1", "limt=1", "sort=n", "%00=1", "limit=0&limit=1"])
def test_what_cannot_be_asked_is_refused(reader: FlaskClient, path: str, query: str) -> None:
    answer = reader.get(f"/v1/{path}?{query}")
    assert problem_of(answer) == (422, "application/problem+json", "no-store")
    assert answer.get_json()["errors"][0]["detail"]


def test_a_cursor_belongs_to_its_load(database: Database, reader: FlaskClient) -> None:
    add(database, 3)
    cursor = next_of(reader, "/v1/loads/2/quarantine?limit=1")
    assert reader.get(f"/v1/loads/2/quarantine?limit=1&cursor={cursor}").status_code == 200
    for path in ("loads/3/quarantine", "loads"):
        answer = reader.get(f"/v1/{path}?limit=1&cursor={cursor}")
        assert problem_of(answer) == (400, "application/problem+json", "no-store")


@pytest.mark.parametrize("cursor", ["x", "W10", "%00", "A" * 5_000, "..", "'--"])
@pytest.mark.parametrize("path", ["loads", "loads/2/quarantine"])
def test_text_that_is_no_cursor_is_refused(reader: FlaskClient, path: str, cursor: str) -> None:
    answer = reader.get(f"/v1/{path}?cursor={cursor}")
    assert answer.status_code in (400, 422)
    assert answer.mimetype == "application/problem+json"
