"""Versions of one event."""

from typing import Any

from peewee import Database

from dataset.building.rows import build
from dataset.writes.revisions import revision


def put(database: Database, added: int, **columns: Any) -> None:
    """Store a version of event 1000 that was added on a day of June 2024."""
    source = {
        "id": "seed:1000",
        "dataset": "seed",
        "date": "2024-05-01",
        "actor_code": "IRN",
        "target_code": "ISR",
        "added": f"2024-06-{added:02}T00:00:00Z",
    }
    with revision(database, "load") as change:
        change.write_events([build({**source, **columns}, "gdelt")], 1, 1)
