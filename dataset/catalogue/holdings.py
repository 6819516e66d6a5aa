"""Count what the store holds: by code, by dataset, by document."""

from collections import Counter
from collections.abc import Mapping
from functools import partial
from typing import Any

import orjson
from peewee import fn

from dataset.aggregates.aggregation import Aggregation
from dataset.aggregates.results import ordered_groups, result_of
from dataset.catalogue.counting import Counting
from dataset.declarations.filters import Choice
from dataset.events.spans import spans
from dataset.selections.selections import Selection
from dataset.store.models import Dataset, Document
from dataset.store.results_cache import ResultsCache
from dataset.store.snapshots import Snapshot

Counts = Counter[str]
MOST_COUNTS = 8
"""How many counts of a column are kept in memory; all are in the cache."""
INTERNAL = ("revision", "number")
"""Columns of descriptions that clients do not see."""


def counts_by(
    snapshot: Snapshot, cache: ResultsCache, revision: int, column: str, filters: Mapping[str, Any]
) -> Counts:
    """Count the events of each value of a column at a revision, once for all processes."""
    query = f"counts of {column}: {filters}"
    aggregation = Aggregation(Selection(revision, filters), (column,), ("count",), query=query)
    make = partial(_counted, snapshot, cache, aggregation)
    found: Counts = snapshot.remembered("counts", aggregation, make, MOST_COUNTS)
    return found


def _counted(snapshot: Snapshot, cache: ResultsCache, aggregation: Aggregation) -> Counts:
    with result_of(snapshot, cache, aggregation) as database:
        counts = dict(database.execute(ordered_groups(aggregation)).fetchall())
    counts.pop(None, None)
    return Counter(counts)


def below(counts: Counts, first: int, step: int) -> Counts:
    """Add up the counts of codes under each prefix: `first` characters long, then `step` more."""
    totals: dict[str, int] = {}
    for code, count in counts.items():
        for length in range(first, len(code) + 1, step):
            totals[code[:length]] = totals.get(code[:length], 0) + count
    return Counter(totals)


def action_counts(counting: Counting) -> Counts:
    """Count the events of each action code with all codes below it."""
    return below(counting.codes("action_code"), first=2, step=1)


def actor_counts(counting: Counting) -> tuple[Counts, Counts]:
    """Count the events of each actor code with all that begin with it: as actor, as target."""
    actor, target = (below(counting.codes(f"{side}_code"), 3, 3) for side in ("actor", "target"))
    return actor, target


def datasets(snapshot: Snapshot, revision: int) -> list[dict[str, Any]]:
    """Describe the datasets at a revision, with how many events they have and from when."""
    described = _described(snapshot, Dataset, revision)
    for dataset in described:
        span = spans(snapshot, revision).get(dataset["name"], (0, None, None))
        dataset |= dict(zip(("count", "date_first", "date_last"), span, strict=True))
    return described


def documents(snapshot: Snapshot, cache: ResultsCache, revision: int) -> list[dict[str, Any]]:
    """Describe the source documents at a revision, with how many events are coded from each."""
    # No index is led by missing values.
    given = {"evidence_document": Choice(unwanted=(None,))}
    counts = counts_by(snapshot, cache, revision, "evidence_document", given)
    described = _described(snapshot, Document, revision)
    for document in described:
        document["left_out"] = orjson.loads(document["left_out"])
        document["count"] = counts[document["id"]]
    return described


def newest(table: type[Dataset | Document], revision: int) -> Any:
    """Select descriptions, each as it was at a revision."""
    key = table.KEY
    later = table.alias()
    known = later.select(fn.MAX(later.revision)).where(
        getattr(later, key) == getattr(table, key), later.revision <= revision
    )
    return table.select().where(table.revision == known)


def _described(
    snapshot: Snapshot, table: type[Dataset | Document], revision: int
) -> list[dict[str, Any]]:
    names = table._meta.sorted_field_names
    rows = snapshot.rows(newest(table, revision))
    described = sorted(rows, key=lambda row: row[names.index(table.KEY)])
    return [
        {name: value for name, value in zip(names, row, strict=True) if name not in INTERNAL}
        for row in described
    ]
