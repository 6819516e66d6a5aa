"""Count what the store holds: by code, by dataset, by document."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import orjson
from peewee import fn

from dataset.models import Dataset, Document, field
from dataset.selection import Selection, arms
from dataset.snapshots import Snapshot

Counts = Counter[str]


def counts_by(snapshot: Snapshot, revision: int, column: str) -> Counts:
    """Count the events of each value of a column at a revision."""
    key = ("counts", revision, column)
    found: Counts = snapshot.remembered(key, lambda: _count(snapshot, revision, column))
    return found


def _count(snapshot: Snapshot, revision: int, column: str) -> Counts:
    counts: Counts = Counter()
    for arm in arms(snapshot, Selection(revision), [column]):
        grouped = field(arm.model, column)
        counting = arm.select(grouped, fn.COUNT("*")).group_by(grouped)
        for value, count in snapshot.rows(counting):
            if value is not None:
                counts[value] += count
    return counts


def below(counts: Counts, first: int, step: int) -> Counts:
    """Add up the counts of codes under each of their beginnings: `first` long, then by `step`."""
    totals: Counts = Counter()
    for code, count in counts.items():
        for length in range(first, len(code) + 1, step):
            totals[code[:length]] += count
    return totals


def action_counts(snapshot: Snapshot, revision: int) -> Counts:
    """Count the events of each action code with all codes below it."""
    return below(counts_by(snapshot, revision, "action_code"), first=2, step=1)


def actor_counts(snapshot: Snapshot, revision: int, side: str) -> Counts:
    """Count the events of each actor code, on one side, with all codes that begin with it."""
    return below(counts_by(snapshot, revision, f"{side}_code"), first=3, step=3)


def datasets(snapshot: Snapshot) -> list[dict[str, Any]]:
    """Describe the datasets of the store, with how many events they have and from when."""
    counted = {}
    for arm in arms(snapshot, Selection(snapshot.revision), ["dataset"]):
        name, first, last = (field(arm.model, one) for one in ("dataset", "date", "date_end"))
        spans = arm.select(name, fn.COUNT("*"), fn.MIN(first), fn.MAX(last)).group_by(name)
        counted = {name: rest for name, *rest in snapshot.rows(spans)}
    columns = ("name", "title", "description", "licence", "citation", "url", "codebook")
    found = _described(snapshot, Dataset, columns)
    for described in found:
        span = counted.get(described["name"], (0, None, None))
        described |= dict(zip(("count", "date_first", "date_last"), span, strict=True))
    return found


def documents(snapshot: Snapshot) -> list[dict[str, Any]]:
    """Describe the source documents of the store, with how many events are coded from each."""
    counts = counts_by(snapshot, snapshot.revision, "evidence_document")
    columns = ("id", "dataset", "title", "date", "language", "paragraphs", "sha256", "left_out")
    found = _described(snapshot, Document, columns)
    for described in found:
        described["left_out"] = orjson.loads(described["left_out"])
        described["count"] = counts[described["id"]]
    return found


def _described(snapshot: Snapshot, table: Any, columns: Sequence[str]) -> list[dict[str, Any]]:
    fields = [getattr(table, name) for name in columns]
    rows = snapshot.rows(table.select(*fields).order_by(fields[0]))
    return [dict(zip(columns, row, strict=True)) for row in rows]
