"""The edge of a real server: what is no request, slow clients, and its end."""

import json
import re
import signal
import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from pathlib import Path

import httpx
import pytest

from benchmarks.gdelt_like import lines
from support.connections import answer_on, connected
from support.figures import tally
from support.programs import free_port
from support.servers import serving, start, stop, wait_until_up
from support.stores import loaded

GET = b"GET /v1/events?limit=1 HTTP/1.1\r\nHost: a\r\n"
SMUGGLED = b"GET /v1/events/count HTTP/1.1\r\nHost: a\r\n\r\n"
SLOW = SMUGGLED.replace(b"events/count", b"aggregates?by=actor_code,target_code,day&limit=1")
ASKED = 60
CHUNKED = b"Transfer-Encoding: chunked\r\n"
REFUSED = {
    "CL.TE": GET + b"Content-Length: 6\r\n" + CHUNKED + b"\r\n0\r\n\r\nG" + SMUGGLED,
    "TE.CL": GET + CHUNKED + b"Content-Length: 4\r\n\r\n5c\r\n" + SMUGGLED + b"0\r\n\r\n",
    "TE.TE": GET + CHUNKED + b"Transfer-Encoding: x\r\n\r\n0\r\n\r\n" + SMUGGLED,
    "two lengths": GET + b"Content-Length: 0\r\nContent-Length: 44\r\n\r\n" + SMUGGLED,
    "two lengths in one": GET + b"Content-Length: 0, 44\r\n\r\n" + SMUGGLED,
    "negative length": GET + b"Content-Length: -1\r\n\r\n" + SMUGGLED,
    "length with a plus": GET + b"Content-Length: +44\r\n\r\n" + SMUGGLED,
    "blank before the colon": GET + b"Content-Length : 44\r\n\r\n" + SMUGGLED,
    "folded header": GET + b"X: a\r\n Content-Length: 44\r\n\r\n" + SMUGGLED,
    "NUL in a header": GET + b"X: a\x00b\r\n\r\n" + SMUGGLED,
    "bare LF": GET.replace(b"\r\n", b"\n") + b"\n" + SMUGGLED,
    "bare LF in a header": GET + b"X: a\nContent-Length: 44\r\n\r\n" + SMUGGLED,
    "bare CR": GET + b"X: a\rContent-Length: 44\r\n\r\n" + SMUGGLED,
    "no version": b"GET /v1/events\r\n\r\n" + SMUGGLED,
    "version 9": b"GET / HTTP/9.9\r\nHost: a\r\n\r\n" + SMUGGLED,
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n" + SMUGGLED,
}
LARGE = {
    "body": (GET + b"Content-Length: 44\r\n\r\n" + SMUGGLED, 413),
    "chunked body": (GET + CHUNKED + b"\r\n5\r\nhello\r\n0\r\n\r\n" + SMUGGLED, 413),
    "bad chunk": (GET + CHUNKED + b"\r\nxyz\r\n" + SMUGGLED, 413),
    "many fields": (GET + b"X: y\r\n" * 200 + b"\r\n", 431),
    "large field": (GET + b"X: " + b"y" * 9_000 + b"\r\n\r\n", 431),
    "whole head": (GET + (b"X: " + b"y" * 7_000 + b"\r\n") * 10 + b"\r\n", 431),
    "endless head": (GET + b"X: " + b"y" * 70_000, 431),
    "endless line": (b"GET /" + b"y" * 70_000, 414),
}


def all_of(server: str, request: bytes) -> bytes:
    """Send bytes; give all that comes until the server closes."""
    with connected(server) as connection:
        with suppress(ConnectionError):
            connection.sendall(request)
        answer = b""
        with suppress(ConnectionError):
            while piece := connection.recv(65_536):
                answer += piece
    return answer


def problem_in(answer: bytes) -> dict:
    """Give the one problem that an answer is."""
    head, _, body = answer.partition(b"\r\n\r\n")
    assert len(re.findall(rb"HTTP/1\.1 \d", answer)) == 1
    assert b"Content-Type: application/problem+json" in head
    assert b"X-Content-Type-Options: nosniff" in head
    assert b"Access-Control-Allow-Origin: *" in head
    return json.loads(body)


