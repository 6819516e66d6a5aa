"""Every change is one revision, whole or not at all, and every revision can be read again."""

import shutil
from collections.abc import Callable
from itertools import permutations
from pathlib import Path
from typing import Any

import orjson
import pytest
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st
from peewee import Database

from api import create_app
from api.settings import Settings
from dataset.building.rows import ROW_COLUMNS, Row, build
from dataset.declarations.columns import COLUMNS
from dataset.declarations.ids import key_of
from dataset.store.database import open_to_write
from dataset.store.models import Event, Revision, Superseded
from dataset.writes.events import BATCH
from dataset.writes.revisions import revision

PUBLIC = [name for name, column in COLUMNS.items() if column.stored and name != "revision"]
SEED = {f"seed:{number}" for number in range(1, 56)}
ORDERS = list(permutations([1, 2, 3]))
Put = Callable[..., dict[str, int]]


def row(native: int | str = 1000, added: int = 1, **columns: Any) -> Row:
    """Build an event that was added on a day of June 2024."""
    source = {
        "id": f"seed:{native}",
        "dataset": "seed",
        "date": "2024-05-01",
        "actor_code": "IRN",
        "action_code": "190",
        "target_code": "ISR",
        "evidence_summary": "alpha",
        "added": f"2024-06-{added:02}T00:00:00Z",
    }
    return build({**source, **columns}, "gdelt")


def put_into(database: Database, *rows: Row, version: int = 1) -> dict[str, int]:
    """Make a revision of rows; give what became of them."""
    with revision(database, "load") as change:
        change.write_events(rows, 1, version)
    return {outcome: count for outcome, count in change.outcomes.items() if count}


def last_revision(database: Database) -> int:
    """Give the number of the newest revision."""
    return int(database.execute_sql("SELECT max(number) FROM revision").fetchone()[0])


def checked(database: Database) -> None:
    """Compare the text index with the events that it belongs to."""
    check = "INSERT INTO event_words (event_words, rank) VALUES ('integrity-check', 1)"
    database.execute_sql(check)


def stored(database: Database, native: int = 1000) -> dict[str, Any]:
    """Give the current version of an event."""
    query = Event.select().where(Event.key == key_of(1, str(native)))
    (found,) = database.execute(query).fetchall()
    return dict(zip(Event._meta.sorted_field_names, found, strict=True))


def flat(event: dict[str, Any]) -> dict[str, Any]:
    """Turn a JSON event into its stored columns."""
    values: dict[str, Any] = {}
    for name in PUBLIC:
        value: Any = event
        for step in COLUMNS[name].path:
            value = value[step] if value is not None else [] if COLUMNS[name].many else None
        values[name] = ";".join(value) if COLUMNS[name].many else value
    return values


def shown(client: FlaskClient, **query: object) -> dict[str, dict[str, Any]]:
    """Give the events that an answer shows, but those of the seed dataset, by id."""
    answer = client.get("/v1/events", query_string={"limit": 1000, **query}).get_json()
    found = [flat(event) for event in answer["data"] if event["id"] not in SEED]
    assert len({one["id"] for one in found}) == len(found)
    return {one["id"]: one for one in found}


def public(given: Row | dict[str, Any]) -> dict[str, Any]:
    """Give what the API shows of a row, built or stored."""
    named = given if isinstance(given, dict) else dict(zip(ROW_COLUMNS, given, strict=True))
    return {name: named[name] for name in PUBLIC}


@pytest.fixture
def put(database: Database) -> Put:
    """Make a revision of rows."""
    return lambda *rows, **kwargs: put_into(database, *rows, **kwargs)


# What becomes of a row


