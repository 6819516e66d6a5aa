"""Open the database that `DATABASE` names, make its tables, and check that it is ours."""

import secrets
import time
import uuid
from collections.abc import Mapping
from pathlib import Path

import apsw
import orjson
from peewee import Database, OperationalError, PeeweeException, SqliteDatabase
from playhouse.apsw_ext import APSWDatabase

from dataset.errors import StoreError
from dataset.indexes import create_words
from dataset.models import MODELS, Setting

SCHEMA_VERSION = 3
ENGINE_ERRORS = (PeeweeException, apsw.Error, UnicodeDecodeError, orjson.JSONDecodeError)
"""What an engine raises; peewee wraps the errors of a statement, not those of fetching rows.

Text that is not UTF-8, or not the JSON that we wrote, stands in no row of ours: it is damaged.
"""
APPLICATION_ID = 0x43414D45
"""`CAME` in the header of our SQLite files (https://sqlite.org/fileformat.html#application_id)."""

# 64 MiB of pages and sorts on disk: a load of any size stays in bounded memory.
PRAGMAS = {"page_size": 8192, "synchronous": "normal", "cache_size": -65_536}
# No memory map: a file that is cut short under it would end the process (SIGBUS).
READ_PRAGMAS: dict[str, int | str] = {"query_only": 1, "temp_store": "memory"}
# What is sorted for a stream may be all there is.
STREAM_PRAGMAS = READ_PRAGMAS | {"temp_store": "file"}
SECONDS_TO_WAIT = 5
WAYS_OUT = {
    "locked": "Another command is writing to it: nothing was changed, try again when it has ended.",
    "disk is full": "Nothing was changed: make room, then try again.",
}
"""What to do about errors that the engine names so."""
WAY_OUT = "If it does not pass, restore a backup or choose another file with DATABASE=."


def path_of(url: str) -> Path:
    """Give the file of a database; any other address is refused."""
    if "://" in url or url.startswith(":") or not url:
        raise StoreError(
            f"DATABASE is {url!r}, but must be the path of a SQLite file, "
            "such as cameo-events.sqlite."
        )
    path = Path(url)
    if path.is_dir():
        raise StoreError(f"The database {url} is a folder; choose a file with DATABASE=.")
    return path


def open_to_read(
    url: str,
    seconds_to_wait: float = SECONDS_TO_WAIT,
    pragmas: Mapping[str, int | str] = READ_PRAGMAS,
) -> Database:
    """Open a database that exists; nothing can be written through it."""
    return APSWDatabase(
        str(path_of(url)),
        pragmas=pragmas,
        timeout=seconds_to_wait,
        flags=apsw.SQLITE_OPEN_READONLY,
    )


def open_to_write(url: str, seconds_to_wait: float = SECONDS_TO_WAIT) -> SqliteDatabase:
    """Open a database, made if missing, with all tables; writers lock at BEGIN."""
    path = path_of(url)
    if not path.parent.is_dir():
        raise StoreError(f"The folder {path.parent} of the database does not exist.")
    # A file that is not ours must stay as it is: it is looked at before it is opened to write.
    is_begun(url)
    try:
        database = APSWDatabase(
            str(path), pragmas=PRAGMAS, timeout=seconds_to_wait, lock_type="IMMEDIATE"
        )
        with database.atomic():
            _create(database)
        _use_wal(database, seconds_to_wait)
    except ENGINE_ERRORS as error:
        raise unusable(url, "written", error) from error
    return database


def is_begun(url: str) -> bool:
    """Tell whether a database is there and has our tables; refuse those of something else."""
    if not path_of(url).exists():
        return False
    database = open_to_read(url)
    try:
        tables = set(database.get_tables())
        if tables and not {"setting", "superseded"} <= tables:
            raise StoreError(
                f"The database {url} holds tables of something else; "
                "choose another file with DATABASE=."
            )
        if tables:
            check(url, settings_of(database))
        return bool(tables)
    except ENGINE_ERRORS as error:
        raise unusable(url, "read", error) from error
    finally:
        database.close()


def unusable(url: str, done: str, error: BaseException) -> StoreError:
    """Say why a database cannot be read or written; peewee may hide the cause in the context."""
    while isinstance(error.__context__, ENGINE_ERRORS):
        error = error.__context__
    way_out = next((text for name, text in WAYS_OUT.items() if name in str(error)), WAY_OUT)
    return StoreError(f"The database {url} cannot be {done}: {error}. {way_out}")


def _use_wal(database: SqliteDatabase, seconds_to_wait: float) -> None:
    """Let readers go on beside a writer; SQLite does not wait for others here by itself."""
    deadline = time.monotonic() + seconds_to_wait
    while True:
        try:
            database.pragma("journal_mode", "wal")
        except OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            return


def _create(database: SqliteDatabase) -> None:
    """Make the tables where they are missing."""
    if database.table_exists("setting"):
        return
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


def truncate_log(database: Database) -> bool:
    """Give the room of the write-ahead log back; tell whether no reader or full disk put it off."""
    try:
        ((busy, *_),) = database.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    except ENGINE_ERRORS:
        return False
    return not busy


def write_anew(database: Database) -> bool:
    """Write the file anew, without the remains of what was deleted; tell whether all is gone."""
    try:
        database.execute_sql("VACUUM")
        return truncate_log(database)
    except ENGINE_ERRORS as error:
        raise unusable(str(database.database), "written anew", error) from error


def settings_of(database: Database) -> dict[str, str]:
    """Read what the store says about itself."""
    return dict(database.execute_sql("SELECT name, value FROM setting").fetchall())


def check(url: str, settings: dict[str, str]) -> None:
    """Refuse a store that is damaged, or that a newer version of this program has made."""
    schema = settings.get("schema", "")
    if not schema.isdigit() or not {"uuid", "key"} <= settings.keys():
        raise StoreError(f"The database {url} is damaged: its settings are missing. {WAY_OUT}")
    if int(schema) < SCHEMA_VERSION:
        raise StoreError(
            f"The database {url} has schema {schema}, which cameo-events wrote before its first "
            f"release: choose a new file with DATABASE= and load the data again."
        )
    if int(schema) > SCHEMA_VERSION:
        raise StoreError(
            f"The database {url} has schema {schema}, but this version of cameo-events knows "
            f"schemas up to {SCHEMA_VERSION}: please upgrade it."
        )
