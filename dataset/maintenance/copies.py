"""Copy a store with all its versions into another database, of any engine."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from hashlib import blake2b
from typing import Any, NamedTuple

from peewee import Model, SchemaManager, Tuple, chunked, fn

from dataset.errors import Impossible, StoreError
from dataset.store.database import COPYING, ENGINE_ERRORS, check, found_settings, make, open_to_read
from dataset.store.declared_indexes import create_missing
from dataset.store.engines import engine_of
from dataset.store.engines.base import SECONDS_TO_WAIT, Engine
from dataset.store.models import MODELS, Load, Revision, Setting, field
from dataset.store.statements import compiled

BATCH = 10_000
"""How many rows are written at a time; an interruption loses fewer."""
COPIED = [table for table in MODELS if table is not Setting]
KEPT = ("uuid", "key")
"""The settings that make it the same store: its cursors and pinned answers stay valid."""


class Sum(NamedTuple):
    """How many rows a table has, and a checksum that does not depend on their order."""

    rows: int
    checksum: int


Watch = Callable[[str, Sum], None]
"""Called with each table that was found to be the same."""


def copy(source: str, target: str, watch: Watch = lambda *_: None) -> str:
    """Copy a store into a new database, or go on where an interrupted copy ended.

    Gives what could not be done afterwards (see `Engine.tidy`).
    Raises `StoreError` if either cannot be used, `Impossible` if the target holds another store,
    the source has changed since the copy began, or a table is not the same in the end.
    """
    settings = found_settings(source)
    if settings is None:
        raise StoreError(f"There is no store at {open_to_read(source).label}.")
    with _reading(source) as reader, _writing(target) as writer:
        check(reader.label, settings)
        _begin(writer, target, _state(reader, settings))
        for table in COPIED:
            _copy_rows(reader, writer, table)
        create_missing(writer)
        writer.create_words()
        for table in COPIED:
            watch(table._meta.table_name, _compared(reader, writer, table))
        _finish(writer, {name: settings[name] for name in KEPT})
        return writer.tidy()


@contextmanager
def _reading(url: str) -> Iterator[Engine]:
    """Open a snapshot of a store; later commits are not copied."""
    database = open_to_read(url)
    try:
        database.begin_reading()
        yield database
    except ENGINE_ERRORS as error:
        raise database.unusable("copied", error) from error
    finally:
        database.end_reading()
        database.close()


@contextmanager
def _writing(url: str) -> Iterator[Engine]:
    database = engine_of(url).to_write(url, SECONDS_TO_WAIT)
    try:
        yield database
    except ENGINE_ERRORS as error:
        raise database.unusable("written", error) from error
    finally:
        database.close()


def _state(reader: Engine, settings: dict[str, str]) -> str:
    """Name what is copied: the store, its newest revision, its last load."""
    newest = Revision.select(Revision.number, Revision.token).order_by(Revision.number.desc())
    number, token = reader.execute(newest.limit(1)).fetchone() or (0, "")
    (last,) = reader.execute(Load.select(fn.MAX(Load.number))).fetchone()
    return f"{settings['uuid']} {number} {token} {last}"


def _begin(writer: Engine, target: str, state: str) -> None:
    """Mark the target as an unfinished copy; rows are written without indexes."""
    begun = (found_settings(target) or {}).get(COPYING)
    if begun not in (None, state):
        raise Impossible(
            f"{writer.label} was copied from an earlier state of the source: "
            "copy into a new database."
        )
    make(writer)
    with writer.atomic():
        writer.begin_writing()
        if begun is None:
            if writer.execute(Load.select().limit(1)).fetchone():
                raise Impossible(f"{writer.label} holds a store already: choose another.")
            writer.execute(Setting.insert(name=COPYING, value=state))
        for table in COPIED:
            SchemaManager(table, writer).drop_indexes()
        writer.drop_words()


def _copy_rows(reader: Engine, writer: Engine, table: type[Model]) -> None:
    """Copy the rows that come after the last one that is there, in the order of their keys."""
    keys = _keys(table)
    backwards = table.select(*keys).order_by(*(key.desc() for key in keys))
    last = writer.execute(backwards.limit(1)).fetchone()
    missing = table.select().where(Tuple(*keys) > last) if last else table.select()
    insert = writer.inserter(table, table._meta.sorted_field_names)
    for batch in chunked(_streamed(reader, missing.order_by(*keys)), BATCH):
        with writer.atomic():
            writer.begin_writing()
            insert(batch)


def _keys(table: type[Model]) -> list[Any]:
    names = getattr(table._meta.primary_key, "field_names", None)
    return [field(table, name) for name in names] if names else [table._meta.primary_key]


def _streamed(database: Engine, query: Any) -> Iterator[Sequence[Any]]:
    return database.stream(*compiled(database, query))


def sum_of(database: Engine, table: type[Model]) -> Sum:
    """Count the rows of a table and add up their hashes, within a transaction."""
    rows = total = 0
    for row in _streamed(database, table.select()):
        rows += 1
        total += int.from_bytes(blake2b(repr(tuple(row)).encode(), digest_size=8).digest())
    return Sum(rows, total % 2**64)


def _compared(reader: Engine, writer: Engine, table: type[Model]) -> Sum:
    found = sum_of(reader, table)
    with writer.atomic():
        made = sum_of(writer, table)
    if made != found:
        name = table._meta.table_name
        raise Impossible(f"The copy is not the same: table {name} has {made}, not {found}.")
    return found


def _finish(writer: Engine, kept: dict[str, str]) -> None:
    """Make the copy the same store."""
    with writer.atomic():
        for name, value in kept.items():
            writer.execute(Setting.update(value=value).where(Setting.name == name))
        writer.execute(Setting.delete().where(Setting.name == COPYING))
