"""The `cameo-events` command, as a person or a service manager runs it."""

import json
import signal
import socket
from collections.abc import Callable
from contextlib import closing
from functools import cache
from importlib.metadata import version
from pathlib import Path

import apsw
import click
import httpx
import pytest

from api.commands.main import main
from api.settings import MEANINGS
from dataset.store.database import open_to_read, open_to_write
from support.commands import UNUSABLE, run
from support.postgres_server import Server
from support.programs import free_port
from support.servers import count_at, served, stop
from support.stores import counted

WRONG_COMMAND = 2
FOLDER_WITHOUT_FILES = "/proc"


# Help and wrong command lines


COMMANDS = main.list_commands(click.Context(main))


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help(name: str) -> None:
    told = run(name, "--help")
    assert (told.returncode, told.stderr) == (0, "")
    assert f"Usage: cameo-events {name}" in told.stdout
    first, _, _ = str(main.get_command(click.Context(main), name).help).partition("\n")
    assert first.partition(";")[0].rstrip(".") in " ".join(told.stdout.split())


def test_the_help_names_every_command() -> None:
    told = run("-h")
    assert told.returncode == 0
    assert all(f"\n  {name} " in told.stdout for name in COMMANDS)


OF_LOADS = ("cache", "gdelt_url")


@cache
def help_of(command: str) -> str:
    """Give the help of a command, which is asked for once."""
    return run(command, "--help").stdout


@pytest.mark.parametrize("name", MEANINGS)
def test_the_help_names_every_setting_and_its_variable(name: str) -> None:
    told = help_of("load" if name in OF_LOADS else "serve")
    assert f"--{name.replace('_', '-')} " in told
    assert f"[env: {name.upper()}]" in " ".join(told.split())


def test_the_version_is_that_of_the_package() -> None:
    assert run("--version").stdout == f"cameo-events, version {version('cameo-events')}\n"


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("load",), "FORMAT"),
        (("load", "gdelt9"), "gdelt-mentions"),
        (("load", "../seed"), "gdelt-mentions"),
        (("load", "gdelt"), "FORMAT and PATHs"),
        (("load", "gdelt", "a.csv", "--replay", "1"), "--replay"),
        (("load", "gdelt", "--from", "2024-06-13"), "--to"),
        (("load", "gdelt", "--from", "2024-06-13", "--to", "2024-06-12"), "2024-06-12"),
        (("load", "gdelt", "--from", "13.6.2024", "--to", "2024-06-14"), "--from"),
        (("load", "icews", "--from", "2024-06-13", "--to", "2024-06-14"), "gdelt-mentions"),
        (("retract", "seed:1"), "--reason"),
        (("nonsense",), "nonsense"),
        (("serve", "--nonsense"), "nonsense"),
        (("init", "seed"), "seed"),
    ],
)
def test_a_wrong_command_line_is_explained(arguments: tuple[str, ...], word: str) -> None:
    told = run(*arguments)
    assert (told.returncode, told.stdout) == (WRONG_COMMAND, "")
    assert word in told.stderr.replace("{seed}", "FORMAT {seed}")
    assert "Traceback" not in told.stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TRUSTED_PROXIES", "-1"),
        ("TRUSTED_PROXIES", "all"),
        ("QUERY_SECONDS", "0"),
        ("QUERY_SECONDS", "0.5"),
        ("EXPORTS", "0"),
        ("RATE_LIMIT", "many"),
        ("RATE_LIMIT", "0 per minute"),
        ("RATE_LIMIT", "5 per fortnight"),
        ("RATE_LIMIT_STORAGE", "127.0.0.1"),
        ("RATE_LIMIT_STORAGE", "redis://127.0.0.1:6379"),
        ("RATE_LIMIT_STORAGE", "memcached://127.0.0.1"),
        ("LOG", "everything"),
        ("SEED", "maybe"),
        ("PUBLIC_URL", "events.example.org"),
    ],
)
def test_a_bad_setting_is_named(tmp_path: Path, name: str, value: str) -> None:
    told = run("serve", DATABASE=tmp_path / "new.sqlite", **{name: value})
    assert told.returncode == WRONG_COMMAND
    assert f"{name} is {value!r}, but must be " in told.stderr


def test_a_bad_setting_tells_no_password(tmp_path: Path) -> None:
    address = "redis://me:secret@127.0.0.1"
    told = run("serve", DATABASE=tmp_path / "new.sqlite", RATE_LIMIT_STORAGE=address)
    assert "RATE_LIMIT_STORAGE is 'redis://me:***@127.0.0.1', but must be " in told.stderr


