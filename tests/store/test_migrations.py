"""An older store is brought to the schema of this version, wherever it was interrupted."""

import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from os import getpid, kill
from pathlib import Path
from typing import Any

import apsw
import orjson
import pytest
from click.testing import CliRunner
from peewee import Model

from api.commands.main import main
from dataset.declarations.columns import COLUMNS
from dataset.maintenance.copies import COPIED, copy, sum_of
from dataset.maintenance.migrations import MIGRATIONS, migrate
from dataset.store.database import OLDEST_SCHEMA, SCHEMA_VERSION, open_to_read, open_to_write
from dataset.store.declared_indexes import RECORD, declared
from dataset.store.engines import engine_of
from dataset.store.engines.base import Engine
from dataset.store.models import Event, Load, Mention, Revision, Setting, SourceVersion, Superseded
from support.commands import UNUSABLE, run
from support.gdelt_lines import mention_line
from support.record_schema import FOLDER, schema_of
from support.rich_store import client_on
from support.stores import loaded, sums_of

RELEASED = range(OLDEST_SCHEMA, SCHEMA_VERSION)
NEW_INDEXES = (
    *("event_long_violence_type", "event_violence_type", "load_file_name", "mention_load"),
    *("event_actor_name", "event_long_actor_name", "event_target_name", "event_long_target_name"),
    "name_count_name_kind",
)
"""The indexes that migrations added."""
NEW_TABLES = ("following", "source_version", "name_count", "name_word")
"""The tables that migrations added."""


def added_to(table: type[Model]) -> list[str]:
    """Name the columns that migrations added to a table."""
    columns = [name for name, column in COLUMNS.items() if column.since]
    others = {Load: ["skipped", "undone"], Mention: ["ended"], Revision: ["last_date"]}
    return others.get(table, columns)


def unkey(database: Engine) -> None:
    """Give mentions the key of older schemas."""
    if database.CAN_SPREAD:
        database.execute_sql("ALTER TABLE mention DROP CONSTRAINT mention_pkey")
        database.execute_sql("ALTER TABLE mention ADD PRIMARY KEY (key, n)")
        return
    made = schema_of(Path(database.label)).splitlines()
    [text] = [line for line in made if line.startswith('CREATE TABLE "mention"')]
    database.execute_sql("ALTER TABLE mention RENAME TO other")
    database.execute_sql(text.replace('"key", "n", "revision")', '"key", "n")'))
    database.execute_sql("INSERT INTO mention SELECT * FROM other")
    database.execute_sql("DROP TABLE other")


def spoil(database: Engine) -> None:
    """Make a store one of the oldest schema: an index of today is missing, another is there."""
    for name in ("event_shuffle", *NEW_INDEXES):
        database.execute_sql(f"DROP INDEX {name}")
    database.execute_sql("DROP INDEX event_revision_id")
    database.execute_sql("CREATE INDEX event_revision_id ON event (revision)")
    database.execute_sql("CREATE INDEX event_forgotten ON event (tone)")
    record = orjson.dumps(declared(database) | {"event_revision_id": "another"}).decode()
    database.execute(Setting.update(value=record).where(Setting.name == RECORD))
    for table in NEW_TABLES:
        database.execute_sql(f"DROP TABLE {table}")
    unkey(database)
    for model in (Event, Superseded, Load, Mention, Revision):
        for name in added_to(model):
            database.execute_sql(f"ALTER TABLE {model._meta.table_name} DROP COLUMN {name}")
    database.execute_sql("UPDATE setting SET value = '2' WHERE name = 'schema'")


@pytest.fixture
def before(any_store: str, tmp_path: Path) -> list[object]:
    """What a store has before it becomes an old one."""
    path = tmp_path / "a.mentions.CSV"
    path.write_bytes(mention_line())
    loaded(any_store, "gdelt-mentions", path)
    return contents(any_store)


@pytest.fixture
def old(any_store: str, before: list[object]) -> str:
    """A store of an older schema, on each engine."""
    database = open_to_write(any_store)
    spoil(database)
    database.close()
    return any_store


def indexes_of(url: str) -> set[str]:
    """Name the indexes of the events, with their columns."""
    database = open_to_read(url)
    found = database.get_indexes("event")
    database.close()
    return {f"{index.name} {index.columns}" for index in found}


def contents(url: str) -> list[object]:
    """Count and add up the rows of each table but that of settings."""
    database = open_to_read(url)
    database.begin_reading()
    sums: list[object] = [sum_of(database, table) for table in COPIED]
    database.end_reading()
    database.close()
    return sums


def columns_of(database: apsw.Connection, table: str) -> list[str]:
    """Name the columns of a table."""
    return [name for _, name, *_ in database.execute(f"PRAGMA main.table_info({table})")]


def test_there_is_a_migration_to_every_schema() -> None:
    assert list(MIGRATIONS) == list(range(OLDEST_SCHEMA + 1, SCHEMA_VERSION + 1))
    assert {int(path.stem) for path in FOLDER.iterdir()} == {*RELEASED, SCHEMA_VERSION}


def test_the_schema_is_the_one_that_is_recorded(own_store: Path) -> None:
    recorded = FOLDER.joinpath(f"{SCHEMA_VERSION}.sql").read_text()
    assert schema_of(own_store) == recorded, "see tests/support/record_schema.py"


def test_a_store_is_made_whole_whatever_else_is_imported(tmp_path: Path) -> None:
    made = "from dataset.store.database import open_to_write; open_to_write('new.sqlite').close()"
    subprocess.run([sys.executable, "-c", made], check=True, cwd=tmp_path)
    recorded = FOLDER.joinpath(f"{SCHEMA_VERSION}.sql").read_text()
    assert schema_of(tmp_path / "new.sqlite") == recorded


