"""Aggregates equal what plain Python makes of the events; pages hold them all, once."""

import csv
import io
from collections import defaultdict
from datetime import date, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from itertools import pairwise, product
from pathlib import Path
from typing import Any

import pandas
import pytest
from flask.testing import FlaskClient
from peewee import Select, Value

from dataset.aggregates.aggregation import Aggregation
from dataset.aggregates.partial_groups import PERIOD_LABELS, grouped
from dataset.aggregates.tables import partial_columns
from dataset.building.rows import build
from dataset.declarations.aggregates import KEYS, MEASURES, OVERLAPPING
from dataset.declarations.filters import Choice
from dataset.declarations.periods import PERIODS
from dataset.selections.selections import Selection, branches
from dataset.store.database import open_to_write
from dataset.store.engines.sqlite import SQLite
from dataset.store.snapshots import Store
from dataset.writes.purges import purge
from support.aggregate_queries import FILL, PLAIN, SEVERAL, Group, groups_of, measures_of, measuring
from support.paging import pages_of, shown
from support.rich_store import ALL, RELEASE, Event, cell, client_on, commit, rows_of

pytestmark = pytest.mark.quick

MILLIONTH = Decimal("0.000001")
FILTERS = [
    "",
    "actor_country=IRN,none",
    "date_from=2024-02-10&date_to=2024-04-12",
    "action=!19&as_of=2",
    f"involves=IRN&as_of={RELEASE}",
    "q=iran",
    "dataset=gdelt",
    f"dataset=made&as_of={RELEASE}",
]


def label(name: str, day: date) -> str:
    """Name the period of a day, by means of the standard library alone."""
    year, week, _ = day.isocalendar()
    quarter = (day.month + 2) // 3
    return {
        "day": str(day),
        "week": f"{year:04}-W{week:02}",
        "month": str(day)[:7],
        "quarter": f"{day.year:04}-Q{quarter}",
        "year": str(day)[:4],
    }[name]


def values_of(event: Event, name: str) -> list[Any]:
    """Give the values by which an event is grouped."""
    if name in PERIODS:
        first, last = (label(name, date.fromisoformat(event[day])) for day in ("date", "date_end"))
        return [first if first == last else None]
    if name == "dyad":
        sides = [cell(event, side) for side in ("actor_country", "target_country")]
        return [None if None in sides else ",".join(sorted(sides))]
    value = cell(event, name)
    if name in OVERLAPPING:
        return value or [None]
    return [value]


def measured(events: list[Event], name: str) -> Any:
    """Measure a group of events."""
    if name == "count":
        return len(events)
    column, _, kind = name.rpartition("_")
    values = [Decimal(repr(event[column])) for event in events if event[column] is not None]
    exact = [value.quantize(MILLIONTH, ROUND_HALF_EVEN) for value in values]
    if not exact:
        return None
    total = sum(exact) / (len(exact) if kind == "mean" else 1)
    return float(total.quantize(MILLIONTH, ROUND_HALF_EVEN))


def expected(events: list[Event], by: str, measures: list[str]) -> dict[tuple[Any, ...], list[Any]]:
    """Group events by keys, and measure each group."""
    groups = defaultdict(list)
    for event in events:
        for key in product(*(values_of(event, name) for name in by.split(","))):
            groups[key].append(event)
    return {key: [measured(group, name) for name in measures] for key, group in groups.items()}


def by_key(groups: list[Group], by: str) -> dict[tuple[Any, ...], list[Any]]:
    """Give the measures of each key; no key comes twice."""
    keys = by.split(",")
    found = {
        tuple(one[key] for key in keys): [one[name] for name in MEASURES if name in one]
        for one in groups
    }
    assert len(found) == len(groups)
    return found


@pytest.mark.parametrize("filters", FILTERS)
@pytest.mark.parametrize("by", [*KEYS, *SEVERAL])
def test_groups_are_what_python_makes_of_the_events(
    rich: FlaskClient, by: str, filters: str
) -> None:
    events = shown(rich, f"/v1/events?limit=1000&{filters}")
    query = f"by={by}&{filters}"
    groups, measures = groups_of(rich, measuring(query)), measures_of(query)
    assert by_key(groups, by) == expected(events, by, measures)
    assert all(list(group) == [*by.split(","), *measures] for group in groups)


