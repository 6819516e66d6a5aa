"""A process that commits revisions to a store until it is killed."""

import sys

from dataset.building.rows import build
from dataset.store.database import open_to_write
from dataset.writes.revisions import revision


def grow(store: str) -> None:
    """Commit until killed."""
    database, number = open_to_write(store), 1_000
    while True:
        with revision(database, "load") as change:
            for _ in range(2):
                number += 1
                row = {"id": f"seed:{number}", "dataset": "seed", "date": "2024-01-01"}
                change.write_events([build(row, "gdelt")], 1, 1)


if __name__ == "__main__":
    grow(sys.argv[1])
