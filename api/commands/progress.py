"""Show the progress of a load: a bar on a terminal, plain lines elsewhere."""

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

from api.terminals import echo, plain
from dataset.inputs.source_files import SourceFile
from dataset.loading.loads import OnProgress

SECONDS_BETWEEN_LINES = 10


@contextmanager
def showing_progress(files: Sequence[SourceFile]) -> Iterator[OnProgress]:
    """Give a function that shows how much of the files has been read."""
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
