"""Measure everything, or some groups, and print one table: `python -m benchmarks [GROUP]...`."""

import gc
import os
import platform
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from pkgutil import resolve_name

import click

from api.server.serving import OBJECTS_BETWEEN_COLLECTIONS
from benchmarks.figures import Figure, row_of, table
from benchmarks.stores import store_of
from support.documents import write_rows

GROUPS: dict[str, str] = {
    "pages": "benchmarks.pages:figures",
    "counts": "benchmarks.counts:figures",
    "dyads": "benchmarks.dyads:figures",
    "columnar": "benchmarks.columnar:figures",
    "http": "benchmarks.http:figures",
    "workers": "benchmarks.workers:figures",
    "exports": "benchmarks.exports:figures",
    "starts": "benchmarks.starts:figures",
    "loading": "benchmarks.loading:figures",
    "growth": "benchmarks.growth:figures",
    "revisions": "benchmarks.revisions:figures",
}
"""What is measured: each group is a function from a store to its figures."""

Group = Callable[[Path], Iterator[Figure]]


@click.command()
@click.argument("groups", nargs=-1, type=click.Choice([*GROUPS]))
@click.option("--rows", default=int(os.environ.get("BENCH_ROWS") or 1_000_000), show_default=True)
@click.option("--write", type=click.Path(path_type=Path), help="The page with the table.")
def main(groups: tuple[str, ...], rows: int, write: Path | None) -> None:
    """Measure GROUPS, by default all of them, on a store of so many events."""
    # As in a worker of the server.
    gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS)
    store = store_of(rows)
    found: list[Figure] = []
    for name in groups or GROUPS:
        measure: Group = resolve_name(GROUPS[name])
        for figure in measure(store):
            click.echo(" | ".join(figure.cells), err=True)
            found.append(figure)
    when, cores = datetime.now(UTC).date(), os.cpu_count()
    run = f"{rows:,} events, {when}, {cores} cores, Python {platform.python_version()}"
    click.echo(f"{run}\n\n{table(found)}")
    if write:
        write_rows(write, run, dict(row_of(figure, rows, when) for figure in found))


if __name__ == "__main__":
    main()
