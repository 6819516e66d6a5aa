"""Put answers into their envelopes: lists with a page, single things, each with its receipt."""

from collections.abc import Sequence
from typing import Any

import orjson
from flask import Response, g

from api.requests.queries import Query
from api.requests.reading import JSON
from dataset.events.emptiness import empty_because
from dataset.selections.parts import Counted
from dataset.selections.selections import Selection
from dataset.store.counts import Matched
from dataset.store.lists import ListPage

ONE = Matched(1, "eq")


def json_answer(body: dict[str, Any], link: str | None = None) -> Response:
    """Make a JSON answer, with a link to the next page if there is one (RFC 8288)."""
    answer = Response(orjson.dumps(body), content_type=JSON)
    if link:
        answer.headers["Link"] = link_to_next(link)
    return answer


def link_to_next(url: str) -> str:
    """Write the link to the next page."""
    return f'<{url}>; rel="next"'


def leading_to(url: str, status: int) -> Response:
    """Redirect to another address; without a body there is no Content-Type."""
    answer = Response(status=status, headers={"Location": url})
    del answer.headers["Content-Type"]
    return answer


def page_answer(
    query: Query,
    data: Sequence[Any],
    matched: Matched,
    position: tuple[Any, ...] | None,
    reasons: list[dict[str, Any]] | None = None,
) -> Response:
    """Answer with a page of a list; `position` is where the next page begins."""
    receipt = query.receipt(matched, is_whole(query, matched, len(data)))
    if reasons is not None:
        receipt["empty_because"] = reasons
    return page_with(query, data, receipt, matched, position)


def is_whole(query: Query, matched: Matched, shown: int) -> bool:
    """Tell whether a page holds everything: a sample shows fewer events than matched."""
    return not query.cursor and matched == Matched(shown, "eq")


def page_with(
    query: Query,
    data: Sequence[Any],
    receipt: dict[str, Any],
    matched: Matched,
    position: tuple[Any, ...] | None,
) -> Response:
    """Answer with a page that has this receipt."""
    g.rows = len(data)
    url = query.next_url(position, matched) if position else None
    page = {"limit": query.limit, "returned": len(data), "next": url}
    return json_answer({"data": data, "page": page, "receipt": receipt}, url)


def receipt_of(
    query: Query, selection: Selection, counted: Counted, complete: bool
) -> dict[str, Any]:
    """Make the receipt of an answer of events; say why it is empty, if it is."""
    receipt = query.receipt_of_events(counted, complete)
    if not counted.matched.value and selection.filters:
        receipt["empty_because"] = empty_because(query.snapshot, selection, query.canonical)
    return receipt


def slice_answer(
    query: Query, items: Sequence[Any], reasons: list[dict[str, Any]] | None = None
) -> Response:
    """Answer with a page of a list that is in memory; a position is an index."""
    start = query.cursor.position[0] if query.cursor else 0
    end = start + query.limit
    position = (end,) if end < len(items) else None
    matched = Matched(len(items), "eq")
    return page_answer(query, items[start:end], matched, position, reasons)


def list_answer(query: Query, page: ListPage) -> Response:
    """Answer with a page of a list that is read page by page."""
    return page_answer(query, page.items, page.matched, page.next)


def one_answer(query: Query, data: dict[str, Any]) -> Response:
    """Answer with one thing."""
    return json_answer({"data": data, "receipt": query.receipt(ONE, complete=True)})
