"""Compare loading with `sqlite3 .import` of the same columns into the same table, in one run.

`python tests/benchmarks/loading.py --rows 1000000`. Both sides are measured in CPU seconds of their
own process, without indexes and text search; building those is a figure of its own.
"""

import csv
import os
import resource
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import click

COMMAND = str(Path(sys.executable).with_name("cameo-events"))
GENERATOR = str(Path(__file__).with_name("gdelt_like.py"))
INDEXING = """
import sys
from peewee import SchemaManager
from dataset.database import open_to_write
from dataset.indexes import weigh
from dataset.models import Event
from dataset.writes import REBUILD_WORDS
database = open_to_write(sys.argv[1])
with database.atomic():
    SchemaManager(Event, database).drop_indexes()
    SchemaManager(Event, database).create_indexes()
    weigh(database)
    database.execute_sql(REBUILD_WORDS)
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


@click.command()
@click.option("--rows", default=1_000_000, show_default=True)
def main(rows: int) -> None:
    """Measure and print."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        raw, store = folder / "20240413.export.CSV", folder / "loaded.sqlite"
        made = [sys.executable, GENERATOR, "--rows", str(rows), "--output", str(raw)]
        subprocess.run(made, check=True)
        environment = {**os.environ, "DATABASE": str(store)}
        loading, wall, peak = cpu_of([COMMAND, "load", "gdelt", str(raw)], env=environment)
        indexing, *_ = cpu_of([sys.executable, "-c", INDEXING, str(store)])
        script = import_script(store, folder / "prepared.csv")
        plain = ["sqlite3", str(folder / "imported.sqlite")]
        importing, *_ = cpu_of(plain, input=script, text=True)
        size = store.stat().st_size
    filling = loading - indexing
    click.echo(f"{rows:,} rows, {size / rows:,.0f} bytes a row in the store")
    click.echo(f"load         {rows / filling:>10,.0f} rows per CPU second without indexes")
    click.echo(f"load         {rows / loading:>10,.0f} rows per CPU second with them")
    click.echo(f"load         {rows / wall:>10,.0f} rows per second of the clock, {peak:,.0f} MB")
    click.echo(f"indexes      {indexing:>10.1f} CPU seconds")
    click.echo(f".import      {rows / importing:>10,.0f} rows per CPU second without indexes")
    click.echo(f"load/.import {importing / filling:>10.2f}")


if __name__ == "__main__":
    main()
