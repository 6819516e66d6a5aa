"""A `limit` gives the first of a whole result, in its order, however many these are."""

import csv
import io
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from flask.testing import FlaskClient

from support.export_formats import events_of
from support.rich_store import RICH, client_on

QUERIES = [
    "",
    f"as_of={RICH}",
    "involves=IRN",
    "action=19,08&date_from=2024-01-01",
    "sort=-tone",
    "sort=added&fields=added,actor",
    "distinct=day",
    "q=iran",
    "near=31.5,34.75,500",
]
COUNTS = [1, 7, 100_000]


def whole(client: FlaskClient, suffix: str, query: str) -> Any:
    """Get a whole result; an address of Parquet leads to that of its revision."""
    answer = client.get(f"/v1/events.{suffix}?{query}", follow_redirects=True)
    assert answer.status_code == 200, answer.text
    assert answer.data
    answer.close()
    return answer


def ids_of(suffix: str, data: bytes) -> list[str]:
    """Give the ids of the events in a file, in their order."""
    if suffix == "csv":
        return [row["id"] for row in csv.DictReader(io.StringIO(data.decode(), newline=""))]
    if suffix == "ndjson":
        return [orjson.loads(line)["id"] for line in data.splitlines()]
    if suffix == "geojson":
        return [feature["id"] for feature in orjson.loads(data)["features"]]
    return list(table_of(suffix, data)["id"].to_pylist())


def table_of(suffix: str, data: bytes) -> pa.Table:
    """Read an Arrow stream or a Parquet file."""
    if suffix == "arrow":
        return pa.ipc.open_stream(data).read_all()
    return pq.read_table(io.BytesIO(data))


@pytest.mark.parametrize("suffix", ["csv", "ndjson", "geojson", "arrow", "parquet"])
@pytest.mark.parametrize("query", QUERIES)
def test_the_first_events_are_those_of_the_whole(
    rich: FlaskClient, suffix: str, query: str
) -> None:
    every = [event["id"] for event in events_of(rich, query)]
    for count in COUNTS:
        answer = whole(rich, suffix, f"limit={count}&{query}".rstrip("&"))
        assert ids_of(suffix, answer.data) == every[:count]
        assert answer.headers["Cameo-Matched"] == str(len(every))


@pytest.mark.parametrize("suffix", ["arrow", "parquet"])
def test_the_receipt_says_whether_there_are_more(rich: FlaskClient, suffix: str) -> None:
    matched = len(events_of(rich, "involves=IRN"))
    for count, complete in ((matched - 1, False), (matched, True), (matched + 1, True)):
        answer = whole(rich, suffix, f"involves=IRN&limit={count}")
        receipt = orjson.loads(table_of(suffix, answer.data).schema.metadata[b"receipt"])
        assert (receipt["complete"], receipt["matched"]["value"]) == (complete, matched)
        assert f"limit={count}" in receipt["query"]


def test_a_citation_is_of_the_whole_result(rich: FlaskClient) -> None:
    cite = whole(rich, "csv", "actor=IRN&limit=2").headers["Cameo-Cite"]
    assert cite == "http://localhost/v1/cite?actor=IRN&as_of=3"


@pytest.mark.parametrize(
    "path", ["events.csv", "events.arrow", "aggregates.csv", "changes.csv", "changes.ndjson"]
)
def test_no_limit_is_too_large_for_an_engine(
    rich: FlaskClient, rich_postgres: str, path: str
) -> None:
    other = client_on(rich_postgres)
    for client in (rich, other):
        answer = client.get(f"/v1/{path}?as_of={RICH}&limit={10**15}")
        assert (answer.status_code, answer.headers["Cameo-Complete"]) == (200, "true")
        assert answer.data.count(b"\n") > 1
        assert client.get(f"/v1/{path}?limit={10**15 + 1}").status_code == 422
    other.application.extensions["store"].close()


@pytest.mark.parametrize("query", ["limit=0", "limit=-1", "limit=x", "sample=5&seed=1&limit=5"])
def test_what_is_no_limit_is_refused(rich: FlaskClient, query: str) -> None:
    answer = rich.get(f"/v1/events.csv?{query}")
    assert answer.status_code == 422
    assert answer.json["errors"][0]["parameter"] == "limit"


@pytest.mark.parametrize("query", ["by=actor_country", "by=month,dyad&sort=-count", "by=id", ""])
@pytest.mark.parametrize("count", COUNTS)
def test_the_first_groups_are_those_of_the_whole(rich: FlaskClient, query: str, count: int) -> None:
    every = rich.get(f"/v1/aggregates.csv?{query}").text.splitlines()
    answer = rich.get(f"/v1/aggregates.csv?limit={count}&{query}".rstrip("&"))
    assert answer.text.splitlines() == every[: count + 1]
    assert "Link" not in answer.headers


def test_a_chart_of_the_first_groups_says_how_many_are_left_out(rich: FlaskClient) -> None:
    groups = rich.get("/v1/aggregates?by=month").json["receipt"]["groups"]
    picture = rich.get("/v1/aggregates.svg?by=month&limit=2").text
    assert f"Not drawn: {groups - 2} groups after the first (limit)." in picture
    assert "after the first" not in rich.get(f"/v1/aggregates.svg?by=month&limit={groups}").text
