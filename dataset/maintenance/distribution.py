"""Spread the tables of a store over the servers of a Citus cluster."""

from collections.abc import Callable
from typing import Any

from peewee import Model

from dataset.errors import Impossible
from dataset.store.database import ENGINE_ERRORS
from dataset.store.engines.base import Engine
from dataset.store.models import (
    Dataset,
    Document,
    Event,
    Following,
    Load,
    LoadFile,
    Mention,
    NameCount,
    NameWord,
    Quarantined,
    Release,
    Revision,
    SeenCode,
    Setting,
    SourceVersion,
    Superseded,
    Tombstone,
)

BY = "key"
"""The column by which events, and all that depends on them, are spread."""
DISTRIBUTED: list[type[Model]] = [Event, Superseded, Mention, Tombstone, SourceVersion]
REFERENCE: list[type[Model]] = [
    Dataset,
    Document,
    Revision,
    Release,
    SeenCode,
    NameCount,
    NameWord,
    Load,
    LoadFile,
    Setting,
]
"""Small tables that every server holds in full."""
LOCAL: list[type[Model]] = [Quarantined, Following]
"""What stays on the coordinator: no answer about events reads it."""
SHARDS = 8
"""One or two for each core of the workers: the cost of a query grows with their number."""

Watch = Callable[[str], None]


def distribute(database: Engine, shards: int = SHARDS, watch: Watch = lambda _: None) -> None:
    """Declare the tables on a Citus coordinator, where that has not been done."""
    try:
        _check(database)
        with database.atomic():
            database.begin_writing()
            # Reference tables and shards in one transaction: one after another.
            database.execute_sql(IN_SEQUENCE)
            database.execute_sql("SELECT set_config('citus.shard_count', %s, true)", (str(shards),))
            done = {name for (name,) in database.execute_sql(DONE).fetchall()}
            for table in (*REFERENCE, *DISTRIBUTED):
                name = table._meta.table_name
                if name not in done:
                    database.execute_sql(*statement(table))
                    watch(f"Distributed the table {name}.")
    except ENGINE_ERRORS as error:
        raise database.unusable("distributed", error) from error


def spread(database: Engine, table: type[Model]) -> None:
    """Declare a new table, if the tables of the store are spread over servers."""
    if database.CAN_SPREAD and database.execute_sql(HAS_CITUS).fetchone()[0] is not None:
        done = {name for (name,) in database.execute_sql(DONE).fetchall()}
        if Event._meta.table_name in done:
            database.execute_sql(IN_SEQUENCE)
            database.execute_sql(*statement(table))


IN_SEQUENCE = "SET LOCAL citus.multi_shard_modify_mode TO 'sequential'"
HAS_CITUS = "SELECT to_regclass('pg_dist_partition')"
DONE = "SELECT logicalrelid::regclass::text FROM pg_dist_partition"
REFER = "SELECT create_reference_table(%s)"
SPREAD = "SELECT create_distributed_table(%s, %s, colocate_with => %s)"


def statement(table: type[Model]) -> tuple[str, tuple[str, ...]]:
    """Give the statement that declares a table, with its parameters."""
    name = table._meta.table_name
    if table in REFERENCE:
        return REFER, (name,)
    beside = "default" if table is Event else Event._meta.table_name
    return SPREAD, (name, BY, beside)


def _check(database: Engine) -> None:
    """Refuse a server that is no coordinator of Citus."""
    if not database.CAN_SPREAD:
        raise Impossible(f"{database.label} cannot be distributed: that takes PostgreSQL.")
    found: Any = database.execute_sql(HAS_CITUS).fetchone()
    if found[0] is None:
        raise Impossible(
            f"{database.label} has no Citus: make its extension `citus` first, and add the workers "
            "(citus_add_node)."
        )
