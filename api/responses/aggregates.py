"""Answer with groups: all of them or a page, as JSON, as CSV, or as a chart."""

from collections.abc import Callable, Iterator
from pkgutil import resolve_name
from typing import Any

from flask import Response
from werkzeug.exceptions import NotImplemented as NotInstalled

from api.context import results
from api.middleware.problems import NEEDS_MATPLOTLIB, refuse
from api.requests.reading import JSON, Reading
from api.responses import envelopes, exports, slots
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


def answer_json(asked: Reading, aggregation: Aggregation) -> Response:
    """Answer with a page of groups; the receipt says more than that of events."""
    found = _page(asked, aggregation)
    told: dict[str, Any] = {"groups": found.groups}
    if aggregation.overlaps:
        told["totals"] = OVERLAPPING
    empty = _empty_because(asked, aggregation, found.matched)
    data = [dict(zip(aggregation.names, row, strict=True)) for row in found.rows]
    return envelopes.page_answer(asked, data, found.matched, _position(found), empty, told)


def answer_csv(asked: Reading, aggregation: Aggregation) -> Response:
    """Answer with all groups as CSV, or with a page and a link to the next."""
    if not _paging(asked):
        slots.take(is_export=True)
        matched = page_of_groups(asked.snapshot, results(), aggregation, limit=1).matched
        chunks = groups_csv(asked.snapshot, results(), aggregation)
        return _sent(asked, aggregation, chunks, matched, CSV)
    found = _page(asked, aggregation, as_text=True)
    answer = _sent(asked, aggregation, b"".join(page_csv(aggregation, found)), found.matched, CSV)
    if position := _position(found):
        url = asked.next_url(position, found.matched)
        answer.headers["Link"] = envelopes.link_to_next(url)
    return answer


def answer_svg(asked: Reading, aggregation: Aggregation) -> Response:
    """Answer with a chart of all groups; refuse to draw a page: half a line says nothing true."""
    if paging := _paging(asked):
        detail = "does not go with a chart, which shows the whole result; leave it out."
        raise UnknownValue(paging[0], str(asked.arguments[paging[0]]), detail)
    slots.take()
    plot = plot_of(asked.snapshot, results(), aggregation)
    matched = Matched(plot.events, "eq")
    picture = b"".join(SVG.write(plot, _caption(asked, aggregation, matched)))
    return _sent(asked, aggregation, picture, matched, SVG, SVG_POLICY)


def _paging(asked: Reading) -> list[str]:
    """Name the parameters of the request that ask for a page."""
    return [name for name in PAGED if name in asked.arguments]


def _page(asked: Reading, aggregation: Aggregation, as_text: bool = False) -> GroupPage:
    after = asked.cursor.position[0] if asked.cursor else 0
    return page_of_groups(asked.snapshot, results(), aggregation, asked.limit, after, as_text)


def _position(found: GroupPage) -> tuple[int] | None:
    return (found.next,) if found.next else None


def _empty_because(
    asked: Reading, aggregation: Aggregation, matched: Matched
) -> list[dict[str, Any]] | None:
    if matched.value or not aggregation.selection.filters:
        return None
    return empty_because(asked.snapshot, aggregation.selection, asked.written)


def _caption(asked: Reading, aggregation: Aggregation, matched: Matched) -> Caption:
    """Give what a chart says beside its data."""
    empty = _empty_because(asked, aggregation, matched) or []
    hints = (f"{one['filter']}: {one['hint']}" for one in empty if one["hint"])
    name = asked.written.get("dataset")
    source = f"dataset {name}" if name else "all datasets"
    release = f" (release {asked.release})" if asked.release else ""
    return Caption(
        {name: text for name, text in sorted(asked.written.items()) if name in SHOWN},
        [*asked.receipt(matched, complete=True)["notes"], *hints],
        f"{source} · revision {asked.revision}{release}",
        asked.cite_url,
    )


def _sent(
    asked: Reading,
    aggregation: Aggregation,
    body: Iterator[bytes] | bytes,
    matched: Matched,
    format: Format,
    more: dict[str, str] | None = None,
) -> Response:
    totals = {"Cameo-Totals": OVERLAPPING} if aggregation.overlaps else {}
    return exports.sent(asked, body, matched, format, {**totals, **(more or {})})


def _drawer(*_snapshot: object) -> str:
    """Give the version of what draws charts; where it is not installed, say how to get it."""
    try:
        return str(resolve_name("dataset.charts.drawing:VERSION"))
    except ModuleNotFoundError as error:
        raise refuse(NotInstalled, NEEDS_MATPLOTLIB) from error


ANSWERS: dict[str, Callable[[Reading, Aggregation], Response]] = {
    JSON: answer_json,
    CSV.media_type: answer_csv,
    SVG.media_type: answer_svg,
}
"""What answers in which media type; the first if anything will do."""
MADE_WITH: dict[str, Callable[..., object]] = {SVG.media_type: _drawer}
"""What else decides an answer, by media type."""
