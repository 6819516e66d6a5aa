"""Who applies the changes in their order has the store, at any revision and of any filter."""

import csv
import io
import random
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import orjson
import pytest
from flask.testing import FlaskClient
from peewee import Database

from dataset.building.rows import build
from dataset.declarations.filters import Choice
from dataset.events.changes import Feed, Position, ordered
from dataset.events.rows import stored
from dataset.store.counts import CAP
from dataset.store.database import open_to_read, open_to_write
from dataset.writes.purges import purge
from dataset.writes.retractions import restore, retract
from dataset.writes.revisions import revision
from support.filter_queries import QUERIES
from support.paging import next_of, pages_of, problem_of, shown
from support.rich_store import RELEASE, RICH, add_datasets, client_on, commit

Copy = dict[str, Any]
FILTERS = [
    "actor=IRN",
    "actor=!IRN&date_from=2024-03-01",
    "q=alpha",
    "q=bet*&actor=none",
    "goldstein_max=0",
    "revision_min=4",
    "mentions_min=2&mentions_max=5",
    "bbox=0,0,50,50",
    "bbox=9,9,11,11",
    "near=10,10,100",
    "id=seed:1001,seed:1002,seed:1003",
]
NUMBERS = range(1000, 1010)


def event(chance: random.Random, number: int, added: int) -> Any:
    """Build an event with values of chance."""
    actor = chance.choice(["IRN", "IRNGOV", "ISR", None])
    source = {
        "id": f"seed:{number}",
        "dataset": "seed",
        "date": f"2024-0{chance.randint(1, 6)}-01",
        "actor_code": actor,
        "action_code": chance.choice(["190", "040", None]),
        "mentions": chance.choice([None, 1, 3, 9]),
        "place_latitude": (latitude := chance.choice([None, 10.0, 60.0])),
        "place_longitude": latitude,
        "evidence_summary": chance.choice(["alpha", "beta", "alpha beta"]),
        "added": f"2025-01-{added:02}T00:00:00Z",
    }
    return build(source, "gdelt")


def load(database: Database, chance: random.Random, turn: int) -> None:
    """Put events that are new, changed or the same; those that were retracted stay so."""
    numbers = chance.sample(NUMBERS, 4)
    with revision(database, "load") as change:
        change.write_events([event(chance, number, turn) for number in numbers], 1, 1)


def ids_in(database: Database, statement: str) -> list[str]:
    return [one for (one,) in database.execute_sql(statement).fetchall()]


CURRENT = "SELECT id FROM event WHERE id LIKE 'seed:10__' ORDER BY id"
RETRACTED = (
    "SELECT DISTINCT id FROM superseded WHERE key NOT IN (SELECT key FROM event) ORDER BY id"
)
REMOVALS: list[tuple[Callable[[Database, str], object], str]] = [
    (lambda database, one: retract(database, one, "coded twice"), CURRENT),
    (lambda database, one: retract(database, one, "never happened", "seed:1"), CURRENT),
    (restore, RETRACTED),
    (purge, CURRENT),
]


def happen(database: Database, chance: random.Random, turn: int) -> None:
    """Load, retract, restore or purge, by chance."""
    move, statement = chance.choice(REMOVALS)
    found = ids_in(database, statement)
    if found and chance.random() < 0.6:
        move(database, chance.choice(found))
    else:
        load(database, chance, turn)


def eventful(seeded: Path, folder: Path, seed: int) -> Iterator[Path]:
    """Make a store in which much happens, one revision at a time."""
    path = Path(shutil.copy(seeded, folder / f"eventful-{seed}.sqlite"))
    chance = random.Random(seed)
    database = open_to_write(str(path))
    for turn in range(1, 17):
        happen(database, chance, turn)
        yield path
    database.close()


