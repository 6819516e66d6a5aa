"""All formats hold the same events, under the same filters, with the receipt in their headers."""

import csv
import io
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import orjson
import pyarrow as pa
import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from dataset.building.rows import build
from dataset.codebook import ACTIONS
from dataset.declarations.columns import COLUMNS
from dataset.events import rows
from dataset.store.database import open_to_read
from dataset.store.models import Event, field
from schemas.events import EventSchema
from support.export_formats import (
    ARROW,
    CONTENT_TYPES,
    CSV,
    GEOJSON,
    JSON,
    MEDIA_TYPES,
    NDJSON,
    QUERIES,
    READ,
    columns_of,
    events_of,
    flat,
)
from support.paging import SORTS, in_order, pages_of
from support.rich_store import RICH, cell, client_on, commit


def text_of(value: object) -> str:
    """Write a value as a cell of CSV."""
    if isinstance(value, list):
        return ";".join(value)
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def lines_of(answer: TestResponse) -> list[list[str]]:
    """Read CSV."""
    return list(csv.reader(io.StringIO(answer.get_data(as_text=True), newline="")))


def read_csv(answer: TestResponse) -> list[dict[str, str]]:
    header, *lines = lines_of(answer)
    return [dict(zip(header, line, strict=True)) for line in lines]


def ids_of(answer: TestResponse) -> list[str]:
    """Give the ids of an answer in any format."""
    if answer.mimetype == CSV:
        return [line["id"] for line in read_csv(answer)]
    if answer.mimetype == GEOJSON:
        return [feature["id"] for feature in answer.get_json()["features"]]
    if answer.mimetype == ARROW:
        return list(pa.ipc.open_stream(answer.data).read_all()["id"].to_pylist())
    if answer.mimetype == NDJSON:
        return [orjson.loads(line)["id"] for line in answer.data.splitlines()]
    return [event["id"] for event in answer.get_json()["data"]]


def link_of(answer: TestResponse) -> str | None:
    """Give the address of the next page from the header."""
    return answer.headers.get("Link", "").removesuffix('>; rel="next"').removeprefix("<") or None


@pytest.mark.parametrize("query", QUERIES)
def test_ndjson_is_the_json_events(rich: FlaskClient, query: str) -> None:
    answer = rich.get(f"/v1/events.ndjson?{query}")
    assert [orjson.loads(line) for line in answer.data.splitlines()] == events_of(rich, query)
    assert answer.content_type == NDJSON


@pytest.mark.parametrize("query", QUERIES)
def test_csv_is_the_json_events_flattened(rich: FlaskClient, query: str) -> None:
    answer = rich.get(f"/v1/events.csv?{query}")
    columns = columns_of(query)
    events = [flat(event, columns) for event in events_of(rich, query)]
    expected = [[text_of(event[name]) for name in columns] for event in events]
    assert lines_of(answer) == [columns, *expected]
    assert answer.content_type == "text/csv; charset=utf-8"


@pytest.mark.parametrize("query", QUERIES)
def test_geojson_has_the_columns_as_properties(rich: FlaskClient, query: str) -> None:
    answer = rich.get(f"/v1/events.geojson?{query}")
    collection = answer.get_json()
    events = [flat(event, columns_of(query)) for event in events_of(rich, query)]
    assert [feature["properties"] for feature in collection["features"]] == events
    assert [feature["id"] for feature in collection["features"]] == [e["id"] for e in events]
    assert (collection["type"], answer.content_type) == ("FeatureCollection", GEOJSON)


@pytest.mark.parametrize("query", ["", "fields=id", "fields=place_latitude", f"as_of={RICH}"])
def test_geojson_has_points_where_there_are_coordinates(rich: FlaskClient, query: str) -> None:
    features = rich.get(f"/v1/events.geojson?{query}").get_json()["features"]
    without_fields = query if "as_of" in query else ""
    for event, feature in zip(events_of(rich, without_fields), features, strict=True):
        point = [cell(event, "place_longitude"), cell(event, "place_latitude")]
        geometry = {"type": "Point", "coordinates": point}
        assert feature["geometry"] == (None if point == [None, None] else geometry)
        assert feature["type"] == "Feature"


def test_numbers_and_booleans_of_csv_read_as_the_same_values(rich: FlaskClient) -> None:
    read = {"number": float, "integer": int, "boolean": {"true": True, "false": False}.get}
    for name, column in COLUMNS.items():
        if column.kind in read:
            cells = [line[name] for line in read_csv(rich.get("/v1/events.csv"))]
            values = [read[column.kind](text) if text else None for text in cells]
            assert values == [cell(event, name) for event in events_of(rich, "")]


