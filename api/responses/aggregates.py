"""Answer with groups: all of them or a page, as JSON, as CSV, or as a chart."""

from collections.abc import Callable
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
from dataset.aggregates.results import Totals
from dataset.charts.captions import Caption
from dataset.charts.series import plot_of
from dataset.declarations.filters import FILTERS
from dataset.errors import UnknownValue
from dataset.selections.parts import Counted

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
    """Answer with a page of groups; the receipt also tells of the groups."""
    found = _page(query, aggregation)
    counted = _counted(query, found)
    receipt = envelopes.receipt_of(
        query, aggregation.selection, counted, _is_whole(query, found)
    ) | _told(aggregation, found.totals)
    names = aggregation.shown
    data = [dict(zip(names, row, strict=True)) for row in found.rows]
    return envelopes.page_with(query, data, receipt, counted.matched, _position(found))


def _told(aggregation: Aggregation, totals: Totals) -> dict[str, Any]:
    """Tell how many groups there are, and which events are in several or in no single period."""
    told: dict[str, Any] = {"groups": totals.groups}
    if aggregation.periods:
        told["no_period"] = totals.no_period
    if aggregation.overlaps:
        told["totals"] = OVERLAPPING
    return told


def whole_csv(query: Query, aggregation: Aggregation) -> Response:
    """Answer with all groups as CSV, or the first, as many as `limit` says."""
    slots.take(is_export=True)
    totals = page_of_groups(query.snapshot, results(), aggregation, limit=1).totals
    first = _first(query, aggregation)
    chunks = groups_csv(query.snapshot, results(), first)
    complete = first.limit is None or totals.groups <= first.limit
    return exports.sent(chunks, CSV, _headers(query, aggregation, totals.counted, complete))


def answer_csv(query: Query, aggregation: Aggregation) -> Response:
    """Answer with all groups as CSV, or with a page and a link to the next."""
    if not _paging(query):
        return whole_csv(query, aggregation)
    found = _page(query, aggregation, as_text=True)
    counted = _counted(query, found)
    headers = _headers(query, aggregation, counted, _is_whole(query, found))
    answer = exports.sent(b"".join(page_csv(aggregation, found)), CSV, headers)
    if position := _position(found):
        url = query.next_url(position, counted.matched)
        answer.headers["Link"] = envelopes.link_to_next(url)
    return answer


def answer_svg(query: Query, aggregation: Aggregation) -> Response:
    """Answer with a chart of all groups, or the first; a page of groups would mislead."""
    if query.cursor:
        detail = "does not go with a chart, which shows the whole result; leave it out."
        raise UnknownValue("cursor", str(query.arguments["cursor"]), detail)
    slots.take()
    has_labels = query.arguments.get("labels", True)
    shown = replace(_first(query, aggregation), labels=has_labels)
    plot = plot_of(query.snapshot, results(), shown)
    picture = b"".join(SVG.write(plot, _caption(query, aggregation, plot.counted)))
    headers = _headers(query, aggregation, plot.counted, not plot.groups_left_out)
    return exports.sent(picture, SVG, headers | SVG_POLICY)


def _first(query: Query, aggregation: Aggregation) -> Aggregation:
    """Keep the first groups, as many as `limit` says."""
    return replace(aggregation, limit=query.arguments.get("limit"))


def _paging(query: Query) -> list[str]:
    """Name the parameters of the request that ask for a page."""
    return [name for name in PAGED if name in query.arguments]


def _page(query: Query, aggregation: Aggregation, as_text: bool = False) -> GroupPage:
    after = query.cursor.position[0] if query.cursor else 0
    return page_of_groups(query.snapshot, results(), aggregation, query.limit, after, as_text)


def _position(found: GroupPage) -> tuple[int] | None:
    return (found.next,) if found.next else None


def _is_whole(query: Query, found: GroupPage) -> bool:
    return not query.cursor and not found.next


def _counted(query: Query, found: GroupPage) -> Counted:
    """Give what matched: its parts stand only on the first page, as in lists of events."""
    counted = found.totals.counted
    return Counted(counted.matched) if query.cursor else counted


def _caption(query: Query, aggregation: Aggregation, counted: Counted) -> Caption:
    """Give the texts of a chart beside its data."""
    receipt = envelopes.receipt_of(query, aggregation.selection, counted, complete=True)
    empty = receipt.get("empty_because", [])
    hints = (f"{one['filter']}: {one['hint']}" for one in empty if one["hint"])
    name = query.canonical.get("dataset")
    source = f"dataset {name}" if name else "all datasets"
    release = f" (release {query.release})" if query.release else ""
    return Caption(
        {name: text for name, text in sorted(query.canonical.items()) if name in SHOWN},
        [*receipt["notes"], *hints],
        f"{source} · revision {query.revision}{release}",
        query.cite_url,
    )


def _headers(
    query: Query, aggregation: Aggregation, counted: Counted, complete: bool = True
) -> dict[str, str]:
    totals = {"Cameo-Totals": OVERLAPPING} if aggregation.overlaps else {}
    return totals | exports.receipt_headers(query, counted, complete)


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
