"""A store with the seed dataset, an application on it, and a real server."""

import shutil
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from peewee import Database

from api import create_app
from api.settings import Settings
from dataset.loading import seed
from dataset.maintenance.copies import copy
from dataset.store.database import open_to_write
from support.documents import write_figures, written
from support.figures import FIGURES, MEASURED_BY, handed_over, known, take
from support.paths import ROOT
from support.postgres_server import Server
from support.quick import Watch
from support.rich_store import RICH, Event, client_on, make_rich
from support.servers import serving
from support.sites import Site, serving_files


@pytest.fixture
def figures() -> Callable[..., None]:
    """Note figures of a promise; they are printed when all tests have run."""
    return lambda promise, **numbers: known(promise).update(numbers)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let a run write what it has measured into the documents."""
    text = "write the figures of promises into docs/promises.md"
    parser.addoption("--write-figures", action="store_true", help=text)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Hand figures to the process that prints them, where tests run in several."""
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput.update(handed_over())


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: object) -> None:
    """Take the figures of a process that has ended."""
    take(getattr(node, "workeroutput", {}))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what was measured, and write it down if that was asked for."""
    if FIGURES:
        terminalreporter.section("figures")
    for promise, numbers in FIGURES.items():
        terminalreporter.line(f"{promise}: {written([numbers])}")
    if terminalreporter.config.getoption("--write-figures"):
        write_figures(ROOT / "docs" / "promises.md", FIGURES, MEASURED_BY)


WATCH = Watch()


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave files without a quick test unread where only those are asked for: they import much."""
    if config.option.markexpr != "quick" or collection_path.suffix != ".py":
        return None
    return "mark.quick" not in collection_path.read_text("utf-8") or None


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Let no quick test start a process, nor what is made for it."""
    WATCH.quick = item.get_closest_marker("quick") is not None
    try:
        return (yield)
    finally:
        WATCH.quick = False


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


@pytest.fixture(scope="session")
def server(seeded: Path) -> Iterator[str]:
    """The address of a real server on the seeded store."""
    with serving(seeded) as url:
        yield url


@pytest.fixture(scope="session")
def events_at(rich: FlaskClient) -> dict[str | int, list[Event]]:
    """All events as JSON, at the newest revision and at the one before."""
    return {
        as_of: rich.get(f"/v1/events?limit=1000&as_of={as_of}").get_json()["data"]
        for as_of in (RICH, RICH + 1)
    }


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """A web server on this machine that fails as it is told."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with serving_files() as site:
        yield site
