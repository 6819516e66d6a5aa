"""What Citus asks of a schema and of SQL, tested without it: on a stand-in for its functions."""

import re

import psycopg
import pytest
from click.testing import CliRunner
from peewee import ForeignKeyField, Model

from api.commands.main import main
from dataset.maintenance.distribution import BY, DISTRIBUTED, LOCAL, REFERENCE
from dataset.store.engines.postgres import Postgres
from dataset.store.models import MODELS
from support.corpus import requests
from support.gdelt_lines import gdelt_line
from support.postgres_server import Server
from support.rich_store import client_on
from support.stores import loaded

NEW = "source_version"
"""A table that older schemas lack."""
COUNTS = ("name_count", "name_word")
# It notes what is asked for, as Citus does in a table of this name.
STAND_IN = """
CREATE TABLE pg_dist_partition (logicalrelid regclass, by text, beside text, shards text);
CREATE FUNCTION create_reference_table(name regclass) RETURNS void LANGUAGE sql AS
    'INSERT INTO pg_dist_partition VALUES (name)';
CREATE FUNCTION create_distributed_table(name regclass, by text, colocate_with text)
    RETURNS void LANGUAGE sql AS
    'INSERT INTO pg_dist_partition
     VALUES (name, by, colocate_with, current_setting(''citus.shard_count'', true))';
"""
REFUSED = (
    r"\bFOR UPDATE\b|SKIP LOCKED",
    r"\bGROUPING SETS\b|\bCUBE\b|\bROLLUP\b",
    r"\bRECURSIVE\b",
    r"\bnow\(\)|\brandom\(\)|\bCURRENT_(DATE|TIME)",
    r"\bDROP INDEX\b[^;]*,",
    r"\bTRIGGER\b|\bGENERATED\b|\bSERIAL\b",
    r"\bVACUUM\b.*,",
    r"\bUPDATE\b.*\bSET\b[^W]*\"key\" =",
)
"""Citus refuses these, whatever the rest of a statement is."""


@pytest.fixture
def coordinator(postgres: Server) -> str:
    """The address of an empty database that has a stand-in for Citus."""
    url = postgres.database()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(STAND_IN)
    return url


def noted(url: str) -> list[tuple[str, ...]]:
    with psycopg.connect(url) as connection:
        asked = "SELECT logicalrelid::text, by, beside, shards FROM pg_dist_partition"
        return connection.execute(asked).fetchall()


def test_init_declares_the_tables(coordinator: str) -> None:
    done = CliRunner().invoke(main, ["init", "--distribute", "--database", coordinator])
    assert done.exit_code == 0, done.output
    reference = ("dataset", "document", "revision", "release", "seen_code", *COUNTS)
    assert noted(coordinator) == [
        *((name, None, None, None) for name in (*reference, "load", "load_file", "setting")),
        ("event", "key", "default", "8"),
        *((name, "key", "event", "8") for name in ("superseded", "mention", "tombstone")),
        ("source_version", "key", "event", "8"),
    ]
    assert client_on(coordinator).get("/v1/events/count").json["count"] == 55


def test_init_declares_them_once(coordinator: str) -> None:
    for shards in ("4", "16"):
        given = ["--distribute", "--shards", shards, "--database", coordinator]
        assert CliRunner().invoke(main, ["init", *given]).exit_code == 0
    assert {shards for *_, shards in noted(coordinator)} == {None, "4"}


def test_a_migration_spreads_a_new_table(coordinator: str) -> None:
    CliRunner().invoke(main, ["init", "--distribute", "--database", coordinator])
    with psycopg.connect(coordinator) as connection:
        for table in (NEW, *COUNTS):
            gone = "DELETE FROM pg_dist_partition WHERE logicalrelid = %s::regclass"
            connection.execute(gone, [table])
            connection.execute(f"DROP TABLE {table}")
        connection.execute("ALTER TABLE mention DROP COLUMN ended")
        connection.execute("ALTER TABLE load DROP COLUMN undone")
        connection.execute("ALTER TABLE revision DROP COLUMN last_date")
        connection.execute("UPDATE setting SET value = '4' WHERE name = 'schema'")
    done = CliRunner().invoke(main, ["migrate", "--database", coordinator])
    assert done.exit_code == 0, done.output
    made = [row[:3] for row in noted(coordinator)[-3:]]
    assert made == [(NEW, "key", "event"), *((table, None, None) for table in COUNTS)]