@pytest.mark.parametrize("by", ["action_root", "actor_country,target_country"])
def test_groups_are_what_pandas_makes_of_the_csv(rich: FlaskClient, by: str) -> None:
    text = rich.get("/v1/events.csv").text
    table = pandas.read_csv(io.StringIO(text), dtype={"action_root": str}, keep_default_na=False)
    found = rich.get(f"/v1/aggregates.csv?by={by}").text
    counts = table.groupby(by.split(",")).size()
    lines = [tuple(row) for row in csv.reader(io.StringIO(found))][1:]
    keys = [key if isinstance(key, tuple) else (key,) for key in counts.index]
    assert sorted(lines) == sorted(
        (*key, str(count)) for key, count in zip(keys, counts, strict=True)
    )


@pytest.mark.parametrize("filters", FILTERS)
@pytest.mark.parametrize("by", KEYS)
def test_counts_add_up_unless_they_overlap(rich: FlaskClient, by: str, filters: str) -> None:
    count = rich.get(f"/v1/events/count?{filters}").get_json()["count"]
    answer = rich.get(f"/v1/aggregates?limit=1000&by={by}&{filters}").get_json()
    receipt, total = answer["receipt"], sum(group["count"] for group in answer["data"])
    assert receipt["matched"] == {"value": count, "relation": "eq"}
    assert receipt["groups"] == len(answer["data"])
    assert receipt.get("totals") == ("overlapping" if by in OVERLAPPING else None)
    assert total >= count if by in OVERLAPPING else total == count


@pytest.mark.parametrize("filters", ["", "dataset=made"])
def test_without_keys_all_events_are_one_group(rich: FlaskClient, filters: str) -> None:
    events = shown(rich, f"/v1/events?limit=1000&{filters}")
    (group,) = groups_of(rich, measuring(filters))
    assert list(group.values()) == [measured(events, name) for name in measures_of(filters)]


def test_nothing_adds_up_to_nothing(rich: FlaskClient) -> None:
    (group,) = groups_of(rich, measuring("dataset=made&date_from=2100-01-01"))
    assert group == {name: None if name.endswith("mean") else 0 for name in PLAIN}


def test_an_event_across_periods_is_in_none(own_store: Path) -> None:
    dates = {"date": "2031-12-30", "date_end": "2032-01-02", "date_precision": "interval"}
    commit(own_store, [build({"id": "seed:900", "dataset": "seed", **dates}, "gdelt")])
    query = "date_from=2031-01-01&by=day,month,quarter,year"
    (group,) = groups_of(client_on(own_store), query)
    (in_week,) = groups_of(client_on(own_store), "date_from=2031-01-01&by=week")
    assert group == {"day": None, "month": None, "quarter": None, "year": None, "count": 1}
    assert in_week == {"week": "2032-W01", "count": 1}


@pytest.mark.parametrize("name", PERIODS)
def test_every_day_is_in_the_same_period_in_sql_and_in_python(name: str) -> None:
    first, period = date(1800, 1, 1), PERIODS[name]
    days = [first + timedelta(n) for n in range((date(2101, 1, 1) - first).days)]
    database = SQLite(":memory:")
    query = Select(columns=[PERIOD_LABELS[name](Value("0000-00-00"))])
    text, parameters = database.get_sql_context().sql(query).query()
    asked = [[str(day) if one == "0000-00-00" else one for one in parameters] for day in days]
    found = [database.execute_sql(text, one).fetchone()[0] for one in asked]
    assert found == [label(name, day) for day in days]
    assert found == [period.label(period.number(day)) for day in days]
    assert all(
        period.number(period.first(label)) == period.number(day)
        for label, day in zip(found, days, strict=True)
    )


@pytest.mark.parametrize("fill", ["", f"&{FILL}"])
@pytest.mark.parametrize("sign", ["", "-"])
@pytest.mark.parametrize("column", ["actor_country", "week", *PLAIN])
def test_groups_are_sorted_with_nulls_last_and_ties_by_keys(
    rich: FlaskClient, column: str, sign: str, fill: str
) -> None:
    dataset = "&dataset=gdelt" if column not in measures_of("") else ""
    query = f"by=actor_country,week&sort={sign}{column}{fill}{dataset}"
    groups = groups_of(rich, measuring(query))
    known = [group for group in groups if group[column] is not None]
    assert groups[: len(known)] == known
    for one, other in pairwise(groups):
        if one[column] != other[column]:
            assert None in (one[column], other[column]) or (one[column] < other[column]) != bool(
                sign
            )
        else:
            assert place(one) < place(other)


