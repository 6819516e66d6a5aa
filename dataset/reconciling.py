"""Make the indexes of a store those that are declared: what is missing, and no others."""

from collections.abc import Iterator
from hashlib import blake2b

import orjson
from peewee import SQL, Entity, NodeList, SchemaManager, ValueLiterals

from dataset.engines.base import Engine
from dataset.models import MODELS, Setting
from dataset.statements import text_of

RECORD = "indexes"
"""The setting that says what each index of the store is: engines write it in words of their own."""


def declared(database: Engine) -> dict[str, str]:
    """Give a hash of what each index is to be, by name."""
    indexes = [index for table in MODELS for index in table._meta.fields_to_index()]
    texts = {
        index._name: text_of(database, ValueLiterals(index))
        for index in (*indexes, *database.WORDS)
    }
    return {name: blake2b(text.encode(), digest_size=8).hexdigest() for name, text in texts.items()}


def reconcile(database: Engine) -> Iterator[str]:
    """Drop the indexes that are not declared so, make the missing ones; tell of each."""
    wanted, known = declared(database), _recorded(database)
    for name in sorted(_present(database)):
        if name not in wanted or known.get(name) != wanted[name]:
            database.execute(NodeList((SQL("DROP INDEX"), Entity(name))))
            yield f"Dropped the index {name}."
    missing = wanted.keys() - _present(database)
    create_all(database)
    yield from (f"Made the index {name}." for name in sorted(missing))


def create_all(database: Engine) -> None:
    """Make the indexes that are missing, and record what they are."""
    for table in MODELS:
        SchemaManager(table, database).create_indexes()
    for index in database.WORDS:
        database.execute(index)
    database.execute(Setting.delete().where(Setting.name == RECORD))
    record = orjson.dumps(declared(database)).decode()
    database.execute(Setting.insert(name=RECORD, value=record))


def _present(database: Engine) -> set[str]:
    """Name the indexes of our tables that are no primary keys."""
    found = (database.get_indexes(table._meta.table_name) for table in MODELS)
    return {index.name for indexes in found for index in indexes if not index.unique}


def _recorded(database: Engine) -> dict[str, str]:
    query = Setting.select(Setting.value).where(Setting.name == RECORD)
    row = database.execute(query).fetchone()
    return orjson.loads(row[0]) if row else {}
