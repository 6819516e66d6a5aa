"""Stores of many events, of which a walk has many pages and a stream many megabytes."""

from pathlib import Path

from benchmarks.gdelt_like import FIRST_ID, lines
from dataset.inputs.source_files import source_files
from dataset.loading.loads import LoadJob, load
from dataset.store.database import open_to_write

ROWS = 100_000
IDS = [f"gdelt:{FIRST_ID + n}" for n in range(ROWS)]


def make_large(folder: Path, rows: int = ROWS) -> Path:
    """Make a store in one revision."""
    file, path = folder / "20240413.export.CSV", folder / "large.sqlite"
    with file.open("wb") as written:
        written.writelines(lines(rows))
    database = open_to_write(str(path))
    load(database, LoadJob("gdelt", source_files([str(file)], Path)))
    database.close()
    return path
