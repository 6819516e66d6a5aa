"""The engines that a store can be kept in: one module each, and the table of them."""

from pkgutil import resolve_name
from typing import Any

from dataset.store.engines.base import Engine

ENGINES = {
    "": "dataset.store.engines.sqlite:SQLite",
    "postgresql": "dataset.store.engines.postgres:Postgres",
    "postgres": "dataset.store.engines.postgres:Postgres",
}
"""By the scheme of an address; a path has none. A driver is imported for who asks for it."""


def engine_of(url: str) -> type[Engine]:
    """Give the engine that an address is for; what has no engine is taken for a path."""
    scheme, found, _ = url.partition("://")
    engine: Any = resolve_name(ENGINES.get(scheme if found else "", ENGINES[""]))
    return engine
