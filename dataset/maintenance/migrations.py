"""Bring an older store to the schema of this version: its tables step by step, then its indexes."""

from collections.abc import Callable
from typing import Any

from peewee import SQL, Case, Entity, Field, NodeList, SchemaManager, fn

from dataset.declarations.columns import COLUMNS
from dataset.declarations.geometry import GRID_COLUMNS, GRID_ROWS
from dataset.errors import StoreError
from dataset.maintenance.distribution import spread
from dataset.store.database import COPYING, ENGINE_ERRORS, SCHEMA_VERSION, check_age, found_settings
from dataset.store.declared_indexes import reconcile
from dataset.store.engines import engine_of
from dataset.store.engines.base import SECONDS_TO_WAIT, Engine
from dataset.store.models import (
    Event,
    Following,
    Load,
    Mention,
    NameCount,
    NameWord,
    Revision,
    Setting,
    SourceVersion,
    Superseded,
    field,
)
from dataset.store.statements import text_of
from dataset.writes.name_counts import NameCounts

Watch = Callable[[str], None]
"""Called with what was done."""


def nothing_more(database: Engine) -> None:
    """Leave the tables as they are: only the indexes differ."""


def add_deaths(database: Engine) -> None:
    """Add the deaths and the type of violence of events, and what loads skipped."""
    for table in (Event, Superseded):
        for name, column in COLUMNS.items():
            if column.since == 4:
                _add_column(database, field(table, name))
    _add_column(database, field(Load, "skipped"))


def add_undo(database: Engine) -> None:
    """Let mentions end and come again, note what was undone, and keep what sources say."""
    SchemaManager(SourceVersion, database).create_table(safe=False)
    spread(database, SourceVersion)
    _add_column(database, field(Mention, "ended"))
    database.rekey(Mention)
    _add_column(database, field(Load, "undone"))


def add_following(database: Engine) -> None:
    """Add the table of how far GDELT's feeds are followed; files get an index of their names."""
    with database.bind_ctx([Following]):
        SchemaManager(Following).create_table()


def add_last_dates(database: Engine) -> None:
    """Note the last day of the events of each revision and all before it."""
    _add_column(database, field(Revision, "last_date"))
    last_of: dict[int, str] = {}
    for table in (Event, Superseded):
        number = field(table, "revision")
        for made, day in database.execute(
            table.select(number, fn.MAX(field(table, "date"))).group_by(number)
        ):
            last_of[made] = max(str(day), last_of.get(made, ""))
    numbers = database.execute(Revision.select(Revision.number).order_by(Revision.number))
    last, noted = "", []
    for (made,) in numbers.fetchall():
        last = max(last, last_of.get(made, ""))
        noted.append((last or None, made))
    update = Revision.update(last_date=None).where(Revision.number == 0)
    database.execute_many(text_of(database, update), noted)


def add_grid_cells(database: Engine) -> None:
    """Add the PRIO-GRID cells of places, and work them out for all versions."""
    for table in (Event, Superseded, SourceVersion):
        _add_column(database, field(table, "place_priogrid_gid"))
        latitude, longitude = (field(table, f"place_{name}") for name in ("latitude", "longitude"))
        row = _halves(latitude + 90, GRID_ROWS)
        cell = row * GRID_COLUMNS + _halves(longitude + 180, GRID_COLUMNS) + 1
        filled = table.update({field(table, "place_priogrid_gid"): cell})
        database.execute(filled.where(latitude.is_null(False)))


def add_names(database: Engine) -> None:
    """Add the counts of codes and names, and index the names of events."""
    for table in (NameCount, NameWord):
        if not database.table_exists(table._meta.table_name):
            SchemaManager(table, database).create_table()
            spread(database, table)
    NameCounts(database).count_anew()


def _halves(degrees: Any, most: int) -> Any:
    """Count the half degrees that are below; the last one has both of its edges."""
    return Case(None, [(degrees * 2 >= most, most - 1)], fn.FLOOR(degrees * 2)).cast("INTEGER")


def _add_column(database: Engine, added: Field) -> None:
    """Add a column, unless an earlier migration made the table with it."""
    name = added.model._meta.table_name
    if added.column_name in {column.name for column in database.get_columns(name)}:
        return
    table = Entity(name)
    definition = added.ddl(database.get_sql_context())
    database.execute(NodeList((SQL("ALTER TABLE"), table, SQL("ADD COLUMN"), definition)))


MIGRATIONS: dict[int, Callable[[Engine], None]] = {
    3: nothing_more,
    4: add_deaths,
    5: add_undo,
    6: add_following,
    7: add_last_dates,
    8: add_grid_cells,
    9: add_names,
}
"""By the schema that it makes: a function that changes the tables of the schema before.

It runs within a transaction; the indexes are made as they are declared afterwards.
"""


def migrate(url: str, watch: Watch = lambda _: None) -> str:
    """Bring a store to the newest schema in one transaction: all of it or nothing.

    Gives what could not be done afterwards (see `Engine.tidy`).
    Raises `StoreError` for a store that a newer version has made, and where there is none.
    """
    database = engine_of(url).to_write(url, SECONDS_TO_WAIT)
    settings = found_settings(url)
    if settings is None or COPYING in settings:
        raise StoreError(f"There is no whole store at {database.label}.")
    check_age(database.label, settings)
    try:
        with database.atomic():
            database.begin_writing()
            _migrate(database, watch)
    except ENGINE_ERRORS as error:
        raise database.unusable("migrated", error) from error
    else:
        return database.tidy()
    finally:
        database.close()


def _migrate(database: Engine, watch: Watch) -> None:
    is_schema = Setting.name == "schema"
    query = Setting.select(Setting.value).where(is_schema)
    schema = int(database.execute(query).fetchone()[0])
    for version in range(schema + 1, SCHEMA_VERSION + 1):
        MIGRATIONS[version](database)
        watch(f"Schema {version}.")
    changed = [*reconcile(database)]
    for done in changed:
        watch(done)
    if changed:
        # What was known of an index goes with it.
        database.weigh()
    database.execute(Setting.update(value=str(SCHEMA_VERSION)).where(is_schema))