@pytest.mark.parametrize(
    ("second", "outcome", "winner"),
    [
        ({}, "unchanged", "first"),
        ({"added": 3, "evidence_summary": "beta"}, "updated", "second"),
        ({"added": 3}, "updated", "second"),
        ({"added": 1, "evidence_summary": "beta"}, "outdated", "first"),
        ({"evidence_summary": "beta"}, "updated", "second"),
        ({"evidence_summary": "aleph"}, "outdated", "first"),
        ({"actor_code": None, "evidence_summary": "beta"}, "updated", "second"),
        ({"evidence_note": "(Express intent)", "evidence_summary": "aleph"}, "updated", "second"),
        ({"evidence_summary": None}, "outdated", "first"),
        ({"evidence_summary": None, "added": 3}, "updated", "second"),
    ],
)
def test_the_newer_version_wins(
    put: Put, database: Database, second: dict[str, Any], outcome: str, winner: str
) -> None:
    first, later = row(added=2), row(**{"added": 2, **second})
    assert put(first) == {"inserted": 1}
    assert put(later) == {outcome: 1}
    expected = {"first": first, "second": later}[winner]
    assert public(stored(database)) == public(expected)


@pytest.mark.parametrize(
    ("versions", "outcome"), [((1, 2), "updated"), ((2, 1), "outdated"), ((2, 2), "outdated")]
)
def test_a_newer_loader_wins_a_tie(put: Put, versions: tuple[int, int], outcome: str) -> None:
    put(row(evidence_summary="beta"), version=versions[0])
    assert put(row(evidence_summary="alpha"), version=versions[1]) == {outcome: 1}


def test_a_later_addition_beats_a_newer_loader(put: Put) -> None:
    put(row(added=2), version=1)
    assert put(row(added=1, evidence_summary="zeta"), version=9) == {"outdated": 1}


@pytest.mark.parametrize("order", ORDERS, ids=str)
@pytest.mark.parametrize(("known", "outcome"), [(False, "inserted"), (True, "updated")])
def test_of_several_versions_at_once_only_the_winner_counts(
    put: Put, database: Database, order: tuple[int, ...], known: bool, outcome: str
) -> None:
    if known:
        put(row(added=1, evidence_summary="aardvark"))
    account = put(*(row(added=day, evidence_summary="beta") for day in order))
    assert stored(database)["added"] == "2024-06-03T00:00:00Z"
    assert account == {outcome: 1, "outdated": 2}


@pytest.mark.parametrize("order", ORDERS, ids=str)
def test_of_several_versions_at_once_only_the_winner_is_kept(
    put: Put, database: Database, reader: FlaskClient, order: tuple[int, ...]
) -> None:
    put(row(added=1, evidence_summary="aardvark"))
    put(*(row(added=day, evidence_summary="beta") for day in order))
    kept = database.execute(Superseded.select(Superseded.evidence_summary)).fetchall()
    assert kept == [("aardvark",)]
    assert shown(reader, as_of=3)["seed:1000"]["added"] == "2024-06-03T00:00:00Z"


def test_a_row_that_comes_twice_is_counted_twice_and_stored_once(
    put: Put, database: Database
) -> None:
    assert put(row(), row(), row()) == {"inserted": 1, "unchanged": 2}
    assert stored(database)["revision"] == 2


def test_versions_that_lie_far_apart_in_the_input_meet_all_the_same(
    put: Put, database: Database
) -> None:
    others = [row(number) for number in range(2000, 2000 + BATCH)]
    put(row(added=2), *others, row(added=3), *others, row(added=1))
    assert stored(database)["added"] == "2024-06-03T00:00:00Z"
    assert database.execute(Superseded.select(Superseded.key)).fetchall() == []


# What becomes of a revision


def test_a_change_of_any_size_is_one_revision(put: Put, database: Database) -> None:
    put(*(row(number) for number in range(1000, 1000 + 2 * BATCH + 1)))
    query = Event.select(Event.revision).where(Event.revision > 1).tuples()
    assert last_revision(database) == 2
    assert {number for (number,) in query.bind(database)} == {2}


@pytest.mark.parametrize(
    "rows", [(), (row(),), (row(added=1), row(added=1)), (row(evidence_summary="aleph"),)]
)
def test_a_change_that_changes_nothing_is_no_revision(
    put: Put, database: Database, rows: tuple[Row, ...]
) -> None:
    put(row())
    before = database.execute(Revision.select()).fetchall()
    put(*rows)
    assert database.execute(Revision.select()).fetchall() == before


def test_nothing_else_remains_of_a_change_that_changes_nothing(
    put: Put, database: Database
) -> None:
    put(row())
    before = contents(database)
    with revision(database, "load") as change:
        change.write_events([row()], 1, 1)
    assert contents(database) == before