def test_csv_keeps_unicode_quotes_and_line_ends(rich: FlaskClient) -> None:
    lines = read_csv(rich.get("/v1/events.csv"))
    assert 'Line one,\r\n"quoted"; =line 2' in {line["evidence_summary"] for line in lines}
    assert {"طهران", "Ebrahim Raïssi"} <= {line["actor_name"] for line in lines}
    assert {"Île-de-France", "Kyiv, City of"} <= {line["place_admin1"] for line in lines}


def test_csv_begins_with_its_header(rich: FlaskClient) -> None:
    answer = rich.get("/v1/events.csv?fields=date")
    assert answer.data.startswith(b"id,date\r\n")
    assert answer.data.endswith(b"\r\n")


@pytest.mark.parametrize(
    ("suffix", "empty"),
    [
        ("csv", b"id,date\r\n"),
        ("ndjson", b""),
        ("geojson", b'{"type":"FeatureCollection","features":[]}\n'),
    ],
)
def test_nothing_is_a_whole_answer_too(rich: FlaskClient, suffix: str, empty: bytes) -> None:
    answer = rich.get(f"/v1/events.{suffix}?actor=none&actor_code=!none&fields=date")
    assert (answer.status_code, answer.data) == (200, empty)
    assert answer.headers["Cameo-Matched"] == "0"


@pytest.mark.parametrize("suffix", MEDIA_TYPES)
def test_oldest_come_first_unless_asked_otherwise(rich: FlaskClient, suffix: str) -> None:
    answer = rich.get(f"/v1/events.{suffix}")
    assert ids_of(answer) == in_order(events_of(rich, ""), "date")


@pytest.mark.parametrize("suffix", MEDIA_TYPES)
@pytest.mark.parametrize("sort", SORTS)
def test_bulk_can_be_sorted(rich: FlaskClient, sort: str, suffix: str) -> None:
    answer = rich.get(f"/v1/events.{suffix}?sort={sort}")
    assert ids_of(answer) == in_order(events_of(rich, ""), sort)


@pytest.mark.parametrize("suffix", MEDIA_TYPES)
@pytest.mark.parametrize("query", QUERIES)
def test_headers_carry_the_receipt(rich: FlaskClient, query: str, suffix: str) -> None:
    headers = rich.get(f"/v1/events.{suffix}?{query}").headers
    receipt = rich.get(f"/v1/events?{query}").get_json()["receipt"]
    assert headers["Cameo-Query"] == receipt["query"]
    assert headers["Cameo-Revision"] == str(receipt["revision"])
    assert headers["Cameo-Matched"] == str(receipt["matched"]["value"])
    assert headers["Cameo-Cite"] == receipt["cite"]


@pytest.mark.parametrize("suffix", MEDIA_TYPES)
@pytest.mark.parametrize("parameters", [["cursor"], ["page"], ["cursor", "page"]])
def test_bulk_has_no_pages(client: FlaskClient, suffix: str, parameters: list[str]) -> None:
    query = dict.fromkeys(parameters, "5")
    answer = client.get(f"/v1/events.{suffix}", query_string=query)
    assert (answer.status_code, answer.content_type) == (422, "application/problem+json")
    assert sorted(error["parameter"] for error in answer.get_json()["errors"]) == parameters


@pytest.mark.parametrize("suffix", ["xml", "json", "CSV", "csv.gz", ""])
def test_unknown_format_is_not_found(client: FlaskClient, suffix: str) -> None:
    answer = client.get(f"/v1/events.{suffix}")
    assert (answer.status_code, answer.content_type) == (404, "application/problem+json")


BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        (None, JSON),
        ("", JSON),
        ("*/*", JSON),
        (JSON, JSON),
        (CSV, CSV),
        ("TEXT/CSV", CSV),
        (NDJSON, NDJSON),
        (GEOJSON, GEOJSON),
        ("text/*", CSV),
        ("application/*", JSON),
        (BROWSER, JSON),
        ("text/html, text/csv", CSV),
        ("text/csv;q=0.5, application/json;q=0.1", CSV),
        ("text/csv;q=0.5, application/json", JSON),
        ("text/csv, */*;q=0.1", CSV),
        ("application/geo+json;q=0.9, text/csv;q=0.8, */*;q=0.7", GEOJSON),
        ("text/csv;q=0, application/json", JSON),
        ("text/csv;q=0, text/*, application/x-ndjson;q=0.1", NDJSON),
        ("application/json;q=0, text/*", CSV),
        ("application/json;q=0, */*", NDJSON),
        ("application/json;q=0.1, */*;q=0.5", NDJSON),
    ],
)
def test_accept_chooses_the_format(
    client: FlaskClient, accept: str | None, media_type: str
) -> None:
    headers = {} if accept is None else {"Accept": accept}
    answer = client.get("/v1/events", headers=headers)
    assert (answer.status_code, answer.content_type) == (200, CONTENT_TYPES[media_type])
    assert len(ids_of(answer)) == 55