@pytest.mark.parametrize("name", REFUSED)
def test_what_could_be_read_in_two_ways_is_refused_and_ends(server: str, name: str) -> None:
    assert problem_in(all_of(server, REFUSED[name]))["status"] in (400, 501)
    tally("smuggling", kinds=1, answered=0)


@pytest.mark.parametrize("name", LARGE)
def test_what_is_too_large_is_refused_and_ends(server: str, name: str) -> None:
    request, status = LARGE[name]
    assert problem_in(all_of(server, request))["status"] == status


def test_a_list_that_is_too_long_says_how_to_ask(server: str) -> None:
    for length in (7_500, 9_000, 60_000):
        problem = httpx.get(f"{server}/v1/events?id={'seed:1,' * (length // 7)}").json()
        assert "Ask for a long list in parts: 100 " in problem["detail"]


def test_a_large_head_that_follows_another_is_refused(server: str) -> None:
    told = all_of(server, SMUGGLED + LARGE["whole head"][0])
    assert re.findall(rb"HTTP/1\.1 (\d+)", told) == [b"200", b"431"]


def test_an_unknown_coding_is_answered_by_its_name(server: str) -> None:
    told = all_of(server, GET + b"Transfer-Encoding: x\r\n\r\n")
    assert told.startswith(b"HTTP/1.1 501 Not Implemented\r\n")
    assert problem_in(told)["title"] == "Not Implemented"


@pytest.mark.parametrize(("version", "status"), [("1.1", 400), ("1.0", 200)])
def test_a_host_must_be_named_since_http_1_1(server: str, version: str, status: int) -> None:
    asked = f"GET /v1/events/count HTTP/{version}\r\nConnection: close\r\n\r\n"
    assert b" %d " % status in all_of(server, asked.encode()).partition(b"\r\n")[0]


def test_an_absolute_address_is_answered_like_its_path(server: str) -> None:
    asked = b"GET http://a/v1/events/count HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
    assert b'"count":55' in all_of(server, asked)


def test_requests_that_come_together_are_answered_in_turn(server: str) -> None:
    last = SMUGGLED.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
    assert all_of(server, SMUGGLED * 3 + last).count(b'"count":55') == 4


def test_a_request_may_come_in_pieces(server: str) -> None:
    with connected(server) as connection:
        for at in range(len(SMUGGLED)):
            connection.sendall(SMUGGLED[at : at + 1])
        assert answer_on(connection)[0] == 200


# Slow clients


