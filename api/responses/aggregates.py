"""Answer with groups: all of them or a page, as JSON, as CSV, or as a chart."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pkgutil import resolve_name
from typing import Any

from flask import Response
from werkzeug.exceptions import NotImplemented as NotInstalled

from api.context import results
from api.middleware import slots
from api.middleware.problems import NEEDS_MATPLOTLIB, refuse
from api.requests.queries import Query
from api.requests.reading import JSON
from api.responses import envelopes, exports
from api.responses.formats import FORMATS, Format
from dataset.aggregates.aggregation import Aggregation
from dataset.aggregates.pages import GroupPage, groups_csv, page_csv, page_of_groups
from dataset.charts.captions import Caption
from dataset.charts.series import plot_of
from dataset.declarations.filters import FILTERS
from dataset.errors import UnknownValue
from dataset.events.emptiness import empty_because
from dataset.store.counts import Matched

CSV = FORMATS["csv"]
SVG = Format(
    "image/svg+xml", "A chart: a line or bars for each series", "dataset.charts.drawing:draw"
)
SVG_POLICY = {"Content-Security-Policy": "default-src 'none'"}
OVERLAPPING = "overlapping"
PAGED = ("limit", "cursor")
"""The parameters that ask for a page."""
SHOWN = (*FILTERS, "distinct")
"""The parameters that say which events are drawn."""


def answer_json(query: Query, aggregation: Aggregation) -> Response:
    """Answer with a page of groups; the receipt also has `groups` and perhaps `totals`."""
    found = _page(query, aggregation)
    told: dict[str, Any] = {"groups": found.groups}
    if aggregation.overlaps:
        told["totals"] = OVERLAPPING
    empty = _empty_because(query, aggregation, found.matched)
    names = aggregation.shown
    data = [dict(zip(names, row, strict=True)) for row in found.rows]
    return envelopes.page_answer(query, data, found.matched, _position(found), empty, told)


def answer_csv(query: Query, aggregation: Aggregation) -> Response:
    """Answer with all groups as CSV, or with a page and a link to the next."""
    if not _paging(query):
        slots.take(is_export=True)
        matched = page_of_groups(query.snapshot, results(), aggregation, limit=1).matched
        chunks = groups_csv(query.snapshot, results(), aggregation)
        return _sent(query, aggregation, chunks, matched, CSV)
    found = _page(query, aggregation, as_text=True)
    answer = _sent(query, aggregation, b"".join(page_csv(aggregation, found)), found.matched, CSV)
    if position := _position(found):
        url = query.next_url(position, found.matched)
        answer.headers["Link"] = envelopes.link_to_next(url)
    return answer


def answer_svg(query: Query, aggregation: Aggregation) -> Response:
    """Answer with a chart of all groups; refuse to draw a page, which would mislead."""
    if paging := _paging(query):
        detail = "does not go with a chart, which shows the whole result; leave it out."
        raise UnknownValue(paging[0], str(query.arguments[paging[0]]), detail)
    slots.take()
    has_labels = query.arguments.get("labels", True)
    plot = plot_of(query.snapshot, results(), replace(aggregation, labels=has_labels))
    matched = Matched(plot.events, "eq")
    picture = b"".join(SVG.write(plot, _caption(query, aggregation, matched)))
    return _sent(query, aggregation, picture, matched, SVG, SVG_POLICY)


def _paging(query: Query) -> list[str]:
    """Name the parameters of the request that ask for a page."""
    return [name for name in PAGED if name in query.arguments]


def _page(query: Query, aggregation: Aggregation, as_text: bool = False) -> GroupPage:
    after = query.cursor.position[0] if query.cursor else 0
    return page_of_groups(query.snapshot, results(), aggregation, query.limit, after, as_text)


def _position(found: GroupPage) -> tuple[int] | None:
    return (found.next,) if found.next else None


def _empty_because(
    query: Query, aggregation: Aggregation, matched: Matched
) -> list[dict[str, Any]] | None:
    if matched.value or not aggregation.selection.filters:
        return None
    return empty_because(query.snapshot, aggregation.selection, query.canonical)


def _caption(query: Query, aggregation: Aggregation, matched: Matched) -> Caption:
    """Give the texts of a chart beside its data."""
    empty = _empty_because(query, aggregation, matched) or []
    hints = (f"{one['filter']}: {one['hint']}" for one in empty if one["hint"])
    name = query.canonical.get("dataset")
    source = f"dataset {name}" if name else "all datasets"
    release = f" (release {query.release})" if query.release else ""
    return Caption(
        {name: text for name, text in sorted(query.canonical.items()) if name in SHOWN},
        [*query.receipt(matched, complete=True)["notes"], *hints],
        f"{source} · revision {query.revision}{release}",
        query.cite_url,
    )


def _sent(
    query: Query,
    aggregation: Aggregation,
    body: Iterator[bytes] | bytes,
    matched: Matched,
    format: Format,
    more: dict[str, str] | None = None,
) -> Response:
    totals = {"Cameo-Totals": OVERLAPPING} if aggregation.overlaps else {}
    return exports.sent(query, body, matched, format, {**totals, **(more or {})})


def _drawer(*_snapshot: object) -> str:
    """Give the version of the chart code; a 501 says how to install what is missing."""
    try:
        return str(resolve_name("dataset.charts.drawing:VERSION"))
    except ModuleNotFoundError as error:
        raise refuse(NotInstalled, NEEDS_MATPLOTLIB) from error


ANSWERS: dict[str, Callable[[Query, Aggregation], Response]] = {
    JSON: answer_json,
    CSV.media_type: answer_csv,
    SVG.media_type: answer_svg,
}
"""The function for each media type; the first one is the default."""
MADE_WITH: dict[str, Callable[..., object]] = {SVG.media_type: _drawer}
"""What else decides an answer, by media type."""
