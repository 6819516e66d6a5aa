"""Show how a load goes on: a bar on a terminal, plain lines elsewhere; its account at the end."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import accumulate

from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    TaskProgressColumn,
    TextColumn,
    TimeRemainingColumn,
)
from rich.table import Table

from api.terminals import echo, plain
from dataset.inputs.paths import Input
from dataset.loading.accounts import Outcome
from dataset.loading.loads import Watch

SECONDS_BETWEEN_LINES = 10
MOST_SHOWN = 5
"""So many unknown codes are shown; `/v1/loads/{number}` has them all."""


@contextmanager
def watching(inputs: Sequence[Input]) -> Iterator[Watch]:
    """Give a function that shows how far the files are read."""
    console = Console(stderr=True)
    with _bar(console, inputs) if console.is_terminal else _lines() as watch:
        yield watch


@contextmanager
def _bar(console: Console, inputs: Sequence[Input]) -> Iterator[Watch]:
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[rows]:,} rows, {task.fields[rate]:,}/s,"),
        TimeRemainingColumn(),
        TextColumn("left"),
    )
    before = dict(zip(inputs, accumulate((one.bytes for one in inputs), initial=0), strict=False))
    total, rows, started = sum(one.bytes for one in inputs), 0, time.monotonic()
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("Loading", total=total or None, rows=0, rate=0)

        def watch(one: Input, position: int, read: int) -> None:
            nonlocal rows
            rows += read
            rate = round(rows / max(time.monotonic() - started, 0.001))
            done = before[one] + position
            progress.update(task, description=plain(one.name), completed=done, rows=rows, rate=rate)

        yield watch


@contextmanager
def _lines() -> Iterator[Watch]:
    rows, started = 0, time.monotonic()
    shown = started

    def watch(one: Input, _position: int, read: int) -> None:
        nonlocal rows, shown
        rows, now = rows + read, time.monotonic()
        if now - shown > SECONDS_BETWEEN_LINES:
            shown = now
            echo(f"{one.name}: {rows:,} rows, {rows / (now - started):,.0f}/s", err=True)

    yield watch


def show(outcome: Outcome, tried: bool = False) -> None:
    """Print the account of a load; `tried`: nothing was kept."""
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column()
    table.add_column(justify="right")
    for name, count in (("read", outcome.read), *outcome.account.items()):
        table.add_row(name, f"{count:,}")
    Console(width=100).print(table)
    for line in (*_remarks(outcome), _ending(outcome, tried)):
        echo(line)


def _remarks(outcome: Outcome) -> Iterator[str]:
    report = outcome.report
    unknown = [
        f"{one['code']} ({one['column']}, {one['count']:,})" for one in report["unknown_codes"]
    ]
    if unknown:
        more = f" and {len(unknown) - MOST_SHOWN} more" if len(unknown) > MOST_SHOWN else ""
        yield f"Kept, but unknown to the codebook: {', '.join(unknown[:MOST_SHOWN])}{more}."
    for one in report["left_out"]:
        yield f"Left out of places: {one['column']}, {one['count']:,} times."
    if report["missing"]:
        yield f"The source lacks {len(report['missing'])} files, the first {report['missing'][0]}."


def _ending(outcome: Outcome, tried: bool) -> str:
    if tried:
        return "Nothing was kept: this was a dry run."
    if outcome.revision is None:
        done = f"Load {outcome.number} changed nothing and made no revision."
    else:
        done = f"Load {outcome.number} made revision {outcome.revision}."
    if outcome.account["quarantined"]:
        done += f" See what was refused: cameo-events quarantine {outcome.number}"
    return done
