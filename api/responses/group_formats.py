"""The formats of aggregates: all groups or a page of them, as JSON, as CSV, or as a chart."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pkgutil import resolve_name
from typing import Any

from flask import Response
from werkzeug.exceptions import NotImplemented as NotInstalled

from api.context import spool
from api.middleware.negotiation import preferred
from api.middleware.problems import NEEDS_MATPLOTLIB, refuse
from api.requests.queries import Query
from api.requests.reading import JSON
from api.responses import envelopes, formats, slots
from api.responses.formats import Format
from dataset.aggregates.pages import GroupPage, groups_csv, page_csv, page_of_groups
from dataset.aggregates.result_tables import Grouping
from dataset.aggregates.series import plot_of
from dataset.charts.captions import Caption
from dataset.declarations.filters import FILTERS
from dataset.errors import UnknownValue
from dataset.events.emptiness import empty_because
from dataset.store.counts import Matched

CSV = formats.FORMATS["csv"]
SVG = Format(
    "image/svg+xml", "A chart: a line or bars for each series", "dataset.charts.charts:draw"
)
SVG_POLICY = {"Content-Security-Policy": "default-src 'none'"}
OVERLAPPING = "overlapping"
PAGED = ("limit", "cursor")
SHOWN = (*FILTERS, "distinct")
"""The parameters that say which events are drawn."""


def _found(query: Query, grouping: Grouping, as_text: bool = False) -> GroupPage:
    after = query.cursor.position[0] if query.cursor else 0
    return page_of_groups(query.snapshot, spool(), grouping, query.limit, after, as_text)


def _position(found: GroupPage) -> tuple[int] | None:
    return (found.next,) if found.next else None


def _empty_because(
    query: Query, grouping: Grouping, matched: Matched
) -> list[dict[str, Any]] | None:
    if matched.value or not grouping.selection.filters:
        return None
    return empty_because(query.snapshot, grouping.selection, query.canonical)


def json_page(query: Query, grouping: Grouping) -> Response:
    """Answer with a page of groups; the receipt says more than that of events."""
    found = _found(query, grouping)
    told: dict[str, Any] = {"groups": found.groups}
    if grouping.overlaps:
        told["totals"] = OVERLAPPING
    empty = _empty_because(query, grouping, found.matched)
    data = [dict(zip(grouping.names, row, strict=True)) for row in found.rows]
    return envelopes.page_answer(query, data, found.matched, _position(found), empty, told)


def csv_page(query: Query, grouping: Grouping) -> Response:
    """Answer with a page of groups as CSV, and a link to the next."""
    found = _found(query, grouping, as_text=True)
    answer = _sent(query, grouping, b"".join(page_csv(grouping, found)), found.matched, CSV)
    if position := _position(found):
        url = query.next_url(position, found.matched)
        answer.headers["Link"] = envelopes.link_to_next(url)
    return answer


def csv_whole(query: Query, grouping: Grouping) -> Response:
    """Answer with all groups as CSV."""
    slots.take(is_export=True)
    found = page_of_groups(query.snapshot, spool(), grouping, limit=1)
    chunks = groups_csv(query.snapshot, spool(), grouping)
    return _sent(query, grouping, chunks, found.matched, CSV)


def svg_page(query: Query, _grouping: Grouping) -> Response:
    """Refuse to draw a page: half a line says nothing true."""
    name = next(name for name in PAGED if name in query.arguments)
    detail = "does not go with a chart, which shows the whole result; leave it out."
    raise UnknownValue(name, str(query.arguments[name]), detail)


def svg_whole(query: Query, grouping: Grouping) -> Response:
    """Answer with a chart of all groups."""
    slots.take()
    plot = plot_of(query.snapshot, spool(), grouping)
    matched = Matched(plot.events, "eq")
    receipt = query.receipt(matched, complete=True)
    empty = _empty_because(query, grouping, matched) or []
    hints = (f"{one['filter']}: {one['hint']}" for one in empty if one["hint"])
    release = f" (release {query.release})" if query.release else ""
    caption = Caption(
        {name: text for name, text in sorted(query.canonical.items()) if name in SHOWN},
        [*receipt["notes"], *hints],
        f"{_datasets(query)} · revision {query.revision}{release}",
        query.cite_url,
    )
    picture = b"".join(SVG.write(plot, caption))
    return _sent(query, grouping, picture, matched, SVG, SVG_POLICY)


def _datasets(query: Query) -> str:
    name = query.canonical.get("dataset")
    return f"dataset {name}" if name else "all datasets"


def _sent(
    query: Query,
    grouping: Grouping,
    body: Iterator[bytes] | bytes,
    matched: Matched,
    format: Format,
    more: dict[str, str] | None = None,
) -> Response:
    totals = {"Cameo-Totals": OVERLAPPING} if grouping.overlaps else {}
    return formats.sent(query, body, matched, format, {**totals, **(more or {})})


def _drawer(*_snapshot: object) -> str:
    """Give the version of what draws charts; where it is not installed, say how to get it."""
    try:
        return str(resolve_name("dataset.charts.charts:VERSION"))
    except ModuleNotFoundError as error:
        raise refuse(NotInstalled, NEEDS_MATPLOTLIB) from error


Answer = Callable[[Query, Grouping], Response]


@dataclass(frozen=True)
class GroupFormat:
    """A format of groups: what answers with all of them, and what with a page.

    `made_with` gives what else decides the answer.
    """

    media_type: str
    whole: Answer
    page: Answer
    made_with: Callable[..., object] | None = None

    def answer(self, query: Query, grouping: Grouping) -> Response:
        """Answer with all groups, or with a page if one is asked for."""
        is_paged = any(name in query.arguments for name in PAGED)
        return (self.page if is_paged else self.whole)(query, grouping)


AS_JSON = GroupFormat(JSON, json_page, json_page)
AS_CSV = GroupFormat(CSV.media_type, csv_whole, csv_page)
AS_SVG = GroupFormat(SVG.media_type, svg_whole, svg_page, _drawer)
OFFERS = {format.media_type: format for format in (AS_JSON, AS_CSV, AS_SVG)}
"""What can be asked for with `Accept`, the first if anything will do."""


def negotiated() -> GroupFormat:
    """Choose the format that the client accepts best."""
    return OFFERS[preferred(OFFERS)]
