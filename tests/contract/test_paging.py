"""Pages show every event once, in order, as the store was at the first page; receipts say so."""

import shutil
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from dataset.building.rows import build
from dataset.declarations.columns import COLUMNS, PARTS
from dataset.declarations.filters import COUNTRIES_NOTE, FILTERS
from dataset.events.several_datasets import SEVERAL
from dataset.loading import seed
from dataset.store.database import open_to_write
from support.figures import tally
from support.paging import (
    SORTS,
    ids,
    in_order,
    key,
    new_events,
    next_of,
    pages_of,
    problem_of,
    shown,
)
from support.rich_store import ALL, RELEASE, RICH, Event, add_datasets, client_on, commit, rows_of

pytestmark = pytest.mark.quick

BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


@pytest.fixture(scope="module")
def many(seeded: Path, tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    """A client of a store with 10,001 events beside those of the seed dataset."""
    path = Path(shutil.copy(seeded, tmp_path_factory.mktemp("pages") / "many.sqlite"))
    add_datasets(path)
    same = {"dataset": "gdelt", "date": "2024-05-05", "added": "2024-05-05T00:00:00Z"}
    commit(path, [build({"id": f"gdelt:{n}", **same}, "gdelt") for n in range(10_001)])
    return client_on(path)


def receipt(client: FlaskClient, url: str) -> dict[str, Any]:
    """Give the receipt of an answer."""
    answer = client.get(url)
    assert answer.status_code == 200, answer.text
    return dict(answer.get_json()["receipt"])


BAD_REQUEST = (400, "application/problem+json", "no-store")
UNPROCESSABLE = (422, "application/problem+json", "no-store")


@pytest.mark.parametrize("size", [1, 7, 30, 1000])
@pytest.mark.parametrize("sort", SORTS)
def test_pages_show_every_event_once_in_order(rich: FlaskClient, sort: str, size: int) -> None:
    everything = rich.get("/v1/events?limit=1000").get_json()["data"]
    events = shown(rich, f"/v1/events?sort={sort}&limit={size}")
    assert ids(events) == in_order(everything, sort)
    assert sorted(events, key=key) == sorted(everything, key=key)


@pytest.mark.parametrize("sort", SORTS)
def test_pages_of_an_older_revision_show_every_event_once(rich: FlaskClient, sort: str) -> None:
    everything = rich.get(f"/v1/events?limit=1000&as_of={RICH}").get_json()["data"]
    events = shown(rich, f"/v1/events?sort={sort}&limit=7&as_of={RICH}")
    assert ids(events) == in_order(everything, sort)


def test_newest_come_first_unless_asked_otherwise(rich: FlaskClient) -> None:
    default = rich.get("/v1/events?limit=1000").get_json()["data"]
    assert ids(default) == in_order(default, "-date")


FILTERED = [
    "actor=IRN",
    "involves=!IRN",
    "date_from=2024-04-13",
    "date_to=2024-04-13",
    "date_from=2023-06-01&date_to=2024-04-14",
    "date_from=2024-02-15&date_to=2024-02-15",
    "date_from=2024-02-15&actor=none&sort=tone",
    "q=iran&sort=-goldstein",
    "q=iran&date_from=2001-10-07&sort=mentions",
    "bbox=170,-90,-170,90&sort=articles",
    "mentions_min=3&sort=-added",
    "fields=id,actor&sort=-tone&date_from=2024-01-01",
]


@pytest.mark.parametrize("size", [1, 7])
@pytest.mark.parametrize("query", FILTERED)
@pytest.mark.parametrize("as_of", [RICH, RICH + 1])
def test_pages_of_a_filter_are_the_answer_cut_up(
    rich: FlaskClient, query: str, size: int, as_of: int
) -> None:
    whole = rich.get(f"/v1/events?{query}&as_of={as_of}&limit=1000").get_json()["data"]
    assert shown(rich, f"/v1/events?{query}&as_of={as_of}&limit={size}") == whole
    assert whole


def test_events_of_several_days_are_sorted_among_the_others(rich: FlaskClient) -> None:
    events = shown(rich, "/v1/events?date_from=2023-12-31&date_to=2024-04-13&limit=3")
    assert ids(events) == in_order(events, "-date")
    assert {event["date"] == event["date_end"] for event in events} == {True, False}


@pytest.mark.parametrize("path", ["events", "actions", "actors", "fields", "datasets", "documents"])
def test_every_list_can_be_walked(rich: FlaskClient, path: str) -> None:
    whole = rich.get(f"/v1/{path}?limit=1000")
    assert shown(rich, f"/v1/{path}?limit=97") == shown(rich, f"/v1/{path}?limit=1000")
    assert whole.get_json()["page"]["returned"] == len(whole.get_json()["data"])


@pytest.mark.parametrize("path", ["events", "actions", "actors", "fields", "datasets"])
def test_link_header_repeats_the_next_page(rich: FlaskClient, path: str) -> None:
    answer = rich.get(f"/v1/{path}?limit=1")
    url = answer.get_json()["page"]["next"]
    assert url.startswith(f"http://localhost/v1/{path}?")
    assert answer.headers.getlist("Link") == [f'<{url}>; rel="next"']


def test_last_page_has_no_next(rich: FlaskClient) -> None:
    *_, last = pages_of(rich, "/v1/events?limit=30")
    answer = rich.get("/v1/events?limit=1000")
    assert last["page"]["next"] is answer.get_json()["page"]["next"] is None
    assert "Link" not in answer.headers


@pytest.mark.parametrize("size", [7, 30])
def test_page_says_how_much_it_holds(rich: FlaskClient, size: int) -> None:
    for page in pages_of(rich, f"/v1/events?limit={size}"):
        assert page["page"]["limit"] == size
        assert page["page"]["returned"] == len(page["data"])
        assert len(page["data"]) == size or page["page"]["next"] is None


def test_a_page_has_a_hundred_events_unless_asked_otherwise(many: FlaskClient) -> None:
    page = many.get("/v1/events").get_json()["page"]
    assert (page["limit"], page["returned"]) == (100, 100)


@pytest.mark.parametrize("limit", ["0", "-1", "1001", "1e2", "10.0", "all", "", "9" * 30])
def test_limit_goes_from_1_to_1000(client: FlaskClient, limit: str) -> None:
    answer = client.get("/v1/events", query_string={"limit": limit})
    assert problem_of(answer) == UNPROCESSABLE
    assert answer.get_json()["errors"][0]["parameter"] == "limit"


@pytest.mark.parametrize(
    "other",
    [
        "/v1/events?limit=5",
        "/v1/events?limit=6&actor=IRN",
        "/v1/events?limit=5&actor=ISR",
        "/v1/events?limit=5&actor=IRN&target=ISR",
        "/v1/events?limit=5&actor=!IRN",
        "/v1/events?limit=5&actor=IRN&sort=date",
        "/v1/events?limit=5&actor=IRN&sort=-date",
        "/v1/events?limit=5&actor=IRN&fields=id",
        "/v1/events?limit=5&actor=IRN&as_of=1",
        "/v1/events?actor=IRN",
        "/v1/actions?limit=5",
        "/v1/actors?limit=5",
        "/v1/fields?limit=5",
        "/v1/datasets?limit=5",
    ],
)
def test_cursor_belongs_to_its_query(client: FlaskClient, other: str) -> None:
    cursor = next_of(client, "/v1/events?limit=5&actor=IRN")
    separator = "&" if "?" in other else "?"
    assert problem_of(client.get(f"{other}{separator}cursor={cursor}")) == BAD_REQUEST


def test_cursor_belongs_to_its_query_not_to_its_spelling(client: FlaskClient) -> None:
    cursor = next_of(client, "/v1/events?limit=5&actor=IRN,ISR")
    answer = client.get(f"/v1/events?cursor={cursor}&actor=ISR,IRN,ISR&limit=05")
    assert answer.status_code == 200


def test_cursor_belongs_to_its_store(client: FlaskClient, tmp_path: Path) -> None:
    database = open_to_write(str(tmp_path / "other.sqlite"))
    seed.load(database)
    database.close()
    cursor = next_of(client_on(tmp_path / "other.sqlite"), "/v1/events?limit=5")
    assert problem_of(client.get(f"/v1/events?limit=5&cursor={cursor}")) == BAD_REQUEST


@pytest.mark.parametrize("path", ["events", "actions"])
@pytest.mark.parametrize("step", [1, 17, 32])
def test_cursor_changed_by_a_character_is_refused(
    client: FlaskClient, path: str, step: int
) -> None:
    cursor = next_of(client, f"/v1/{path}?limit=5")
    for index, letter in enumerate(cursor):
        other = BASE64[(BASE64.find(letter) + step) % 64]
        changed = cursor[:index] + other + cursor[index + 1 :]
        answer = client.get(f"/v1/{path}?limit=5&cursor={changed}")
        assert answer.status_code == 400, changed
    tally("cursor tampering", tried=len(cursor), accepted=0)


@pytest.mark.parametrize("path", ["events", "events?sort=tone", "actions", "fields?limit=3"])
def test_spare_bits_of_base64_are_no_way_around_the_signature(
    client: FlaskClient, path: str
) -> None:
    url = f"/v1/{path}{'&' if '?' in path else '?'}limit=5".replace("limit=3&", "")
    cursor = next_of(client, url)
    for end in (cursor.index("."), len(cursor)):
        for letter in set(BASE64) - {cursor[end - 1]}:
            changed = cursor[: end - 1] + letter + cursor[end:]
            assert client.get(f"{url}&cursor={changed}").status_code == 400, changed


def test_cursor_cut_short_or_made_longer_is_refused(client: FlaskClient) -> None:
    cursor = next_of(client, "/v1/events?limit=5")
    short = [cursor[:end] for end in range(1, len(cursor))]
    for changed in [*short, *(cursor + end for end in ("A", "=", "==", ".", "%20")), cursor * 2]:
        assert client.get(f"/v1/events?limit=5&cursor={changed}").status_code == 400, changed


@pytest.mark.parametrize("text", [".", "..", "x", "W10", "W10.x", "é", "0", "null", "." + "A" * 99])
def test_text_that_is_no_cursor_is_refused(client: FlaskClient, text: str) -> None:
    answer = client.get("/v1/events", query_string={"cursor": text})
    assert problem_of(answer) == BAD_REQUEST


def test_empty_cursor_is_refused(client: FlaskClient) -> None:
    answer = client.get("/v1/events?cursor=")
    assert problem_of(answer) == UNPROCESSABLE
    assert answer.get_json()["errors"][0]["parameter"] == "cursor"


@pytest.mark.parametrize("sort", ["-date", "date", "tone", "-mentions", "-added"])
@pytest.mark.parametrize(
    "query", ["", "q=iran", "date_from=2023-06-01", "involves=!IRN", "bbox=-180,-90,180,90"]
)
def test_a_walk_shows_its_revision_whatever_is_committed(
    growing: Path, query: str, sort: str
) -> None:
    client = client_on(growing)
    url = f"/v1/events?sort={sort}&{query}".rstrip("&")
    before = client.get(f"{url}&limit=1000").get_json()["data"]
    walk = pages_of(client, f"{url}&limit=17")
    first = next(walk)
    commit(growing, [*rows_of(2), *new_events(20)])
    rest = list(walk)
    assert [e for page in (first, *rest) for e in page["data"]] == before
    assert {page["receipt"]["revision"] for page in rest} == {RICH + 1}
    assert client.get(f"{url}&limit=1000").get_json()["data"] != before


def test_a_commit_at_every_page_changes_nothing_in_a_walk(growing: Path) -> None:
    client = client_on(growing)
    before = client.get("/v1/events?limit=1000").get_json()["data"]
    walked: list[Event] = []
    for turn, page in enumerate(pages_of(client, "/v1/events?limit=20")):
        commit(growing, [*rows_of(2 + turn), *new_events(1 + turn)])
        walked += page["data"]
    assert walked == before


def test_matched_is_that_of_the_first_page(growing: Path) -> None:
    client = client_on(growing)
    walk = pages_of(client, "/v1/events?limit=10")
    first = next(walk)
    commit(growing, new_events(20))
    assert all(page["receipt"]["matched"] == first["receipt"]["matched"] for page in walk)
    assert first["receipt"]["matched"] == {"value": ALL, "relation": "eq"}


@pytest.mark.parametrize("as_of", ["1", "2", "3", RELEASE])
def test_as_of_shows_the_store_at_a_revision(growing: Path, as_of: str) -> None:
    client = client_on(growing)
    before = client.get(f"/v1/events?as_of={as_of}&limit=1000").get_json()
    commit(growing, [*rows_of(2), *new_events(20)])
    assert client.get(f"/v1/events?as_of={as_of}&limit=1000").get_json() == before
    assert len(before["data"]) == (55 if as_of == "1" else ALL)


@pytest.mark.parametrize("path", ["events", "events/count", "events/seed:1", "actions", "actors"])
def test_as_of_takes_a_revision_or_a_release(rich: FlaskClient, path: str) -> None:
    numbered = receipt(rich, f"/v1/{path}?as_of={RICH}")
    named = receipt(rich, f"/v1/{path}?as_of={RELEASE}")
    assert (numbered["revision"], numbered["release"]) == (RICH, None)
    assert (named["revision"], named["release"]) == (RICH, RELEASE)


@pytest.mark.parametrize("path", ["events", "events.csv", "events/count", "events/seed:1", "cite"])
@pytest.mark.parametrize(
    "as_of",
    ["0", "4", "-1", "1.0", "2024.2", "latest", "garbage!", "1 ", "", "9" * 18, "9" * 20, "9" * 64],
)
def test_as_of_refuses_what_never_was(rich: FlaskClient, path: str, as_of: str) -> None:
    answer = rich.get(f"/v1/{path}", query_string={"as_of": as_of})
    assert problem_of(answer) == UNPROCESSABLE
    assert answer.get_json()["errors"][0]["parameter"] == "as_of"


def test_a_revision_to_come_is_refused_until_it_is_there(growing: Path) -> None:
    client = client_on(growing)
    assert client.get("/v1/events?as_of=4").status_code == 422
    commit(growing, new_events(1))
    assert receipt(client, "/v1/events?as_of=4")["revision"] == 4


def test_receipt_says_what_was_asked_and_answered(rich: FlaskClient) -> None:
    count = rich.get("/v1/events/count?involves=ISR,IRN&place_country=!none").get_json()["count"]
    told = receipt(rich, "/v1/events?involves=ISR,IRN&limit=3&place_country=!none")
    assert told == {
        "query": "involves=IRN,ISR&limit=3&place_country=!none",
        "revision": RICH + 1,
        "committed": told["committed"],
        "release": None,
        "matched": {"value": count, "relation": "eq"},
        "datasets": {"seed": count},
        "place_precision": None,
        "complete": False,
        "notes": [],
        "cite": f"http://localhost/v1/cite?as_of={RICH + 1}&involves=IRN,ISR&place_country=!none",
    }


@pytest.mark.parametrize(
    ("url", "complete"),
    [
        ("/v1/events?limit=1000", [True]),
        (f"/v1/events?limit={ALL // 2}", [False, False]),
        (f"/v1/events?limit={ALL}", [True]),
        ("/v1/events?actor=USA&date_to=1900-01-01", [True]),
        ("/v1/datasets?limit=2", [False, False]),
    ],
)
def test_only_an_answer_with_everything_is_complete(
    rich: FlaskClient, url: str, complete: list[bool]
) -> None:
    assert [page["receipt"]["complete"] for page in pages_of(rich, url)] == complete


@pytest.mark.parametrize("query", ["actor=IRN", "q=iran", "date_from=2024-01-01", "actor=!IRN", ""])
@pytest.mark.parametrize("size", [1, 1000])
def test_matched_is_the_count(rich: FlaskClient, query: str, size: int) -> None:
    count = rich.get(f"/v1/events/count?{query}").get_json()["count"]
    matched = receipt(rich, f"/v1/events?limit={size}&{query}".rstrip("&"))["matched"]
    assert matched == {"value": count, "relation": "eq"}
    assert receipt(rich, f"/v1/events/count?{query}")["matched"] == matched


@pytest.mark.parametrize(
    ("query", "count", "matched", "header"),
    [
        ("id=!gdelt:0,!gdelt:1", 9_999, {"value": 9_999, "relation": "eq"}, "9999"),
        ("id=!gdelt:0", 10_000, {"value": 10_000, "relation": "eq"}, "10000"),
        ("actor=none", 10_001, {"value": 10_000, "relation": "gte"}, ">=10000"),
        ("date_to=2024-05-05", 10_001, {"value": 10_000, "relation": "gte"}, ">=10000"),
    ],
)
def test_matched_stops_at_ten_thousand_and_the_count_does_not(
    many: FlaskClient, query: str, count: int, matched: dict[str, Any], header: str
) -> None:
    url = f"dataset=gdelt&{query}"
    assert many.get(f"/v1/events/count?{url}").get_json()["count"] == count
    assert receipt(many, f"/v1/events?limit=1&{url}")["matched"] == matched
    assert many.head(f"/v1/events.csv?{url}").headers["Cameo-Matched"] == header


def test_a_capped_reason_says_so(many: FlaskClient) -> None:
    told = receipt(many, "/v1/events?dataset=gdelt&id=seed:1")["empty_because"]
    alone = {one["filter"]: (one["matches_alone"], one["relation"]) for one in told}
    assert alone == {"dataset=gdelt": (10_000, "gte"), "id=seed:1": (1, "eq")}


def test_ten_thousand_equal_days_are_walked_once(many: FlaskClient) -> None:
    events = shown(many, "/v1/events?dataset=gdelt&fields=id&limit=1000")
    assert ids(events) == [f"gdelt:{n}" for n in range(10_000, -1, -1)]


@pytest.mark.parametrize(
    ("query", "reasons"),
    [
        ("date_from=2030-01-01", [("date_from=2030-01-01", 0, "events end on 2024-06-17")]),
        ("date_to=1900-01-01", [("date_to=1900-01-01", 0, "events begin on 2001-10-07")]),
        ("actor=ISR", [("actor=ISR", 0, "no event matches this filter")]),
        ("actor=IRN&tone_min=0", [("tone_min=0", 0, "no event matches this filter")]),
        (
            "place_country=USA&actor=IRNMIL",
            [
                ("actor=IRNMIL", 5, "without this filter 1 event would match"),
                ("place_country=USA", 1, "without this filter 5 events would match"),
            ],
        ),
        (
            "place_country=USA&actor=IRNMIL&date_to=2001-12-31",
            [
                ("actor=IRNMIL", 5, "matches events, but none that the other filters match"),
                ("date_to=2001-12-31", 17, "matches events, but none that the other filters match"),
                ("place_country=USA", 1, "without this filter 4 events would match"),
            ],
        ),
    ],
)
def test_empty_answer_says_why(
    client: FlaskClient, query: str, reasons: list[tuple[str, int, str]]
) -> None:
    answer = client.get(f"/v1/events?{query}").get_json()
    told = [
        (reason["filter"], reason["matches_alone"], reason["hint"])
        for reason in answer["receipt"]["empty_because"]
    ]
    assert answer["data"] == []
    assert sorted(told) == reasons


@pytest.mark.parametrize("name", FILTERS)
def test_matches_alone_is_what_the_filter_matches_alone(rich: FlaskClient, name: str) -> None:
    nothing = {"actor": "none", "actor_code": "!none"}
    query = {name: FILTERS[name].example} | nothing
    answer = rich.get("/v1/events", query_string=query).get_json()
    for reason in answer["receipt"]["empty_because"]:
        filter, _, text = reason["filter"].partition("=")
        count = rich.get("/v1/events/count", query_string={filter: text}).get_json()["count"]
        assert reason["matches_alone"] == count


def test_reasons_count_at_the_revision_that_is_asked_for(rich: FlaskClient) -> None:
    told = receipt(rich, "/v1/events?as_of=1&date_from=2025-01-01")["empty_because"]
    assert told == [
        {
            "filter": "date_from=2025-01-01",
            "matches_alone": 0,
            "relation": "eq",
            "hint": "events end on 2024-06-17",
        }
    ]


def test_answer_with_events_gives_no_reasons(rich: FlaskClient) -> None:
    for page in pages_of(rich, "/v1/events?limit=30&actor=IRN"):
        assert "empty_because" not in page["receipt"]


@pytest.mark.parametrize(
    ("query", "notes"),
    [
        (
            "involves=IRN&q=-iran&date_from=2024-01-01",
            ["q looks for words only: signs and operators are no part of it"],
        ),
        ("bbox=0,0,90,90", ["bbox leaves out events without coordinates"]),
        ("dyad=IRN,ISR", ["dyad leaves out events without a country on both sides"]),
        ("action=19", ["action leaves out events without a CAMEO code"]),
        (
            "tone_max=0&goldstein_min=1&goldstein_max=2",
            [
                "a limit on goldstein leaves out events without it",
                "a limit on tone leaves out events without it",
            ],
        ),
        ("revision_min=1", []),
    ],
)
def test_notes_say_what_filters_leave_out(rich: FlaskClient, query: str, notes: list[str]) -> None:
    for path in ("events", "events/count"):
        found = receipt(rich, f"/v1/{path}?{query}")["notes"]
        assert [note for note in found if note not in (SEVERAL, COUNTRIES_NOTE)] == notes


@pytest.mark.parametrize("query", ["action=none", "action=!19", "action=none,!19"])
def test_a_filter_that_leaves_nothing_out_has_no_note(rich: FlaskClient, query: str) -> None:
    assert "action leaves out" not in str(receipt(rich, f"/v1/events?{query}")["notes"])


@pytest.mark.parametrize("path", ["/v1/events?limit=1000&", "/v1/events/made:event-0?"])
@pytest.mark.parametrize("name", COLUMNS)
def test_field_is_the_event_pruned_to_it(rich: FlaskClient, name: str, path: str) -> None:
    whole, pruned = (rich.get(path + f).get_json()["data"] for f in ("", f"fields={name}"))
    events = zip(*(one if isinstance(one, list) else [one] for one in (whole, pruned)), strict=True)
    part, *member = COLUMNS[name].path
    for event, shorter in events:
        value = {member[0]: event[part][member[0]]} if member and event[part] else event[part]
        assert shorter == {"id": event["id"], part: value}


@pytest.mark.parametrize("part", PARTS)
def test_part_is_a_field(rich: FlaskClient, part: str) -> None:
    whole = rich.get("/v1/events?limit=1000").get_json()["data"]
    pruned = rich.get(f"/v1/events?limit=1000&fields={part}").get_json()["data"]
    assert pruned == [{"id": event["id"], part: event[part]} for event in whole]


@pytest.mark.parametrize(
    ("fields", "members"),
    [
        ("date,actor,action_code,target", ["id", "date", "actor", "action", "target"]),
        ("revision,id,date", ["id", "date", "revision"]),
        (" added , tone ", ["id", "tone", "added"]),
        ("id", ["id"]),
    ],
)
def test_fields_keep_the_order_of_the_event(
    rich: FlaskClient, fields: str, members: list[str]
) -> None:
    answer = rich.get("/v1/events", query_string={"fields": fields, "limit": 1})
    assert list(answer.get_json()["data"][0]) == members


def test_all_columns_together_are_the_whole_event(rich: FlaskClient) -> None:
    whole = rich.get("/v1/events?limit=1000").get_json()["data"]
    answer = rich.get(f"/v1/events?limit=1000&fields={','.join(COLUMNS)}")
    assert answer.get_json()["data"] == whole


@pytest.mark.parametrize(
    ("fields", "meant"),
    [
        ("actor_contry", "actor_country"),
        ("date,plac", "place"),
        ("Date", "date"),
        ("actor.country", "actor_country"),
        ("key", None),
        ("words", None),
        ("date,", None),
        ("*", None),
        ("dyad", None),
    ],
)
@pytest.mark.parametrize("path", ["events", "events.csv", "events/seed:1"])
def test_unknown_field_is_refused(
    client: FlaskClient, path: str, fields: str, meant: str | None
) -> None:
    answer = client.get(f"/v1/{path}", query_string={"fields": fields})
    assert problem_of(answer) == UNPROCESSABLE
    (error,) = answer.get_json()["errors"]
    assert error["parameter"] == "fields"
    assert error["did_you_mean"] == meant or meant is None


@pytest.mark.parametrize(
    ("sort", "meant"),
    [
        ("dat", "date"),
        ("-goldstien", "-goldstein"),
        ("id", None),
        ("--date", None),
        ("+date", None),
    ],
)
def test_unknown_sort_is_refused(client: FlaskClient, sort: str, meant: str | None) -> None:
    answer = client.get("/v1/events", query_string={"sort": sort})
    assert problem_of(answer) == UNPROCESSABLE
    (error,) = answer.get_json()["errors"]
    assert error["parameter"] == "sort"
    assert error["did_you_mean"] == meant or meant is None


@pytest.mark.parametrize("path", ["/v1/events?limit=5", "/v1/aggregates?by=id&limit=5"])
@pytest.mark.parametrize("again", [False, True])
def test_a_cursor_of_a_revision_that_was_undone_is_refused(
    growing: Path, tmp_path: Path, path: str, again: bool
) -> None:
    shutil.copy(growing, tmp_path / "backup.sqlite")
    commit(growing, new_events(3))
    following = client_on(growing).get(path).get_json()["page"]["next"]
    shutil.copy(tmp_path / "backup.sqlite", growing)
    if again:
        commit(growing, new_events(4))
    answer = client_on(growing).get(following)
    assert (answer.status_code, "no longer has" in answer.get_json()["detail"]) == (400, True)
