"""The mentions of an event: all that the source says of each, oldest first, as of any revision."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from peewee import Database

from dataset.declarations.ids import key_of
from dataset.store.database import open_to_write
from dataset.store.models import Mention
from dataset.writes.retractions import retract
from schemas.mentions import MentionSchema
from support.paging import next_of, pages_of, problem_of
from support.rich_store import client_on
from support.versions import put

URL = "/v1/events/seed:1000/mentions"
FULL = {
    "type": "web",
    "publisher": "bbc.co.uk",
    "url": "https://www.bbc.co.uk/news/1?a&b",
    "citation": None,
    "sentence": 1,
    "actor_offset": 0,
    "target_offset": None,
    "action_offset": 31,
    "in_raw_text": 1,
    "confidence": 60,
    "length": 2**31 - 1,
    "tone": 0.1 + 0.2,
    "translation": "srclc:ara;eng:GT-ARA 1.0",
}
NOTHING = dict.fromkeys(FULL)
SAME_TIME = 2**63 - 1
"""The greatest number that a hash may be."""


def mention(
    n: int, day: int, revision: int = 2, native: str = "1000", **said: Any
) -> dict[str, Any]:
    """Make a mention that was seen on a day of June 2024."""
    time = f"2024-06-{day:02}T00:15:00Z"
    row = {"key": key_of(1, native), "n": n, "revision": revision, "load": 1, "time": time}
    return row | NOTHING | said


@pytest.fixture
def database(own_store: Path) -> Iterator[Database]:
    """The seeded store with an event of two versions that is mentioned, opened to write."""
    opened = open_to_write(str(own_store))
    put(opened, added=1)
    put(opened, added=2)
    rows = [mention(n, day=1 + n % 3, revision=2 + n % 2) for n in range(-5, 6)]
    ends = [mention(-SAME_TIME, 2, publisher="least"), mention(SAME_TIME, 2, publisher="greatest")]
    other = [mention(1, 1, native="1001", publisher="other")]
    opened.execute(Mention.insert_many([*rows, *ends, *other]))
    yield opened
    opened.close()


@pytest.fixture
def reader(database: Database, own_store: Path) -> FlaskClient:
    """A client of the store that the test writes to."""
    return client_on(own_store)


def mentions(client: FlaskClient, query: str = "") -> list[dict[str, Any]]:
    """Give the mentions of all pages."""
    pages = pages_of(client, f"{URL}?{query}".rstrip("?"))
    return [one for page in pages for one in page["data"]]


def test_a_mention_says_all_that_the_source_says(database: Database, reader: FlaskClient) -> None:
    database.execute(Mention.insert(mention(9, day=30, **FULL)))
    shown = mentions(reader)[-1]
    seen = {"time": "2024-06-30T00:15:00Z", "revision": 2, "in_raw_text": True}
    assert shown == FULL | seen
    assert shown.keys() == MentionSchema().fields.keys()
    assert not MentionSchema(many=True).validate(mentions(reader))


@pytest.mark.parametrize(("stored", "shown"), [(0, False), (1, True), (None, None)])
def test_truth_is_true_false_or_unknown(
    database: Database, reader: FlaskClient, stored: int | None, shown: bool | None
) -> None:
    database.execute(Mention.insert(mention(9, day=30, in_raw_text=stored)))
    assert mentions(reader)[-1]["in_raw_text"] is shown


@pytest.mark.parametrize("limit", [1, 2, 5, 13, 1000])
def test_pages_show_every_mention_once_oldest_first(reader: FlaskClient, limit: int) -> None:
    pages = list(pages_of(reader, f"{URL}?limit={limit}"))
    shown = [one for page in pages for one in page["data"]]
    times = [one["time"] for one in shown]
    assert times == sorted(times)
    assert shown == mentions(reader)
    assert len(shown) == pages[-1]["receipt"]["matched"]["value"] == 13


def test_mentions_of_one_moment_stand_in_the_order_of_their_numbers(reader: FlaskClient) -> None:
    day = [one["publisher"] for one in mentions(reader, "limit=2") if "06-02" in one["time"]]
    assert (day[0], day[-1]) == ("least", "greatest")
    assert "other" not in day


def test_what_was_known_at_a_revision_is_shown(reader: FlaskClient) -> None:
    then = mentions(reader, "as_of=2&limit=3")
    assert {one["revision"] for one in then} == {2}
    assert then == [one for one in mentions(reader) if one["revision"] == 2]
    assert reader.get(f"{URL}?as_of=1").status_code == 404


def test_a_retracted_event_is_gone_with_its_mentions(
    database: Database, reader: FlaskClient
) -> None:
    retract(database, "seed:1000", "coded twice", "seed:7")
    answer = reader.get(URL)
    assert problem_of(answer) == (410, "application/problem+json", "no-store")
    assert answer.get_json()["successor"] == "seed:7"
    assert len(mentions(reader, "as_of=3")) == 13


def test_an_event_without_mentions_has_none(client: FlaskClient) -> None:
    answer = client.get("/v1/events/seed:1/mentions").get_json()
    assert (answer["data"], answer["page"]["next"]) == ([], None)
    assert answer["receipt"]["matched"] == {"value": 0, "relation": "eq"}


def test_a_mention_of_an_event_that_has_not_come_is_not_shown(
    database: Database, reader: FlaskClient
) -> None:
    assert reader.get("/v1/events/seed:1001/mentions").status_code == 404


@pytest.mark.parametrize("public_id", ["seed:9999", "nowhere:1", "seed", "seed:1000%00", "x" * 500])
def test_an_event_that_never_was_is_not_found(reader: FlaskClient, public_id: str) -> None:
    answer = reader.get(f"/v1/events/{public_id}/mentions")
    assert problem_of(answer) == (404, "application/problem+json", "no-store")


@pytest.mark.parametrize("query", ["limit=0", "as_of=99", "fields=url", "limit=%00", "asof=1"])
def test_what_cannot_be_asked_is_refused(reader: FlaskClient, query: str) -> None:
    answer = reader.get(f"{URL}?{query}")
    (error,) = answer.get_json()["errors"]
    assert problem_of(answer) == (422, "application/problem+json", "no-store")
    assert error["parameter"] == query.partition("=")[0]
    assert error["did_you_mean"] == ("as_of" if query == "asof=1" else error["did_you_mean"])


@pytest.mark.parametrize("cursor", ["x", "W10", "A" * 100, "'--"])
def test_text_that_is_no_cursor_is_refused(reader: FlaskClient, cursor: str) -> None:
    answer = reader.get(f"{URL}?cursor={cursor}")
    assert problem_of(answer) == (400, "application/problem+json", "no-store")


def test_a_cursor_belongs_to_its_event(reader: FlaskClient) -> None:
    cursor = next_of(reader, f"{URL}?limit=1")
    assert reader.get(f"{URL}?limit=1&cursor={cursor}").status_code == 200
    assert reader.get(f"/v1/events/seed:1/mentions?limit=1&cursor={cursor}").status_code == 400