@pytest.mark.parametrize("port", ["abc", "0", "-1", "65536", "80 ", "8e3", "1_000", "\u0663"])
def test_a_bad_port_is_named(tmp_path: Path, port: str) -> None:
    told = run("serve", PORT=port, DATABASE=tmp_path / "new.sqlite")
    assert told.returncode == WRONG_COMMAND
    assert f"PORT is {port!r}" in told.stderr
    assert not (tmp_path / "new.sqlite").exists()


def test_an_option_comes_before_its_variable(tmp_path: Path) -> None:
    told = run("init", "--database", str(tmp_path / "one"), DATABASE=tmp_path / "two")
    assert told.returncode == 0
    assert [path.name for path in tmp_path.iterdir() if path.suffix == ""] == ["one"]


# Addresses of databases


@pytest.mark.parametrize("command", ["serve", "init"])
@pytest.mark.parametrize(
    "url",
    [
        "mysql://host/events",
        "sqlite:///events.sqlite",
        "://",
        "file:events.sqlite",
        "file:/tmp/events.sqlite?mode=rwc",
        "postgresql:events",
        "sqlite:events.sqlite",
    ],
)
def test_an_address_that_is_no_file_is_refused(tmp_path: Path, command: str, url: str) -> None:
    told = run(command, "--database", url, PORT=free_port())
    assert (told.returncode, told.stdout) == (UNUSABLE, "")
    assert "must be the path of a SQLite file" in told.stderr
    assert "Traceback" not in told.stderr


