"""A lost PostgreSQL is a 503, never a hang, and is found again without a restart."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from peewee import fn

from api import create_app
from api.commands.main import main
from api.context import store
from api.settings import Settings
from dataset.errors import StoreError
from dataset.inputs.source_files import source_files
from dataset.loading.loads import LoadJob, load
from dataset.maintenance.copies import copy
from dataset.store.database import open_to_write
from dataset.store.models import Event
from support.commands import UNUSABLE
from support.fault_proxy import Proxy
from support.gdelt_lines import gdelt_line
from support.postgres_server import Server
from support.programs import free_port
from support.rich_store import client_on
from support.stores import counts, loaded, no_fetch, rows_of, sums_of

PATHS = ("/readyz", "/v1/events", "/v1/events.csv", "/v1/aggregates?by=week", "/v1/actors")


@pytest.fixture(scope="module")
def mortal(seeded: Path) -> Iterator[tuple[Server, str]]:
    """A server of our own to be stopped, and the address of the seeded store on it."""
    server = Server()
    url = server.database()
    copy(str(seeded), url)
    yield server, url
    server.remove()


@pytest.fixture
def proxied(postgres: Server, postgres_store: str) -> Iterator[tuple[Proxy, str]]:
    """A proxy before the server, and the address of a store through it."""
    proxy = Proxy(postgres.port)
    yield proxy, postgres_store.replace(str(postgres.port), str(proxy.port))
    proxy.close()


def check_lost(client: FlaskClient, path: str) -> None:
    """Assert that an answer says that the store is lost for now, and nothing of where it is."""
    answer = client.get(path)
    assert (answer.status_code, answer.mimetype) == (503, "application/problem+json"), path
    assert int(answer.headers["Retry-After"]) > 0
    assert "127.0.0.1" not in answer.text
    assert client.get("/healthz").status_code == 200


@pytest.mark.parametrize("mode", ["immediate", "fast"])
def test_a_server_that_stops_is_a_503_and_is_found_again(
    mortal: tuple[Server, str], mode: str
) -> None:
    server, url = mortal
    client = client_on(url)
    before = [client.get(path).data for path in PATHS]
    server.stop(mode)
    for path in PATHS:
        check_lost(client, path)
    server.start()
    assert [client.get(path).data for path in PATHS] == before


def test_a_restart_between_two_requests_is_not_noticed(mortal: tuple[Server, str]) -> None:
    server, url = mortal
    client = client_on(url)
    before = client.get("/v1/events").data
    server.stop()
    server.start()
    assert client.get("/v1/events").data == before


def test_a_stream_is_broken_off_when_the_server_stops(
    mortal: tuple[Server, str], tmp_path: Path
) -> None:
    server, url = mortal
    path = tmp_path / "many.tsv"
    path.write_bytes(b"".join(gdelt_line(c0=str(n)) for n in range(20_000)))
    loaded(url, "gdelt", path)
    with client_on(url).get("/v1/events.csv", buffered=False) as answer:
        chunks = iter(answer.response)
        next(chunks)
        server.stop()
        with pytest.raises(StoreError, match="cannot be read"):
            list(chunks)
    server.start()


def test_a_load_that_loses_its_server_leaves_nothing(
    mortal: tuple[Server, str], tmp_path: Path
) -> None:
    server, url = mortal
    before = sums_of(url)
    path = tmp_path / "some.tsv"
    path.write_bytes(b"".join(gdelt_line(c0=str(n)) for n in range(100_000, 103_000)))
    database = open_to_write(url)
    stopped = []

    def stop_midway(*_: object) -> None:
        if not stopped:
            server.stop()
            stopped.append(True)

    with pytest.raises(StoreError, match="cannot be written"):
        load(database, LoadJob("gdelt", source_files([str(path)], no_fetch)), stop_midway)
    server.start()
    assert sums_of(url) == before


def test_a_load_that_is_killed_leaves_nothing(any_store: str, tmp_path: Path) -> None:
    before = sums_of(any_store)
    path = tmp_path / "some.tsv"
    path.write_bytes(b"".join(gdelt_line(c0=str(n)) for n in range(3_000)))
    order = LoadJob("gdelt", source_files([str(path)], no_fetch))
    process = os.fork()
    if not process:
        load(open_to_write(any_store), order, lambda *_: os.kill(os.getpid(), 9))
    assert os.WIFSIGNALED(os.waitpid(process, 0)[1])
    assert sums_of(any_store) == before
    assert counts(loaded(any_store, "gdelt", path)) == {"inserted": 3_000}


@pytest.mark.parametrize("fault", ["reset", "black hole"])
def test_a_network_that_fails_is_a_503_and_heals(
    proxied: tuple[Proxy, str], fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dataset.store.engines.postgres_connections.SECONDS_TO_CONNECT", 1)
    proxy, url = proxied
    client = client_on(url)
    before = client.get("/v1/events").data
    proxy.fault = fault
    check_lost(client, "/v1/events")
    check_lost(client, "/readyz")
    proxy.fault = 0.0
    assert client.get("/v1/events").data == before


def test_a_network_that_fails_within_an_answer_is_a_503(proxied: tuple[Proxy, str]) -> None:
    proxy, url = proxied
    app = create_app(Settings(database=url, query_seconds=1))

    def swallowed() -> str:
        with store().snapshot() as snapshot:
            proxy.fault = "black hole"
            return str(snapshot.revision + snapshot.value(Event.select(fn.COUNT("*"))))

    app.add_url_rule("/swallowed", view_func=swallowed)
    client = app.test_client()
    check_lost(client, "/swallowed")
    proxy.fault = 0.0
    assert client.get("/v1/events").status_code == 200


def test_a_slow_network_is_only_slow(proxied: tuple[Proxy, str]) -> None:
    proxy, url = proxied
    client = client_on(url)
    before = client.get("/v1/events").data
    proxy.fault = 0.1
    assert client.get("/v1/events").data == before


def test_no_connection_is_left_in_a_transaction(
    postgres: Server, proxied: tuple[Proxy, str]
) -> None:
    proxy, url = proxied
    client = client_on(url)
    for fault in (0.0, "reset", 0.0):
        proxy.fault = fault
        for path in (*PATHS, "/v1/events?as_of=99", "/v1/events/seed:999", "/v1/events?limit=x"):
            client.get(path)
    assert [state for state, _ in postgres.sessions(url)] == ["idle"]


def test_a_second_writer_waits_and_is_told(postgres_store: str) -> None:
    first = open_to_write(postgres_store)
    with first.atomic():
        first.begin_writing()
        done = CliRunner().invoke(main, ["release", "a", "--database", postgres_store])
        assert client_on(postgres_store).get("/v1/events").status_code == 200
    first.close()
    assert done.exit_code == UNUSABLE
    assert "Another command is writing to it" in done.output


def reset(proxy: Proxy) -> None:
    """Let the network fail."""
    proxy.fault = "reset"


@pytest.fixture
def export(tmp_path: Path) -> str:
    """A file to load."""
    path = tmp_path / "a.tsv"
    path.write_bytes(gdelt_line(c0="900001", c6="Ebenezer"))
    return str(path)


UNTIDY = "Everything is committed, but ANALYZE could not refresh the statistics"


@pytest.mark.parametrize(
    "arguments",
    ["load gdelt {export}", "release 2026.1", "retract seed:1 --reason x", "init", "migrate"],
)
def test_what_fails_after_a_commit_is_told_and_is_no_failure(
    proxied: tuple[Proxy, str], export: str, arguments: str
) -> None:
    proxy, url = proxied
    proxy.meets = (b"ANALYZE", lambda: reset(proxy))
    given = arguments.format(export=export).split()
    done = CliRunner().invoke(main, [*given, "--database", url])
    assert (done.exit_code, UNTIDY in done.output) == (0, True), done.output
    assert "the next load does it" in done.output
    proxy.fault = 0.0
    revision = client_on(url).get("/v1/events/count").get_json()["receipt"]["revision"]
    assert revision == (1 if arguments in ("init", "migrate") else 2)


def test_a_server_that_dies_after_the_commit_fails_no_load(
    mortal: tuple[Server, str], export: str
) -> None:
    server, url = mortal
    proxy = Proxy(server.port)
    proxy.meets = (b"ANALYZE", lambda: server.stop("fast"))
    through = url.replace(str(server.port), str(proxy.port))
    done = CliRunner().invoke(main, ["load", "gdelt", export, "--database", through])
    proxy.close()
    server.start()
    assert (done.exit_code, UNTIDY in done.output) == (0, True), done.output
    assert counts(loaded(url, "gdelt", export)) == {"unchanged": 1}


def test_a_copy_is_whole_though_the_network_fails_after_it(
    proxied: tuple[Proxy, str], postgres: Server, own_store: Path
) -> None:
    proxy, _ = proxied
    proxy.meets = (b"ANALYZE", lambda: reset(proxy))
    target = postgres.database()
    through = target.replace(str(postgres.port), str(proxy.port))
    done = CliRunner().invoke(main, ["copy", str(own_store), through])
    assert (done.exit_code, UNTIDY in done.output) == (0, True), done.output
    assert rows_of(target) == rows_of(own_store)


def test_a_purge_that_leaves_remains_says_that_it_is_committed(
    proxied: tuple[Proxy, str], postgres: Server, export: str
) -> None:
    proxy, url = proxied
    loaded(url, "gdelt", export)
    proxy.meets = (b"VACUUM", lambda: reset(proxy))
    asked = ["purge", "gdelt:900001", "--yes", "--database", url]
    done = CliRunner().invoke(main, asked)
    proxy.fault = 0.0
    assert done.exit_code == 1
    assert "is purged as of revision 3" in done.output
    assert "cannot be written anew" in done.output
    assert client_on(url).get("/v1/events/gdelt:900001").status_code == 410
    assert CliRunner().invoke(main, asked).exit_code == 0
    assert b"ebenezer" not in postgres.stored(url.replace(str(proxy.port), str(postgres.port)))


def test_a_backup_of_nothing_tells_no_password(postgres: Server, tmp_path: Path) -> None:
    empty = postgres.database().replace("test@", "test:secret@")
    done = CliRunner().invoke(main, ["backup", str(tmp_path / "b"), "--database", empty])
    assert (done.exit_code, "There is no database" in done.output) == (UNUSABLE, True)
    assert "secret" not in done.output


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("postgresql://test@127.0.0.1:{free}/x", "Is the server up"),
        ("postgresql://test:secret@127.0.0.1:{port}/no", "does not exist. Is the server up"),
        ("postgresql://nobody:secret@127.0.0.1:{port}/postgres", "createuser"),
        ("postgresql://[", "no address of PostgreSQL"),
        ("postgresql://test:p@secret@127.0.0.1:{port}/x", "PGPASSWORD"),
        ("postgresql://test:p/secret@127.0.0.1:{port}/x", "PGPASSWORD"),
        ("postgresql://test:p?secret@127.0.0.1:{port}/x", "does not exist"),
        ("postgresql://test:%secret@127.0.0.1:{port}/x", "no address of PostgreSQL"),
        ("postgresql://test:secret%@127.0.0.1:{port}/x", "no address of PostgreSQL"),
        ("postgresql://test:secret", "no address of PostgreSQL"),
        ("postgresql://test@127.0.0.1/x?password=%secret", "no address of PostgreSQL"),
        ("mysql://test:p@/secret@127.0.0.1/x", "DATABASE is 'mysql://test:***@127.0.0.1/x'"),
        ("mysql://test@127.0.0.1/x", "like postgresql://user@host/database"),
    ],
)
def test_an_address_that_leads_nowhere_is_said(postgres: Server, address: str, told: str) -> None:
    url = address.format(port=postgres.port, free=free_port())
    done = CliRunner().invoke(main, ["init", "--database", url])
    assert (done.exit_code, told in done.output) == (UNUSABLE, True), done.output
    assert "secret" not in done.output