def test_a_server_without_citus_is_told(any_store: str) -> None:
    done = CliRunner().invoke(main, ["init", "--distribute", "--database", any_store])
    assert done.exit_code == 1
    assert "has no Citus" in done.output or "that takes PostgreSQL" in done.output


def test_every_table_has_its_place() -> None:
    assert {*DISTRIBUTED, *REFERENCE, *LOCAL} == {*MODELS}
    assert len(DISTRIBUTED) + len(REFERENCE) + len(LOCAL) == len(MODELS)


@pytest.mark.parametrize("table", DISTRIBUTED)
def test_unique_keys_of_distributed_tables_hold_the_column_of_distribution(
    table: type[Model],
) -> None:
    primary = table._meta.primary_key
    assert BY in getattr(primary, "field_names", (primary.name,))
    assert not table._meta.fields[BY].null
    assert not [field for field in table._meta.sorted_fields if field.unique]
    assert not [index for index in table._meta.fields_to_index() if index._unique]


def test_no_table_refers_to_another_or_counts_by_itself() -> None:
    fields = [field for table in MODELS for field in table._meta.sorted_fields]
    assert not [field for field in fields if isinstance(field, ForeignKeyField)]
    assert not [table for table in MODELS if table._meta.auto_increment]


@pytest.fixture(scope="module")
def statements(
    rich_postgres: str,
    postgres: Server,
    seeded_postgres: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> list[str]:
    """All statements that a load, corrections and requests of all kinds run."""
    store = postgres.database(seeded_postgres)
    path = tmp_path_factory.mktemp("heard") / "a.tsv"
    path.write_bytes(gdelt_line() + gdelt_line(c26="x"))
    with pytest.MonkeyPatch.context() as patch:
        heard = hear(patch)
        client = client_on(rich_postgres)
        for request in requests()[::4]:
            client.get(request)
        loaded(store, "gdelt", path)
        path.write_bytes(gdelt_line(c0="1002"))
        loaded(store, "gdelt", path, whole=True)
        path.write_bytes(gdelt_line())
        loaded(store, "gdelt", path)
        for given in ("retract gdelt:1001 --reason x", "purge gdelt:1001 --yes"):
            CliRunner().invoke(main, [*given.split(), "--database", store])
    return heard


def hear(patch: pytest.MonkeyPatch) -> list[str]:
    """Note the statements that are run."""
    heard: list[str] = []
    execute = Postgres.execute_sql

    def hearing(self: Postgres, text: str, parameters: object = None) -> object:
        heard.append(text)
        return execute(self, text, parameters)

    patch.setattr(Postgres, "execute_sql", hearing)
    return heard


def test_no_statement_is_one_that_citus_refuses(statements: list[str]) -> None:
    assert len(statements) > 500
    for text in set(statements):
        assert not any(re.search(pattern, text, re.IGNORECASE) for pattern in REFUSED), text


def test_no_statement_joins_distributed_tables(statements: list[str]) -> None:
    names = "|".join(table._meta.table_name for table in DISTRIBUTED)
    for text in set(statements):
        assert not re.search(rf'JOIN "({names})"', text), text
        assert not re.search(rf'FROM "({names})" AS "\w+"\s*,', text), text


def test_what_is_correlated_is_whole_on_every_server(statements: list[str]) -> None:
    correlated = [text for text in set(statements) if text.count("MAX(") and "= (SELECT" in text]
    assert correlated
    for text in correlated:
        assert re.search(r'= \(SELECT MAX\("t\d"\."revision"\) FROM "(dataset|document)"', text)
