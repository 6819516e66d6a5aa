"""What a single client can do to take all threads of a server, for as long as it is let."""

import itertools
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import httpx

Attack = Callable[[str, threading.Event], None]
NUMBERS = itertools.count()
CONNECTIONS = 24


def connected(url: str, window: int | None = None) -> socket.socket:
    """Connect to a server, with a small window for what it sends if that is asked for."""
    address = httpx.URL(url)
    connection = socket.socket()
    if window:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, window)
    connection.settimeout(40)
    connection.connect((address.host, address.port))
    return connection


def _stalled(url: str, over: threading.Event, request: str, window: int | None = None) -> None:
    """Ask again and again, and read nothing."""
    while not over.is_set():
        with connected(url, window) as connection, suppress(OSError):
            connection.sendall(request.encode())
            over.wait(5)


def _read(url: str, over: threading.Event, path: Callable[[], str], method: str = "GET") -> None:
    """Ask again and again, and read what comes."""
    while not over.is_set():
        with suppress(httpx.HTTPError):
            httpx.request(method, url + path(), timeout=60)


def pipelines(url: str, over: threading.Event) -> None:
    """Ask for eight large pages at once."""
    _stalled(url, over, "GET /v1/events?limit=1000 HTTP/1.1\r\nHost: a\r\n\r\n" * 8)


def small_windows(url: str, over: threading.Event) -> None:
    """Ask for a large page through a window that holds next to nothing of it."""
    _stalled(url, over, "GET /v1/events?limit=1000 HTTP/1.1\r\nHost: a\r\n\r\n", 2_048)


def parts_of_a_file(url: str, over: threading.Event) -> None:
    """Ask for a part of a Parquet file, through a small window, too."""
    asked = "GET /v1/events.parquet?as_of=1 HTTP/1.1\r\nHost: a\r\nRange: bytes=0-4000000\r\n\r\n"
    _stalled(url, over, asked, 2_048)


def the_same_file(url: str, over: threading.Event, method: str = "GET") -> None:
    """Ask for a Parquet file that is not there yet, as all others of this client do."""
    _read(url, over, lambda: f"/v1/events.parquet?as_of=1&tone_min={-int(time.time() / 3)}", method)


def head_of_the_same_file(url: str, over: threading.Event) -> None:
    """Ask for its headers."""
    the_same_file(url, over, "HEAD")


def slow_groups(url: str, over: threading.Event) -> None:
    """Ask for groups that nobody has asked for."""
    by = "/v1/aggregates?by=actor_code,target_code,day&limit=1&tone_min=-"
    _read(url, over, lambda: f"{by}{100 + next(NUMBERS)}")


def slow_counts(url: str, over: threading.Event) -> None:
    """Count what no index counts."""
    _read(url, over, lambda: f"/v1/events/count?distinct=day&tone_min=-{100 + next(NUMBERS)}")


def charts(url: str, over: threading.Event) -> None:
    """Have charts drawn."""
    by = "/v1/aggregates.svg?by=month,action_root&measures=count,tone_mean,goldstein_mean"
    _read(url, over, lambda: f"{by}&tone_min=-{100 + next(NUMBERS)}")


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
    """Attack a server."""
    attack, count = ATTACKS[name]
    over = threading.Event()
    threads = [threading.Thread(target=attack, args=(url, over), daemon=True) for _ in range(count)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        over.set()
        for thread in threads:
            thread.join(90)


def slowest_hundredth(url: str, path: str, seconds: float) -> tuple[int, float]:
    """Ask for a path again and again; give how often, and how long 99 of 100 took at most."""
    taken, end = list[float](), time.monotonic() + seconds
    while time.monotonic() < end:
        started = time.monotonic()
        assert httpx.get(url + path, timeout=60).status_code == 200
        taken.append(time.monotonic() - started)
        time.sleep(0.02)
    return len(taken), sorted(taken)[int(len(taken) * 0.99)]
