"""The worker of a real server: its loop, its threads, and what it relies on of gunicorn."""

import fcntl
import inspect
import os
import resource
import shutil
import signal
import socket
import struct
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest
from gunicorn.http import wsgi
from gunicorn.http.unreader import Unreader
from gunicorn.workers import base, gthread

from api.server.sending import MOST_KEPT_OF_ALL
from api.server.waiting_requests import MOST_WAITING
from dataset.store.results_cache import LOCKS
from support.attacks import connected as connected_slowly
from support.connections import answer_on, connected
from support.paths import COMMAND
from support.programs import free_port
from support.servers import serving, stop, wait_until_up
from support.servers import start as launch

REQUEST = b"GET %s HTTP/1.1\r\nHost: a\r\n\r\n"
Start = Callable[[int], tuple[str, subprocess.Popen[str]]]


@pytest.fixture
def start() -> Iterator[Start]:
    """Give what starts a server of one worker with so many threads."""
    with ExitStack() as stack:

        def started(threads: int) -> tuple[str, subprocess.Popen[str]]:
            url = f"http://127.0.0.1:{(port := free_port())}"
            options = ["-w", "1", "--threads", str(threads), "-b", f"127.0.0.1:{port}"]
            options += ["-k", "api.server.workers.Worker", "--pythonpath", "tests"]
            process = subprocess.Popen(
                [sys.executable, "-m", "gunicorn", *options, "support.waiting_app:app"],
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
            stack.callback(stop, process)
            wait_until_up(url, process)
            return url, process

        yield started


def ask(connection: socket.socket, path: str, times: int = 1) -> None:
    connection.sendall(REQUEST % path.encode() * times)


def is_answered(connection: socket.socket, path: str, times: int = 1) -> bool:
    """Read until a request has been answered so many times; tell whether by nothing else."""
    body, received = b"\r\n\r\n" + path.encode(), b""
    while received.count(body) < times:
        piece = connection.recv(65_536)
        assert piece, "the server has ended the connection"
        received += piece
    return received.count(b"HTTP/1.1 200 OK") == times and received.endswith(body)


@pytest.mark.parametrize("waiting", [1, 2])
def test_a_long_answer_holds_up_nobody_while_there_is_a_thread(start: Start, waiting: int) -> None:
    url, _ = start(waiting + 1)
    with ExitStack() as stack:
        long = [stack.enter_context(connected(url)) for _ in range(waiting)]
        for connection in long:
            ask(connection, "/wait")
        short = stack.enter_context(connected(url))
        ask(short, "/go")
        assert is_answered(short, "/go")
        assert all(is_answered(connection, "/wait") for connection in long)


def test_a_connection_is_kept_after_a_long_answer(start: Start) -> None:
    url, _ = start(2)
    with connected(url) as long, connected(url) as short:
        ask(long, "/wait")
        ask(short, "/go")
        assert is_answered(long, "/wait")
        assert is_answered(short, "/go")
        ask(long, "/more")
        assert is_answered(long, "/more")


def test_what_all_threads_are_busy_for_is_answered_later(start: Start) -> None:
    url, _ = start(1)
    with ExitStack() as stack:
        connections = [stack.enter_context(connected(url)) for _ in range(20)]
        for number, connection in enumerate(connections):
            ask(connection, f"/{number}", 3)
        for number, connection in enumerate(connections):
            assert is_answered(connection, f"/{number}", 3)


def test_many_requests_that_come_together_are_all_answered(start: Start) -> None:
    url, _ = start(2)
    with connected(url) as connection:
        ask(connection, "/a", 1_500)
        assert is_answered(connection, "/a", 1_500)


def test_a_worker_that_stops_ends_the_request_it_was_long_at(start: Start) -> None:
    url, process = start(2)
    with connected(url) as long, connected(url) as short:
        ask(short, "/first")
        assert is_answered(short, "/first")
        ask(long, "/wait")
        process.send_signal(signal.SIGTERM)
        ask(short, "/go")
        assert is_answered(long, "/wait")
        assert is_answered(short, "/go")
    assert process.wait(20) == 0


def test_who_asks_for_two_at_once_waits_for_no_other(start: Start) -> None:
    url, _ = start(3)
    with connected(url) as long, connected(url) as short:
        long.sendall(REQUEST % b"/first" + REQUEST % b"/wait")
        ask(short, "/short", 2)
        assert is_answered(short, "/short", 2)
        ask(short, "/go")
        assert is_answered(short, "/go")


# Readers that read nothing


def resident(process: int) -> int:
    """Give how many bytes of memory a process has of its own."""
    status = Path(f"/proc/{process}/status").read_text()
    return int(status.partition("RssAnon:")[2].split()[0]) * 1_024


def workers_of(process: subprocess.Popen[str]) -> list[int]:
    return [
        int(one)
        for one in Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    ]


def test_what_is_kept_for_readers_is_bounded(start: Start) -> None:
    url, process = start(2)
    (worker,) = workers_of(process)
    before = resident(worker)
    with ExitStack() as stack:
        for _ in range(200):
            stalled = stack.enter_context(connected_slowly(url, 2_048))
            ask(stalled, "/large")
        short = stack.enter_context(connected(url))
        ask(short, "/short")
        assert is_answered(short, "/short")
        # All of them were answered before, in turn: 800 MB, of which sockets hold next to nothing.
        assert resident(worker) - before < 4 * MOST_KEPT_OF_ALL


def test_who_reads_slowly_gets_all(start: Start) -> None:
    url, _ = start(2)
    with connected_slowly(url, 2_048) as slow:
        ask(slow, "/large")
        status, body = answer_on(slow)
    assert (status, len(body)) == (200, 4_000_000)


# No more files


@pytest.fixture
def few_files(seeded: Path) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """A server that may open few files."""
    port = free_port()
    given = {"DATABASE": str(seeded), "PORT": str(port), "WORKERS": "1", "LOG": "errors"}
    process = subprocess.Popen(
        [COMMAND, "serve"],
        env={**os.environ, **given},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (128, 128)),
    )
    url = f"http://127.0.0.1:{port}"
    wait_until_up(url, process)
    yield url, process
    stop(process)


