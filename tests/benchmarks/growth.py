"""How cost grows with the store: the same questions at each size that has been made."""

import statistics
from collections.abc import Iterator
from pathlib import Path

from benchmarks.counts import count
from benchmarks.dyads import by_month
from benchmarks.figures import Figure, cpu_ms
from benchmarks.pages import page
from benchmarks.questions import mixed
from benchmarks.stores import FOLDER, store_of
from dataset.selections.selections import Selection
from dataset.store.snapshots import Store

SIZES = (100_000, 1_000_000, 10_000_000)


def figures(store: Path) -> Iterator[Figure]:
    """Measure at every size up to that of the store; larger ones if they are there."""
    for rows in SIZES:
        if rows > int(store.stem) and not (FOLDER / f"{rows}.sqlite").exists():
            continue
        with Store(str(store_of(rows))).stream() as snapshot:
            selections = [one for _, one in mixed(snapshot)]
            first = Selection(snapshot.revision)
            spent = {
                "page 1 of everything": cpu_ms(page, snapshot, first),
                "page, mixes, median": statistics.median(
                    cpu_ms(page, snapshot, one) for one in selections
                ),
                "`matched`, mixes, median": statistics.median(
                    cpu_ms(count, snapshot, one) for one in selections
                ),
                "dyad by month": cpu_ms(by_month, snapshot),
            }
            for what, ms in spent.items():
                yield Figure(what, "ms", ms, events=rows)
