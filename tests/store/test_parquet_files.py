"""A Parquet file is written once, belongs to one revision, and can be read part by part."""

from pathlib import Path

import httpx
import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from support.rich_store import RICH, client_on, commit, rows_of

PATH = f"/v1/events.parquet?as_of={RICH}"


@pytest.fixture(scope="module")
def whole(rich: FlaskClient) -> TestResponse:
    return rich.get(PATH, buffered=True)


def test_a_file_says_its_length_and_takes_ranges(whole: TestResponse) -> None:
    assert (whole.status_code, whole.content_type) == (200, "application/vnd.apache.parquet")
    assert whole.content_length == len(whole.data)
    assert whole.headers["Accept-Ranges"] == "bytes"
    assert whole.data[:4] == whole.data[-4:] == b"PAR1"


@pytest.mark.parametrize("query", ["", "?actor=IRN&fields=date", "?q=iran%20%26%20%22x%22*"])
def test_an_unpinned_address_leads_to_the_newest_revision(rich: FlaskClient, query: str) -> None:
    answer = rich.get(f"/v1/events.parquet{query}")
    expected = rich.get(f"/v1/events{query}").get_json()["receipt"]
    pinned = rich.get(answer.location, buffered=True)
    assert (answer.status_code, answer.headers["Cache-Control"]) == (307, "no-store")
    assert "Content-Type" not in answer.headers
    assert f"as_of={expected['revision']}" in answer.location
    assert pinned.headers["Cameo-Matched"] == str(expected["matched"]["value"])


def test_a_release_is_a_pin_too(rich: FlaskClient, whole: TestResponse) -> None:
    answer = rich.get("/v1/events.parquet?as_of=2024.1", buffered=True)
    assert (answer.status_code, answer.headers["Cameo-Revision"]) == (200, str(RICH))


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [("0-3", 0, 3), ("-8", -8, None), ("100-", 100, None), ("4-999999999", 4, None)],
)
def test_a_part_is_sent(
    rich: FlaskClient, whole: TestResponse, asked: str, first: int, last: int | None
) -> None:
    answer = rich.get(PATH, headers={"Range": f"bytes={asked}"}, buffered=True)
    expected = whole.data[first : None if last is None else last + 1]
    assert (answer.status_code, answer.data) == (206, expected)
    assert answer.content_length == len(expected)
    assert answer.headers["Content-Range"].endswith(f"/{len(whole.data)}")
    assert answer.headers["ETag"] == whole.headers["ETag"]
    assert answer.headers["Cameo-Query"] == whole.headers["Cameo-Query"]


def test_what_is_beyond_the_end_is_a_416(rich: FlaskClient, whole: TestResponse) -> None:
    answer = rich.get(PATH, headers={"Range": "bytes=999999999-"}, buffered=True)
    assert (answer.status_code, answer.content_type) == (416, "application/problem+json")
    assert answer.headers["Content-Range"] == f"bytes */{len(whole.data)}"


@pytest.mark.parametrize("beyond", [-1, 0, 1, 65_536, 10**30])
def test_the_last_bytes_are_all_if_there_are_no_more(
    rich: FlaskClient, whole: TestResponse, beyond: int
) -> None:
    size = len(whole.data)
    answer = rich.get(PATH, headers={"Range": f"bytes=-{size + beyond}"}, buffered=True)
    first = max(0, -beyond)
    assert (answer.status_code, answer.data) == (206, whole.data[first:])
    assert answer.headers["Content-Range"] == f"bytes {first}-{size - 1}/{size}"
    assert answer.content_length == size - first


@pytest.mark.parametrize("asked", ["bytes=-0", "bytes=-000", "Bytes=-0"])
def test_the_last_no_bytes_are_a_416(rich: FlaskClient, whole: TestResponse, asked: str) -> None:
    answer = rich.get(PATH, headers={"Range": asked}, buffered=True)
    assert answer.status_code == 416
    assert answer.headers["Content-Range"] == f"bytes */{len(whole.data)}"