@pytest.fixture(scope="module", params=[1, 2, 4])
def client(
    request: pytest.FixtureRequest, seeded: Path, tmp_path_factory: pytest.TempPathFactory
) -> FlaskClient:
    """A client of a store in which much has happened."""
    *_, path = eventful(seeded, tmp_path_factory.mktemp("changes"), request.param)
    return client_on(path)


def changes(client: FlaskClient, query: str = "") -> list[dict[str, Any]]:
    """Give the changes of all pages."""
    url = f"/v1/changes?{query}".rstrip("?&")
    return [change for page in pages_of(client, url) for change in page["data"]]


def apply(change: dict[str, Any], copy: Copy) -> None:
    """Apply a change to a copy, which must be as the change says."""
    known = change["type"] != "add"
    assert (change["id"] in copy) == known or change["reason"] == "purged"
    assert (change["event"] is None) == (change["type"] == "retract") == bool(change["reason"])
    copy.pop(change["id"], None)
    if change["event"]:
        copy[change["id"]] = change["event"]
        assert change["event"]["revision"] == change["revision"]


def replayed(client: FlaskClient, query: str, copy: Copy | None = None) -> Copy:
    """Apply all changes to a copy."""
    copy = dict(copy or {})
    for change in changes(client, query):
        apply(change, copy)
    return copy


def store(client: FlaskClient, query: str = "") -> Copy:
    """Give all that the store shows, by id."""
    answer = client.get(f"/v1/events?limit=1000&{query}".rstrip("&"))
    assert answer.status_code == 200, answer.text
    return {event["id"]: event for event in answer.get_json()["data"]}


def newest(client: FlaskClient) -> int:
    return int(client.get("/v1/events?limit=1").get_json()["receipt"]["revision"])


# Replaying


@pytest.mark.parametrize("limit", [1, 7, 1000])
def test_all_changes_make_the_store(client: FlaskClient, limit: int) -> None:
    assert replayed(client, f"since=0&limit={limit}") == store(client)


def test_changes_up_to_a_revision_make_the_store_of_then(client: FlaskClient) -> None:
    for number in range(1, newest(client) + 1):
        assert replayed(client, f"as_of={number}&limit=9") == store(client, f"as_of={number}")


@pytest.mark.parametrize("query", FILTERS)
def test_changes_of_a_filter_make_what_it_matches(client: FlaskClient, query: str) -> None:
    assert replayed(client, f"{query}&limit=5") == store(client, query)
    for number in range(1, newest(client) + 1, 3):
        then = f"{query}&as_of={number}"
        assert replayed(client, then) == store(client, then)


@pytest.mark.parametrize("query", QUERIES)
@pytest.mark.parametrize("since", [0, 1, RICH])
def test_changes_of_every_filter_bring_a_copy_up_to_date(
    rich: FlaskClient, query: str, since: int
) -> None:
    copy = store(rich, f"{query}&as_of={since}") if since else {}
    assert replayed(rich, f"{query}&since={since}", copy) == store(rich, query)


@pytest.mark.parametrize("query", ["", *FILTERS])
def test_changes_since_a_revision_bring_a_copy_of_it_up_to_date(
    client: FlaskClient, query: str
) -> None:
    for number in range(1, newest(client) + 1, 2):
        copy = store(client, f"{query}&as_of={number}")
        assert replayed(client, f"{query}&since={number}&limit=20", copy) == store(client, query)


@pytest.mark.parametrize("query", ["", "actor=IRN", "q=alpha"])
@pytest.mark.parametrize("seed", [5, 6, 7])
def test_a_copy_that_follows_every_revision_is_the_store(
    seeded: Path, tmp_path: Path, query: str, seed: int
) -> None:
    copy: Copy = {}
    since, reader = 0, None
    for path in eventful(seeded, tmp_path, seed):
        reader = reader or client_on(path)
        copy = replayed(reader, f"{query}&since={since}&limit=2", copy)
        since = newest(reader)
        assert copy == store(reader, query)


