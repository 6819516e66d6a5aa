"""A store with a copy in columns of several segments, and the same store without."""

import shutil
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from dataset.parquet_copy import refreshing
from dataset.parquet_copy.refreshing import Refreshed, refresh
from dataset.store.database import open_to_write
from dataset.store.snapshots import Store
from dataset.writes import retractions
from support.rich_store import client_on, commit, public_id, rows_of

COVERED, NEWEST = 6, 8
"""The last revision that the copy covers, and that the store has."""
FIRST, SECOND = public_id(1), public_id(2)


def refreshed(path: Path, anew: bool = False) -> Refreshed:
    """Bring the copy of a store up to date."""
    store = Store(str(path))
    try:
        return refresh(store, anew)
    finally:
        store.close()


def retract(path: Path, public_id: str) -> None:
    """Take an event back."""
    database = open_to_write(str(path))
    retractions.retract(database, public_id, "a test")
    database.close()


def restore(path: Path, public_id: str) -> None:
    """Bring an event back."""
    database = open_to_write(str(path))
    retractions.restore(database, public_id)
    database.close()


def make_columnar(rich_store: Path, path: Path) -> Path:
    """Make a store of eight revisions whose copy has three segments, and lacks two revisions."""
    shutil.copy(rich_store, path)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(refreshing, "MERGED", 0)
        refreshed(path)
        commit(path, rows_of(2))
        retract(path, FIRST)
        refreshed(path)
        restore(path, FIRST)
        refreshed(path)
    commit(path, rows_of(3))
    retract(path, SECOND)
    return path


def twins(path: Path, folder: Path) -> tuple[FlaskClient, FlaskClient]:
    """Give clients of a store with its copy, and of the same store without."""
    plain = shutil.copy(path, folder / "plain.sqlite")
    return (
        client_on(path, cache=str(folder / "in-columns")),
        client_on(plain, cache=str(folder / "in-rows")),
    )
