"""Check before a load begins that it can go well: its dataset, its format, room on the disk."""

import shutil
from collections.abc import Sequence
from itertools import islice

from dataset.declarations.ids import DATASET_NAME, DATASET_NUMBERS
from dataset.errors import StoreError, Unreadable
from dataset.inputs.records import line_records
from dataset.inputs.source_files import SourceFile
from dataset.loaders import LOADERS
from dataset.loaders.base import Loader
from dataset.store.engines.base import Engine

LOOKED_AT = 10
"""How many records of a file are enough to tell its format."""
GROWTH = 5
"""Bytes that a load of a plain GDELT file writes for each of its bytes: 2.4 to the store, as many
to the log."""
PACKINGS = (".zip", ".gz")
PACKED = 5
"""A compressed file counts as this many times its size."""


def check_dataset(name: str, loader: Loader) -> None:
    """Raise `ValueError` for a dataset that has no such name, or events of another source."""
    if not DATASET_NAME.fullmatch(name):
        raise ValueError(
            f"{name!r} is no name of a dataset: it has 1 to 32 lower-case letters, digits, '_' or "
            "'-', of which the first is a letter."
        )
    if name in DATASET_NUMBERS.keys() - loader.datasets.keys():
        raise ValueError(f"the dataset {name!r} has events of another source.")


def check_format(name: str, file: SourceFile) -> None:
    """Refuse a file that is plainly of another format."""
    with file.open() as stream:
        records = [record.text for record in islice(line_records(stream), LOOKED_AT)]
    if LOADERS[name].looks_like(records):
        return
    likely = [other for other, known in LOADERS.items() if known.looks_like(records)]
    if likely:
        raise Unreadable(
            f"{file.name} is no {name} file; it looks like {likely[0]}: "
            f"try `cameo-events load {likely[0]} ...`."
        )


def check_space(database: Engine, files: Sequence[SourceFile]) -> None:
    """Refuse a load for which there is no room beside the database, if it is here."""
    if database.folder is None:
        return
    sizes = (one.bytes * (PACKED if one.name.endswith(PACKINGS) else 1) for one in files)
    needed = GROWTH * sum(sizes)
    free = shutil.disk_usage(database.folder).free
    if needed > free:
        raise StoreError(
            f"The load may need {needed / 1e6:,.1f} MB beside {database.label}, but only "
            f"{free / 1e6:,.1f} MB are free: make room, or load fewer files at a time."
        )
