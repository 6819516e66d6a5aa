"""Read groups of events: they are made once, spooled, and read from there page by page."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from peewee import Database, chunked

from dataset.aggregates.collecting import write
from dataset.aggregates.result_tables import Grouping, Result, Total
from dataset.declarations.aggregates import MEASURES
from dataset.declarations.columns import COLUMNS
from dataset.exports.text_formats import BATCH, csv_lines
from dataset.store.counts import Matched
from dataset.store.models import field
from dataset.store.results_cache import ResultsCache
from dataset.store.snapshots import Snapshot

MILLION = 1_000_000

Values = list[Any]


@dataclass(frozen=True)
class GroupPage:
    """Groups, the place of the last if more follow, how many there are, and of how many events."""

    rows: list[Values]
    next: int | None
    groups: int
    matched: Matched


def page_of_groups(
    snapshot: Snapshot,
    cache: ResultsCache,
    grouping: Grouping,
    limit: int,
    after: int = 0,
    as_text: bool = False,
) -> GroupPage:
    """Read up to `limit` groups after a place; as text, truths are words."""
    with result_of(snapshot, cache, grouping) as database:
        events, groups = database.execute(Total.select(Total.events, Total.groups)).fetchone()
        query = ordered(grouping).where(Result.position > after).limit(limit)
        values = values_of(grouping, as_text)
        rows = [values(row) for row in database.execute(query).fetchall()]
    end = after + len(rows)
    return GroupPage(rows, end if end < groups else None, groups, Matched(events, "eq"))


def groups_csv(snapshot: Snapshot, cache: ResultsCache, grouping: Grouping) -> Iterator[bytes]:
    """Yield all groups as CSV: a header, then a line a group; a null is an empty cell."""
    values = values_of(grouping, as_text=True)
    with result_of(snapshot, cache, grouping) as database:
        yield csv_lines([grouping.names])
        for batch in chunked(database.execute(ordered(grouping)), BATCH):
            yield csv_lines(map(values, batch))


def page_csv(grouping: Grouping, page: GroupPage) -> Iterator[bytes]:
    """Yield a page that was read as text as CSV."""
    yield csv_lines([grouping.names, *page.rows])


def result_of(
    snapshot: Snapshot, cache: ResultsCache, grouping: Grouping
) -> AbstractContextManager[Database]:
    """Open the spooled result of a grouping; make it if it is not there."""
    revision = grouping.selection.revision
    key = (snapshot.token_of(revision), str(revision), grouping.query)
    return cache.database(snapshot.uuid, key, lambda database: write(snapshot, grouping, database))


def ordered(grouping: Grouping) -> Any:
    """Select the groups of a result in their order."""
    members = (field(Result, name) for name in grouping.places)
    return Result.select(*members).order_by(Result.position)


def values_of(grouping: Grouping, as_text: bool = False) -> Callable[[Sequence[Any]], Values]:
    """Make the function from a stored row to values: truths, and numbers from millionths."""
    truths = {0: "false", 1: "true", None: None} if as_text else {0: False, 1: True, None: None}
    booleans = [name in COLUMNS and COLUMNS[name].kind == "boolean" for name in grouping.names]
    exact = [name in MEASURES and MEASURES[name].is_exact for name in grouping.names]
    turned = [at for at, is_boolean in enumerate(booleans) if is_boolean]
    divided = [at for at, is_exact in enumerate(exact) if is_exact]

    def values(row: Sequence[Any]) -> Values:
        found = list(row)
        for at in turned:
            found[at] = truths[found[at]]
        for at in divided:
            found[at] = None if found[at] is None else found[at] / MILLION
        return found

    return values
