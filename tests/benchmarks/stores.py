"""The databases that are measured: made once, kept in a folder that is not committed."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from dataset.parquet_copy.refreshing import refresh
from dataset.store.snapshots import Store

FOLDER = Path(__file__).parents[2] / ".bench"
COMMAND = str(Path(sys.executable).with_name("cameo-events"))
GENERATOR = str(Path(__file__).with_name("gdelt_like.py"))
PEERS = FOLDER / "peers" / "bin"
DATASET = "synthetic"


def store_of(rows: int) -> Path:
    """Give a store of so many synthetic events, made if it is missing."""
    path = FOLDER / f"{rows}.sqlite"
    if not path.exists():
        FOLDER.mkdir(exist_ok=True)
        _make(path, rows)
    return path


def _make(path: Path, rows: int) -> None:
    raw, building = path.with_suffix(".tsv"), path.with_suffix(".building")
    building.unlink(missing_ok=True)
    subprocess.run(
        [sys.executable, GENERATOR, "--rows", str(rows), "--output", str(raw)], check=True
    )
    environment = {**os.environ, "DATABASE": str(building)}
    subprocess.run([COMMAND, "init"], check=True, env=environment, stdout=subprocess.DEVNULL)
    load = [COMMAND, "load", "gdelt", str(raw), "--dataset", DATASET]
    subprocess.run(load, check=True, env=environment, stdout=subprocess.DEVNULL)
    raw.unlink()
    building.rename(path)


@contextmanager
def both_sides(path: Path) -> Iterator[dict[str, Store]]:
    """Give a store with its copy in columns, made if it is missing, and the same without."""
    with TemporaryDirectory(dir=FOLDER) as folder:
        alone = Path(folder) / "store.sqlite"
        alone.symlink_to(path.resolve())
        copied = Store(str(path))
        refresh(copied)
        yield {"from rows": Store(str(alone)), "from columns": copied}
