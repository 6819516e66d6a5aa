"""Load files into stores of tests, and read what is in them."""

from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

import apsw
from peewee import Database

from dataset.inputs.source_files import source_files
from dataset.loading.accounts import Account
from dataset.loading.loads import LoadJob, load
from dataset.maintenance.copies import Sum, sum_of
from dataset.store.database import open_to_write
from dataset.store.models import MODELS, Event, Quarantined, field
from dataset.store.snapshots import Snapshot
from dataset.writes.versions import VERSION_COLUMNS

KEPT = [name for name in VERSION_COLUMNS if name not in ("load", "revision")]
"""What is the same of a row whatever the order of loads."""


def no_fetch(url: str) -> Path:
    """Fail: tests reach no other host."""
    raise AssertionError(url)


def load_into(database: Database, format: str, *paths: Path, **more: Any) -> Account:
    """Load files; give what the load did."""
    return load(
        database, LoadJob(format, source_files([str(path) for path in paths], no_fetch), **more)
    )


def loaded(store: Path | str, format: str, *paths: Path, **more: Any) -> Account:
    """Load files into a store that is opened for this alone."""
    database = open_to_write(str(store))
    try:
        return load_into(database, format, *paths, **more)
    finally:
        database.close()


def counts(outcome: Account) -> dict[str, int]:
    """Give what became of the records, without what became of none."""
    return {name: count for name, count in outcome.outcomes.items() if count}


def rows_of(store: Path | str, names: Iterable[str] = KEPT) -> list[tuple[Any, ...]]:
    """Give columns of all current events, in the order of their keys."""
    database = open_to_write(str(store))
    query = Event.select(*(field(Event, name) for name in names)).order_by(Event.key)
    rows = database.execute(query).fetchall()
    database.close()
    return rows


def sums_of(store: Path | str) -> list[Sum]:
    """Count and add up the rows of each table."""
    database = open_to_write(str(store))
    with database.atomic():
        sums = [sum_of(database, table) for table in MODELS]
    database.close()
    return sums


def refused(store: Path | str, load: int) -> list[tuple[Any, ...]]:
    """Give line, column, reason and bytes of what a load refused."""
    database = open_to_write(str(store))
    columns = (Quarantined.line, Quarantined.column, Quarantined.reason, Quarantined.record)
    query = Quarantined.select(*columns).where(Quarantined.load == load).order_by(Quarantined.n)
    rows = database.execute(query).fetchall()
    database.close()
    return [(line, column, reason, bytes(raw)) for line, column, reason, raw in rows]


def counted(path: Path, table: str) -> int:
    """Count the rows of a table in a database."""
    with closing(apsw.Connection(str(path))) as reader:
        return int(reader.execute(f"SELECT count(*) FROM {table}").fetchone()[0])


def explained(snapshot: Snapshot, statement: object) -> list[str]:
    """Give the steps of a plan that read a table."""
    text, parameters = snapshot.database.get_sql_context().sql(statement).query()
    rows = snapshot.database.execute_sql(f"EXPLAIN QUERY PLAN {text}", parameters).fetchall()
    return [step for *_, step in rows if step.startswith(("SEARCH", "SCAN"))]
