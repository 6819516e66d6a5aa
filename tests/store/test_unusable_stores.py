"""A store that cannot be used is said so, at the start and at run time, and heals by itself."""

import os
import random
import re
import shutil
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path

import apsw
import httpx
import pytest
from flask.testing import FlaskClient

from dataset.building.rows import build
from dataset.errors import StoreError
from dataset.store.database import (
    ENGINE_ERRORS,
    SCHEMA_VERSION,
    open_to_read,
    open_to_write,
    settings_of,
)
from dataset.store.engines.sqlite import APPLICATION_ID
from dataset.writes.revisions import revision
from support.commands import UNUSABLE, run
from support.figures import tally
from support.paths import COMMAND, ROOT
from support.programs import free_port, needed
from support.servers import count_at, served, start, stop, wait_until_up
from support.stores import counted

PAGE = 8192
# SQLite's locks hold between processes only: another library in this one would break them.
LOCK = """
import sys, apsw
owner = apsw.Connection(sys.argv[1])
owner.execute("PRAGMA locking_mode = EXCLUSIVE").fetchall()
owner.execute("BEGIN EXCLUSIVE")
print("locked", flush=True)
sys.stdin.read()
"""
PATHS = (
    "/",
    "/readyz",
    "/v1/events?limit=1000",
    "/v1/events?q=iran&date_from=2024-01-01",
    "/v1/events?actor=IRN&sort=goldstein",
    "/v1/events/count",
    "/v1/events/seed:7",
    "/v1/actions",
    "/v1/actors",
    "/v1/datasets",
    "/v1/documents",
    "/v1/cite",
)
ClientOf = Callable[[Path], FlaskClient]


# What a file may be instead of a store


def garbled(path: Path) -> None:
    """Turn every bit of a file around."""
    path.write_bytes(bytes(byte ^ 0xFF for byte in path.read_bytes()))


def cut_short(path: Path) -> None:
    """Leave a file its first pages."""
    os.truncate(path, 2 * PAGE + 100)


def text(path: Path) -> None:
    """Put a text in the place of a file."""
    path.write_text("id,dataset,date\nseed:1,seed,2024-04-13\n" * 50)


def folder(path: Path) -> None:
    """Put a folder in the place of a file."""
    path.unlink()
    path.mkdir()


def foreign(path: Path) -> None:
    """Put a database of another program in the place of a file."""
    path.unlink()
    with closing(apsw.Connection(str(path))) as database:
        database.execute("CREATE TABLE bookmark (name, value)")


def foreign_with_settings(path: Path) -> None:
    """Put a database of another program in its place, one that has a table of settings as well."""
    path.unlink()
    with closing(apsw.Connection(str(path))) as database:
        database.execute("CREATE TABLE setting (name, value)")


def newer(path: Path) -> None:
    """Make a store one of a later version of this program."""
    with closing(apsw.Connection(str(path))) as database:
        database.execute("UPDATE setting SET value = '99' WHERE name = 'schema'")


UNUSABLES: dict[Callable[[Path], None], str] = {
    garbled: "not a database",
    cut_short: "malformed|damaged",
    text: "not a database",
    folder: "folder|directory",
    foreign: "something else",
    foreign_with_settings: "something else",
    newer: "upgrade",
}
"""Each with what the complaint must say of it, beside what can be done."""
COMMANDS = [("serve",), ("release", "2026.1"), ("init",)]
WAY_OUT = re.compile(r"please|DATABASE=|restore|choose|another", re.IGNORECASE)


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
@pytest.mark.parametrize("spoil", UNUSABLES)
def test_a_file_that_is_no_store_is_refused_and_stays_as_it_is(
    own_store: Path, command: tuple[str, ...], spoil: Callable[[Path], None]
) -> None:
    spoil(own_store)
    before = own_store.is_file() and own_store.read_bytes()
    told = run(*command, DATABASE=own_store, PORT=free_port())
    assert (told.returncode, told.stdout) == (UNUSABLE, "")
    assert str(own_store) in told.stderr
    assert re.search(UNUSABLES[spoil], told.stderr)
    assert WAY_OUT.search(told.stderr)
    assert "Traceback" not in told.stderr
    assert (own_store.is_file() and own_store.read_bytes()) == before


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_file_that_may_not_be_read_is_refused(own_store: Path, command: tuple[str, ...]) -> None:
    own_store.chmod(0)
    drop = "--bounding-set=-dac_override,-dac_read_search"
    as_anyone = [] if os.geteuid() else [needed("setpriv"), drop]
    told = subprocess.run(
        [*as_anyone, COMMAND, *command],
        env={**os.environ, "DATABASE": str(own_store), "PORT": str(free_port())},
        capture_output=True,
        text=True,
    )
    assert (told.returncode, told.stdout) == (UNUSABLE, "")
    assert str(own_store) in told.stderr
    assert "Traceback" not in told.stderr


