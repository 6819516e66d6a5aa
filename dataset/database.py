"""Open the database that `DATABASE` names, make its tables, and check that it is ours."""

import secrets
import uuid
from pathlib import Path

import apsw
from peewee import Database, PeeweeException, SqliteDatabase
from playhouse.apsw_ext import APSWDatabase

from dataset.errors import StoreError
from dataset.indexes import create_words
from dataset.models import MODELS, Setting

SCHEMA_VERSION = 1
ENGINE_ERRORS = (PeeweeException, apsw.Error)
"""What an engine raises; peewee wraps the errors of a statement, not those of fetching rows."""
APPLICATION_ID = 0x43414D45
"""`CAME` in the header of our SQLite files (https://sqlite.org/fileformat.html#application_id)."""

PRAGMAS = {"journal_mode": "wal", "synchronous": "normal", "temp_store": "memory"}
READ_PRAGMAS = {"query_only": 1, "temp_store": "memory", "mmap_size": 2**30}
SECONDS_TO_WAIT = 5


def path_of(url: str) -> Path:
    """Give the file of a database; any other address is refused."""
    if "://" in url or not url:
        raise StoreError(
            f"DATABASE is {url!r}, but must be the path of a SQLite file, "
            "such as cameo-events.sqlite."
        )
    return Path(url)


def open_to_read(url: str, seconds_to_wait: float = SECONDS_TO_WAIT) -> Database:
    """Open a database that exists; nothing can be written through it."""
    path = path_of(url)
    return APSWDatabase(
        str(path),
        pragmas=READ_PRAGMAS,
        timeout=seconds_to_wait,
        flags=apsw.SQLITE_OPEN_READONLY,
    )


def open_to_write(url: str, seconds_to_wait: float = SECONDS_TO_WAIT) -> SqliteDatabase:
    """Open a database, made if missing, with all tables; writers lock at BEGIN."""
    path = path_of(url)
    if not path.parent.is_dir():
        raise StoreError(f"The folder {path.parent} of the database does not exist.")
    database = APSWDatabase(
        str(path), pragmas=PRAGMAS, timeout=seconds_to_wait, lock_type="IMMEDIATE"
    )
    try:
        with database.atomic():
            _create(database)
    except ENGINE_ERRORS as error:
        raise StoreError(f"The database {url} cannot be written: {error}.") from error
    return database


def _create(database: SqliteDatabase) -> None:
    """Make what is missing, after a look at what is there."""
    if database.table_exists("setting"):
        check(database, settings_of(database))
        return
    if database.get_tables():
        raise StoreError(f"The database {database.database} holds tables of something else.")
    with database.bind_ctx(MODELS):
        database.create_tables(MODELS)
        create_words(database)
        Setting.insert_many(
            [
                {"name": "schema", "value": str(SCHEMA_VERSION)},
                {"name": "uuid", "value": str(uuid.uuid4())},
                {"name": "key", "value": secrets.token_hex(32)},
            ]
        ).execute()
    database.pragma("application_id", APPLICATION_ID)


def settings_of(database: Database) -> dict[str, str]:
    """Read what the store says about itself."""
    return dict(database.execute_sql("SELECT name, value FROM setting").fetchall())


def check(database: Database, settings: dict[str, str]) -> None:
    """Refuse a store that a newer version of this program has made."""
    schema = int(settings.get("schema", 0))
    if schema > SCHEMA_VERSION:
        raise StoreError(
            f"The database {database.database} has schema {schema}, but this version of "
            f"cameo-events knows schemas up to {SCHEMA_VERSION}: please upgrade it."
        )
