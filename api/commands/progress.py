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
from dataset.inputs.source_files import SourceFile
from dataset.loading.accounts import Account
from dataset.loading.loads import OnProgress

SECONDS_BETWEEN_LINES = 10
MOST_SHOWN = 5
"""So many unknown codes are shown; `/v1/loads/{number}` has them all."""


@contextmanager
def showing_progress(files: Sequence[SourceFile]) -> Iterator[OnProgress]:
    """Give a function that shows how far the files are read."""
    console = Console(stderr=True)
    with _bar(console, files) if console.is_terminal else _lines() as on_progress:
        yield on_progress


@contextmanager
def _bar(console: Console, files: Sequence[SourceFile]) -> Iterator[OnProgress]:
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[rows]:,} rows, {task.fields[rate]:,}/s,"),
        TimeRemainingColumn(),
        TextColumn("left"),
    )
    before = dict(zip(files, accumulate((one.bytes for one in files), initial=0), strict=False))
    total, rows, started = sum(one.bytes for one in files), 0, time.monotonic()
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("Loading", total=total or None, rows=0, rate=0)

        def on_progress(one: SourceFile, position: int, read: int) -> None:
            nonlocal rows
            rows += read
            rate = round(rows / max(time.monotonic() - started, 0.001))
            done = before[one] + position
            progress.update(task, description=plain(one.name), completed=done, rows=rows, rate=rate)

        yield on_progress


@contextmanager
def _lines() -> Iterator[OnProgress]:
    rows, started = 0, time.monotonic()
    shown = started

    def on_progress(one: SourceFile, _position: int, read: int) -> None:
        nonlocal rows, shown
        rows, now = rows + read, time.monotonic()
        if now - shown > SECONDS_BETWEEN_LINES:
            shown = now
            echo(f"{one.name}: {rows:,} rows, {rows / (now - started):,.0f}/s", err=True)

    yield on_progress


def show(account: Account, tried: bool = False) -> None:
    """Print the account of a load; `tried`: nothing was kept."""
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column()
    table.add_column(justify="right")
    for name, count in (("read", account.read), *account.outcomes.items()):
        table.add_row(name, f"{count:,}")
    Console(width=100).print(table)
    for line in (*_remarks(account), _ending(account, tried)):
        echo(line)


def _remarks(account: Account) -> Iterator[str]:
    report = account.report
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


def _ending(account: Account, tried: bool) -> str:
    if tried:
        return "Nothing was kept: this was a dry run."
    if account.revision is None:
        done = f"Load {account.number} changed nothing and made no revision."
    else:
        done = f"Load {account.number} made revision {account.revision}."
    if account.outcomes["quarantined"]:
        done += f" See what was refused: cameo-events quarantine {account.number}"
    return done
