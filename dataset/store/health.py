"""Report the state of the store: its schema, its size, its free disk space."""

import shutil
from dataclasses import dataclass

from peewee import fn

from dataset.store.database import SCHEMA_VERSION
from dataset.store.models import Load
from dataset.store.snapshots import Snapshot


@dataclass(frozen=True)
class Health:
    """The state of the store; `free_bytes` is None if its disk is on another machine."""

    revision: int
    schema: int
    load_count: int
    database_bytes: int
    free_bytes: int | None


def health(snapshot: Snapshot) -> Health:
    """Give the state of the store."""
    # Loads are numbered from 1 without a gap: to count them takes longer the more there are.
    loads = snapshot.value(Load.select(fn.MAX(Load.number))) or 0
    folder = snapshot.database.folder
    free = shutil.disk_usage(folder).free if folder else None
    return Health(snapshot.revision, SCHEMA_VERSION, loads, snapshot.database.size(), free)
