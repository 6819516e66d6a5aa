"""What matched, counted up to the cap: where an index holds all filters, and where none does."""

import statistics
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from benchmarks.figures import Figure, cpu_ms
from benchmarks.questions import RANGE, VALUES, mixed
from benchmarks.stores import both_sides
from dataset.declarations.filters import Choice
from dataset.events.rows_or_columns import count_anew
from dataset.selections.selections import Selection
from dataset.store.snapshots import Snapshot

UNCOVERED = {"sources_min": 2}
"""A filter that no index holds: each row has to be read."""


def figures(store: Path) -> Iterator[Figure]:
    """Measure counts, none of which is remembered."""
    with both_sides(store) as sides:
        for side, opened in sides.items():
            with opened.stream() as snapshot:
                alone = list(_alone(snapshot))
                if side == "from rows":
                    yield from _counted("one filter, index-covered", snapshot, alone, 2)
                    mixes = [selection for _, selection in mixed(snapshot)]
                    yield from _counted("mixes of 2 or 3 filters", snapshot, mixes)
                what = f"one filter and two years, not covered, {side}"
                yield from _counted(what, snapshot, list(map(_uncovered, alone)), 100)


def _alone(snapshot: Snapshot) -> Iterator[Selection]:
    for name in ("actor_country", "target_country", "place_country", "action_root"):
        for value in VALUES[name]:
            yield Selection(snapshot.revision, {name: Choice((value,))})


def _uncovered(alone: Selection) -> Selection:
    return replace(alone, filters={**alone.filters, **UNCOVERED, **RANGE})


def _counted(
    what: str, snapshot: Snapshot, selections: list[Selection], goal: float | None = None
) -> Iterator[Figure]:
    spent = [cpu_ms(count, snapshot, one) for one in selections]
    median = statistics.median(spent)
    yield Figure(f"`matched`, {what}, median", "ms", median, goal=goal)
    yield Figure(f"`matched`, {what}, worst", "ms", max(spent), goal=goal)


def count(snapshot: Snapshot, selection: Selection) -> int:
    """Count what a selection matches, up to the cap, as if for the first time."""
    return count_anew(snapshot, selection).matched.value
