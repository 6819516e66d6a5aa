"""Samples are the same again, evenly spread; `distinct` keeps one event of those that are one."""

import shutil
from collections import Counter
from collections.abc import Iterable
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st
from peewee import Table
from playhouse.apsw_ext import APSWDatabase

from dataset.building.rows import build
from dataset.declarations.ids import shuffle_of
from dataset.selections.duplicates import columns_for, kept_keys
from dataset.selections.samples import PRIME, Sample, numbers_of
from dataset.selections.selections import Selection, ordered
from dataset.store.snapshots import Store
from support.paging import in_order, shown
from support.rich_store import RICH, Event, add_datasets, cell, client_on, commit

BEFORE = 2
RULES = ("day", "article")


@pytest.fixture(scope="module")
def repeating(seeded: Path, tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    """A client of a store full of duplicates, other ones in the next revision."""
    path = Path(shutil.copy(seeded, tmp_path_factory.mktemp("samples") / "repeating.sqlite"))
    add_datasets(path)
    for turn in (0, 1):
        commit(path, [build(repeated(n, turn), "gdelt") for n in range(400)])
    return client_on(path)


def repeated(number: int, turn: int) -> dict[str, Any]:
    """Make an event that is much like others; every value is missing from time to time."""
    shift = number * (7 + 4 * turn) + turn
    dataset = ("gdelt", "made")[number % 2]
    return {
        "id": f"{dataset}:{number}",
        "dataset": dataset,
        "date": f"2024-05-0{1 + number % 3}",
        "date_end": f"2024-05-0{4 - shift % 7 // 6}",
        "date_precision": "interval",
        "actor_code": ("IRN", "ISR", None)[shift % 3],
        "target_code": ("IRN", "USA", None)[shift // 3 % 3],
        "action_code": ("190", "040", None)[shift // 9 % 3],
        "action_plover": (None, "ASSAULT")[shift // 5 % 2],
        "mentions": (None, 1, 2, 2)[shift % 4],
        "evidence_url": (None, "https://a.test/", "https://b.test/")[shift // 2 % 3],
        "evidence_story": (None, "https://a.test/")[shift // 4 % 2],
        "added": f"2024-06-0{1 + turn}T00:00:00Z",
    }


ACTION = ("action_code", "action_plover", "action_mode")
DAY = ("date", "date_end", "actor_code", "target_code", *ACTION)


def same_as(event: Event, rule: str) -> tuple[Any, ...] | None:
    """Give what events that are one have in common; None for one that is always kept."""
    action = tuple(cell(event, name) for name in ACTION)
    url, story = cell(event, "evidence_url"), cell(event, "evidence_story")
    is_whole = bool(url or story)
    if rule == "day":
        is_whole = bool(cell(event, "actor_code") and cell(event, "target_code"))
    if not is_whole or not any(action[:2]):
        return None
    named = ("url", url) if url else ("story", story)
    what = tuple(cell(event, name) for name in DAY) if rule == "day" else (*named, *action)
    return (event["dataset"], *what)


def distinct(events: Iterable[Event], rule: str) -> set[str]:
    """Keep the event with most mentions, nulls last, then least id."""
    kept: dict[Any, Event] = {}
    mentions = {one["id"]: -1 if one["mentions"] is None else one["mentions"] for one in events}
    for event in sorted(events, key=lambda one: (-mentions[one["id"]], one["id"])):
        kept.setdefault(same_as(event, rule) or event["id"], event)
    return {event["id"] for event in kept.values()}


FILTERS = ["", "actor=IRN", "mentions_max=1", "dataset=made&date_from=2024-05-02", "action=!19"]


@pytest.mark.parametrize(
    ("rule", "query", "as_of"), list(product(RULES, FILTERS, [BEFORE, BEFORE + 1]))
)
def test_distinct_keeps_what_plain_python_keeps(
    repeating: FlaskClient, rule: str, query: str, as_of: int
) -> None:
    plain = shown(repeating, f"/v1/events?{query}&as_of={as_of}")
    expected = distinct(plain, rule)
    url = f"{query}&as_of={as_of}&distinct={rule}"
    for sort in ("-date", "mentions"):
        walk = shown(repeating, f"/v1/events?{url}&sort={sort}&limit=70")
        assert [one["id"] for one in walk] == [
            one for one in _ids(repeating, f"{query}&as_of={as_of}&sort={sort}") if one in expected
        ]
    assert repeating.get(f"/v1/events/count?{url}").json["count"] == len(expected)
    assert _bulk(repeating, url) == expected


@pytest.mark.parametrize(("rule", "as_of"), list(product(RULES, [BEFORE, BEFORE + 1])))
@pytest.mark.parametrize("query", FILTERS)
def test_groups_are_made_of_what_distinct_keeps(
    repeating: FlaskClient, rule: str, query: str, as_of: int
) -> None:
    url = f"{query}&as_of={as_of}&distinct={rule}"
    events = shown(repeating, f"/v1/events?{url}&limit=1000")
    answer = repeating.get(f"/v1/aggregates?by=actor_code,action_code&limit=1000&{url}").json
    found = {(one["actor_code"], one["action_code"]): one["count"] for one in answer["data"]}
    assert found == Counter((cell(e, "actor_code"), cell(e, "action_code")) for e in events)
    assert answer["receipt"]["matched"] == {"value": len(events), "relation": "eq"}
    assert any(rule in note for note in answer["receipt"]["notes"])
    cited = repeating.get(answer["receipt"]["cite"]).json["data"]["csl"]["URL"]
    assert repeating.get(f"{cited}&limit=1000").json["data"] == answer["data"]


def _ids(client: FlaskClient, query: str) -> list[str]:
    return [event["id"] for event in shown(client, f"/v1/events?{query}")]


def _bulk(client: FlaskClient, query: str) -> set[str]:
    lines = client.get(f"/v1/events.csv?{query}&fields=id").text.splitlines()
    assert len(lines) == len(set(lines))
    return set(lines[1:])


@given(st.integers(1, 600), st.integers(0, 2**63 - 1), st.sampled_from(["", *RULES]))
@settings(max_examples=40, deadline=None)
def test_a_sample_is_a_part_and_the_beginning_of_a_larger_one(
    repeating: FlaskClient, size: int, seed: int, rule: str
) -> None:
    query = f"seed={seed}&fields=id" + (f"&distinct={rule}" if rule else "")
    whole = set(_ids(repeating, query.partition("&")[2]))
    page = repeating.get(f"/v1/events?sample={size}&{query}").json
    larger = repeating.get(f"/v1/events?sample={size * 2}&{query}").json["data"]
    ids = [one["id"] for one in page["data"]]
    assert page["data"] == larger[:size]
    assert ids == sorted(whole, key=lambda one: place(shuffle_of(one), seed))[:size]
    assert page["page"] == {"limit": size, "returned": len(page["data"]), "next": None}
    assert page["receipt"]["matched"] == {"value": len(whole), "relation": "eq"}
    assert page["receipt"]["complete"] == (size >= len(whole))


def place(shuffle: int, seed: int) -> int:
    """Give the place of an event in the order of a seed, as documented."""
    factor, shift = numbers_of(seed)
    return (factor * shuffle + shift) % (2**31 - 1)


def test_every_format_gives_the_same_sample(repeating: FlaskClient) -> None:
    query = "sample=20&seed=7&actor=IRN&fields=id&as_of=2"
    page = [event["id"] for event in repeating.get(f"/v1/events?{query}").json["data"]]
    assert repeating.get(f"/v1/events.csv?{query}").text.split()[1:] == page
    features = repeating.get(f"/v1/events.geojson?{query}").json["features"]
    assert [feature["id"] for feature in features] == page
    accepted = repeating.get(f"/v1/events?{query}", headers={"Accept": "text/csv"})
    assert accepted.text.split()[1:] == page
    assert int(accepted.headers["Cameo-Matched"]) > 20


def test_a_pinned_sample_stays_the_same(repeating: FlaskClient, rich: FlaskClient) -> None:
    for client in (repeating, rich):
        pages = [client.get("/v1/events?sample=20&seed=7&as_of=2").json for _ in range(2)]
        assert pages[0] == pages[1]
        assert client.get("/v1/events?sample=20&seed=8&as_of=2").json["data"] != pages[0]["data"]


def test_every_event_is_drawn_as_often_as_any_other(repeating: FlaskClient) -> None:
    hashes = [shuffle_of(one) for one in _ids(repeating, "fields=id")]
    drawn: Counter[int] = Counter()
    for seed in range(2_000):
        drawn.update(sorted(hashes, key=lambda one: place(one, seed))[:45])
    expected = 2_000 * 45 / len(hashes)
    spread = sum((drawn[one] - expected) ** 2 for one in hashes) / expected / len(hashes)
    assert 0.7 < spread < 1.2


@given(st.sets(st.integers(0, PRIME - 1), min_size=2), st.integers(0, 2**63 - 1))
def test_no_two_hashes_get_one_place(hashes: set[int], seed: int) -> None:
    places = {place(one, seed) for one in hashes}
    assert len(places) == len(hashes)
    assert all(0 <= place < PRIME for place in places)


def test_a_sample_of_everything_is_drawn_from_the_index(rich_store: Path) -> None:
    with Store(str(rich_store)).stream() as snapshot:
        selection = Selection(snapshot.revision, sample=Sample(10, 42))
        query = ordered(snapshot, selection, ["key", "id"])
        text, parameters = snapshot.database.get_sql_context().sql(query).query()
        rows = list(snapshot.database.execute_sql(f"EXPLAIN QUERY PLAN {text}", parameters))
    plan = " ".join(row[-1] for row in rows)
    assert "USING COVERING INDEX event_shuffle" in plan
    assert "USING INTEGER PRIMARY KEY (rowid=?)" in plan


@pytest.mark.parametrize(
    ("query", "parameter", "meant"),
    [
        ("sample=10", "sample", None),
        ("seed=42", "seed", None),
        ("sample=10&seed=42&sort=date", "sort", None),
        ("sample=10&seed=42&limit=5", "limit", None),
        ("sample=10&seed=42&cursor=abc", "cursor", None),
        ("sample=0&seed=42", "sample", None),
        ("sample=10001&seed=42", "sample", None),
        ("sample=10&seed=x", "seed", None),
        ("sample=10&seed=-1", "seed", None),
        ("distinct=days", "distinct", "day"),
        ("distinct=weekly", "distinct", None),
        ("deduplicate=day", "deduplicate", "distinct"),
        ("random_state=1", "random_state", "seed"),
    ],
)
def test_wrong_samples_are_refused(
    client: FlaskClient, query: str, parameter: str, meant: str | None
) -> None:
    answer = client.get(f"/v1/events?{query}")
    assert answer.status_code == 422
    (error,) = answer.json["errors"]
    assert (error["parameter"], error["did_you_mean"]) == (parameter, meant)


@pytest.mark.parametrize("query", ["distinct=day", "distinct=article", "sample=5&seed=1"])
def test_receipts_name_the_rule_and_lead_to_the_same_events(rich: FlaskClient, query: str) -> None:
    page = rich.get(f"/v1/events?{query}&as_of={RICH}").json
    name = query.partition("&")[0].partition("5")[0].removesuffix("=")
    assert [note for note in page["receipt"]["notes"] if note.startswith(name)]
    cited = rich.get(page["receipt"]["cite"]).json["data"]["csl"]["URL"]
    assert rich.get(cited).json["data"] == page["data"]


def test_a_sample_of_everything_notes_nothing(client: FlaskClient) -> None:
    receipts = [client.get(f"/v1/events?seed=1&sample={n}").json["receipt"] for n in (54, 55)]
    assert [len(receipt["notes"]) for receipt in receipts] == [1, 0]


@pytest.mark.parametrize("query", ["distinct=day", "sample=5&seed=1"])
def test_an_empty_answer_says_which_filter_emptied_it(client: FlaskClient, query: str) -> None:
    receipt = client.get(f"/v1/events?{query}&date_from=2030-01-01").json["receipt"]
    assert [reason["filter"] for reason in receipt["empty_because"]] == ["date_from=2030-01-01"]


@pytest.mark.parametrize("sort", ["-date", "mentions", "-added"])
def test_distinct_pages_are_in_order(rich: FlaskClient, sort: str) -> None:
    events = shown(rich, f"/v1/events?distinct=day&sort={sort}&limit=7")
    assert [event["id"] for event in events] == in_order(events, sort)


some = st.none() | st.sampled_from(["a", "b"])
rows_of_chance = st.lists(
    st.fixed_dictionaries(
        {
            **dict.fromkeys(dict.fromkeys((*DAY[2:], "evidence_url", "evidence_story")), some),
            **{name: st.sampled_from(["2024-01-01", "2024-01-02"]) for name in DAY[:2]},
            "dataset": st.sampled_from(["gdelt", "made"]),
            "mentions": st.none() | st.integers(0, 3),
        }
    ),
    max_size=30,
)


@settings(deadline=None)
@given(rows_of_chance, st.sampled_from(RULES))
def test_of_any_events_the_rule_keeps_what_plain_python_keeps(
    rows: list[dict[str, Any]], rule: str
) -> None:
    database, columns = APSWDatabase(":memory:"), columns_for(rule)
    table = Table("event", columns)
    database.execute_sql(f"CREATE TABLE event ({', '.join(columns)})")
    events = [{**row, "id": f"{row['dataset']}:{n}", "key": n} for n, row in enumerate(rows)]
    for event in events:
        database.execute(table.insert({name: event[name] for name in columns}))
    query = kept_keys(table.select(*(getattr(table, name) for name in columns)), rule)
    keys = [key for (key,) in database.execute(query).fetchall()]
    assert sorted(events[key]["id"] for key in keys) == sorted(distinct(events, rule))
