"""Compile queries to SQL, and keep what can be reused: compiling may cost more than running."""

from collections.abc import Iterable, Sequence
from functools import lru_cache, reduce
from typing import Any

import orjson
from peewee import SQL, CommaNodeList, Context, Database, Entity, Model

from dataset.store.engines.base import Engine, Term
from dataset.store.models import field

Statement = tuple[str, Sequence[Any]]
"""SQL and its parameters."""


def compiled(database: Database, query: Any) -> Statement:
    """Compile a query for an engine."""
    text, parameters = database.get_sql_context().sql(query).query()
    return str(text), parameters


def text_of(database: Database, query: Any) -> str:
    """Give a query's SQL for an engine, to be run with other parameters."""
    return compiled(database, query)[0]


@lru_cache(maxsize=256)
def column_list(names: tuple[str, ...]) -> SQL:
    """Compile the list of a table's columns once: peewee needs 0.3 ms for fifty of them."""
    text, _ = Context().sql(CommaNodeList([Entity(name) for name in names])).query()
    return SQL(text)


def inserting(database: Database, table: type[Model], names: Sequence[str], rows: int = 1) -> str:
    """Give the statement that inserts a row of these columns, or several."""
    fields = [field(table, name) for name in names]
    return text_of(database, table.insert_many([(None,) * len(names)] * rows, fields=fields))


def united(branches: Iterable[Any]) -> Any:
    """Select the rows of all branches: the union."""
    return reduce(lambda one, other: one.union_all(other), branches)


def first_of_all(
    database: Engine, branches: Iterable[Any], order: Sequence[Any], limit: int
) -> Any:
    """Select the first rows of a union in an order; limit each branch too if needed."""
    if database.CUTS_BRANCHES:
        branches = (branch.order_by(*order).limit(limit) for branch in branches)
    return united(branches).order_by(*order).limit(limit)


def given_keys(keys: str | None = None) -> Term:
    """Select the keys of a list (see `listed`): one statement for lists of any length."""
    return Term("given_keys", keys)


def listed(keys: Iterable[int]) -> str:
    """Write keys as the one parameter of `given_keys`."""
    return orjson.dumps(list(keys)).decode()