def test_every_kind_of_change_happens(client: FlaskClient) -> None:
    kinds = {(change["type"], change["reason"]) for change in changes(client)}
    assert {("add", None), ("update", None), ("retract", "coded twice")} <= kinds
    filtered = {change["reason"] for change in changes(client, "actor=IRN")}
    assert "filter" in filtered


def test_changes_stand_in_order_each_once(client: FlaskClient) -> None:
    places = [(change["revision"], change["id"]) for change in changes(client, "limit=4")]
    assert places == sorted(set(places))
    assert places == [(change["revision"], change["id"]) for change in changes(client)]


@pytest.mark.parametrize("query", ["", *FILTERS, "since=9", "as_of=7", "since=3&actor=IRN"])
def test_matched_counts_changes(client: FlaskClient, query: str) -> None:
    receipts = [page["receipt"] for page in pages_of(client, f"/v1/changes?limit=6&{query}")]
    expected = {"value": len(changes(client, query)), "relation": "eq"}
    assert all(receipt["matched"] == expected for receipt in receipts)
    assert receipts[0]["complete"] == (len(receipts) == 1)


def test_columns_can_be_chosen(client: FlaskClient) -> None:
    events = [change["event"] for change in changes(client, "fields=date,actor_code")]
    present = [one for one in events if one]
    assert present
    assert all(one.keys() == {"id", "date", "actor"} for one in present)
    assert all(one["actor"] is None or one["actor"].keys() == {"code"} for one in present)


# What a change says


def told(client: FlaskClient, query: str) -> list[tuple[Any, ...]]:
    """Give what changes say, but the events."""
    members = ("revision", "type", "id", "reason", "successor")
    return [tuple(change[name] for name in members) for change in changes(client, query)]


def test_a_retraction_gives_its_reason_and_successor(
    database: Database, reader: FlaskClient
) -> None:
    retract(database, "seed:1", "coded twice", "seed:2")
    expected = [(2, "retract", "seed:1", "coded twice", "seed:2")]
    assert told(reader, "since=1") == told(reader, "since=1&id=seed:1") == expected
    assert told(reader, "since=1&id=seed:2") == []


def test_an_event_can_go_and_come_back_again_and_again(
    database: Database, reader: FlaskClient
) -> None:
    for _ in range(2):
        retract(database, "seed:1", "coded twice")
        restore(database, "seed:1")
    kinds = [(2, "retract"), (3, "add"), (4, "retract"), (5, "add")]
    assert [(change[0], change[1]) for change in told(reader, "since=1")] == kinds


def test_a_purge_comes_whatever_the_filters_are(database: Database, reader: FlaskClient) -> None:
    purge(database, "seed:1")
    expected = [(2, "retract", "seed:1", "purged", None)]
    assert told(reader, "since=1") == told(reader, "since=1&actor=USA") == expected
    assert told(reader, "as_of=1&id=seed:1") == []


def test_a_walk_keeps_to_the_revision_of_its_first_page(
    database: Database, reader: FlaskClient
) -> None:
    before = changes(reader)
    walk = pages_of(reader, "/v1/changes?limit=10")
    pages = [next(walk)]
    retract(database, "seed:9", "coded twice")
    pages += list(walk)
    assert {page["receipt"]["revision"] for page in pages} == {1}
    assert [change for page in pages for change in page["data"] if change["id"] != "seed:9"] == [
        change for change in before if change["id"] != "seed:9"
    ]
    assert len(changes(reader)) == len(before) + 1


def test_the_name_of_a_release_can_be_asked_for(rich: FlaskClient) -> None:
    assert changes(rich, f"as_of={RELEASE}") == changes(rich, f"as_of={RICH}") != changes(rich)


def test_an_empty_feed_names_the_filters_that_match_no_event(rich: FlaskClient) -> None:
    empty = rich.get("/v1/changes?actor=CHE&action=19&date_from=2024-01-01").get_json()["receipt"]
    assert [one["filter"] for one in empty["empty_because"]] == ["actor=CHE"]
    assert empty["empty_because"][0]["matches_alone"] == 0


