"""A dyad by month: what `by=month` of two countries reads."""

from collections.abc import Iterator
from pathlib import Path

from benchmarks.figures import Figure, cpu_ms
from dataset.aggregates.aggregation import Aggregation
from dataset.aggregates.partial_groups import grouped
from dataset.declarations.filters import Choice
from dataset.selections.selections import Selection, branches
from dataset.store.snapshots import Snapshot, Store

DYAD = ("IRN", "ISR")
FILTERS = {"dyad": Choice((",".join(DYAD),))}


def figures(store: Path) -> Iterator[Figure]:
    """Measure the groups of a dyad, as they come from the store."""
    with Store(str(store)).stream() as snapshot:
        what = f"events of {' and '.join(DYAD)} by month"
        yield Figure(what, "ms", cpu_ms(by_month, snapshot), goal=2)


def by_month(snapshot: Snapshot) -> int:
    """Group the events of a dyad by month; give how many groups there are."""
    aggregation = Aggregation(Selection(snapshot.revision, FILTERS), ("month",), ("count",))
    found = [
        snapshot.rows(grouped(branch, aggregation))
        for branch in branches(snapshot, aggregation.selection, ["key"])
    ]
    return sum(map(len, found))