def place(group: Group) -> list[tuple[bool, str]]:
    """Give what breaks ties: the keys in order, nulls last."""
    return [(group[key] is None, group[key] or "") for key in ("actor_country", "week")]


@pytest.mark.parametrize("fill", ["", f"&{FILL}"])
def test_groups_come_by_their_keys_unless_asked_otherwise(rich: FlaskClient, fill: str) -> None:
    groups = groups_of(rich, f"by=actor_country,week{fill}")
    assert groups == sorted(groups, key=place)


@pytest.mark.parametrize("limit", [1, 7, 1000])
def test_pages_hold_every_group_once(rich: FlaskClient, limit: int) -> None:
    query = "by=id,actor_roles&sort=-actor_roles"
    pages = list(pages_of(rich, f"/v1/aggregates?{query}&limit={limit}"))
    groups = [group for page in pages for group in page["data"]]
    assert groups == groups_of(rich, query)
    assert {page["receipt"]["groups"] for page in pages} == {len(groups)}
    assert all(len(page["data"]) == limit for page in pages[:-1])


def test_there_may_be_more_groups_than_matches_are_counted(own_store: Path) -> None:
    same = {"dataset": "seed", "date": "2024-05-05"}
    commit(own_store, [build({"id": f"seed:{n}", **same}, "gdelt") for n in range(100, 10_400)])
    client = client_on(own_store)
    answer = client.get("/v1/aggregates?by=id&limit=1").get_json()
    assert answer["receipt"]["matched"] == {"value": 10_355, "relation": "eq"}
    assert answer["receipt"]["groups"] == 10_355
    assert len(client.get("/v1/aggregates.csv?by=id").text.splitlines()) == 10_356


def test_a_walk_groups_once(rich_store: Path, tmp_path: Path) -> None:
    client = client_on(rich_store, cache=str(tmp_path))
    folder = tmp_path / "results"
    seen = set()
    for _ in pages_of(client, "/v1/aggregates?by=id&limit=10"):
        seen.add(tuple((path.name, path.stat().st_ino) for path in folder.glob("*.sqlite")))
    client.get("/v1/aggregates.csv?by=id")
    seen.add(tuple((path.name, path.stat().st_ino) for path in folder.glob("*.sqlite")))
    assert len(seen) == 1
    assert len(seen.pop()) == 1


def test_a_walk_keeps_to_its_revision(growing: Path) -> None:
    client = client_on(growing)
    before = groups_of(client, "by=id,place_country")
    first = client.get("/v1/aggregates?by=id,place_country&limit=5").get_json()
    commit(growing, rows_of(2))
    rest = [one for page in pages_of(client, first["page"]["next"]) for one in page["data"]]
    assert first["data"] + rest == before
    assert groups_of(client, "by=id,place_country") != before


def test_a_purged_event_is_in_no_group_of_any_revision(growing: Path) -> None:
    client = client_on(growing)
    assert len(groups_of(client, "by=id&id=seed:7&as_of=1")) == 1
    database = open_to_write(str(growing))
    purge(database, "seed:7")
    database.close()
    assert groups_of(client, "by=id&dataset=seed&as_of=1&q=iran") != []
    assert {"id": "seed:7", "count": 1} not in groups_of(client, "by=id&as_of=1")


@pytest.mark.parametrize("others", [(), ("actor_country",), ("target_roles", "dyad")])
@pytest.mark.parametrize("place", [0, -1])
def test_every_period_is_filled_for_every_group(
    rich: FlaskClient, others: tuple[str, ...], place: int
) -> None:
    keys = ("week", *others) if place == 0 else (*others, "week")
    by, dataset = ",".join(keys), "dataset=made"
    plain = by_key(groups_of(rich, measuring(f"by={by}&{dataset}&{FILL[10:]}")), by)
    filled = by_key(groups_of(rich, measuring(f"by={by}&{dataset}&{FILL}")), by)
    weeks = ["2024-W13", "2024-W14", "2024-W15", "2024-W16"]
    seen = {key[1:] if place == 0 else key[:-1] for key in plain}
    every = {(week, *key) if place == 0 else (*key, week) for key in seen for week in weeks}
    assert filled.keys() == plain.keys() | every
    assert {key: filled[key] for key in plain} == plain
    nothing = [None if name.endswith("mean") else 0 for name in PLAIN]
    assert all(filled[key] == nothing for key in filled.keys() - plain.keys())