def test_idle_connections_make_room_for_those_that_ask(few_files: Any) -> None:
    url, process = few_files
    with ExitStack() as stack:
        for _ in range(200):
            stack.enter_context(connected(url))
        assert httpx.get(f"{url}/healthz").status_code == 200
        assert httpx.get(f"{url}/v1/aggregates?by=day").status_code == 200
    assert "Too many open files" not in stop(process)


def test_a_worker_without_a_file_left_accepts_again_later(few_files: Any) -> None:
    url, process = few_files
    (worker,) = workers_of(process)
    # What is open stays open; nothing more can be opened.
    resource.prlimit(worker, resource.RLIMIT_NOFILE, (3, 128))
    with connected(url) as waiting:
        ask(waiting, "/healthz")
        waiting.settimeout(0.5)
        with pytest.raises(TimeoutError):
            waiting.recv(1)
        resource.prlimit(worker, resource.RLIMIT_NOFILE, (128, 128))
        waiting.settimeout(20)
        assert answer_on(waiting)[0] == 200
    assert workers_of(process) == [worker]


# Requests that wait


def test_requests_wait_for_their_turn_without_a_thread(seeded: Path, tmp_path: Path) -> None:
    """Eight ask at once for what one slot makes; short ones are answered by the other thread."""
    given = {"CACHE": str(tmp_path), "THREADS": "2", "WORKERS": "1"}
    with serving(seeded, **given) as url, ExitStack() as stack:
        waiting = [stack.enter_context(connected(url)) for _ in range(8)]
        for number, connection in enumerate(waiting):
            ask(connection, f"/v1/aggregates?by=id&tone_min={number}")
        assert httpx.get(f"{url}/v1/events").status_code == 200
        assert [answer_on(connection)[0] for connection in waiting] == [200] * 8


