"""Answers are compressed for clients that ask for it, and are the same once unpacked."""

import zlib
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import orjson
import pytest
from flask.testing import FlaskClient
from zstandard import ZstdDecompressor

from api.middleware.compression import CODINGS, GZIP_WINDOW, compressed
from support.export_formats import MEDIA_TYPES, READ

UNPACKERS: dict[str, Callable[[], Any]] = {
    "gzip": lambda: zlib.decompressobj(GZIP_WINDOW),
    "zstd": lambda: ZstdDecompressor().decompressobj(),
}
PATHS = [f"/v1/{path}" for path in (*READ, "events.arrow", "aggregates?by=action_root")]


@pytest.mark.parametrize("coding", CODINGS)
@pytest.mark.parametrize("path", [*PATHS, "/openapi.json"])
def test_an_answer_is_the_same_once_unpacked(client: FlaskClient, path: str, coding: str) -> None:
    plain = client.get(path)
    answer = client.get(path, headers={"Accept-Encoding": coding})
    assert answer.headers["Content-Encoding"] == coding
    assert UNPACKERS[coding]().decompress(answer.data) == plain.data
    assert "Accept-Encoding" in answer.headers["Vary"]


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        (None, None),
        ("", None),
        ("identity", None),
        ("br, deflate", None),
        ("gzip, deflate", "gzip"),
        ("gzip, deflate, br, zstd", "zstd"),
        ("zstd;q=0.5, gzip", "gzip"),
        ("gzip;q=0", None),
        ("zstd;q=0, *", "gzip"),
        ("*", "zstd"),
        ("GZIP", "gzip"),
        ("gzip;q=0.5, identity", "gzip"),
        ("nonsense;;q=x", None),
    ],
)
@pytest.mark.parametrize("path", ["/v1/events", "/v1/events.csv"])
def test_the_client_chooses(
    client: FlaskClient, path: str, accepted: str | None, coding: str | None
) -> None:
    headers = {} if accepted is None else {"Accept-Encoding": accepted}
    assert client.get(path, headers=headers).headers.get("Content-Encoding") == coding


@pytest.mark.parametrize("path", ["/v1/events", "/v1/events.ndjson", "/openapi.json"])
def test_each_coding_has_an_etag_of_its_own(client: FlaskClient, path: str) -> None:
    tags = {}
    for coding in ("identity", *CODINGS):
        headers = {"Accept-Encoding": coding}
        tags[coding] = client.get(path, headers=headers).headers["ETag"]
        again = client.get(path, headers={**headers, "If-None-Match": tags[coding]})
        assert (again.status_code, again.data) == (304, b"")
        assert "Content-Encoding" not in again.headers
    assert len(set(tags.values())) == 3


@pytest.mark.parametrize("suffix", MEDIA_TYPES)
def test_head_says_the_coding(client: FlaskClient, suffix: str) -> None:
    answer = client.head(f"/v1/events.{suffix}", headers={"Accept-Encoding": "gzip"})
    assert (answer.headers["Content-Encoding"], answer.data) == ("gzip", b"")


def test_errors_are_plain(client: FlaskClient) -> None:
    answer = client.get("/v1/events?actr=IRN", headers={"Accept-Encoding": "gzip"})
    assert answer.status_code == 422
    assert "Content-Encoding" not in answer.headers


@pytest.mark.parametrize("suffix", MEDIA_TYPES)
def test_a_real_client_unpacks_what_it_asked_for(server: str, suffix: str) -> None:
    url = f"{server}/v1/events.{suffix}"
    plain = httpx.get(url, headers={"Accept-Encoding": "identity"})
    answer = httpx.get(url, headers={"Accept-Encoding": "zstd, gzip"})
    assert answer.headers["Content-Encoding"] in CODINGS
    assert answer.content == plain.content


@pytest.mark.parametrize("coding", CODINGS)
def test_what_fails_has_no_end(coding: str) -> None:
    def failing() -> Iterator[bytes]:
        yield b"x" * 2**20
        raise ConnectionError

    sent = []
    with pytest.raises(ConnectionError):
        sent.extend(compressed(failing(), CODINGS[coding]()))
    unpacking = (
        zlib.decompressobj(GZIP_WINDOW) if coding == "gzip" else ZstdDecompressor().decompressobj()
    )
    unpacking.decompress(b"".join(sent))
    assert not unpacking.eof


@pytest.mark.parametrize("coding", CODINGS)
def test_nothing_is_held_back_for_long(coding: str) -> None:
    line = orjson.dumps({"id": "seed:1"}) * 20_000
    chunks = compressed(iter([line + bytes([n]) for n in range(200)]), CODINGS[coding]())
    assert sum(1 for _ in chunks) > 10