@pytest.fixture(scope="module")
def large_store(seeded: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store whose whole result is larger than what sockets hold."""
    folder = tmp_path_factory.mktemp("slow")
    store = folder / "large.sqlite"
    store.write_bytes(seeded.read_bytes())
    events = folder / "20240413.export.CSV"
    with events.open("wb") as file:
        file.writelines(lines(30_000))
    loaded(store, "gdelt", events)
    return store


@pytest.fixture
def slow_server(large_store: Path) -> Iterator[str]:
    """A server whose query limit is shorter than its readers are slow."""
    port = free_port()
    process = start(large_store, port, QUERY_SECONDS="1")
    url = f"http://127.0.0.1:{port}"
    wait_until_up(url, process)
    yield url
    stop(process)


def answered(server: str, count: int) -> list[float]:
    """Ask for pages; give how long each took, in order."""
    seconds = []
    for _ in range(count):
        started = time.monotonic()
        with connected(server) as connection:
            connection.sendall(GET + b"\r\n")
            assert answer_on(connection)[0] == 200
        seconds.append(time.monotonic() - started)
    return sorted(seconds)


def test_readers_that_stall_leave_threads_for_pages(slow_server: str, figures: Callable) -> None:
    with ExitStack() as stack:
        for _ in range(16):
            stalled = stack.enter_context(connected(slow_server))
            stalled.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
            stalled.sendall(b"GET /v1/events.ndjson HTTP/1.1\r\nHost: a\r\n\r\n")
        taken = answered(slow_server, 40)
        figures("stalled readers", connections=16, pages_answered=len(taken))
    deadline = time.monotonic() + 20
    while (whole := httpx.get(f"{slow_server}/v1/events.csv?dataset=seed")).status_code == 503:
        assert time.monotonic() < deadline
    assert len(whole.text.splitlines()) == 56


def test_who_waits_too_long_for_a_slot_is_told_to_come_again(
    large_store: Path, tmp_path: Path
) -> None:
    given = {"CACHE": str(tmp_path), "THREADS": "2", "WORKERS": "1", "QUERY_SECONDS": "1"}
    with serving(large_store, **given) as url, connected(url) as stalled:
        stalled.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        stalled.sendall(b"GET /v1/events.ndjson HTTP/1.1\r\nHost: a\r\n\r\n")
        stalled.recv(1)
        with ThreadPoolExecutor(6) as pool:
            asked = [f"{url}/v1/aggregates?by=id&tone_min={number}" for number in range(6)]
            refused = pool.map(lambda address: httpx.get(address, timeout=20), asked)
            assert answered(url, 20)
            told = [(one.status_code, one.headers["Retry-After"]) for one in refused]
    assert told == [(503, "10")] * 6


def test_probes_are_answered_though_the_only_thread_waits(large_store: Path) -> None:
    """A stream whose reader stalls holds its thread: here there is no other."""
    with (
        serving(large_store, THREADS="1", WORKERS="1") as url,
        connected(url) as stalled,
        connected(url) as page,
    ):
        stalled.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        stalled.sendall(b"GET /v1/events.ndjson HTTP/1.1\r\nHost: a\r\n\r\n")
        stalled.recv(1)
        page.sendall(GET + b"\r\n")
        for path in ("healthz", "readyz"):
            assert httpx.get(f"{url}/{path}").status_code == 200
        page.settimeout(0.1)
        with pytest.raises(TimeoutError):
            page.recv(1)


def test_a_slow_reader_gets_everything(slow_server: str) -> None:
    """The time that a reader takes is none of a query's."""
    with httpx.stream("GET", f"{slow_server}/v1/events.ndjson") as answer:
        pieces = answer.iter_bytes()
        count = next(pieces).count(b"\n")
        time.sleep(1.5)
        count += sum(piece.count(b"\n") for piece in pieces)
    assert count == 30_055


def test_clients_that_ask_slowly_leave_threads_for_others(server: str, figures: Callable) -> None:
    idle = answered(server, 40)
    with ExitStack() as stack:
        for number in range(500):
            slow = stack.enter_context(connected(server))
            slow.sendall(b"GET / HTTP/1.1\r\nHost: a\r\nX: "[: number % 30])
        busy = answered(server, 40)
    figures(
        "slow clients",
        connections=500,
        p99_ms_idle=round(idle[-1] * 1000, 1),
        p99_ms_beside_them=round(busy[-1] * 1000, 1),
    )
    assert len(busy) == 40


def test_a_request_that_does_not_end_is_given_up(server: str) -> None:
    with ThreadPoolExecutor() as pool:
        begun, silent = pool.map(lambda sent: all_of(server, sent), (GET, b""))
    assert problem_in(begun)["status"] == 408
    assert silent == b""


# The end


def test_a_server_that_stops_answers_what_was_asked(large_store: Path, figures: Callable) -> None:
    port = free_port()
    process = start(large_store, port)
    url = f"http://127.0.0.1:{port}"
    wait_until_up(url, process)
    with ExitStack() as stack:
        asking = [stack.enter_context(connected(url)) for _ in range(ASKED)]
        for connection in asking:
            connection.sendall(SLOW)
        process.send_signal(signal.SIGTERM)
        stopped = time.monotonic()
        answers = [answer_on(connection) for connection in asking]
    assert process.wait(30) == 0
    seconds = round(time.monotonic() - stopped, 1)
    whole = [body for status, body in answers if status == 200 and "data" in json.loads(body)]
    figures("graceful stop", asked=ASKED, lost=ASKED - len(whole), seconds=seconds)
    assert len(whole) == ASKED
    stop(process)


def test_a_server_that_has_stopped_listens_no_more(seeded: Path) -> None:
    port = free_port()
    process = start(seeded, port)
    wait_until_up(f"http://127.0.0.1:{port}", process)
    stop(process)
    with pytest.raises(ConnectionRefusedError):
        connected(f"http://127.0.0.1:{port}")
