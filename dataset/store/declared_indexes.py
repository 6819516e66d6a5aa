"""Make a store's indexes match the declared ones: create what is missing, drop all others."""

from collections.abc import Iterator
from hashlib import blake2b
from typing import Any

import orjson
from peewee import SQL, Entity, NodeList, ValueLiterals

from dataset.store import indexes as _indexes_of_events  # noqa: F401 (it adds them to the models)
from dataset.store.engines.base import Engine
from dataset.store.models import MODELS, Setting
from dataset.store.statements import text_of

RECORD = "indexes"
"""The setting with a hash of each index: the SQL that an engine stores is not what it was given."""


def declared(database: Engine) -> dict[str, str]:
    """Give a hash of each declared index, by name."""
    texts = {name: text_of(database, index) for name, index in _indexes(database).items()}
    return {name: blake2b(text.encode(), digest_size=8).hexdigest() for name, text in texts.items()}


def reconcile(database: Engine) -> Iterator[str]:
    """Drop undeclared and changed indexes, create the missing ones; yield a line for each."""
    wanted, known = declared(database), _recorded(database)
    for name in sorted(_present(database)):
        if name not in wanted or known.get(name) != wanted[name]:
            database.execute(NodeList((SQL("DROP INDEX"), Entity(name))))
            yield f"Dropped the index {name}."
    for name in create_missing(database):
        yield f"Made the index {name}."


def create_missing(database: Engine) -> list[str]:
    """Create the missing indexes, record the hashes of all, and name the new ones."""
    present = _present(database)
    missing = {name: one for name, one in _indexes(database).items() if name not in present}
    for index in missing.values():
        database.execute(index)
    database.execute(Setting.delete().where(Setting.name == RECORD))
    record = orjson.dumps(declared(database)).decode()
    database.execute(Setting.insert(name=RECORD, value=record))
    return sorted(missing)


def _indexes(database: Engine) -> dict[str, Any]:
    """Give the statement that creates each index, by name; it takes no parameters."""
    indexes = [index for table in MODELS for index in table._meta.fields_to_index()]
    return {index._name: ValueLiterals(index) for index in (*indexes, *database.WORDS)}


def _present(database: Engine) -> set[str]:
    """Name the indexes of our tables that are not primary keys."""
    found = (database.get_indexes(table._meta.table_name) for table in MODELS)
    return {index.name for indexes in found for index in indexes if not index.unique}


def _recorded(database: Engine) -> dict[str, str]:
    query = Setting.select(Setting.value).where(Setting.name == RECORD)
    row = database.execute(query).fetchone()
    return orjson.loads(row[0]) if row else {}