@pytest.mark.parametrize("seed", range(6))
def test_a_load_into_damaged_pages_says_so(own_store: Path, seed: int) -> None:
    damage_pages(own_store, random.Random(seed), pages=5)
    told = run("init", DATABASE=own_store)
    assert told.returncode in (0, UNUSABLE)
    assert "Traceback" not in told.stderr


@pytest.mark.parametrize("kilobytes", [40, 100, 150])
def test_a_full_disk_is_said_and_can_be_healed(tmp_path: Path, kilobytes: int) -> None:
    path = tmp_path / "new.sqlite"
    script = f"ulimit -f {kilobytes * 2}; exec '{COMMAND}' init --database '{path}'"
    told = subprocess.run(["/bin/sh", "-c", script], capture_output=True, text=True)
    assert (told.returncode, told.stdout) == (UNUSABLE, "")
    assert str(path) in told.stderr
    assert "Traceback" not in told.stderr
    assert run("init", DATABASE=path).returncode == 0
    assert counted(path, "event") == 55


# Locked by another program


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Keep everybody out of a database."""
    owner = subprocess.Popen(
        [sys.executable, "-c", LOCK, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert owner.stdout
    assert owner.stdout.readline() == "locked\n"
    yield
    owner.communicate()


def test_a_locked_store_is_said_at_the_start(own_store: Path) -> None:
    with locked(own_store), ThreadPoolExecutor() as pool:
        told = list(pool.map(lambda command: run(*command, DATABASE=own_store), COMMANDS))
    assert [one.returncode for one in told] == [UNUSABLE] * len(COMMANDS)
    assert all("locked" in one.stderr and str(own_store) in one.stderr for one in told)
    assert not any("Traceback" in one.stderr for one in told)
    assert counted(own_store, "event") == 55


def test_a_store_can_be_read_while_it_is_written(client_of: ClientOf, own_store: Path) -> None:
    client = client_of(own_store)
    before = client.get("/v1/events").json
    with closing(apsw.Connection(str(own_store))) as writer:
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("DELETE FROM event")
        assert client.get("/v1/events").json == before


# Faults at run time


@contextmanager
def moved_away(path: Path) -> Iterator[None]:
    """Take a database away for a while."""
    away = path.rename(path.with_name("away"))
    yield
    away.rename(path)


@contextmanager
def folder_for(path: Path) -> Iterator[None]:
    """Put a folder in the place of a database for a while."""
    with moved_away(path):
        path.mkdir()
        yield
        path.rmdir()


def replaced_by(spoil: Callable[[Path], None]) -> Callable[[Path], AbstractContextManager[None]]:
    """Make a fault: a spoilt copy in the place of a database for a while."""

    @contextmanager
    def replaced(path: Path) -> Iterator[None]:
        copy = Path(shutil.copy(path, path.with_name("copy")))
        spoil(copy)
        away = path.rename(path.with_name("away"))
        copy.rename(path)
        yield
        away.replace(path)

    return replaced


@contextmanager
def upgraded(path: Path) -> Iterator[None]:
    """Make a store one of a later version for a while."""
    newer(path)
    yield
    with closing(apsw.Connection(str(path))) as database:
        text = str(SCHEMA_VERSION)
        database.execute("UPDATE setting SET value = ? WHERE name = 'schema'", (text,))


FAULTS = {
    "moved away": moved_away,
    "a folder": folder_for,
    "upgraded": upgraded,
    "locked": locked,
    **{
        f"replaced, {spoil.__name__}": replaced_by(spoil)
        for spoil in (garbled, cut_short, text, foreign, foreign_with_settings, newer)
    },
    "emptied": replaced_by(lambda path: os.truncate(path, 0)),
}


def without_room(body: bytes) -> bytes:
    """Leave out how much room there is on the disk, which changes by itself."""
    return re.sub(rb'"free_bytes":\d+', b"", body)


@pytest.mark.parametrize("fault", sorted(set(FAULTS) - {"locked"}))
@pytest.mark.parametrize("path", [*PATHS, "/v1/events.csv", "/v1/events.geojson"])
def test_a_store_that_fails_is_a_503_and_heals_by_itself(
    client_of: ClientOf, own_store: Path, fault: str, path: str
) -> None:
    client = client_of(own_store)
    before = without_room(client.get(path).data)
    with FAULTS[fault](own_store):
        answer = client.get(path)
        assert client.get("/healthz").status_code == 200
    assert (answer.status_code, answer.mimetype) == (503, "application/problem+json")
    assert int(answer.headers["Retry-After"]) > 0
    assert str(own_store) not in answer.text
    assert without_room(client.get(path).data) == before


def test_a_store_that_is_locked_is_a_503_and_heals_by_itself(
    client_of: ClientOf, own_store: Path
) -> None:
    client = client_of(own_store)
    with locked(own_store):
        alive, ready = client.get("/healthz"), client.get("/readyz")
    assert (alive.status_code, ready.status_code) == (200, 503)
    assert int(ready.headers["Retry-After"]) > 0
    assert client.get("/v1/events").status_code == 200


def test_a_store_that_comes_late_is_found(
    client_of: ClientOf, seeded: Path, tmp_path: Path
) -> None:
    client = client_of(tmp_path / "late.sqlite")
    before = client.get("/readyz").status_code
    shutil.copy(seeded, tmp_path / "late.sqlite")
    assert (before, client.get("/readyz").status_code) == (503, 200)


def test_a_store_that_takes_the_place_of_another_is_served(
    client_of: ClientOf, own_store: Path, seeded: Path
) -> None:
    client = client_of(own_store)
    assert client.get("/v1/events/count").get_json()["count"] == 55
    other = Path(shutil.copy(seeded, own_store.with_name("other")))
    database = open_to_write(str(other))
    added = {"id": "seed:900", "dataset": "seed", "date": "2024-01-01"}
    with revision(database, "load") as change:
        change.write_events([build({**added, "added": "2024-07-01T00:00:00Z"}, "gdelt")], 1, 1)
    database.close()
    other.replace(own_store)
    assert client.get("/v1/events/count").get_json()["count"] == 56


def test_a_real_server_survives_the_faults_of_its_store(own_store: Path) -> None:
    with served(own_store) as (url, _):
        for fault in sorted(set(FAULTS) - {"locked"}):
            with FAULTS[fault](own_store):
                codes = [httpx.get(url + path).status_code for path in ("/healthz", "/readyz")]
            assert codes == [200, 503], fault
            assert count_at(url) == 55, fault


def test_a_database_that_is_cut_short_under_a_server_does_not_end_it(own_store: Path) -> None:
    with served(own_store) as (url, _):
        count_at(url)
        with upgraded(own_store):  # What is written while readers are there stays in the WAL.
            pass
        codes = [httpx.get(url + path).status_code for path in PATHS]
        cut_short(own_store)
        later = [httpx.get(url + path).status_code for path in PATHS]
    assert set(codes) == {200}
    assert set(later) <= {200, 503}


# Damaged pages


def damage_pages(path: Path, chosen: random.Random, pages: int) -> None:
    """Turn every bit of some pages around, but those of the header."""
    content = bytearray(path.read_bytes())
    for page in chosen.sample(range(1, len(content) // PAGE), pages):
        place = slice(page * PAGE, (page + 1) * PAGE)
        content[place] = bytes(byte ^ 0xFF for byte in content[place])
    path.write_bytes(content)


def damage_bytes(path: Path, chosen: random.Random, count: int) -> None:
    """Change single bytes anywhere."""
    content = bytearray(path.read_bytes())
    for place in chosen.sample(range(len(content)), count):
        content[place] ^= chosen.randrange(1, 256)
    path.write_bytes(content)


@pytest.mark.parametrize("pages", [1, 3, 10, 30])
@pytest.mark.parametrize("seed", range(12))
def test_damaged_pages_give_the_right_answer_or_none(
    client: FlaskClient, client_of: ClientOf, own_store: Path, seed: int, pages: int
) -> None:
    damage_pages(own_store, random.Random(seed), pages)
    damaged = client_of(own_store)
    for path in PATHS:
        answer = damaged.get(path)
        assert answer.status_code in (200, 503), path
        is_right = without_room(answer.data) == without_room(client.get(path).data)
        assert answer.status_code == 503 or is_right, path
        tally("damaged pages", asked=1, refused=answer.status_code == 503, wrong=0)


@pytest.mark.parametrize("count", [1, 5, 50, 200])
@pytest.mark.parametrize("seed", range(12))
def test_damaged_bytes_never_break_the_service(
    client_of: ClientOf, own_store: Path, seed: int, count: int
) -> None:
    damage_bytes(own_store, random.Random(seed), count)
    damaged = client_of(own_store)
    codes = {path: damaged.get(path).status_code for path in PATHS}
    assert set(codes.values()) <= {200, 404, 503}, codes
    tally("damaged bytes", asked=len(codes), failed=0)


# What a store is


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM event",
        "UPDATE setting SET value = 'x'",
        "INSERT INTO release VALUES ('x', 1, 'now')",
        "DROP TABLE event",
        "CREATE TABLE mine (x)",
        "PRAGMA journal_mode = delete",
        "VACUUM",
    ],
)
@pytest.mark.parametrize("first", ["SELECT 1", "PRAGMA query_only = 0"])
def test_readers_cannot_write(own_store: Path, statement: str, first: str) -> None:
    before = own_store.read_bytes()
    database = open_to_read(str(own_store))
    database.execute_sql(first)
    with pytest.raises(ENGINE_ERRORS):
        database.execute_sql(statement).fetchall()
    database.close()
    assert own_store.read_bytes() == before


def test_a_new_store_is_marked_as_ours(tmp_path: Path) -> None:
    path = tmp_path / "new.sqlite"
    assert run("init", DATABASE=path).returncode == 0
    with closing(apsw.Connection(str(path))) as reader:
        pragmas = [
            reader.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("journal_mode", "application_id", "integrity_check")
        ]
        settings = dict(reader.execute("SELECT name, value FROM setting"))
    assert pragmas == ["wal", APPLICATION_ID, "ok"]
    assert settings.keys() == {"schema", "uuid", "key", "indexes"}
    assert str(uuid.UUID(settings["uuid"])) == settings["uuid"]
    assert re.fullmatch(r"[0-9a-f]{64}", settings["key"])


def test_no_two_stores_are_the_same(tmp_path: Path) -> None:
    found = []
    for name in ("one", "two"):
        database = open_to_write(str(tmp_path / name))
        found.append(settings_of(database))
        database.close()
    one, two = found
    assert {name for name in one if one[name] != two[name]} == {"uuid", "key"}


def test_a_store_that_is_opened_again_keeps_its_settings(own_store: Path) -> None:
    def settings() -> list[tuple[str, str]]:
        with closing(apsw.Connection(str(own_store))) as reader:
            return list(reader.execute("SELECT name, value FROM setting ORDER BY name"))

    before = settings()
    open_to_write(str(own_store)).close()
    assert settings() == before


def test_a_folder_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=re.escape(str(tmp_path / "no"))):
        open_to_write(str(tmp_path / "no" / "new.sqlite"))


# Several at once

INIT_AT_A_SIGN = """
import sys
from api.commands.main import main
print("ready", flush=True)
sys.stdin.readline()
main(["init"])
"""


def init_at_once(path: Path, processes: int) -> list[tuple[int, str]]:
    """Let processes make the same store at the same moment; give how each ended."""
    started = [
        subprocess.Popen(
            [sys.executable, "-c", INIT_AT_A_SIGN],
            cwd=ROOT,
            env={**os.environ, "DATABASE": str(path)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for _ in range(processes)
    ]
    assert {process.stdout and process.stdout.readline() for process in started} == {"ready\n"}
    for process in started:
        assert process.stdin
        process.stdin.write("go\n")
        process.stdin.flush()
    return [(process.wait(timeout=60), process.communicate()[0]) for process in started]


@pytest.mark.parametrize("processes", [2, 4])
@pytest.mark.parametrize("_turn", range(3))
def test_processes_that_make_the_same_store_all_end_well(
    tmp_path: Path, processes: int, _turn: int
) -> None:
    path = tmp_path / "new.sqlite"
    ends = init_at_once(path, processes)
    told = sorted("made revision 1" in output for _, output in ends)
    assert [code for code, _ in ends] == [0] * processes, ends
    assert told == [False] * (processes - 1) + [True]
    tables = ("event", "revision", "load")
    assert [counted(path, table) for table in tables] == [55, 1, processes]


def test_threads_that_make_the_same_store_all_end_well(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        for number in range(20):
            path = str(tmp_path / f"{number}.sqlite")
            made = [pool.submit(open_to_write, path) for _ in range(8)]
            for one in made:
                one.result().close()
            assert counted(Path(path), "setting") == 4


def test_two_servers_that_start_on_a_new_database_both_serve_it(tmp_path: Path) -> None:
    ports = [free_port(), free_port()]
    processes = [start(tmp_path / "new.sqlite", port) for port in ports]
    try:
        for port, process in zip(ports, processes, strict=True):
            wait_until_up(f"http://127.0.0.1:{port}", process)
        assert [count_at(f"http://127.0.0.1:{port}") for port in ports] == [55, 55]
    finally:
        for process in processes:
            stop(process)