@pytest.mark.parametrize("query", ["since=3", "since=3&actor=IRN"])
def test_a_feed_without_news_blames_no_filter(rich: FlaskClient, query: str) -> None:
    (reason,) = rich.get(f"/v1/changes?{query}").get_json()["receipt"]["empty_because"]
    assert (reason["filter"], reason["matches_alone"]) == ("since=3", 0)


def test_a_feed_without_news_that_match_blames_the_revision(rich: FlaskClient) -> None:
    asked = "since=1&dataset=seed"
    (reason,) = rich.get(f"/v1/changes?{asked}").get_json()["receipt"]["empty_because"]
    assert (reason["filter"], reason["matches_alone"] > 0) == ("since=1", True)


def test_a_feed_with_changes_gives_no_reasons(rich: FlaskClient) -> None:
    assert "empty_because" not in rich.get("/v1/changes?actor=IRN").get_json()["receipt"]


@pytest.fixture
def many(own_store: Path, database: Database) -> FlaskClient:
    """A client of a store in which there were exactly so many changes as are counted."""
    add_datasets(own_store)
    same = {"dataset": "gdelt", "date": "2024-05-05", "added": "2024-05-05T00:00:00Z"}
    commit(own_store, [build({"id": f"gdelt:{n}", **same}, "gdelt") for n in range(CAP - 55)])
    return client_on(own_store)


def test_counting_stops_at_the_cap(many: FlaskClient, database: Database) -> None:
    matched = [many.get("/v1/changes?limit=1").get_json()["receipt"]["matched"]]
    retract(database, "seed:1", "coded twice")
    matched.append(many.get("/v1/changes?limit=1").get_json()["receipt"]["matched"])
    assert matched == [{"value": CAP, "relation": "eq"}, {"value": CAP, "relation": "gte"}]


def test_a_filter_that_matches_many_changes_is_walked_in_order(
    many: FlaskClient, database: Database
) -> None:
    for number in (1, 2):
        retract(database, f"seed:{number}", "coded twice")
    query = "dataset=!none&limit=1000"
    copy = replayed(many, query)
    assert len(copy) == many.get("/v1/events/count").get_json()["count"] == CAP - 2
    assert copy.keys() == {event["id"] for event in shown(many, f"/v1/events?{query}")}


# What is refused


@pytest.mark.parametrize("since", ["-1", "x", "1.5", "", "%00", "%C2%B2", "9" * 30, "9" * 18])
def test_a_revision_that_is_none_is_refused(rich: FlaskClient, since: str) -> None:
    answer = rich.get(f"/v1/changes?since={since}")
    (error,) = answer.get_json()["errors"]
    assert problem_of(answer) == (422, "application/problem+json", "no-store")
    assert error["parameter"] == "since"


def test_a_revision_that_is_still_to_come_is_refused_with_the_newest(rich: FlaskClient) -> None:
    assert rich.get("/v1/changes?since=3").get_json()["data"] == []
    (error,) = rich.get("/v1/changes?since=4").get_json()["errors"]
    assert (error["value"], error["did_you_mean"]) == ("4", "3")
    assert "the newest is 3" in error["detail"]


@pytest.mark.parametrize("query", ["sort=date", "sinse=1", "since=0&since=1", "limit=0", "seed=1"])
def test_what_cannot_be_asked_is_refused(rich: FlaskClient, query: str) -> None:
    answer = rich.get(f"/v1/changes?{query}")
    (error,) = answer.get_json()["errors"]
    assert answer.status_code == 422
    assert error["did_you_mean"] == ("since" if query == "sinse=1" else error["did_you_mean"])


