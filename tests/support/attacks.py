"""What a single client can do to take all threads of a server, for as long as it is let."""

import http.client
import itertools
import multiprocessing
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress

import httpx

Attack = Callable[[str], None]
NUMBERS = itertools.count()


def connected(url: str, window: int | None = None) -> socket.socket:
    """Connect to a server, with a small window for what it sends if that is asked for."""
    address = httpx.URL(url)
    connection = socket.socket()
    if window:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, window)
    connection.settimeout(40)
    connection.connect((address.host, address.port))
    return connection


def ask(url: str, path: str, method: str = "GET") -> int:
    """Ask for something on a connection of its own; give the status of the answer."""
    address = httpx.URL(url)
    with closing(http.client.HTTPConnection(address.host, address.port, timeout=60)) as connection:
        connection.request(method, path)
        answer = connection.getresponse()
        answer.read()
    return answer.status


def _stalled(url: str, request: str, window: int | None = None) -> None:
    """Ask again and again, and read nothing."""
    while True:
        with connected(url, window) as connection, suppress(OSError):
            connection.sendall(request.encode())
            time.sleep(5)


def _read(url: str, path: Callable[[], str], method: str = "GET") -> None:
    """Ask again and again, and read what comes."""
    while True:
        with suppress(OSError, http.client.HTTPException):
            ask(url, path(), method)


def pipelines(url: str) -> None:
    """Ask for eight large pages at once."""
    _stalled(url, "GET /v1/events?limit=1000 HTTP/1.1\r\nHost: a\r\n\r\n" * 8)


def small_windows(url: str) -> None:
    """Ask for a large page through a window that holds next to nothing of it."""
    _stalled(url, "GET /v1/events?limit=1000 HTTP/1.1\r\nHost: a\r\n\r\n", 2_048)


def parts_of_a_file(url: str) -> None:
    """Ask for a part of a Parquet file, through a small window, too."""
    asked = "GET /v1/events.parquet?as_of=1 HTTP/1.1\r\nHost: a\r\nRange: bytes=0-4000000\r\n\r\n"
    _stalled(url, asked, 2_048)


def the_same_file(url: str, method: str = "GET") -> None:
    """Ask for a Parquet file that is not there yet, as all others of this client do."""
    _read(url, lambda: f"/v1/events.parquet?as_of=1&tone_min={-int(time.time() / 3)}", method)


def head_of_the_same_file(url: str) -> None:
    """Ask for its headers."""
    the_same_file(url, "HEAD")


def slow_groups(url: str) -> None:
    """Ask for groups that nobody has asked for."""
    by = "/v1/aggregates?by=actor_code,target_code,day&limit=1&tone_min=-"
    _read(url, lambda: f"{by}{100 + next(NUMBERS)}")


def slow_counts(url: str) -> None:
    """Count what no index counts."""
    _read(url, lambda: f"/v1/events/count?distinct=day&tone_min=-{100 + next(NUMBERS)}")


def charts(url: str) -> None:
    """Have charts drawn."""
    by = "/v1/aggregates.svg?by=month,action_root&measures=count,tone_mean,goldstein_mean"
    _read(url, lambda: f"{by}&tone_min=-{100 + next(NUMBERS)}")


ATTACKS: dict[str, tuple[Attack, int]] = {
    "pipelined pages": (pipelines, 24),
    "small windows": (small_windows, 8),
    "parts of a file": (parts_of_a_file, 8),
    "the same new file": (the_same_file, 12),
    "its headers": (head_of_the_same_file, 12),
    "slow group-bys": (slow_groups, 8),
    "slow counts": (slow_counts, 8),
    "charts": (charts, 16),
}
"""Each way, and how many at a time."""


@contextmanager
def under(name: str, url: str) -> Iterator[None]:
    """Attack a server from a process of its own, which takes no time of whoever measures."""
    attack, count = ATTACKS[name]
    attacker = multiprocessing.get_context("fork").Process(
        target=_attack, args=(attack, count, url)
    )
    attacker.start()
    try:
        yield
    finally:
        attacker.kill()
        attacker.join()


def _attack(attack: Attack, count: int, url: str) -> None:
    for _ in range(count):
        threading.Thread(target=attack, args=(url,)).start()


def slowest_hundredth(url: str, path: str, seconds: float) -> tuple[int, float]:
    """Ask for a path again and again; give how often, and how long 99 of 100 took at most."""
    taken, end = list[float](), time.monotonic() + seconds
    while time.monotonic() < end:
        started = time.monotonic()
        assert ask(url, path) == 200
        taken.append(time.monotonic() - started)
    return len(taken), sorted(taken)[int(len(taken) * 0.99)]
