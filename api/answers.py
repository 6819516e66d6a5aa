"""Put answers into their envelopes: lists with a page, single things, each with its receipt."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

import orjson
from flask import Response, g

from api.reading import JSON, Reading
from dataset.lists import ListPage
from dataset.pages import Matched

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


def page_answer(
    reading: Reading,
    data: Sequence[Any],
    matched: Matched,
    position: tuple[Any, ...] | None,
    empty_because: list[dict[str, Any]] | None = None,
    more: Mapping[str, Any] = MappingProxyType({}),
) -> Response:
    """Answer with a page of a list; `position` is where the next page begins.

    `more` are members of the receipt.
    """
    g.rows = len(data)
    url = reading.next_url(position, matched) if position else None
    # Of a sample less is shown than matched; groups are not what `matched` counts.
    holds_all = bool(more) or matched == Matched(len(data), "eq")
    is_whole = not position and not reading.cursor and holds_all
    receipt = reading.receipt(matched, complete=is_whole) | dict(more)
    if empty_because is not None:
        receipt["empty_because"] = empty_because
    page = {"limit": reading.limit, "returned": len(data), "next": url}
    return json_answer({"data": data, "page": page, "receipt": receipt}, url)


def slice_answer(reading: Reading, items: Sequence[Any]) -> Response:
    """Answer with a page of a list that is held whole; a position is an index."""
    start = reading.cursor.position[0] if reading.cursor else 0
    end = start + reading.limit
    position = (end,) if end < len(items) else None
    return page_answer(reading, items[start:end], Matched(len(items), "eq"), position)


def list_answer(reading: Reading, page: ListPage) -> Response:
    """Answer with a page of a list that is read page by page."""
    return page_answer(reading, page.items, page.matched, page.next)


def one_answer(reading: Reading, data: dict[str, Any]) -> Response:
    """Answer with one thing."""
    return json_answer({"data": data, "receipt": reading.receipt(ONE, complete=True)})