@pytest.mark.parametrize("query", ["since=1&limit=5", "limit=6", "limit=5&actor=IRN", "as_of=3"])
def test_a_cursor_belongs_to_its_query(rich: FlaskClient, query: str) -> None:
    cursor = next_of(rich, "/v1/changes?limit=5")
    assert rich.get(f"/v1/changes?limit=5&cursor={cursor}").status_code == 200
    assert rich.get(f"/v1/changes?{query}&cursor={cursor}").status_code == 400
    assert rich.get(f"/v1/events?limit=5&cursor={cursor}").status_code == 400
    assert rich.get(f"/v1/changes?limit=5&cursor={quote(cursor[:-1])}").status_code == 400


# How they are found


def plan(path: Path, feed: Feed, in_order: bool) -> list[str]:
    """Give how SQLite would read a page."""
    database = open_to_read(str(path))
    query = ordered(feed, stored(["id", "date"]), in_order).limit(200)
    text, parameters = database.get_sql_context().sql(query).query()
    rows = database.execute_sql(f"EXPLAIN QUERY PLAN {text}", parameters).fetchall()
    database.close()
    return [detail for *_, detail in rows]


@pytest.mark.parametrize("after", [None, Position(2, "gdelt:7")])
@pytest.mark.parametrize("filters", [{}, {"actor_country": Choice(("IRN",))}])
def test_a_page_is_read_from_the_indexes_of_the_order(
    rich_store: Path, after: Position | None, filters: dict[str, Any]
) -> None:
    steps = plan(rich_store, Feed(1, 3, filters, after), in_order=True)
    searches = [step for step in steps if "SEARCH" in step]
    assert not [step for step in steps if "TEMP B-TREE" in step or "SCAN" in step]
    assert len(searches) == 4
    start = "(revision,id)>(?,?)" if after else "(revision>?"
    assert sum(start in step for step in searches) == 3
    assert sum(start.replace("revision", "ended") in step for step in searches) == 1


# Whole ranges


@pytest.mark.parametrize("query", ["", "since=2", "as_of=4", "since=2&as_of=5", *FILTERS])
def test_a_file_of_changes_is_all_their_pages(client: FlaskClient, query: str) -> None:
    expected = changes(client, query)
    answer = client.get(f"/v1/changes.ndjson?{query}".rstrip("?"))
    assert [orjson.loads(line) for line in answer.data.splitlines()] == expected
    assert answer.headers["Cameo-Matched"] == str(len(expected))
    first = client.get(f"/v1/changes.ndjson?limit=3&{query}".rstrip("&"))
    assert first.data.splitlines() == answer.data.splitlines()[:3]


@pytest.mark.parametrize("query", ["", "since=3&fields=date,mentions", "actor=IRN"])
def test_a_table_of_changes_has_a_revision_of_its_own(client: FlaskClient, query: str) -> None:
    expected = changes(client, query)
    text = client.get(f"/v1/changes.csv?{query}".rstrip("?")).text
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    for row, change in zip(rows, expected, strict=True):
        assert row["change_revision"] == str(change["revision"])
        members = ("type", "id", "reason", "successor")
        assert [row[name] for name in members] == [change[name] or "" for name in members]
        event = change["event"] or {"date": None, "mentions": None}
        assert row["date"] == (event["date"] or "")
        assert row["mentions"] == ("" if event["mentions"] is None else str(event["mentions"]))


def test_a_file_of_changes_is_whole_if_no_more_matched(many: FlaskClient) -> None:
    for limit in (7, CAP, CAP + 1):
        answer = many.get(f"/v1/changes.ndjson?fields=id&limit={limit}")
        assert answer.data.count(b"\n") == min(limit, CAP)


def test_both_engines_give_the_same_files_of_changes(rich: FlaskClient, rich_postgres: str) -> None:
    other = client_on(rich_postgres)
    for query in ("", "actor=IRN", "q=iran&as_of=2", "since=1&limit=5"):
        for suffix in ("csv", "ndjson"):
            answers = [one.get(f"/v1/changes.{suffix}?{query}").data for one in (rich, other)]
            assert answers[0] == answers[1] != b""
    other.application.extensions["store"].close()
