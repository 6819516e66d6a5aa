"""Keep the data: events, their versions and where they come from. This package knows no HTTP."""

import sys
from importlib import import_module

POSTGRES_DRIVER = "psycopg"


def _import_peewee() -> None:
    """Import peewee without the driver of PostgreSQL, which it imports if installed.

    `dataset/store/engines/postgres.py` imports it: 7 MB that most processes do not need.
    """
    if POSTGRES_DRIVER in sys.modules:
        return
    # A module that is None there cannot be imported (https://docs.python.org/3/library/sys.html#sys.modules).
    sys.modules[POSTGRES_DRIVER] = None  # type: ignore[assignment]
    try:
        import_module("peewee")
    finally:
        del sys.modules[POSTGRES_DRIVER]


_import_peewee()
