"""Loading, against `sqlite3 .import` of the same columns into the same table.

Both sides are measured in CPU seconds of their own process, without indexes and text search;
building those is a figure of its own. How many events are loaded in a second goes by the clock, so
that it tells whether a second core helps; nothing else should run then.
"""

import csv
import os
import resource
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.figures import Figure
from benchmarks.stores import COMMAND, GENERATOR

MOST_ROWS = 1_000_000
INDEXING = """
import sys
from peewee import SchemaManager
from dataset.store.database import open_to_write
from dataset.store.models import Event
database = open_to_write(sys.argv[1])
with database.atomic():
    SchemaManager(Event, database).drop_indexes()
    SchemaManager(Event, database).create_indexes()
    database.create_words()
    database.weigh()
"""


def cpu_of(command: list[str], **more: object) -> tuple[float, float, float]:
    """Run a command; give its CPU seconds, its wall seconds and its peak memory in MB."""
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, **more)  # type: ignore[call-overload]
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return cpu, time.monotonic() - started, after.ru_maxrss / 1000


def import_script(store: Path, prepared: Path) -> str:
    """Write the columns of a store's events to a file, and the commands that import them."""
    connection = sqlite3.connect(store)
    (table,) = connection.execute("SELECT sql FROM sqlite_master WHERE name = 'event'").fetchone()
    with prepared.open("w", newline="") as file:
        csv.writer(file).writerows(connection.execute("SELECT * FROM event"))
    connection.close()
    return f"PRAGMA page_size = 8192;\n{table};\n.mode csv\n.import {prepared} event\n"


def figures(store: Path) -> Iterator[Figure]:
    """Load as many events as the store has, up to a million, into a store of their own."""
    rows = min(int(store.stem), MOST_ROWS)
    with TemporaryDirectory() as name:
        folder = Path(name)
        raw, store = folder / "20240413.export.CSV", folder / "loaded.sqlite"
        made = [sys.executable, GENERATOR, "--rows", str(rows), "--output", str(raw)]
        subprocess.run(made, check=True)
        environment = {**os.environ, "DATABASE": str(store)}
        loading, seconds, peak = cpu_of([COMMAND, "load", "gdelt", str(raw)], env=environment)
        indexing, *_ = cpu_of([sys.executable, "-c", INDEXING, str(store)])
        script = import_script(store, folder / "prepared.csv")
        plain = ["sqlite3", str(folder / "imported.sqlite")]
        importing, *_ = cpu_of(plain, input=script, text=True)
        size = store.stat().st_size
    what = f"load {rows:,} events, without indexes; sqlite3 .import"
    yield Figure(what, "s", loading - indexing, importing, 2)
    yield Figure("their indexes and text search", "s", indexing)
    by_clock = f"load {rows:,} events with their indexes, by the clock"
    yield Figure(by_clock, "events a second", rows / seconds)
    yield Figure("memory of the load, at most", "MB", peak)
    yield Figure("store, with indexes and text search", "bytes an event", size / rows)
