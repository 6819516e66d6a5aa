"""One module per source format, and the table of them."""

from collections.abc import Callable

from peewee import Database

from dataset.loaders import seed

LOADERS: dict[str, Callable[[Database], dict[str, int]]] = {"seed": seed.load}
"""Each loader brings its source into a database and gives the account of its rows."""