@pytest.mark.parametrize("name", PERIODS)
def test_a_filled_series_has_no_gaps(rich: FlaskClient, name: str) -> None:
    query = "fill=zero&date_from=2023-11-30&date_to=2025-01-02&actor_country=FRA"
    found = [group[name] for group in groups_of(rich, f"by={name}&{query}") if group[name]]
    days = [date(2023, 11, 30) + timedelta(n) for n in range(400)]
    assert found == list(dict.fromkeys(label(name, day) for day in days))


def test_too_many_filled_rows_are_refused(rich: FlaskClient) -> None:
    query = "by=day,actor_country&fill=zero&date_from=0001-01-01&date_to=9999-12-31"
    answer = rich.get(f"/v1/aggregates?{query}")
    assert answer.status_code == 422
    error = answer.get_json()["errors"][0]
    assert error["parameter"] == "fill"
    assert "times 3652059 periods, more than 3,000,000 rows" in error["detail"]


@pytest.mark.parametrize(
    "query", ["by=actor_roles,root_event,quad_class", "", "by=dyad&sort=-dyad"]
)
def test_csv_holds_the_same_groups(rich: FlaskClient, query: str) -> None:
    query = f"{query}&measures=goldstein_mean,count,mentions_sum".lstrip("&")
    answer = rich.get(f"/v1/aggregates.csv?{query}")
    header, *lines = csv.reader(io.StringIO(answer.text, newline=""))
    groups = groups_of(rich, query)
    assert header == list(groups[0])
    assert lines == [[as_cell(value) for value in group.values()] for group in groups]
    assert answer.headers["Cameo-Matched"] == str(ALL)
    assert answer.headers.get("Cameo-Totals") == ("overlapping" if "roles" in query else None)


def as_cell(value: Any) -> str:
    """Write a value as a cell."""
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)


def test_sums_and_means_are_exact(own_store: Path) -> None:
    same = {"dataset": "seed", "date": "2031-05-05", "articles": 2**31 - 1}
    tones = [0.000001, 0.000002, *[33.333333] * 998]
    rows = [
        build({"id": f"seed:{n + 100}", "tone": tone, **same}, "gdelt")
        for n, tone in enumerate(tones)
    ]
    commit(own_store, rows)
    query = "date_from=2031-01-01&measures=tone_mean,articles_sum&by=day"
    (group,) = groups_of(client_on(own_store), query)
    exact = sum(Decimal(str(tone)) for tone in tones) / 1000
    assert group["tone_mean"] == float(exact.quantize(MILLIONTH, ROUND_HALF_EVEN))
    assert group["articles_sum"] == 1000 * (2**31 - 1)


def test_the_columns_of_a_result_have_names_of_their_own() -> None:
    everything = Aggregation(Selection(1), KEYS, tuple(MEASURES))
    for names in (["position", *everything.names], partial_columns(everything, 9)):
        assert len(set(names)) == len(names)


def test_a_dyad_is_grouped_from_its_index(rich_store: Path) -> None:
    wanted = Selection(3, {"dyad": Choice(("IRN,ISR",)), "date_from": date(2024, 1, 1)})
    asked = Aggregation(wanted, ("dyad", "month"), ("count", "goldstein_mean"))
    with Store(str(rich_store)).snapshot() as snapshot:
        for branch in branches(snapshot, wanted, ["key"]):
            text, parameters = (
                snapshot.database.get_sql_context().sql(grouped(branch, asked)).query()
            )
            explained = snapshot.database.execute_sql("EXPLAIN QUERY PLAN " + text, parameters)
            assert "(dyad=?" in str(explained.fetchall())


def test_an_empty_answer_says_why(rich: FlaskClient) -> None:
    for query in ("by=month&date_from=2100-01-01", "date_from=2100-01-01"):
        receipt = rich.get(f"/v1/aggregates?{query}").get_json()["receipt"]
        assert receipt["empty_because"][0]["hint"] == "events end on 2026-05-05"
        assert receipt["complete"] is True