@pytest.mark.parametrize("version", RELEASED)
def test_a_store_of_a_released_schema_becomes_one_of_today(
    own_store: Path, tmp_path: Path, version: int
) -> None:
    path = tmp_path / "old.sqlite"
    with closing(apsw.Connection(str(path))) as database:
        database.execute(FOLDER.joinpath(f"{version}.sql").read_text())
        database.execute("ATTACH ? AS other", (str(own_store),))
        for table in COPIED:
            name = table._meta.table_name
            known = ", ".join(f'"{column}"' for column in columns_of(database, name))
            if known:
                database.execute(f"INSERT INTO {name} ({known}) SELECT {known} FROM other.{name}")
        database.execute("INSERT INTO setting SELECT * FROM other.setting WHERE name <> 'indexes'")
        database.execute("UPDATE setting SET value = ? WHERE name = 'schema'", (str(version),))
    assert run("migrate", DATABASE=path).returncode == 0
    assert schema_of(path) == schema_of(own_store)
    assert contents(str(path)) == contents(str(own_store))
    assert client_on(path).get("/v1/events").data == client_on(own_store).get("/v1/events").data


def test_an_old_store_is_told_to_migrate(old: str, before: list[object]) -> None:
    for command in (["serve"], ["release", "a"], ["init"]):
        told = CliRunner().invoke(main, [*command, "--database", old])
        assert (told.exit_code, "cameo-events migrate" in told.output) == (UNUSABLE, True)
    assert client_on(old).get("/readyz").status_code == 503
    told = CliRunner().invoke(main, ["migrate", "--database", old])
    assert (told.exit_code, "Dropped the index event_forgotten." in told.output) == (0, True)
    assert contents(old) == before
    assert client_on(old).get("/readyz").status_code == 200


@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
def test_grid_cells_are_worked_out_as_loads_do(
    growing: Path, request: pytest.FixtureRequest, engine: str
) -> None:
    url = str(growing)
    if engine == "postgres":
        url = request.getfixturevalue("postgres").database()
        copy(str(growing), url)
    before = contents(url)
    database = open_to_write(url)
    for table in (Event, Superseded, SourceVersion):
        name = table._meta.table_name
        database.execute_sql(f"ALTER TABLE {name} DROP COLUMN place_priogrid_gid")
    database.execute_sql("UPDATE setting SET value = '7' WHERE name = 'schema'")
    database.close()
    migrate(url)
    assert contents(url) == before


def is_whole(url: str) -> bool:
    """Tell whether the indexes of the events are those that are declared."""
    database = open_to_read(url)
    names = {index.name for index in database.get_indexes("event") if not index.unique}
    wanted = {name for name in declared(database) if name.startswith("event_")}
    database.close()
    return names == wanted and "event_revision_id ['revision', 'id']" in indexes_of(url)


def test_indexes_become_those_that_are_declared(old: str) -> None:
    told, remade = list[str](), ("event_revision_id", "event_shuffle")
    assert not is_whole(old)
    migrate(old, told.append)
    assert is_whole(old)
    assert sorted(told) == [
        "Dropped the index event_forgotten.",
        "Dropped the index event_revision_id.",
        *(f"Made the index {name}." for name in sorted((*remade, *NEW_INDEXES))),
        *(f"Schema {version}." for version in MIGRATIONS),
    ]


def test_a_migrated_store_is_left_as_it_is(any_store: str) -> None:
    before = sums_of(any_store)
    told = CliRunner().invoke(main, ["migrate", "--database", any_store])
    assert told.output == "The schema is up to date.\n"
    assert sums_of(any_store) == before


def test_a_newer_store_is_refused(any_store: str) -> None:
    database = open_to_write(any_store)
    database.execute_sql("UPDATE setting SET value = '99' WHERE name = 'schema'")
    database.close()
    for command in ("migrate", "init"):
        told = CliRunner().invoke(main, [command, "--database", any_store])
        assert (told.exit_code, "please upgrade" in told.output) == (UNUSABLE, True)


def test_what_is_no_store_is_not_migrated(tmp_path: Path) -> None:
    told = CliRunner().invoke(main, ["migrate", "--database", str(tmp_path / "none.sqlite")])
    assert (told.exit_code, "There is no whole store" in told.output) == (3, True)
    assert list(tmp_path.iterdir()) == []


def is_killed_at(number: int, url: str) -> bool:
    """Migrate in a process that is killed before a statement; tell whether it came so far."""
    process = os.fork()
    if not process:
        die_at(number, engine_of(url))
        migrate(url)
        os._exit(0)
    return os.WIFSIGNALED(os.waitpid(process, 0)[1])


def die_at(number: int, engine: type[Engine]) -> None:
    """Let this process be killed before it runs a statement that writes, or commits."""
    left = iter(range(number))
    execute, commit = engine.execute_sql, engine.commit

    def dying(run: Callable[..., Any]) -> Callable[..., Any]:
        return lambda *given: run(*given) if goes_on(*given) else kill(getpid(), 9)

    def goes_on(_: Engine, text: str = "COMMIT", *more: object) -> bool:
        is_read = text.lstrip().startswith(("SELECT", "PRAGMA"))
        return is_read or next(left, None) is not None

    engine.execute_sql = dying(execute)  # type: ignore[method-assign]
    engine.commit = dying(commit)  # type: ignore[method-assign]


def test_a_migration_that_is_killed_at_any_statement_can_be_run_again(
    old: str, before: list[object]
) -> None:
    indexes, killed = indexes_of(old), 0
    while is_killed_at(killed, old):
        killed += 1
        assert indexes_of(old) == indexes or is_whole(old)
    assert killed >= 16
    assert is_whole(old)
    assert contents(old) == before
