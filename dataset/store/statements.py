"""Write statements once, to run them many times: writing one costs more than running it."""

from collections.abc import Iterable, Sequence
from functools import reduce
from typing import Any

import orjson
from peewee import Database, Model

from dataset.store.engines.base import Engine, Term
from dataset.store.models import field


def text_of(database: Database, query: Any) -> str:
    """Give a query's text in the engine's words, to be run with other parameters."""
    text, _ = database.get_sql_context().sql(query).query()
    return str(text)


def inserting(database: Database, table: type[Model], names: Sequence[str], rows: int = 1) -> str:
    """Give the statement that inserts a row of these columns, or several."""
    fields = [field(table, name) for name in names]
    return text_of(database, table.insert_many([(None,) * len(names)] * rows, fields=fields))


def first_of_all(database: Engine, arms: Iterable[Any], order: Sequence[Any], limit: int) -> Any:
    """Select the first rows of several selects in an order; each is cut by itself if need be."""
    if database.CUTS_ARMS:
        arms = (arm.order_by(*order).limit(limit) for arm in arms)
    return reduce(lambda one, other: one.union_all(other), arms).order_by(*order).limit(limit)


def given_keys(keys: str | None = None) -> Term:
    """Select the keys of a list (see `listed`): one statement for lists of any length."""
    return Term("given_keys", keys)


def listed(keys: Iterable[int]) -> str:
    """Write keys as the one parameter of `given_keys`."""
    return orjson.dumps(list(keys)).decode()