def contents(database: Database) -> list[Any]:
    """Give all that a store holds."""
    tables = ("event", "superseded", "revision", "seen_code", "dataset", "event_words_data")
    return [
        database.execute_sql(f"SELECT * FROM {name} ORDER BY 1, 2").fetchall() for name in tables
    ]


def fail_after(database: Database, *rows: Row) -> None:
    """Begin a revision of rows that does not come to its end."""
    with revision(database, "load") as change:
        change.write_events(rows, 1, 1)
        raise ZeroDivisionError


@pytest.mark.parametrize("size", [1, BATCH + 1])
def test_a_change_that_fails_leaves_nothing(put: Put, database: Database, size: int) -> None:
    put(row())
    before = contents(database)
    new = [row(number) for number in range(2000, 2000 + size)]
    with pytest.raises(ZeroDivisionError):
        fail_after(database, row(added=9, actor_code="QQQ"), *new)
    assert contents(database) == before
    checked(database)
    assert put(row(added=2)) == {"updated": 1}


def test_a_row_that_cannot_be_stored_leaves_nothing(put: Put, database: Database) -> None:
    before = contents(database)
    rows = [row(number) for number in range(1000, 1000 + BATCH + 1)]
    same = {"date": "2024-05-01", "added": "2024-06-01T00:00:00Z"}
    nowhere = build({"id": "nowhere:1", "dataset": "nowhere", **same}, "gdelt")
    with pytest.raises(KeyError):
        put(*rows, nowhere)
    assert contents(database) == before


def test_an_ended_version_says_when_it_ended(put: Put, database: Database) -> None:
    for day in (1, 2, 3):
        put(row(added=day))
    columns = (Superseded.revision, Superseded.ended, Superseded.reason, Superseded.successor)
    ended = Superseded.select(*columns).order_by(Superseded.revision)
    assert database.execute(ended).fetchall() == [(2, 3, None, None), (3, 4, None, None)]
    assert stored(database)["revision"] == 4


def test_the_text_index_follows_every_change(put: Put, database: Database) -> None:
    put(*(row(number) for number in range(1000, 1010)))
    put(*(row(number, added=2, evidence_summary="beta") for number in range(1005, 1015)))
    put(row(1007, added=3, evidence_summary="gamma"), row(1007, added=4, evidence_summary="delta"))
    checked(database)


@pytest.mark.parametrize("turned", [False, True])
def test_versions_of_one_load_may_come_in_any_order(database: Database, turned: bool) -> None:
    """A newer loader gives what is stored again, and another version that ranks below it."""
    put_into(database, row(actor_code="IRN"), version=1)
    rows = [row(actor_code="IRN"), row(actor_code="AFG")]
    put_into(database, *(reversed(rows) if turned else rows), version=2)
    assert stored(database)["actor_code"] == "IRN"


def test_what_is_changed_back_within_a_load_is_no_revision(database: Database) -> None:
    put_into(database, row(actor_code=None), version=1)
    before = last_revision(database)
    counts = put_into(database, row(actor_code="IRN"), row(actor_code=None), version=2)
    assert last_revision(database) == before
    assert counts == {"unchanged": 1, "outdated": 1}


# What the API shows of it

Change = tuple[int, list[Row]]
SOME_ROWS = st.builds(
    row,
    st.integers(1000, 1003),
    st.integers(1, 3),
    evidence_summary=st.sampled_from(["alpha", "beta", "alpha beta"]),
    actor_code=st.sampled_from(["IRN", "AFGGOVTAL", None]),
)
CHANGES = st.lists(st.tuples(st.integers(1, 2), st.lists(SOME_ROWS, max_size=5)), max_size=6)


def rank(given: dict[str, Any], version: int) -> tuple[str, int, bytes]:
    """Order the versions of an event as the contract says."""
    return given["added"], version, orjson.dumps(given, option=orjson.OPT_SORT_KEYS)


def versions_in(state: dict[str, tuple[dict[str, Any], int]]) -> list[dict[str, Any]]:
    """Give the events of a state without the versions of their loaders."""
    return [one for one, _ in state.values()]