def reset(connection: socket.socket) -> None:
    """Close a connection in such a way that the other side knows at once."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def test_who_leaves_while_waiting_holds_up_nobody(seeded: Path, tmp_path: Path) -> None:
    given = {"CACHE": str(tmp_path), "THREADS": "2", "WORKERS": "1", "LOG": "requests"}
    port = free_port()
    process = launch(seeded, port, **given)
    url = f"http://127.0.0.1:{port}"
    wait_until_up(url, process)
    with ExitStack() as stack:
        waiting = [stack.enter_context(connected(url)) for _ in range(40)]
        for number, connection in enumerate(waiting):
            ask(connection, f"/v1/events?sample=55&seed={number}")
        for connection in waiting[1:]:
            reset(connection)
        assert answer_on(waiting[0])[0] == 200
    assert httpx.get(f"{url}/v1/events?sample=5&seed=41").status_code == 200
    assert stop(process).count("/v1/events") < 40


def test_no_more_wait_than_may(seeded: Path, tmp_path: Path) -> None:
    """The folder of results is locked by somebody else: all who ask for what is in it wait."""
    given = {"CACHE": str(tmp_path), "THREADS": "2", "WORKERS": "1", "QUERY_SECONDS": "2"}
    with serving(seeded, **given) as url, ExitStack() as stack:
        assert httpx.get(f"{url}/v1/aggregates?by=id").status_code == 200
        for number in range(LOCKS):
            lock = stack.enter_context((tmp_path / "results" / f"{number}.lock").open("w"))
            fcntl.flock(lock, fcntl.LOCK_EX)
        waiting = [stack.enter_context(connected(url)) for _ in range(MOST_WAITING + 20)]
        for number, connection in enumerate(waiting):
            ask(connection, f"/v1/aggregates?by=id&tone_min={number}")
        assert httpx.get(f"{url}/v1/events").status_code == 200
        assert {answer_on(connection)[0] for connection in waiting} == {503}


def test_a_wait_of_which_nothing_can_be_told_ends(seeded: Path, tmp_path: Path) -> None:
    """The folder of results is taken away while somebody waits for what another makes there."""
    results = tmp_path / "results"
    with serving(seeded, CACHE=str(tmp_path), WORKERS="1") as url, connected(url) as waiting:
        assert httpx.get(f"{url}/v1/aggregates?by=id").status_code == 200
        with ExitStack() as stack:
            for number in range(LOCKS):
                lock = stack.enter_context((results / f"{number}.lock").open("w"))
                fcntl.flock(lock, fcntl.LOCK_EX)
            ask(waiting, "/v1/aggregates?by=dataset")
            assert httpx.get(f"{url}/v1/events").status_code == 200
            shutil.rmtree(results)
        assert answer_on(waiting)[0] == 200
        assert httpx.get(f"{url}/healthz").status_code == 200


def test_who_is_given_up_is_not_sent_to(start: Start) -> None:
    """Many stalled readers leave at once, while others are given up to make room."""
    url, process = start(2)
    workers = workers_of(process)
    for _ in range(3):
        with ExitStack() as stack:
            stalled = [stack.enter_context(connected_slowly(url, 2_048)) for _ in range(40)]
            for connection in stalled:
                ask(connection, "/large")
            for connection in stalled[:20]:
                reset(connection)
    with connected(url) as short:
        ask(short, "/short")
        assert is_answered(short, "/short")
    assert workers_of(process) == workers


# What the worker relies on of gunicorn, which promises none of it


@pytest.mark.parametrize(
    "name",
    [
        "_cap_keepalive",
        "accept",
        "enqueue_req",
        "handle",
        "handle_request",
        "init_process",
        "murder_keepalived",
        "murder_pending",
        "run",
        "set_accept_enabled",
        "wait_for_and_dispatch_events",
    ],
)
def test_gunicorn_has_what_the_worker_changes_or_calls(name: str) -> None:
    assert inspect.isfunction(getattr(gthread.ThreadWorker, name))


@pytest.mark.parametrize(
    ("given", "parameters"),
    [
        (gthread.ThreadWorker.enqueue_req, ["self", "conn"]),
        (gthread.ThreadWorker.handle_request, ["self", "req", "conn"]),
        (gthread.ThreadWorker.set_accept_enabled, ["self", "enabled"]),
        (gthread.ThreadWorker.wait_for_and_dispatch_events, ["self", "timeout"]),
        (gthread.TConn.__init__, ["self", "cfg", "sock", "client", "server"]),
        (gthread.PollableMethodQueue.defer, ["self", "callback", "args"]),
        (base.Worker.handle_quit, ["self", "sig", "frame"]),
        (wsgi.create, ["req", "sock", "client", "server", "cfg"]),
        (wsgi.Response.write, ["self", "arg"]),
        (wsgi.Response.send_headers, ["self"]),
        (wsgi.Response.should_close, ["self"]),
        (wsgi.Response.force_close, ["self"]),
        (Unreader.unread, ["self", "data"]),
        (Unreader.take_buffered, ["self"]),
    ],
)
def test_gunicorn_is_given_what_it_takes(given: Any, parameters: list[str]) -> None:
    assert list(inspect.signature(given).parameters)[: len(parameters)] == parameters


def test_gunicorn_answers_what_it_refuses_by_a_function_that_can_be_replaced() -> None:
    """See `api.server.write_problem`."""
    assert "util.write_error(client, status_int, reason, mesg)" in inspect.getsource(base)
