"""An answer that fails on its way is broken off, so that it never looks whole."""

import os
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path

import httpx
import orjson
import pytest

from api.responses.formats import FORMATS
from support.large_store import make_large
from support.programs import free_port
from support.servers import start, stop, wait_until_up

END = b"0\r\n\r\n"
STREAMS = [f"/v1/events.{suffix}" for suffix in FORMATS]
GROUPS = "/v1/aggregates.csv?by=id,actor_code,target_code,place_country&measures=count,tone_mean"
PAGE = 8_192
FEW_BYTES = 4_096
"""What the client takes at a time: the server cannot send ahead more than some megabytes."""


ROWS = 40_000


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of which an answer is larger than all buffers on its way."""
    return make_large(tmp_path_factory.mktemp("large"), ROWS)


@pytest.fixture(scope="module")
def place(large: Path) -> Path:
    """Where the served store is: what is damaged is replaced."""
    return Path(shutil.copy(large, large.with_name("served.sqlite")))


@pytest.fixture(scope="module")
def url(place: Path) -> Iterator[str]:
    """The address of a server on this place."""
    port = free_port()
    process = start(place, port, CACHE=str(place.parent))
    wait_until_up(f"http://127.0.0.1:{port}", process)
    yield f"http://127.0.0.1:{port}"
    stop(process)


@pytest.fixture
def damaged(place: Path, large: Path) -> Iterator[Path]:
    """The served store, for a test that damages it."""
    yield place
    Path(shutil.copy(large, place.with_name("whole"))).replace(place)


def asked(url: str, path: str, protocol: str = "HTTP/1.1", *more: str) -> socket.socket:
    """Send a request, and take the first bytes of the answer only."""
    address = httpx.URL(url)
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, FEW_BYTES)
    connection.settimeout(60)
    connection.connect((address.host, address.port))
    lines = [f"GET {path} {protocol}", f"Host: {address.host}", "Connection: close", *more]
    connection.sendall("\r\n".join([*lines, "", ""]).encode())
    return connection


def rest_of(connection: socket.socket) -> bytes:
    """Take all that comes until the connection ends, however it ends."""
    received = bytearray()
    try:
        while chunk := connection.recv(2**20):
            received += chunk
    except ConnectionResetError:
        pass
    return bytes(received)


def cut_short(path: Path) -> None:
    """Cut a file to its first pages."""
    os.truncate(path, 16 * PAGE)


def read_from(path: str, store: Path) -> list[Path]:
    """Give the files that an answer is read from while it is sent."""
    return [store] if path in STREAMS else [*(store.parent / "results").glob("*.sqlite")]


@pytest.mark.parametrize(
    ("path", "coding"),
    [
        *((path, "identity") for path in (*STREAMS, GROUPS)),
        ("/v1/events.csv", "gzip"),
        ("/v1/events.ndjson", "zstd"),
    ],
)
def test_a_stream_that_fails_midway_has_no_end(
    damaged: Path, url: str, path: str, coding: str
) -> None:
    with asked(url, path, "HTTP/1.1", f"Accept-Encoding: {coding}") as connection:
        begun = connection.recv(FEW_BYTES)
        for file in read_from(path, damaged):
            cut_short(file)
        received = begun + rest_of(connection)
    head, _, body = received.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200")
    assert b"transfer-encoding: chunked" in head.lower()
    assert body
    assert not body.endswith(END)


@pytest.mark.parametrize("path", STREAMS)
def test_a_client_that_could_not_tell_gets_no_part_of_an_answer(
    damaged: Path, url: str, path: str
) -> None:
    os.truncate(damaged, damaged.stat().st_size // 2 // PAGE * PAGE)
    with asked(url, path, "HTTP/1.0") as connection:
        received = rest_of(connection)
    head, _, body = received.partition(b"\r\n\r\n")
    assert head.split()[1] == b"503"
    assert f"content-length: {len(body)}".encode() in head.lower()
    assert orjson.loads(body)["status"] == 503