@pytest.mark.parametrize(
    "query",
    [
        "by=month&measures=tone_mean&sort=-tone_mean&actor=IRN&as_of=2",
        "by=year,dyad&fill=zero&date_from=2024-01-01&date_to=2024-12-31&as_of=1",
        "by=actor_roles&distinct=day&as_of=3",
        "as_of=2&measures=count",
    ],
)
def test_the_citation_is_of_the_groups(rich: FlaskClient, query: str) -> None:
    answer = rich.get(f"/v1/aggregates?{query}&limit=3").get_json()
    citation = rich.get(answer["receipt"]["cite"]).get_json()
    url = citation["data"]["csl"]["URL"]
    assert url.startswith("http://localhost/v1/aggregates?")
    assert sorted(url.partition("?")[2].split("&")) == sorted(query.split("&"))
    assert rich.get(f"{url}&limit=3").get_json()["data"] == answer["data"]
    assert citation["receipt"]["cite"] == answer["receipt"]["cite"]


def test_groups_of_nothing_but_defaults_are_cited_as_groups(rich: FlaskClient) -> None:
    cite = rich.get("/v1/aggregates?actor=IRN").get_json()["receipt"]["cite"]
    assert cite == "http://localhost/v1/cite?actor=IRN&as_of=3&measures=count"


@pytest.mark.parametrize("path", ["/v1/aggregates", "/v1/aggregates.csv"])
def test_an_answer_that_the_client_has_is_not_made(rich: FlaskClient, path: str) -> None:
    etag = rich.get(f"{path}?by=month").headers["ETag"]
    assert rich.get(f"{path}?by=month", headers={"If-None-Match": etag}).status_code == 304
    assert rich.get(f"{path}?by=year").headers["ETag"] != etag
    assert rich.head(f"{path}?by=month").headers["ETag"] == etag


def test_a_cursor_belongs_to_its_query(rich: FlaskClient) -> None:
    url = rich.get("/v1/aggregates?by=id&limit=5").get_json()["page"]["next"]
    assert rich.get(url.replace("by=id", "by=dataset")).status_code == 400
    assert rich.get(url.replace("limit=5", "limit=6")).status_code == 400
    assert rich.get(url).status_code == 200


@pytest.mark.parametrize(
    ("query", "parameter", "meant"),
    [
        ("by=actor_contry", "by", "actor_country"),
        ("by=goldstein", "by", None),
        ("by=day,", "by", None),
        ("by=day,day", "by", None),
        ("by=day,week,month,year,quarter", "by", None),
        ("by=day&by=week", "by", None),
        ("by=day%00", "by", None),
        ("by=day;drop table event", "by", None),
        ("measures=cuont", "measures", "count"),
        ("measures=count,count", "measures", None),
        ("by=month&sort=-cont", "sort", "-count"),
        ("by=month&sort=tone_mean", "sort", None),
        ("sort=--count", "sort", "-count"),
        ("fill=zero&by=actor", "by", None),
        (FILL, "fill", None),
        (f"{FILL}&by=day,week", "fill", None),
        ("fill=zero&by=day&date_from=2024-01-01", "fill", None),
        ("fill=null&by=day", "fill", "zero"),
        ("group_by=day", "group_by", "by"),
        ("metrics=count", "metrics", "measures"),
        ("fields=id", "fields", None),
        ("limit=0", "limit", None),
        ("date_from=2024-02-02&date_to=2024-02-01", "date_to", None),
        ("actor_country=IRAN", "actor_country", "IRN"),
        ("as_of=99", "as_of", "3"),
    ],
)
def test_what_is_wrong_is_said(
    rich: FlaskClient, query: str, parameter: str, meant: str | None
) -> None:
    answer = rich.get(f"/v1/aggregates?{query}")
    assert answer.status_code == 422
    error = answer.get_json()["errors"][0]
    assert error["parameter"] == parameter
    assert meant is None or error["did_you_mean"] == meant


@pytest.mark.parametrize("query", ["by=actor_country,actor_country", "measures=count,count"])
def test_a_repeated_name_has_no_other_meaning(rich: FlaskClient, query: str) -> None:
    (error,) = rich.get(f"/v1/aggregates?{query}").get_json()["errors"]
    assert (error["did_you_mean"], error["detail"]) == (None, "must hold each name once.")