def test_a_file_whose_name_looks_like_an_address_is_written_with_its_folder(
    own_store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    asked = {"a:backup": ("backup", "./a:backup"), "b:new": ("restore-backup", "a:backup", "--yes")}
    stores = (str(own_store), "./b:new")
    for (made, arguments), store in zip(asked.items(), stores, strict=True):
        told = run(*arguments, DATABASE=store)
        assert (told.returncode, Path(made).is_file()) == (0, True), told.stderr


ON_A_STORE = {
    "backup": ("copy.backup",),
    "columns": (),
    "copy": ("none.sqlite", "new.sqlite"),
    "load": ("--replay", "1"),
    "loads": (),
    "migrate": (),
    "purge": ("seed:1", "--yes"),
    "quarantine": ("1",),
    "release": ("2026.1",),
    "restore": ("seed:1",),
    "retract": ("seed:1", "--reason", "x"),
    "undo": ("1",),
    "drop": ("seed",),
}
"""The commands that need a store which is there, with arguments."""
MAKING = {"serve", "init", "restore-backup"}
"""The commands that make one; `load` does, too, unless it reads again what another refused."""


def test_it_is_known_of_every_command_whether_it_makes_a_store() -> None:
    assert ON_A_STORE.keys() | MAKING | {"openapi"} == set(COMMANDS)


@pytest.mark.parametrize("name", ON_A_STORE)
def test_a_mistyped_database_is_refused_and_not_made(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    told = run(name, *ON_A_STORE[name], DATABASE="none.sqlite")
    assert (told.returncode, told.stdout) == (UNUSABLE, "")
    assert "none.sqlite" in told.stderr
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", sorted(ON_A_STORE.keys() - {"copy", "columns"}))
def test_an_empty_database_of_a_server_stays_empty(
    name: str, tmp_path: Path, postgres: Server
) -> None:
    url = postgres.database()
    given = [one.replace("copy.backup", str(tmp_path / "copy")) for one in ON_A_STORE[name]]
    told = run(name, *given, DATABASE=url)
    tables = open_to_read(url).get_tables()
    postgres.drop(url)
    assert (told.returncode, told.stdout, tables) == (UNUSABLE, "", [])


@pytest.mark.parametrize("name", sorted({*ON_A_STORE, *MAKING}))
def test_an_address_of_no_engine_makes_nothing(
    name: str, own_store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    given = {"copy": ("file:none.sqlite", "new.sqlite"), "restore-backup": (own_store, "--yes")}
    arguments = (ON_A_STORE | given).get(name, ())
    told = run(name, *map(str, arguments), DATABASE="file:none.sqlite", PORT=free_port())
    assert (told.returncode, "must be the path of a SQLite file" in told.stderr) == (UNUSABLE, True)
    assert not list(tmp_path.glob("*none.sqlite*")) + list(tmp_path.glob("new*"))


def test_a_database_that_nobody_could_read_again_is_refused(tmp_path: Path) -> None:
    told = run("init", DATABASE=":memory:")
    assert (told.returncode, told.stdout) == (UNUSABLE, "")


@pytest.mark.parametrize("command", ["serve", "init"])
@pytest.mark.parametrize(
    "path",
    [
        f"{FOLDER_WITHOUT_FILES}/new.sqlite",
        "/nonexistent/new.sqlite",
        f"{__file__}/new.sqlite",
        f"/tmp/{'x' * 300}.sqlite",
    ],
    ids=["unwritable", "missing", "file", "long name"],
)
def test_a_place_where_no_file_can_be_is_refused(command: str, path: str) -> None:
    told = run(command, DATABASE=path, PORT=free_port())
    assert (told.returncode, told.stdout) == (UNUSABLE, "")
    assert str(Path(path).parent) in told.stderr
    assert "Traceback" not in told.stderr


def test_a_taken_port_is_refused_with_a_way_out_before_a_database_is_made(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        told = run("serve", DATABASE=tmp_path / "new.sqlite", PORT=port)
    assert not list(tmp_path.iterdir())
    assert told.returncode == UNUSABLE
    assert str(port) in told.stderr
    assert "PORT=" in told.stderr
    assert "Traceback" not in told.stderr


# init and load


def test_what_is_there_already_stays_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "new.sqlite"
    told = [run("init", DATABASE=path) for _ in range(2)]
    assert [one.returncode for one in told] == [0, 0]
    assert ["inserted 55" in " ".join(one.stdout.split()) for one in told] == [True, False]
    assert "Load 2 changed nothing and made no revision." in told[1].stdout
    assert [counted(path, table) for table in ("event", "revision", "load")] == [55, 1, 2]


# openapi


def test_openapi_prints_the_document(tmp_path: Path) -> None:
    printed = run("openapi")
    written = run("openapi", "--output", str(tmp_path / "openapi.json"))
    assert (printed.returncode, written.returncode, written.stdout) == (0, 0, "")
    assert json.loads(printed.stdout)["openapi"].startswith("3.1")
    assert (tmp_path / "openapi.json").read_text("utf-8") == printed.stdout


def test_openapi_is_utf8_in_every_locale() -> None:
    told = run("openapi", PYTHONIOENCODING="latin-1")
    assert told.stderr == ""
    assert told.stdout == run("openapi").stdout


@pytest.mark.parametrize("place", ["/nonexistent/openapi.json", f"{FOLDER_WITHOUT_FILES}/x", "/"])
def test_openapi_complains_of_a_place_where_it_cannot_write(place: str) -> None:
    told = run("openapi", "--output", place)
    assert told.returncode != 0
    assert place in told.stderr
    assert "Traceback" not in told.stderr


# serve


def test_serve_makes_and_seeds_a_new_database_and_says_where_everything_is(tmp_path: Path) -> None:
    path = tmp_path / "new.sqlite"
    with served(path) as (url, process):
        shown = [httpx.get(f"{url}{place}").status_code for place in ("/v1/events", "/docs")]
        assert count_at(url) == 55
        lines = stop(process).splitlines()
    assert shown == [200, 200]
    assert lines[0] == "The database is new: it has the seed dataset, 55 events."
    told = dict(line.split() for line in lines[1:4])
    assert told == {"API": f"{url}/v1/events", "Docs": f"{url}/docs", "Database": str(path)}


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_server_well(own_store: Path, number: signal.Signals) -> None:
    with served(own_store) as (url, process), httpx.Client() as client:
        client.get(f"{url}/v1/events/count")
        process.send_signal(number)
        told, _ = process.communicate(timeout=20)
    assert process.returncode == 0
    assert "Traceback" not in told
    with pytest.raises(httpx.TransportError):
        httpx.get(f"{url}/healthz")


def test_a_second_start_finds_everything_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "new.sqlite"
    seen = []
    for _ in range(2):
        with served(path) as (url, process):
            seen.append(httpx.get(f"{url}/v1/events?limit=1000").json()["data"])
            lines = stop(process).splitlines()
    assert seen[0] == seen[1]
    assert lines[0].startswith("API ")
    assert [counted(path, table) for table in ("event", "revision", "load")] == [55, 1, 1]


def not_seeded(path: Path) -> None:
    """Make a database, and end before the seed dataset is in it."""
    open_to_write(str(path)).close()


def without_tables(path: Path) -> None:
    """Make a database file, and end before its tables are in it."""
    with closing(apsw.Connection(str(path))) as database:
        database.execute("PRAGMA journal_mode = wal")


@pytest.mark.parametrize("begin", [not_seeded, without_tables, Path.touch])
def test_serve_heals_a_database_that_was_only_begun(
    tmp_path: Path, begin: Callable[[Path], None]
) -> None:
    path = tmp_path / "begun.sqlite"
    begin(path)
    with served(path) as (url, _):
        assert count_at(url) == 55
