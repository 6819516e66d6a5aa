"""Read a list page by page, in the order of columns that together are unique."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from peewee import Tuple

from dataset.store.counts import Matched, capped
from dataset.store.snapshots import Snapshot

MOST = 1_000
"""How many items are read at a time if all are wanted."""

Item = dict[str, Any]
After = tuple[Any, ...] | None
"""Where the previous page ended: the values of the sort columns in its last item."""


@dataclass(frozen=True)
class ListPage:
    """The items of a page, where it ends if more follow, and how many there are in all."""

    items: list[Item]
    next: After
    matched: Matched


@dataclass(frozen=True)
class PageRequest:
    """Which page of a list: up to `limit` items after a position; `matched` if it is known."""

    limit: int
    after: After = None
    matched: Matched | None = None


def items_of(snapshot: Snapshot, query: Any, columns: Mapping[str, Any]) -> list[Item]:
    """Read columns of a query, by name."""
    rows = snapshot.rows(query.select(*columns.values()))
    return [dict(zip(columns, row, strict=True)) for row in rows]


def page_of_list(
    snapshot: Snapshot,
    query: Any,
    columns: Mapping[str, Any],
    order: Sequence[str],
    wanted: PageRequest,
) -> ListPage:
    """Read a page of a query, in the order of some of its columns."""
    keys = [columns[name] for name in order]
    beyond = query.where(Tuple(*keys) > wanted.after) if wanted.after else query
    found = items_of(snapshot, beyond.order_by(*keys).limit(wanted.limit + 1), columns)
    items, more = found[: wanted.limit], len(found) > wanted.limit
    position = tuple(items[-1][name] for name in order) if more else None
    return ListPage(items, position, wanted.matched or capped(snapshot, query.select(*keys)))


def every(read: Callable[[PageRequest], ListPage]) -> Iterator[Item]:
    """Yield all items of a list, page after page."""
    page = read(PageRequest(MOST))
    yield from page.items
    while page.next:
        page = read(PageRequest(MOST, page.next, page.matched))
        yield from page.items
