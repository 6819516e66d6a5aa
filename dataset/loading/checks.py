"""Check before a load begins that it can go well: its dataset, its codes, room on the disk."""

import shutil
from collections.abc import Sequence

from dataset.declarations.ids import DATASET_NAME, DATASET_NUMBERS
from dataset.errors import StoreError, Unreadable
from dataset.inputs.source_files import SourceFile
from dataset.loaders.actions import Codes
from dataset.loaders.base import Loader
from dataset.store.engines.base import Engine
from dataset.store.models import Load, LoadFile

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


def check_version(version: str, loader: Loader) -> None:
    """Raise `ValueError` where the source has no releases, or none that is named so."""
    if loader.release_of is None:
        raise ValueError("only files of ucdp-ged have a version.")
    try:
        loader.release_of("", version, None)
    except Unreadable as error:
        raise ValueError(str(error)) from error


def earlier_loads(database: Engine, sha256: str) -> list[int]:
    """Give the numbers of the loads that stored events of a file with this hash."""
    query = (
        Load.select(Load.number)
        .join(LoadFile, on=(LoadFile.load == Load.number))
        .where(LoadFile.sha256 == sha256, Load.inserted + Load.updated > 0)
        .order_by(Load.number)
    )
    return [number for (number,) in database.execute(query)]


def check_scheme(database: Engine, format: str, file: SourceFile, codes: Codes) -> None:
    """Refuse a file whose action codes are plainly of WEIS, and name an earlier load of it."""
    sign = codes.sign_of_weis(file.name)
    if sign is None:
        return
    loads = [str(number) for number in earlier_loads(database, file.sha256)]
    read = f" Load {', '.join(loads)} read the same file" if loads else ""
    stays = f"{read}: its events stay in the store unless you retract them." if loads else ""
    raise Unreadable(
        f"{file.name} is in WEIS, not in CAMEO: {sign}. The same codes mean other actions there. "
        "Load a file in CAMEO. With `--force` this one is read as CAMEO, and most of its actions "
        f"will be wrong.{stays}"
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
