"""What matched, counted up to the cap: where an index holds all filters, and where none does."""

import statistics
from collections.abc import Iterator
from pathlib import Path

from benchmarks.figures import Figure, cpu_ms
from benchmarks.questions import RANGE, VALUES, mixed
from dataset.filters import Choice
from dataset.pages import capped_of
from dataset.plans import run
from dataset.selection import Selection
from dataset.snapshots import Snapshot, Store

UNCOVERED = {"sources_min": 2}
"""A filter that no index holds: each row has to be read."""


def figures(store: Path) -> Iterator[Figure]:
    """Measure counts, none of which is remembered."""
    with Store(str(store)).stream() as snapshot:
        alone = [
            Selection(snapshot.revision, {name: Choice((value,))})
            for name in ("actor_country", "target_country", "place_country", "action_root")
            for value in VALUES[name]
        ]
        yield from _counted("one filter, index-covered", snapshot, alone, 2)
        mixes = [selection for _, selection in mixed(snapshot)]
        yield from _counted("mixes of 2 or 3 filters", snapshot, mixes)
        more = [
            Selection(snapshot.revision, {**one.filters, **UNCOVERED, **RANGE}) for one in alone
        ]
        yield from _counted("one filter and two years, not covered", snapshot, more, 100)


def _counted(
    what: str, snapshot: Snapshot, selections: list[Selection], goal: float | None = None
) -> Iterator[Figure]:
    spent = [cpu_ms(count, snapshot, one) for one in selections]
    median = statistics.median(spent)
    yield Figure(f"`matched`, {what}, median", "ms", median, goal=goal)
    yield Figure(f"`matched`, {what}, worst", "ms", max(spent), goal=goal)


def count(snapshot: Snapshot, selection: Selection) -> int:
    """Count what a selection matches, up to the cap."""
    return int(run(snapshot, capped_of, selection).fetchone()[0])
