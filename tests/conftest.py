"""A store with the seed dataset, an application on it, and a real server."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from documents import write_figures
from flask import Flask
from flask.testing import FlaskClient
from peewee import Database
from postgres_server import Server
from programs import free_port, needed
from rich_store import client_on, make_rich

from api import create_app
from api.settings import Settings
from dataset.loading import seed
from dataset.maintenance.copies import copy
from dataset.store.database import open_to_write

__all__ = ["free_port", "needed"]

ROOT = Path(__file__).parent.parent
SHARED = ROOT.parent / "shared"
COMMAND = str(Path(sys.executable).with_name("cameo-events"))


FIGURES: dict[str, dict[str, Any]] = {}
"""What tests have measured, by the promise that it is about."""
MEASURED_BY: dict[str, set[str]] = {}
"""The tests that have measured it, by the promise."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let a run write what it has measured into the documents."""
    text = "write the figures of promises into docs/promises.md"
    parser.addoption("--write-figures", action="store_true", help=text)


def tally(promise: str, **counts: int) -> None:
    """Add to figures of a promise."""
    known = _known(promise)
    for name, count in counts.items():
        known[name] = int(str(known.get(name, 0))) + count


@pytest.fixture
def figures() -> Callable[..., None]:
    """Note figures of a promise; they are printed when all tests have run."""
    return lambda promise, **numbers: _known(promise).update(numbers)


def _known(promise: str) -> dict[str, Any]:
    """Give the figures of a promise, which the test that runs is about to change."""
    test = os.environ["PYTEST_CURRENT_TEST"].rpartition("::")[2]
    MEASURED_BY.setdefault(promise, set()).add(re.split(r"\W", test)[0])
    return FIGURES.setdefault(promise, {})


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Hand figures to the process that prints them, where tests run in several."""
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["figures"] = FIGURES
        tests = {promise: sorted(names) for promise, names in MEASURED_BY.items()}
        session.config.workeroutput["measured_by"] = tests


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: object) -> None:
    """Take the figures of a process that has ended."""
    output = getattr(node, "workeroutput", {})
    for promise, names in output.get("measured_by", {}).items():
        MEASURED_BY.setdefault(promise, set()).update(names)
    for promise, numbers in output.get("figures", {}).items():
        known = FIGURES.setdefault(promise, {})
        for name, number in numbers.items():
            known[name] = known[name] + number if name in known else number


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what was measured, and write it down if that was asked for."""
    if FIGURES:
        terminalreporter.section("figures")
    shown = {promise: _as_text(numbers) for promise, numbers in FIGURES.items()}
    for promise, text in shown.items():
        terminalreporter.line(f"{promise}: {text}")
    if terminalreporter.config.getoption("--write-figures"):
        write_figures(ROOT / "docs" / "promises.md", shown, MEASURED_BY)


def _as_text(numbers: dict[str, Any]) -> str:
    return ", ".join(f"{name.replace('_', ' ')} {number}" for name, number in numbers.items())


@pytest.fixture(scope="session", autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep downloads and results of the tests apart from those of whoever runs them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="session")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file with the seed dataset; nobody writes to it."""
    path = tmp_path_factory.mktemp("store") / "seeded.sqlite"
    database = open_to_write(str(path))
    seed.load(database)
    database.close()
    return path


@pytest.fixture
def own_store(seeded: Path, tmp_path: Path) -> Path:
    """A copy of the seeded database, for tests that write."""
    return Path(shutil.copy(seeded, tmp_path / "own.sqlite"))


@pytest.fixture(scope="session")
def rich_store(seeded: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of three revisions with what the seed dataset lacks; nobody writes to it."""
    return make_rich(seeded, tmp_path_factory.mktemp("store") / "rich.sqlite")


@pytest.fixture(scope="session")
def rich(rich_store: Path) -> FlaskClient:
    """A client of an application on the rich store."""
    return client_on(rich_store)


@pytest.fixture
def growing(rich_store: Path, tmp_path: Path) -> Path:
    """A copy of the rich store, for tests that commit."""
    return Path(shutil.copy(rich_store, tmp_path / "growing.sqlite"))


@pytest.fixture(scope="session")
def app(seeded: Path) -> Flask:
    """The application on the seeded store."""
    return create_app(Settings(database=str(seeded)))


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A client of the application."""
    return app.test_client()


@pytest.fixture
def client_of() -> Callable[[Path], FlaskClient]:
    """Make a client of an application on any store."""
    return client_on


@pytest.fixture
def database(own_store: Path) -> Iterator[Database]:
    """The seeded store, opened to write."""
    opened = open_to_write(str(own_store))
    yield opened
    opened.close()


@pytest.fixture
def reader(own_store: Path) -> FlaskClient:
    """A client of the store that the test writes to."""
    return client_on(own_store)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A throwaway PostgreSQL server."""
    server = Server()
    yield server
    server.remove()


@pytest.fixture(scope="session")
def rich_postgres(postgres: Server, rich_store: Path) -> str:
    """The address of a copy of the rich store on PostgreSQL; nobody writes to it."""
    url = postgres.database()
    copy(str(rich_store), url)
    return url


@pytest.fixture(scope="session")
def seeded_postgres(postgres: Server, seeded: Path) -> str:
    """The name of a copy of the seeded store on PostgreSQL; nobody connects to it."""
    url = postgres.database()
    copy(str(seeded), url)
    return url.rpartition("/")[2]


@pytest.fixture
def postgres_store(postgres: Server, seeded_postgres: str) -> Iterator[str]:
    """The address of a copy of the seeded store on PostgreSQL, for tests that write."""
    url = postgres.database(seeded_postgres)
    yield url
    postgres.drop(url)


@pytest.fixture(params=["sqlite", "postgresql"])
def any_store(request: pytest.FixtureRequest) -> str:
    """The address of a copy of the seeded store, on each engine in turn."""
    name = "own_store" if request.param == "sqlite" else "postgres_store"
    return str(request.getfixturevalue(name))


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


@pytest.fixture(scope="session")
def server(seeded: Path) -> Iterator[str]:
    """The address of a real server on the seeded store."""
    with serving(seeded) as url:
        yield url