@pytest.mark.parametrize("asked", ["bytes=-65536", "bytes=-8", "bytes=0-3", "bytes=-0"])
def test_head_takes_no_range(rich: FlaskClient, whole: TestResponse, asked: str) -> None:
    answer = rich.head(PATH, headers={"Range": asked})
    assert (answer.status_code, answer.content_length) == (200, len(whole.data))
    assert "Content-Range" not in answer.headers


@pytest.mark.parametrize(
    "asked", ["bytes=0-3,8-11", "bytes=-3,-8", "lines=-3", "bytes=x", "bytes=9-2", "bytes=-", ""]
)
def test_other_ranges_are_answered_with_the_whole(
    rich: FlaskClient, whole: TestResponse, asked: str
) -> None:
    answer = rich.get(PATH, headers={"Range": asked}, buffered=True)
    assert (answer.status_code, answer.data) == (200, whole.data)


def test_if_range_sends_a_part_of_the_same_file_only(
    rich: FlaskClient, whole: TestResponse
) -> None:
    same = {"Range": "bytes=0-3", "If-Range": whole.headers["ETag"]}
    other = {"Range": "bytes=0-3", "If-Range": '"another"'}
    assert rich.get(PATH, headers=same, buffered=True).status_code == 206
    assert rich.get(PATH, headers=other, buffered=True).data == whole.data


def test_a_weak_if_range_gets_the_whole(rich: FlaskClient, whole: TestResponse) -> None:
    for asked in ("bytes=0-3", "bytes=-8", "bytes=-0"):
        weak = {"Range": asked, "If-Range": f"W/{whole.headers['ETag']}"}
        assert rich.get(PATH, headers=weak, buffered=True).data == whole.data


def test_head_has_the_headers_of_get(rich: FlaskClient, whole: TestResponse) -> None:
    answer = rich.head(PATH)
    volatile = {"Date", "X-Request-Id"}
    assert (answer.status_code, answer.data) == (200, b"")
    assert {k: v for k, v in answer.headers if k not in volatile} == {
        k: v for k, v in whole.headers if k not in volatile
    }


def test_who_has_the_file_is_told_so(rich: FlaskClient, whole: TestResponse) -> None:
    headers = {"If-None-Match": whole.headers["ETag"], "Range": "bytes=0-3"}
    assert rich.get(PATH, headers=headers, buffered=True).status_code == 304


def test_a_file_is_never_compressed_again(rich: FlaskClient, whole: TestResponse) -> None:
    answer = rich.get(PATH, headers={"Accept-Encoding": "zstd, gzip"}, buffered=True)
    assert "Content-Encoding" not in answer.headers
    assert (answer.data, answer.headers["ETag"]) == (whole.data, whole.headers["ETag"])


def test_a_file_is_written_once(rich_store: Path, tmp_path: Path) -> None:
    client = client_on(rich_store, cache=str(tmp_path))
    seen = set()
    for asked in ("", "bytes=0-3", "bytes=-8"):
        client.get(PATH, headers={"Range": asked}, buffered=True)
        seen |= {(one.name, one.stat().st_ino) for one in tmp_path.glob("results/*.file")}
    assert len(seen) == 1


def test_a_file_stays_as_it_is_whatever_is_committed(growing: Path) -> None:
    client = client_on(growing)
    before = client.get("/v1/events.parquet", follow_redirects=True, buffered=True)
    commit(growing, rows_of(2))
    assert client.get(before.request.full_path, buffered=True).data == before.data
    assert client.get("/v1/events.parquet").location != before.request.url


def test_a_file_has_no_pages(client: FlaskClient) -> None:
    assert client.get("/v1/events.parquet?cursor=x").status_code == 422


def test_a_real_server_sends_parts(server: str) -> None:
    url = httpx.get(f"{server}/v1/events.parquet").headers["Location"]
    whole = httpx.get(url)
    part = httpx.get(url, headers={"Range": "bytes=4-99"})
    assert (part.status_code, part.content) == (206, whole.content[4:100])
    assert int(httpx.head(url).headers["Content-Length"]) == len(whole.content)
