"""Count what matches, but no further than a cap."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from peewee import Select, fn

from dataset.store.snapshots import Snapshot

CAP = 10_000
"""Counts of matches stop here (as in Elasticsearch)."""


class Matched(NamedTuple):
    """How many matched: exactly (`eq`), or at least so many (`gte`)."""

    value: int
    relation: str


def capped(snapshot: Snapshot, query: Any) -> Matched:
    """Count the rows of a query up to the cap."""
    return at_most(snapshot.value(capping(query)))


def capping(query: Any, counts: Sequence[Any] = (fn.COUNT("*"),)) -> Any:
    """Select how many rows a query has, up to one more than the cap; `counts` may be of parts."""
    return Select([query.limit(CAP + 1)], [*counts])


def told(matched: Matched, thing: str) -> str:
    """Say how many of a thing matched."""
    least = "at least " if matched.relation == "gte" else ""
    return f"{least}{matched.value} {thing}{'' if matched.value == 1 else 's'}"


def at_most(count: int) -> Matched:
    """Interpret a count that stopped at one more than the cap."""
    return Matched(CAP, "gte") if count > CAP else Matched(count, "eq")