def states_after(changes: list[Change]) -> list[dict[str, dict[str, Any]]]:
    """Give what each revision shows, from the first, by a model of plain dictionaries."""
    states: list[dict[str, tuple[dict[str, Any], int]]] = [{}]
    for version, rows in changes:
        state = dict(states[-1])
        for one in map(public, rows):
            known = state.get(one["id"])
            if not known or rank(one, version) > rank(*known):
                state[one["id"]] = (one, version)
        if versions_in(state) == versions_in(states[-1]):
            states[-1] = state
        else:
            states.append(state)
    return [{name: one for name, (one, _) in state.items()} for state in states]


@settings(max_examples=40, deadline=None)
@given(changes=CHANGES)
def test_every_revision_shows_what_was_current_then(
    seeded: Path, tmp_path_factory: pytest.TempPathFactory, changes: list[Change]
) -> None:
    path = shutil.copy(seeded, tmp_path_factory.mktemp("model") / "store.sqlite")
    database = open_to_write(str(path))
    for version, rows in changes:
        put_into(database, *rows, version=version)
    states = states_after(changes)
    client = create_app(Settings(database=str(path))).test_client()
    assert last_revision(database) == len(states)
    assert [shown(client, as_of=number + 1) for number in range(len(states))] == states
    assert shown(client) == states[-1]
    for number, state in enumerate(states, 1):
        worded = {name for name, one in state.items() if "beta" in one["evidence_summary"]}
        assert shown(client, as_of=number, q="beta").keys() == worded
    checked(database)
    database.close()


OLD = {
    "actor_code": "IRNGOV",
    "action_code": "190",
    "date": "2024-03-01",
    "place_country": "IRN",
    "place_latitude": 35.0,
    "place_longitude": 51.0,
    "mentions": 1,
    "tone": -5.0,
    "root_event": False,
    "evidence_summary": "alpha bravo",
    "evidence_document": "one",
    "evidence_status": "reported",
}
NEW = {
    "actor_code": "USAMIL",
    "action_code": "040",
    "date": "2024-05-01",
    "place_country": "USA",
    "place_latitude": 40.0,
    "place_longitude": -75.0,
    "mentions": 9,
    "tone": 5.0,
    "root_event": True,
    "evidence_summary": "charlie delta",
    "evidence_document": "two",
    "evidence_status": "claimed",
}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({"actor": "IRN"}, {"actor": "USA"}),
        ({"involves": "IRNGOV"}, {"involves": "USAMIL"}),
        ({"actor_roles": "GOV"}, {"actor_roles": "MIL"}),
        ({"dyad": "IRN,ISR"}, {"dyad": "ISR,USA"}),
        ({"action": "19"}, {"action": "04"}),
        ({"quad_class": "!1"}, {"quad_class": "1"}),
        ({"goldstein_max": "0"}, {"goldstein_min": "0.5"}),
        ({"date_to": "2024-03-01"}, {"date_from": "2024-03-02"}),
        ({"bbox": "44,25,64,40"}, {"bbox": "-80,30,-70,45"}),
        ({"place_country": "IRN"}, {"place_country": "!IRN"}),
        ({"mentions_max": "1"}, {"mentions_min": "2"}),
        ({"tone_max": "-1"}, {"tone_min": "-1"}),
        ({"root_event": "false"}, {"root_event": "true"}),
        ({"evidence_document": "one"}, {"evidence_document": "two"}),
        ({"evidence_status": "reported"}, {"evidence_status": "claimed"}),
        ({"q": "ALPHA bravo"}, {"q": "Delta"}),
        ({"q": "brav*"}, {"q": "char*"}),
        ({"revision_max": "2"}, {"revision_min": "3"}),
        ({"id": "seed:1000", "actor": "!USA"}, {"id": "seed:1000", "actor": "!IRN"}),
    ],
    ids=str,
)
def test_filters_see_the_version_of_their_revision(
    put: Put, reader: FlaskClient, old: dict[str, str], new: dict[str, str]
) -> None:
    put(row(**OLD))
    put(row(added=2, **NEW))
    assert shown(reader, as_of=2, **old).keys() == shown(reader, **new).keys() == {"seed:1000"}
    assert shown(reader, as_of=2, **new) == shown(reader, **old) == {}
    assert reader.get("/v1/events/count", query_string={"as_of": 2, **old}).get_json()["count"] >= 1


