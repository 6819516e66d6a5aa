"""Count what matches, but no further than a cap."""

from typing import Any, NamedTuple

from peewee import Select, fn

from dataset.store.snapshots import Snapshot

CAP = 10_000
"""Counts of what matched go no further (as Elasticsearch does)."""


class Matched(NamedTuple):
    """How many matched: exactly (`eq`), or at least so many (`gte`)."""

    value: int
    relation: str


def capped(snapshot: Snapshot, query: Any) -> Matched:
    """Count the rows of a query up to the cap."""
    return at_most(snapshot.value(capping(query)))


def capping(query: Any) -> Any:
    """Select how many rows a query has, up to one more than the cap."""
    return Select([query.limit(CAP + 1)], [fn.COUNT("*")])


def at_most(count: int) -> Matched:
    """Say what a count that went no further than one more than the cap tells."""
    return Matched(CAP, "gte") if count > CAP else Matched(count, "eq")
