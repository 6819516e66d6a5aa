"""A share counts events for 1,000 of the same period and dataset."""

import csv
import io
from collections import Counter
from decimal import ROUND_HALF_EVEN, Decimal
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
from flask.testing import FlaskClient

from dataset.building.rows import build
from support.aggregate_queries import SHARES, Group, groups_of
from support.rich_store import client_on, commit

pytestmark = pytest.mark.quick

MILLIONTH = Decimal("0.000001")
OF_WHOLE = ("day", "week", "month", "quarter", "year", "dataset")


def part_of(group: Group) -> tuple[Any, ...]:
    """Give the period and the dataset of a group."""
    return tuple(group[name] for name in group if name in OF_WHOLE)


def wholes(client: FlaskClient, query: str) -> Counter[tuple[Any, ...]]:
    """Count all events of each period and dataset."""
    asked = {name: text for name, (text,) in parse_qs(query).items()}
    by = ",".join(name for name in asked["by"].split(",") if name in OF_WHOLE)
    kept = "".join(f"&{name}={asked[name]}" for name in ("dataset", "as_of") if name in asked)
    return Counter({part_of(one): one["count"] for one in groups_of(client, f"by={by}{kept}")})


def share(count: int, whole: int) -> float | None:
    """Divide as the contract says: half-even to six decimals."""
    exact = Decimal(1000 * count) / Decimal(whole) if whole else None
    return None if exact is None else float(exact.quantize(MILLIONTH, ROUND_HALF_EVEN))


@pytest.mark.parametrize("query", SHARES)
def test_a_share_is_of_the_events_before_all_other_filters(rich: FlaskClient, query: str) -> None:
    whole = wholes(rich, query)
    groups = groups_of(rich, f"{query}&measures=count,share")
    assert [one["share"] for one in groups] == [
        share(one["count"], whole[part_of(one)]) for one in groups
    ]
    assert any(one["share"] for one in groups)


def test_shares_of_all_events_are_1000(rich: FlaskClient) -> None:
    groups = groups_of(rich, "by=month,dataset&measures=share")
    assert {one["share"] for one in groups} == {1000.0}


def test_a_filled_row_is_0_or_null_where_there_are_no_events_at_all(rich: FlaskClient) -> None:
    query = "by=month&dataset=seed&actor=ISR&fill=zero&date_from=2024-01-01&date_to=2024-12-31"
    whole = wholes(rich, query)
    filled = [one for one in groups_of(rich, f"{query}&measures=count,share") if not one["count"]]
    assert [one["share"] for one in filled] == [
        0 if whole[one["month"],] else None for one in filled
    ]
    assert {one["share"] for one in filled} == {0, None}


@pytest.mark.parametrize(("count", "rounded"), [(1, 0.976562), (3, 2.929688)])
def test_a_share_is_rounded_half_even(own_store: Path, count: int, rounded: float) -> None:
    day = {"dataset": "seed", "date": "2031-05-05"}
    events = [{"id": f"seed:{n}", **day} for n in range(1000, 1000 + 1024)]
    french = [{**one, "actor_code": "FRA"} for one in events[:count]]
    commit(own_store, [build(one, "gdelt") for one in (*french, *events[count:])])
    found = groups_of(client_on(own_store), "by=day&dataset=seed&actor=FRA&measures=share")
    assert found == [{"day": "2031-05-05", "share": rounded}]


def test_shares_are_sorted_and_written_as_csv(rich: FlaskClient) -> None:
    query = "by=month,actor_country&dataset=gdelt&measures=share&sort=-share"
    groups = groups_of(rich, query)
    known = [one["share"] for one in groups if one["share"] is not None]
    assert known == sorted(known, reverse=True)
    lines = list(csv.DictReader(io.StringIO(rich.get(f"/v1/aggregates.csv?{query}").text)))
    assert [line["share"] for line in lines] == [str(one["share"]) for one in groups]


PERIOD, DATASET = "a period in by (day, week", "one dataset (dataset= with one name, or dataset"


@pytest.mark.parametrize(
    ("query", "needed"),
    [
        ("", [PERIOD, DATASET]),
        ("by=actor_country", [PERIOD, DATASET]),
        ("by=dataset", [PERIOD]),
        ("dataset=seed", [PERIOD]),
        ("by=month", [DATASET]),
        ("by=month&dataset=seed,gdelt", [DATASET]),
        ("by=month&dataset=!seed", [DATASET]),
    ],
)
def test_a_share_of_nothing_in_particular_says_what_to_add(
    client: FlaskClient, query: str, needed: list[str]
) -> None:
    answer = client.get(f"/v1/aggregates?{query}&measures=count,share")
    (error,) = answer.get_json()["errors"]
    assert (answer.status_code, error["parameter"], error["value"]) == (422, "measures", "share")
    assert [one for one in (PERIOD, DATASET) if one in error["detail"]] == needed
