"""Read the groups of a result: page by page, or all as CSV."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from peewee import chunked

from dataset.aggregates.aggregation import Aggregation
from dataset.aggregates.results import Totals, ordered_groups, result_of, totals_of
from dataset.aggregates.tables import GROUPS
from dataset.codebook.labels import LABELS
from dataset.declarations.aggregates import MEASURES
from dataset.declarations.columns import COLUMNS
from dataset.exports.text_formats import BATCH, csv_lines
from dataset.store.results_cache import ResultsCache
from dataset.store.snapshots import Snapshot

MILLION = 1_000_000

Values = list[Any]


@dataclass(frozen=True)
class GroupPage:
    """Some groups, the position of the last if more follow, and the totals of all."""

    rows: list[Values]
    next: int | None
    totals: Totals


def page_of_groups(
    snapshot: Snapshot,
    cache: ResultsCache,
    aggregation: Aggregation,
    limit: int,
    after: int = 0,
    as_text: bool = False,
) -> GroupPage:
    """Read up to `limit` groups after a position; as text, booleans are words."""
    with result_of(snapshot, cache, aggregation) as database:
        totals = totals_of(database)
        query = ordered_groups(aggregation).where(GROUPS.c.position > after).limit(limit)
        values = values_of(aggregation, as_text)
        rows = [values(row) for row in database.execute(query).fetchall()]
    end = after + len(rows)
    return GroupPage(rows, end if end < totals.groups else None, totals)


def groups_csv(
    snapshot: Snapshot, cache: ResultsCache, aggregation: Aggregation
) -> Iterator[bytes]:
    """Yield all groups as CSV: a header, then a line a group; a null is an empty cell."""
    values = values_of(aggregation, as_text=True)
    with result_of(snapshot, cache, aggregation) as database:
        yield csv_lines([aggregation.shown])
        for batch in chunked(database.execute(ordered_groups(aggregation)), BATCH):
            yield csv_lines(map(values, batch))


def page_csv(aggregation: Aggregation, page: GroupPage) -> Iterator[bytes]:
    """Yield a page that was read as text as CSV."""
    yield csv_lines([aggregation.shown, *page.rows])


def values_of(aggregation: Aggregation, as_text: bool = False) -> Callable[[Sequence[Any]], Values]:
    """Make the function from a stored row to what is shown: booleans, decimal numbers, labels."""
    truths = {0: "false", 1: "true", None: None} if as_text else {0: False, 1: True, None: None}
    booleans = [name in COLUMNS and COLUMNS[name].kind == "boolean" for name in aggregation.names]
    exact = [name in MEASURES and MEASURES[name].is_exact for name in aggregation.names]
    turned = [at for at, is_boolean in enumerate(booleans) if is_boolean]
    divided = [at for at, is_exact in enumerate(exact) if is_exact]
    places = [(aggregation.keys.index(key), LABELS[key]) for key in aggregation.labelled]
    # From the last on, so that those before it keep their places.
    labels = places[::-1]

    def values(row: Sequence[Any]) -> Values:
        found = list(row)
        for at in turned:
            found[at] = truths[found[at]]
        for at in divided:
            found[at] = None if found[at] is None else found[at] / MILLION
        for at, label in labels:
            found.insert(at + 1, label(row[at]))
        return found

    return values
