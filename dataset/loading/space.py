"""See that there is room for a load before it begins."""

import shutil
from collections.abc import Sequence

from dataset.errors import StoreError
from dataset.inputs.paths import Input
from dataset.store.engines.base import Engine

GROWTH = 5
"""Bytes that a load of a plain GDELT file writes for each of its bytes: 2.4 to the store, as many
to the log."""
PACKINGS = (".zip", ".gz")
PACKED = 5
"""A compressed file stands for so many times its size."""


def check_space(database: Engine, inputs: Sequence[Input]) -> None:
    """Refuse a load for which there is no room beside the database, if it is here."""
    if database.folder is None:
        return
    sizes = (one.bytes * (PACKED if one.name.endswith(PACKINGS) else 1) for one in inputs)
    needed = GROWTH * sum(sizes)
    free = shutil.disk_usage(database.folder).free
    if needed > free:
        raise StoreError(
            f"The load may need {needed / 1e6:,.1f} MB beside {database.label}, but only "
            f"{free / 1e6:,.1f} MB are free: make room, or load fewer files at a time."
        )
