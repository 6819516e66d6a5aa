"""A time names the last revision that was committed by then; revisions never go back in time."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from peewee import Database

from dataset.declarations.instants import later, now
from dataset.errors import Impossible
from dataset.store.database import open_to_write
from dataset.store.models import Release, Revision
from dataset.writes.releases import release
from support.paging import pages_of
from support.versions import put

TIMES = {
    1: "2026-01-10T08:00:00Z",
    2: "2026-01-31T23:59:59Z",
    3: "2026-02-01T00:00:00Z",
    4: "2026-02-01T00:00:00Z",
}
"""When each revision was committed, in these tests."""


@pytest.fixture
def timed(any_store: str) -> Iterator[Database]:
    """A store with the seed dataset and three versions of an event, each at a time of its own."""
    database = open_to_write(any_store)
    for added in (1, 2, 3):
        put(database, added=added, evidence_summary=f"version {added}")
    set_times(database, TIMES)
    yield database
    database.close()


@pytest.fixture
def timely(timed: Database, any_store: str, client_of: Callable[..., FlaskClient]) -> Any:
    """A client of that store."""
    client = client_of(any_store)
    yield client
    client.application.extensions["store"].close()


def set_times(database: Database, times: dict[int, str]) -> None:
    """Say when revisions were committed."""
    for number, time in times.items():
        database.execute(Revision.update(committed=time).where(Revision.number == number))


def revision_at(client: FlaskClient, time: str) -> int:
    """Give the revision that a time names."""
    return int(client.get(f"/v1/events?limit=1&as_of={time}").json["receipt"]["revision"])


@pytest.mark.parametrize(
    ("time", "revision"),
    [
        ("2026-01-10", 1),
        ("2026-01-10T08:00:00Z", 1),
        ("2026-01-30", 1),
        ("2026-01-31T23:59:58.999Z", 1),
        ("2026-01-31", 2),
        ("2026-02-01T01:59:59%2B02:00", 2),
        ("2026-02-01T02:00:00+02:00", 4),
        ("2026-02-01T00:00Z", 4),
        ("2026-11-01", 4),
    ],
)
def test_a_time_names_the_last_revision_by_then(
    timely: FlaskClient, time: str, revision: int
) -> None:
    assert revision_at(timely, time) == revision
    then = timely.get(f"/v1/events/count?as_of={time}").json
    assert then == timely.get(f"/v1/events/count?as_of={revision}").json


@pytest.mark.parametrize(
    "path",
    ["events", "events.csv", "events.ndjson", "aggregates", "aggregates.csv", "changes", "cite"],
)
def test_an_answer_of_a_time_is_that_of_the_number(timely: FlaskClient, path: str) -> None:
    of_time, of_number = (timely.get(f"/v1/{path}?as_of={at}") for at in ("2026-01-31", 2))
    assert of_time.status_code == 200
    assert of_time.data == of_number.data
    assert of_time.headers["ETag"] == of_number.headers["ETag"]
    assert of_time.headers["Cache-Control"] == "no-cache"
    assert of_number.headers["Cache-Control"] == "public, max-age=86400"


def test_receipt_next_and_citation_name_the_number(timely: FlaskClient) -> None:
    answer = timely.get("/v1/events?as_of=2026-01-31&limit=20").json
    assert answer["receipt"]["query"] == "as_of=2&limit=20"
    assert answer["receipt"]["cite"].endswith("/v1/cite?as_of=2")
    assert "as_of=2&" in answer["page"]["next"]
    pages = list(pages_of(timely, "/v1/events?as_of=2026-01-31&limit=20"))
    assert sum(page["page"]["returned"] for page in pages) == 56


def test_a_cursor_goes_on_with_the_time_it_came_from(timely: FlaskClient) -> None:
    query = "as_of=2026-01-31&limit=20"
    _, _, cursor = timely.get(f"/v1/events?{query}").json["page"]["next"].partition("cursor=")
    cursor = cursor.partition("&")[0]
    assert timely.get(f"/v1/events?{query}&cursor={cursor}").status_code == 200
    assert timely.get(f"/v1/events?as_of=2026-02-01&limit=20&cursor={cursor}").status_code == 400


def test_parquet_of_a_time_is_at_the_address_of_the_number(timely: FlaskClient) -> None:
    answer = timely.get("/v1/events.parquet?as_of=2026-01-31")
    assert answer.status_code == 307
    assert answer.headers["Location"].endswith("/v1/events.parquet?as_of=2")


def test_changes_since_a_time_are_those_after_its_revision(timely: FlaskClient) -> None:
    changes = timely.get("/v1/changes?since=2026-01-31").json
    assert [change["revision"] for change in changes["data"]] == [3, 4]
    assert changes["receipt"]["query"] == "since=2"
    then = timely.get("/v1/changes?since=2026-01-15&as_of=2026-01-31").json
    assert [change["revision"] for change in then["data"]] == [2]
    both = timely.get("/v1/changes?since=2026-01-15&as_of=2").headers["Cache-Control"]
    assert both == "no-cache"


def test_all_changes_came_since_before_the_first(timely: FlaskClient) -> None:
    early, all_of_them = (timely.get(f"/v1/changes?since={since}") for since in ("1999-01-01", 0))
    assert early.data == all_of_them.data


def test_changes_since_a_release(timed: Database, timely: FlaskClient) -> None:
    release(timed, "2026.1", 3)
    changes = timely.get("/v1/changes?since=2026.1").json
    assert [change["revision"] for change in changes["data"]] == [4]
    assert changes["receipt"]["query"] == "since=2026.1"


def error_of(client: FlaskClient, address: str) -> dict[str, Any]:
    """Give the one error of a 422."""
    answer = client.get(address)
    assert answer.status_code == 422
    (error,) = answer.json["errors"]
    return dict(error)


@pytest.mark.parametrize("time", ["2026-01-09", "2026-01-10T07:59:59Z", "0001-01-01"])
def test_a_time_before_the_first_revision_is_refused_with_it(
    timely: FlaskClient, time: str
) -> None:
    error = error_of(timely, f"/v1/events?as_of={time}")
    assert error["detail"] == f"There was no revision yet; the first was committed at {TIMES[1]}."
    assert error["did_you_mean"] == TIMES[1]


@pytest.mark.parametrize("name", ["as_of", "since"])
def test_a_time_must_be_over(timely: FlaskClient, name: str) -> None:
    for time in (now()[:10], later(now(), 60), "2999-01-01"):
        error = error_of(timely, f"/v1/changes?{name}={time}")
        assert (error["parameter"], error["value"]) == (name, time)
        assert error["detail"].startswith("must be over: it ends at ")


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("2026-02-30", None),
        ("2026-01-31T25:00:00Z", None),
        ("2026-01-31T12:00:00", "2026-01-31T12:00:00Z"),
        ("2026-01-31 12:00", "2026-01-31T12:00Z"),
        ("20260131", "2026-01-31"),
        ("99", "4"),
        ("9999-12-31T23:59:59-01:00", None),
        ("nothing", None),
    ],
)
def test_what_is_no_time_is_refused(timely: FlaskClient, text: str, meant: str | None) -> None:
    assert error_of(timely, f"/v1/events?as_of={text}")["did_you_mean"] == meant


def test_an_old_release_that_reads_as_a_date_wins(timed: Database, timely: FlaskClient) -> None:
    timed.execute(Release.insert(name="2026-01-31", revision=4, created=now()))
    answer = timely.get("/v1/events?as_of=2026-01-31")
    assert answer.json["receipt"]["revision"] == 4
    assert answer.json["receipt"]["release"] == "2026-01-31"
    assert answer.headers["Cache-Control"] == "public, max-age=86400"


@pytest.mark.parametrize("name", ["2026-01-31", "2026-99-99"])
def test_no_new_release_reads_as_a_date(database: Database, name: str) -> None:
    with pytest.raises(Impossible, match="no date"):
        release(database, name)


def test_times_are_found_among_many_revisions(
    own_store: Path, database: Database, client_of: Callable[..., FlaskClient]
) -> None:
    seconds = [later("2026-01-01T00:00:00Z", number // 3) for number in range(1, 5_001)]
    rows = [(number, "t", time, "load") for number, time in enumerate(seconds, 1) if number > 1]
    columns = [Revision.number, Revision.token, Revision.committed, Revision.kind]
    with database.atomic():
        set_times(database, {1: seconds[0]})
        for at in range(0, len(rows), 100):
            database.execute(Revision.insert_many(rows[at : at + 100], columns))
    client = client_of(own_store)
    for time in (seconds[0], seconds[7], seconds[2_500], seconds[-1], "2026-10-01"):
        assert revision_at(client, time) == sum(one <= time for one in seconds)


# Revisions never go back in time


def committed(database: Database) -> list[str]:
    """Give when each revision was committed."""
    query = Revision.select(Revision.committed).order_by(Revision.number)
    return [time for (time,) in database.execute(query).fetchall()]


def test_a_clock_that_went_back_a_little_takes_the_last_time_again(any_store: str) -> None:
    database = open_to_write(any_store)
    ahead = later(now(), 1800)
    set_times(database, {1: ahead})
    put(database, added=1)
    assert committed(database) == [ahead, ahead]
    database.close()


def test_a_clock_that_is_more_than_an_hour_behind_refuses_to_write(any_store: str) -> None:
    database = open_to_write(any_store)
    ahead = later(now(), 3_660)
    set_times(database, {1: ahead})
    with pytest.raises(Impossible, match=f"was committed at {ahead}"):
        put(database, added=1)
    assert committed(database) == [ahead]
    database.close()
