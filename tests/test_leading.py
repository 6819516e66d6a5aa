"""The worker of a real server: the thread that answers and those that lead on."""

import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from conftest import free_port, stop, wait_until_up
from test_edges import connected

REQUEST = b"GET %s HTTP/1.1\r\nHost: a\r\n\r\n"
Start = Callable[[int], tuple[str, subprocess.Popen[str]]]


@pytest.fixture
def start() -> Iterator[Start]:
    """Give what starts a server of one worker with so many threads."""
    with ExitStack() as stack:

        def started(threads: int) -> tuple[str, subprocess.Popen[str]]:
            url = f"http://127.0.0.1:{(port := free_port())}"
            options = ["-w", "1", "--threads", str(threads), "-b", f"127.0.0.1:{port}"]
            worker = ["-k", "api.workers.Worker", "--pythonpath", "tests", "waiting:app"]
            process = subprocess.Popen(
                [sys.executable, "-m", "gunicorn", *options, *worker],
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
def test_who_waits_holds_up_nobody_while_there_is_a_thread(start: Start, waiting: int) -> None:
    url, _ = start(waiting + 1)
    with ExitStack() as stack:
        long = [stack.enter_context(connected(url)) for _ in range(waiting)]
        for connection in long:
            ask(connection, "/wait")
        short = stack.enter_context(connected(url))
        ask(short, "/go")
        assert is_answered(short, "/go")
        assert all(is_answered(connection, "/wait") for connection in long)


def test_a_connection_is_kept_after_its_request_was_left_behind(start: Start) -> None:
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