@pytest.mark.parametrize(
    "q",
    [
        "alpha",
        "alph",
        "alph*",
        "lpha*",
        "bravo alpha",
        "alpha br*",
        "alph br*",
        "alpha* bravo",
        "ALPHA, Bravo!",
        "charlie",
        "alpha charlie",
        "a_b",
        "%",
    ],
)
def test_words_find_in_the_past_what_they_found_then(put: Put, reader: FlaskClient, q: str) -> None:
    put(row(evidence_summary="alpha bravo"), row(1001, evidence_summary="alpha_b a%c"))
    then = reader.get("/v1/events", query_string={"q": q})
    put(*(row(number, added=2, evidence_summary="charlie") for number in (1000, 1001)))
    now = reader.get("/v1/events", query_string={"q": q, "as_of": 2})
    assert now.status_code == then.status_code
    assert now.get_json().get("data") == then.get_json().get("data")


@pytest.mark.parametrize("sort", ["date", "-date", "added", "-goldstein", "tone", "-mentions"])
def test_pages_of_the_past_are_whole_and_in_order(put: Put, reader: FlaskClient, sort: str) -> None:
    rows = [
        row(number, date=f"2024-05-{number - 999:02}", mentions=number % 3)
        for number in range(1000, 1010)
    ]
    put(*rows)
    put(*(row(number, added=2, date="2024-04-01", mentions=9) for number in range(1000, 1010, 2)))
    once = reader.get(f"/v1/events?as_of=2&sort={sort}&limit=1000").get_json()["data"]
    url, seen = f"/v1/events?as_of=2&sort={sort}&limit=7", []
    while url:
        page = reader.get(url).get_json()
        seen, url = seen + page["data"], page["page"]["next"]
    assert seen == once
    assert len({event["id"] for event in seen}) == 65


def test_an_event_is_unknown_before_its_first_revision(put: Put, reader: FlaskClient) -> None:
    put(row())
    codes = [reader.get(f"/v1/events/seed:1000?as_of={n}").status_code for n in (1, 2)]
    assert codes == [404, 200]


def test_one_event_is_shown_as_it_was(put: Put, reader: FlaskClient) -> None:
    put(row(**OLD))
    put(row(added=2, **NEW))
    answers = [reader.get(f"/v1/events/seed:1000?as_of={number}") for number in (2, 3)]
    summaries = [answer.get_json()["data"]["evidence"]["summary"] for answer in answers]
    assert summaries == ["alpha bravo", "charlie delta"]


# Retractions


def retract(database: Database, reason: str | None, successor: str | None) -> None:
    """Retract event 1000, as a later issue will."""
    gone = stored(database)
    number = last_revision(database) + 1
    ended = {"ended": number, "reason": reason, "successor": successor}
    with database.atomic():
        database.execute(Superseded.insert({**gone, **ended}))
        database.execute(Event.delete().where(Event.key == gone["key"]))
        delete = "INSERT INTO event_words (event_words, rowid, words) VALUES ('delete', ?, ?)"
        database.execute_sql(delete, (gone["key"], gone["words"]))
        made = {"number": number, "committed": "2024-07-01T00:00:00Z", "kind": "retract"}
        made["token"] = "retracted"
        database.execute(Revision.insert(made))


@pytest.mark.parametrize("successor", ["seed:7", None])
def test_a_retracted_event_is_gone_with_reason_and_successor(
    put: Put, database: Database, reader: FlaskClient, successor: str | None
) -> None:
    put(row())
    put(row(added=2))
    retract(database, "counted twice", successor)
    answer = reader.get("/v1/events/seed:1000")
    problem = answer.get_json()
    assert (answer.status_code, answer.mimetype) == (410, "application/problem+json")
    assert (problem["reason"], problem["successor"]) == ("counted twice", successor)
    assert "counted twice" in problem["detail"]
    assert "seed:1000" not in shown(reader)
    checked(database)