@pytest.mark.parametrize(
    "accept",
    [
        *("text/html", "application/xml", "image/*", "garbage", "application/json;q=0"),
        *("*/*;q=0", "text/csv;q=0", "text/csv;q=0, application/xml"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_nothing_acceptable_is_a_406(client: FlaskClient, accept: str, method: str) -> None:
    answer = client.open("/v1/events", method=method, headers={"Accept": accept})
    assert (answer.status_code, answer.content_type) == (406, "application/problem+json")
    assert answer.headers["Cache-Control"] == "no-store"


def test_406_names_what_is_on_offer(client: FlaskClient) -> None:
    answer = client.get("/v1/events", headers={"Accept": "text/html"})
    assert [kind for kind in CONTENT_TYPES if kind not in answer.get_json()["detail"]] == []


@pytest.mark.parametrize("media_type", CONTENT_TYPES)
def test_content_type_of_an_answer_is_acceptable(client: FlaskClient, media_type: str) -> None:
    sent = client.get("/v1/events", headers={"Accept": media_type}).content_type
    answer = client.get("/v1/events", headers={"Accept": sent})
    assert (answer.status_code, answer.content_type) == (200, sent)


@pytest.mark.parametrize("suffix", MEDIA_TYPES)
@pytest.mark.parametrize("query", ["", "actor=IRN", "sort=-goldstein&fields=goldstein"])
def test_accept_without_limit_gives_the_whole_answer(
    rich: FlaskClient, suffix: str, query: str
) -> None:
    bulk = rich.get(f"/v1/events.{suffix}?{query}")
    answer = rich.get(f"/v1/events?{query}", headers={"Accept": MEDIA_TYPES[suffix]})
    assert answer.data == bulk.data
    assert answer.headers["Cameo-Query"] == bulk.headers["Cameo-Query"]
    assert "Link" not in answer.headers


@pytest.mark.parametrize("media_type", MEDIA_TYPES.values())
@pytest.mark.parametrize("query", ["limit=7", "limit=30&sort=tone", "limit=1000", "limit=5&q=iran"])
def test_accept_with_limit_gives_pages(rich: FlaskClient, media_type: str, query: str) -> None:
    pages = list(pages_of(rich, f"/v1/events?{query}"))
    urls = [f"/v1/events?{query}", *(page["page"]["next"] for page in pages[:-1])]
    answers = [rich.get(url, headers={"Accept": media_type}) for url in urls]
    assert {answer.content_type for answer in answers} == {CONTENT_TYPES[media_type]}
    for page, answer in zip(pages, answers, strict=True):
        assert ids_of(answer) == [event["id"] for event in page["data"]]
        assert link_of(answer) == page["page"]["next"]


@pytest.mark.parametrize("media_type", MEDIA_TYPES.values())
def test_a_page_links_to_the_next_like_json(rich: FlaskClient, media_type: str) -> None:
    page = rich.get("/v1/events?limit=7&fields=date").get_json()
    answer = rich.get("/v1/events?limit=7&fields=date", headers={"Accept": media_type})
    assert answer.headers["Link"] == f'<{page["page"]["next"]}>; rel="next"'
    assert answer.headers["Cameo-Matched"] == str(page["receipt"]["matched"]["value"])
    assert ids_of(answer) == [event["id"] for event in page["data"]]


@pytest.mark.parametrize("path", READ)
@pytest.mark.parametrize("accept", ["*/*", f"{CSV}, */*;q=0.5"])
def test_head_has_the_headers_of_get_and_no_body(
    client: FlaskClient, path: str, accept: str
) -> None:
    head, get = (
        client.open(f"/v1/{path}", method=method, headers={"Accept": accept})
        for method in ("HEAD", "GET")
    )
    assert (head.status_code, head.data) == (200, b"")
    assert head.headers.pop("X-Request-Id") != get.headers.pop("X-Request-Id")
    assert sorted(head.headers) == sorted(get.headers)
    assert get.data


@pytest.mark.parametrize("path", ["events", "events.csv", "events.geojson", "nowhere"])
def test_head_of_a_real_server_has_the_headers_of_get(server: str, path: str) -> None:
    head, get = httpx.head(f"{server}/v1/{path}"), httpx.get(f"{server}/v1/{path}")
    of_one_message = {"date", "transfer-encoding", "x-request-id"}
    assert head.content == b""
    assert {n: v for n, v in head.headers.items() if n not in of_one_message} == {
        n: v for n, v in get.headers.items() if n not in of_one_message
    }


def raw(server: str, request: str) -> tuple[str, dict[str, str], bytes]:
    """Send a request as it stands; give the first line, the headers and the body as they come."""
    address = httpx.URL(server)
    with socket.create_connection((address.host, address.port or 80), timeout=20) as connection:
        connection.sendall(request.encode())
        received = b"".join(iter(lambda: connection.recv(65_536), b""))
    head, _, body = received.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    return first, {n.lower(): v for n, _, v in (line.partition(": ") for line in lines)}, body


@pytest.mark.parametrize("suffix", MEDIA_TYPES)
@pytest.mark.parametrize("query", ["", "?actor=ISR"])
def test_http_1_0_is_told_the_length(server: str, suffix: str, query: str) -> None:
    path = f"/v1/events.{suffix}{query}"
    first, headers, body = raw(server, f"GET {path} HTTP/1.0\r\nHost: {server[7:]}\r\n\r\n")
    assert first.split()[1] == "200"
    assert headers["content-length"] == str(len(body))
    assert "transfer-encoding" not in headers
    assert body == httpx.get(server + path).content


@pytest.mark.parametrize("suffix", MEDIA_TYPES)
def test_http_1_1_is_sent_chunks_with_an_end(server: str, suffix: str) -> None:
    lines = f"GET /v1/events.{suffix} HTTP/1.1\r\nHost: {server[7:]}\r\nConnection: close\r\n\r\n"
    first, headers, body = raw(server, lines)
    assert first.split()[1] == "200"
    assert headers["transfer-encoding"] == "chunked"
    assert "content-length" not in headers
    assert body.endswith(b"\r\n0\r\n\r\n")


def value_of(row: dict[str, Any], name: str) -> Any:
    """Give a column's value as it is meant."""
    column, known = COLUMNS[name], ACTIONS.get(row["action_code"])
    value = row[name] if column.stored else known and known.label
    if column.many:
        return [item for item in value.split(";") if item]
    return bool(value) if column.kind == "boolean" and value is not None else value


def nested(row: dict[str, Any]) -> dict[str, Any]:
    """Nest a stored row by the names of its columns; a part without any value is null."""
    event: dict[str, Any] = {}
    for name, column in COLUMNS.items():
        part, *member = column.path
        inside = event.setdefault(part, {}) if member else event
        inside[(member or [part])[0]] = value_of(row, name)
    for part in ("actor", "target", "place"):
        if all(value is None or value == [] for value in event[part].values()):
            event[part] = None
    return event


@pytest.fixture(scope="module")
def stored(rich_store: Path) -> list[dict[str, Any]]:
    """The rows of the events, by the names of their columns."""
    names = ["key", *(name for name, column in COLUMNS.items() if column.stored)]
    database = open_to_read(str(rich_store))
    found = database.execute(Event.select(*(field(Event, name) for name in names))).fetchall()
    database.close()
    return [dict(zip(names, row, strict=True)) for row in found]


@pytest.fixture
def written(stored: list[dict[str, Any]]) -> Callable[..., list[dict[str, Any]]]:
    """Write the rows as events of some columns."""

    def write(*columns: str) -> list[dict[str, Any]]:
        read = tuple(rows.stored(columns))
        write_one = rows.nested(columns, read)
        return [write_one(*(row[name] for name in read)) for row in stored]

    return write


def test_row_writer_equals_the_schema(
    stored: list[dict[str, Any]], written: Callable[..., list[dict[str, Any]]]
) -> None:
    dumped = [EventSchema().dump(nested(row)) for row in stored]
    assert orjson.dumps(written(*COLUMNS)) == orjson.dumps(dumped)


@pytest.mark.parametrize("name", COLUMNS)
def test_row_writer_equals_the_schema_for_every_field(
    stored: list[dict[str, Any]], written: Callable[..., list[dict[str, Any]]], name: str
) -> None:
    schema = EventSchema(only=(".".join(COLUMNS[name].path),))
    dumped = [schema.dump(nested(row)) for row in stored]
    assert orjson.dumps(written(name)) == orjson.dumps(dumped)


def test_api_shows_what_the_row_writer_writes(
    rich: FlaskClient, written: Callable[..., list[dict[str, Any]]]
) -> None:
    events = {event["id"]: event for event in events_of(rich, "")}
    assert {event["id"]: event for event in written(*COLUMNS)} == events


@pytest.mark.parametrize("start", ["=", "+", "-", "@"])
def test_a_cell_of_csv_is_what_the_source_wrote(own_store: Path, start: str) -> None:
    """A spreadsheet may take it for a formula, which the documentation says."""
    given = f'{start}HYPERLINK("https://x.test";1)'
    event = {"id": "seed:formula", "dataset": "seed", "date": "2024-05-05", "place_name": given}
    commit(own_store, [build({**event, "added": "2024-05-05T00:00:00Z"}, "gdelt")])
    text = client_on(own_store).get("/v1/events.csv?id=seed:formula").text
    assert next(csv.DictReader(io.StringIO(text)))["place_name"] == given
