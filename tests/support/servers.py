"""Start a server as a user does, wait for it, and end it."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from support.paths import COMMAND
from support.programs import free_port


def wait_until_up(url: str, process: subprocess.Popen[str], seconds: float = 20) -> None:
    """Wait until a server answers; fail at once if its process ends."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if process.poll() is not None:
            pytest.fail(f"The server ended: {process.communicate()[0]}")
        try:
            httpx.get(f"{url}/healthz")
        except httpx.TransportError:
            time.sleep(0.05)
        else:
            return
    pytest.fail(f"{url} does not answer")


def stop(process: subprocess.Popen[str]) -> str:
    """End a server and give what it printed."""
    process.send_signal(signal.SIGTERM)
    try:
        return process.communicate(timeout=20)[0]
    except subprocess.TimeoutExpired:
        process.kill()
        return process.communicate()[0]


def start(database: Path | str, port: int, **environment: str) -> subprocess.Popen[str]:
    """Start a server as a user does."""
    # Nobody reads the pipe meanwhile: it must not fill up with a line of each request.
    given = {"DATABASE": str(database), "PORT": str(port), "LOG": "errors", **environment}
    return subprocess.Popen(
        [COMMAND, "serve"],
        env={**os.environ, **given},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


@contextmanager
def serving(store: Path | str, **environment: str) -> Iterator[str]:
    """Serve a store for a while; give the address."""
    port = free_port()
    process = start(store, port, **environment)
    url = f"http://127.0.0.1:{port}"
    wait_until_up(url, process)
    yield url
    stop(process)


@contextmanager
def served(database: Path, **environment: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """Serve a database; give the address and the process."""
    port = free_port()
    # gunicorn loses a signal to a worker that is just being forked: let there be one.
    process = start(database, port, WORKERS="1", **environment)
    url = f"http://127.0.0.1:{port}"
    try:
        wait_until_up(url, process)
        yield url, process
    finally:
        stop(process)


def count_at(url: str) -> int:
    """Count the events of a server."""
    return int(httpx.get(f"{url}/v1/events/count").json()["count"])