def test_a_retracted_event_is_still_there_before_its_end(
    put: Put, database: Database, reader: FlaskClient
) -> None:
    put(row())
    put(row(added=2))
    retract(database, "counted twice", None)
    codes = [reader.get(f"/v1/events/seed:1000?as_of={n}").status_code for n in (1, 2, 3, 4)]
    assert codes == [404, 200, 200, 410]
    assert shown(reader, as_of=2)["seed:1000"] == public(row())
    assert shown(reader, as_of=3)["seed:1000"] == public(row(added=2))


def test_a_retracted_event_does_not_come_back_with_a_reload(
    put: Put, database: Database, reader: FlaskClient
) -> None:
    put(row())
    retract(database, "counted twice", None)
    assert put(row(), row(added=9)) == {"retracted": 2}
    assert last_revision(database) == 3
    assert reader.get("/v1/events/seed:1000").status_code == 410


# Ids that meet in one key


def rename(database: Database) -> None:
    """Let another event have the key of event 1000, as if both were hashed to it."""
    database.execute_sql("UPDATE event SET id = 'seed:other' WHERE id = 'seed:1000'")


def test_an_event_whose_key_is_taken_is_quarantined(put: Put, database: Database) -> None:
    put(row())
    rename(database)
    before = contents(database)
    assert put(row(added=9)) == {"quarantined": 1}
    assert contents(database) == before


def test_an_event_whose_key_is_taken_is_not_found(
    put: Put, database: Database, reader: FlaskClient
) -> None:
    put(row())
    rename(database)
    assert reader.get("/v1/events/seed:1000").status_code == 404
    assert shown(reader, id="seed:1000") == {}


def test_an_event_whose_key_a_retracted_event_has_is_quarantined(
    put: Put, database: Database
) -> None:
    put(row())
    rename(database)
    retract(database, "counted twice", None)
    assert put(row(added=9)) == {"quarantined": 1}


# Codes that were seen


def test_a_code_that_was_ever_seen_can_always_be_asked_for(put: Put, reader: FlaskClient) -> None:
    codes = [reader.get("/v1/events?actor=QQQ").status_code]
    put(row(actor_code="QQQ"))
    codes.append(reader.get("/v1/events?actor=QQQ").status_code)
    put(row(added=2, actor_code="IRN"))
    codes.append(reader.get("/v1/events?actor=QQQ").status_code)
    assert codes == [422, 200, 200]
    assert shown(reader, actor="QQQ") == {}
    assert shown(reader, actor="QQQ", as_of=2).keys() == {"seed:1000"}


@pytest.mark.parametrize(
    ("columns", "filters"),
    [
        ({"actor_code": "QQQGOV"}, {"involves": "QQQ"}),
        ({"actor_code": "QQQGOV"}, {"actor_code": "QQQGOV"}),
        ({"target_code": "IRN", "target_country": "QQQ"}, {"involves_country": "QQQ"}),
        ({"target_code": "IRN", "target_roles": ["GOV", "QQQ"]}, {"target_roles": "QQQ"}),
        ({"action_code": "199"}, {"action": "199"}),
        ({"action_code": "1999"}, {"action": "199"}),
        ({"action_code": "1999"}, {"action_code": "1999"}),
        ({"action_plover": "PROTESTS"}, {"action_plover": "PROTESTS"}),
        ({"action_contexts": ["economic", "new-one"]}, {"action_contexts": "new-one"}),
        ({"place_country": "QQQ"}, {"place_country": "QQQ"}),
    ],
    ids=str,
)
def test_every_kind_of_code_is_noted(
    put: Put, reader: FlaskClient, columns: dict[str, Any], filters: dict[str, str]
) -> None:
    before = reader.get("/v1/events", query_string=filters)
    put(row(**columns))
    assert before.status_code == 422
    assert shown(reader, **filters).keys() == {"seed:1000"}


def test_codes_of_a_change_that_failed_were_never_seen(
    database: Database, reader: FlaskClient
) -> None:
    with pytest.raises(ZeroDivisionError):
        fail_after(database, row(actor_code="QQQ"))
    assert reader.get("/v1/events?actor=QQQ").status_code == 422
