"""Every version of an event is shown, and why it ended; of a purged event there is nothing."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from peewee import Database

from dataset.store.database import open_to_write
from dataset.store.models import Release
from dataset.writes.purges import purge
from dataset.writes.retractions import restore, retract
from support.paging import next_of, pages_of, problem_of
from support.rich_store import client_on
from support.versions import put

pytestmark = pytest.mark.quick

EVENT = "/v1/events/seed:1000"


@pytest.fixture
def database(own_store: Path) -> Iterator[Database]:
    """The seeded store with an event of two versions, of revisions 2 and 3, opened to write."""
    opened = open_to_write(str(own_store))
    put(opened, added=1, evidence_summary="alpha")
    put(opened, added=2, evidence_summary="beta")
    yield opened
    opened.close()


@pytest.fixture
def reader(database: Database, own_store: Path) -> FlaskClient:
    """A client of the store that the test writes to."""
    return client_on(own_store)


def versions(client: FlaskClient, query: str = "") -> list[dict[str, Any]]:
    """Give the versions of all pages."""
    pages = pages_of(client, f"{EVENT}/history?{query}".rstrip("?"))
    return [version for page in pages for version in page["data"]]


def told(client: FlaskClient, query: str = "") -> list[tuple[Any, ...]]:
    """Give what is said of each version, but the event."""
    members = ("revision", "ended", "reason", "successor")
    return [tuple(version[name] for name in members) for version in versions(client, query)]


def test_every_version_is_shown_oldest_first(reader: FlaskClient) -> None:
    found = versions(reader)
    assert told(reader) == [(2, 3, None, None), (3, None, None, None)]
    for version in found:
        then = reader.get(f"{EVENT}?as_of={version['revision']}").get_json()["data"]
        assert version["event"] == then
    assert found[0]["event"]["evidence"]["summary"] == "alpha"


def test_what_was_known_at_a_revision_is_shown(database: Database, reader: FlaskClient) -> None:
    retract(database, "seed:1000", "coded twice", "seed:7")
    assert told(reader, "as_of=2") == [(2, None, None, None)]
    assert told(reader, "as_of=3") == [(2, 3, None, None), (3, None, None, None)]
    assert told(reader, "as_of=4") == told(reader)
    assert reader.get(f"{EVENT}/history?as_of=1").status_code == 404


def test_a_retracted_event_has_its_history(database: Database, reader: FlaskClient) -> None:
    retract(database, "seed:1000", "coded twice", "seed:7")
    assert told(reader)[-1] == (3, 4, "coded twice", "seed:7")
    assert reader.get(EVENT).status_code == 410


def test_a_restored_event_shows_both(database: Database, reader: FlaskClient) -> None:
    retract(database, "seed:1000", "coded twice")
    restore(database, "seed:1000")
    assert told(reader)[1:] == [(3, 4, "coded twice", None), (5, None, None, None)]
    assert reader.get(EVENT).get_json()["data"]["revision"] == 5
    assert reader.get(f"{EVENT}?as_of=4").status_code == 410


@pytest.mark.parametrize("path", ["", "/history", "/mentions"])
@pytest.mark.parametrize("as_of", ["", "?as_of=1", "?as_of=2", "?as_of=4"])
def test_a_purged_event_is_gone_at_every_revision(
    database: Database, reader: FlaskClient, path: str, as_of: str
) -> None:
    purge(database, "seed:1000")
    answer = reader.get(f"{EVENT}{path}{as_of}")
    assert problem_of(answer) == (410, "application/problem+json", "no-store")
    assert answer.get_json()["reason"] == "purged"
    assert answer.get_json()["detail"] == "The event seed:1000 was purged: nothing of it is left."
    assert answer.get_json()["successor"] is None


def test_pages_show_every_version_once(database: Database, reader: FlaskClient) -> None:
    for added in range(3, 9):
        put(database, added=added)
    whole = versions(reader)
    pages = list(pages_of(reader, f"{EVENT}/history?limit=3"))
    assert [version for page in pages for version in page["data"]] == whole
    assert len(whole) == 8
    assert {page["receipt"]["matched"]["value"] for page in pages} == {8}


def test_a_walk_keeps_to_the_revision_of_its_first_page(
    database: Database, reader: FlaskClient
) -> None:
    before = told(reader)
    walk = pages_of(reader, f"{EVENT}/history?limit=1")
    first = next(walk)
    retract(database, "seed:1000", "coded twice")
    rest = [version for page in walk for version in page["data"]]
    ends = [(one["revision"], one["ended"]) for one in [*first["data"], *rest]]
    assert ends == [(revision, ended) for revision, ended, _, _ in before]


def test_columns_can_be_chosen(reader: FlaskClient) -> None:
    shown = [version["event"] for version in versions(reader, "fields=target_code")]
    assert shown == [{"id": "seed:1000", "target": {"code": "ISR"}}] * 2


@pytest.mark.parametrize(
    "public_id", ["seed:9999", "nowhere:1", "seed", "seed:1000%00", "x" * 500, "%F0%9F%92%A9"]
)
def test_an_event_that_never_was_is_not_found(reader: FlaskClient, public_id: str) -> None:
    answer = reader.get(f"/v1/events/{public_id}/history")
    assert problem_of(answer) == (404, "application/problem+json", "no-store")


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("limit=0", "limit"),
        ("as_of=99", "as_of"),
        ("as_of=" + "9" * 30, "as_of"),
        ("fields=none_such", "fields"),
        ("sort=date", "sort"),
        ("limit=%00", "limit"),
        ("asof=1", "asof"),
    ],
)
def test_what_cannot_be_asked_is_refused(reader: FlaskClient, query: str, parameter: str) -> None:
    answer = reader.get(f"{EVENT}/history?{query}")
    assert problem_of(answer) == (422, "application/problem+json", "no-store")
    assert answer.get_json()["errors"][0]["parameter"] == parameter


def test_a_cursor_belongs_to_its_event(reader: FlaskClient) -> None:
    cursor = next_of(reader, f"{EVENT}/history?limit=1")
    assert reader.get(f"{EVENT}/history?limit=1&cursor={cursor}").status_code == 200
    for path in ("seed:1/history", "seed:1000/mentions"):
        answer = reader.get(f"/v1/events/{path}?limit=1&cursor={cursor}")
        assert problem_of(answer) == (400, "application/problem+json", "no-store")


# Releases


def named(database: Database, *releases: tuple[str, int]) -> None:
    """Give names to revisions."""
    created = "2026-01-01T00:00:00Z"
    rows = [{"name": name, "revision": number, "created": created} for name, number in releases]
    database.execute(Release.insert_many(rows))


def test_releases_are_listed_by_revision(database: Database, reader: FlaskClient) -> None:
    named(database, ("b", 2), ("a", 2), ("first", 1), ("z", 3))
    pages = list(pages_of(reader, "/v1/releases?limit=3"))
    shown = [(one["name"], one["revision"]) for page in pages for one in page["data"]]
    assert shown == [("first", 1), ("a", 2), ("b", 2), ("z", 3)]
    assert pages[0]["data"][0].keys() == {"name", "revision", "created"}
    assert pages[0]["receipt"]["matched"] == {"value": 4, "relation": "eq"}


def test_a_new_name_is_a_new_answer(database: Database, reader: FlaskClient) -> None:
    before = reader.get("/v1/releases")
    named(database, ("first", 1))
    again = reader.get("/v1/releases", headers={"If-None-Match": before.headers["ETag"]})
    assert (before.get_json()["data"], again.status_code) == ([], 200)
    assert again.get_json()["data"][0]["name"] == "first"
