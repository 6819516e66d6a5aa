"""End all events of a dataset, or remove them for good."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from peewee import chunked, fn

from dataset.building.rows import Row
from dataset.declarations.ids import NATIVE_BITS
from dataset.errors import Impossible
from dataset.store.engines.base import Engine
from dataset.store.models import Event, Mention, SourceVersion, Superseded, Tombstone, field
from dataset.writes.drops import stored_keys
from dataset.writes.followed_feeds import forget_feeds
from dataset.writes.histories import DROP
from dataset.writes.mentions import end_mentions
from dataset.writes.purges import renew
from dataset.writes.revisions import Change, numbers_of, revision

BATCH = 1_000


class NothingToDrop(Impossible):
    """A dataset that has no events, or of which nothing is left to purge."""


@dataclass(frozen=True)
class Dropped:
    """What a drop did; `revision` is None if it was only tried.

    `events` and `mentions` count those that ended; of a purge all that were removed, with those
    that had ended before.
    """

    revision: int | None
    events: int
    mentions: int


def drop_dataset(
    database: Engine, dataset: str, purge: bool = False, dry_run: bool = False
) -> Dropped:
    """End all events of a dataset; `purge` removes their whole history, and there is no way back.

    A later load brings its events again; those that were retracted only after a purge. Raises
    `NothingToDrop` if there are none.
    """
    number = _number_of(database, dataset)
    (expected,) = database.execute(Event.select(fn.COUNT("*")).where(_of(Event, number))).fetchone()
    with revision(database, DROP, dataset, expected) as change:
        change.events.drop_indexes_if_large()
        if purge:
            events, mentions = _remove(change, number)
        else:
            events = _end(change, number, f"drop of {dataset}")
            mentions = end_mentions(database, change.number, _of(Mention, number))
        if not events and not mentions:
            raise NothingToDrop(_nothing(dataset, purge))
        forget_feeds(database, dataset)
        change.touch()
        if dry_run:
            change.discard()
        return Dropped(None if dry_run else change.number, events, mentions)


def _nothing(dataset: str, purge: bool) -> str:
    if purge:
        return f"Nothing is left of the events of {dataset}: there is nothing to drop."
    return f"The dataset {dataset} has no events now: there is nothing to drop."


def _remove(change: Change, number: int) -> tuple[int, int]:
    """Remove all that is known of the events of a dataset; count them, and their mentions."""
    database = change.database
    events = _bury(change, number)
    _end(change, number, None)
    database.execute(SourceVersion.delete().where(_of(SourceVersion, number)))
    database.execute(Superseded.delete().where(_of(Superseded, number)))
    removed = database.execute(Mention.delete().where(_of(Mention, number)))
    mentions = int(database.rows_affected(removed))
    change.versions.counts.erase_dataset(number)
    renew(change)
    return events, mentions


def _number_of(database: Engine, dataset: str) -> int:
    numbers = numbers_of(database)
    if dataset not in numbers:
        known = ", ".join(sorted(numbers)) or "none"
        raise Impossible(f"The store has no dataset {dataset!r}. It has: {known}.")
    return numbers[dataset]


def _of(table: Any, number: int) -> Any:
    """Match what is of events of the dataset with a number."""
    first = number << NATIVE_BITS
    return table.key.between(first, first + (1 << NATIVE_BITS) - 1)


def _end(change: Change, number: int, reason: str | None) -> int:
    """End the current events, or remove them if there is no reason; count them."""
    count = 0
    for versions in _current(change, number):
        if reason is None:
            change.versions.remove(versions)
        else:
            change.versions.end(versions, reason, None)
        count += len(versions)
    return count


def _current(change: Change, number: int) -> Iterator[list[Row]]:
    for keys in chunked(stored_keys(change.database, number), BATCH):
        yield [*change.versions.current(keys).values()]


def _bury(change: Change, number: int) -> int:
    """Put a tombstone in the place of all that the store holds of each event; count these."""
    database = change.database
    held = [
        table.select(table.key, field(table, "id"), change.number).where(_of(table, number))
        for table in (Event, Superseded)
    ]
    keys = [table.select(table.key).where(_of(table, number)) for table in (Event, Superseded)]
    database.execute(Tombstone.delete().where(Tombstone.key.in_(keys[0].union(keys[1]))))
    columns = [Tombstone.key, Tombstone.id, Tombstone.revision]
    database.execute(Tombstone.insert_from(held[0].union(held[1]), columns))
    buried = Tombstone.select(fn.COUNT("*")).where(
        _of(Tombstone, number), field(Tombstone, "revision") == change.number
    )
    return int(database.execute(buried).fetchone()[0])
