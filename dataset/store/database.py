"""Open the database that `DATABASE` names, make its tables, and check that it is ours."""

import secrets
import uuid

import apsw
from peewee import Database, SchemaManager

from dataset.errors import StoreError
from dataset.store.declared_indexes import create_missing
from dataset.store.engines import engine_of
from dataset.store.engines.base import DAMAGED, SECONDS_TO_WAIT, Engine
from dataset.store.models import MODELS, Setting

OLDEST_SCHEMA = 2
SCHEMA_VERSION = 9
COPYING = "copying"
"""The setting of an unfinished copy: what it is a copy of."""
ENGINE_ERRORS: tuple[type[BaseException], ...] = (*Engine.ERRORS, apsw.Error)
"""What the engines raise; all but SQLite raise peewee's errors."""


def open_to_read(
    url: str,
    seconds_to_wait: float = SECONDS_TO_WAIT,
    streaming: bool = False,
    query_seconds: float | None = None,
) -> Engine:
    """Open a database that exists; nothing can be written through it.

    `streaming`: for answers of any size, whose memory must be bounded. `query_seconds` is the
    statement timeout of the database server, if there is a server.
    """
    database = engine_of(url).to_read(url, seconds_to_wait, streaming)
    if query_seconds is not None:
        database.limit(query_seconds)
    return database


def open_to_write(url: str, seconds_to_wait: float = SECONDS_TO_WAIT) -> Engine:
    """Open a database, create it and its tables if missing; other writers wait."""
    database = engine_of(url).to_write(url, seconds_to_wait)
    # A database that is not ours must not change: it is checked before anything is written.
    is_begun(url)
    make(database)
    return database


def make(database: Engine) -> None:
    """Make the tables where they are missing."""
    try:
        with database.atomic():
            database.begin_writing()
            _create(database)
        database.settle()
    except ENGINE_ERRORS as error:
        raise database.unusable("written", error) from error


def is_begun(url: str) -> bool:
    """Tell whether a database is there and has our tables; refuse what is no store of ours."""
    settings = found_settings(url)
    if settings is not None:
        check(open_to_read(url).label, settings)
    return settings is not None


def check_there(url: str) -> None:
    """Refuse a database that is not there, or holds no store yet."""
    if not is_begun(url):
        raise StoreError(
            f"There is no database {open_to_read(url).label}: choose another with DATABASE=, or "
            "make it with `cameo-events init`."
        )


def found_settings(url: str) -> dict[str, str] | None:
    """Read what a store says about itself, None if there is none; refuse something else."""
    database = open_to_read(url)
    try:
        foreign = database.foreign_tables()
        if foreign:
            raise StoreError(
                f"The database {database.label} holds tables of something else; "
                "choose another with DATABASE=."
            )
        return None if foreign is None else settings_of(database)
    except ENGINE_ERRORS as error:
        raise database.unusable("read", error) from error
    finally:
        database.close()


def _create(database: Engine) -> None:
    if database.table_exists("setting"):
        return
    with database.bind_ctx(MODELS):
        for table in MODELS:
            SchemaManager(table).create_table()
        database.create_more()
        Setting.insert_many(
            [
                {"name": "schema", "value": str(SCHEMA_VERSION)},
                {"name": "uuid", "value": str(uuid.uuid4())},
                {"name": "key", "value": secrets.token_hex(32)},
            ]
        ).execute()
    create_missing(database)


def settings_of(database: Database) -> dict[str, str]:
    """Read what the store says about itself."""
    return dict(database.execute_sql("SELECT name, value FROM setting").fetchall())


def check(label: str, settings: dict[str, str]) -> None:
    """Refuse a store that is damaged, or that a newer version of this program has made."""
    schema = settings.get("schema", "")
    if COPYING in settings:
        raise StoreError(
            f"The database {label} is a copy that is not whole: run `cameo-events copy` again."
        )
    if not schema.isdigit() or not {"uuid", "key"} <= settings.keys():
        raise StoreError(f"The settings of the database {label} are missing. {DAMAGED}")
    check_age(label, settings)
    if int(schema) < SCHEMA_VERSION:
        raise StoreError(
            f"The database {label} has schema {schema}, and this version of cameo-events "
            f"{SCHEMA_VERSION}: run `cameo-events migrate` once, with DATABASE= as it is."
        )


def check_age(label: str, settings: dict[str, str]) -> None:
    """Refuse a store of a newer version, and one from before the first release."""
    schema = int(settings["schema"])
    if schema < OLDEST_SCHEMA:
        raise StoreError(
            f"The database {label} has schema {schema}, which cameo-events wrote before its first "
            f"release: choose a new one with DATABASE= and load the data again."
        )
    if schema > SCHEMA_VERSION:
        raise StoreError(
            f"The database {label} has schema {schema}, but this version of cameo-events knows "
            f"schemas up to {SCHEMA_VERSION}: please upgrade it."
        )
