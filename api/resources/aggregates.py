"""Aggregates: events counted and added up by group."""

from collections.abc import Callable
from typing import Any

import marshmallow as ma
from flask import Response

from api.middleware.negotiation import preferred
from api.openapi.blueprint import Blueprint
from api.openapi.documentation import (
    CHART_HEADERS,
    EXPORT_HEADERS,
    GROUP_HEADERS,
    PAGE_HEADERS,
)
from api.requests.parameters import query_text
from api.requests.queries import Query
from api.requests.reading import reading
from api.responses.aggregates import ANSWERS, CSV, MADE_WITH, SVG, whole_csv
from dataset.aggregates.aggregation import Aggregation
from dataset.selections.selections import Selection
from schemas.aggregates import (
    AggregateChartQuerySchema,
    AggregateExportQuerySchema,
    AggregatePageQuerySchema,
    GroupPageSchema,
)
from schemas.citations import GROUPED

blueprint = Blueprint(
    "aggregates", __name__, url_prefix="/v1", description="Events counted and added up by group."
)
BESIDES = ("limit", "as_of", "labels")
"""The parameters that do not change the groups of a revision."""


def _answer(
    schema: type[ma.Schema],
    arguments: dict[str, Any],
    media_type: str,
    answer: Callable[[Query, Aggregation], Response] | None = None,
) -> Response:
    """Answer in a media type, with a page of groups if `answer` is not of all."""
    cited = None
    if not GROUPED & arguments.keys():
        # A citation with only filters would cite events.
        cited = {**schema().dump(arguments), "measures": "count"}
    with reading(schema, media_type, cited, MADE_WITH.get(media_type)) as query:
        return (answer or ANSWERS[media_type])(query, _aggregation(query))


def _aggregation(query: Query) -> Aggregation:
    decisive = {name: text for name, text in query.canonical.items() if name not in BESIDES}
    return Aggregation(
        Selection(query.revision, query.filters, distinct=query.arguments.get("distinct")),
        query.arguments.get("by", ()),
        query.arguments.get("measures", ("count",)),
        query.arguments.get("sort"),
        "fill" in query.arguments,
        query_text(decisive),
        query.arguments.get("labels", False),
    )


@blueprint.get("/aggregates")
@blueprint.arguments(AggregatePageQuerySchema, location="query")
@blueprint.response(200, GroupPageSchema, headers=PAGE_HEADERS)
@blueprint.alt_response(406, response="NOT_ACCEPTABLE")
@blueprint.alt_response(501, response="NOT_IMPLEMENTED")
def list_aggregates(arguments: dict[str, Any]) -> Response:
    """Count events and add them up by group, page by page.

    Any filters, up to four keys, several measures at once. There is no limit on groups: follow
    `page.next` until it is null. Events without a value form a group whose key is null. The counts
    add up to `/v1/events/count`, unless the receipt says `"totals": "overlapping"`. Sums and means
    are exact, rounded half-even to six decimals; they leave out events without a value, and are
    null where no event of the group has one. With an `Accept` header for CSV the answer is the
    whole result, or one page of it if `limit` is given; for SVG it is a chart, of the first groups
    if `limit` is given.
    """
    return _answer(AggregatePageQuerySchema, arguments, preferred(ANSWERS))


@blueprint.get("/aggregates.csv")
@blueprint.arguments(AggregateExportQuerySchema, location="query")
@blueprint.response(
    200,
    CSV.schema,
    content_type=CSV.media_type,
    description="Comma-separated values with a header, one group a line",
    headers=EXPORT_HEADERS | GROUP_HEADERS,
)
def export_aggregates_csv(arguments: dict[str, Any]) -> Response:
    """Download all groups as CSV.

    A header with the keys and the measures, one group a line below it; a null is an empty cell.
    Spreadsheets read cells that begin with `=`, `+`, `-` or `@` as formulas: import all columns
    as text.
    """
    return _answer(AggregateExportQuerySchema, arguments, CSV.media_type, whole_csv)


@blueprint.get("/aggregates.svg")
@blueprint.arguments(AggregateChartQuerySchema, location="query")
@blueprint.response(
    200,
    SVG.schema,
    content_type=SVG.media_type,
    description=SVG.meaning,
    headers=CHART_HEADERS,
)
@blueprint.alt_response(501, response="NOT_IMPLEMENTED")
def draw_aggregates(arguments: dict[str, Any]) -> Response:
    """Draw groups as a chart.

    `by` has exactly one period; each combination of the other keys is a series, and each measure a
    panel. Up to eight series are shown, those with most events. The chart says what it leaves
    out: other series, events that lie in no single period, gaps. `sort` changes nothing. At most
    20000 points are drawn. A server without matplotlib answers 501.
    """
    return _answer(AggregateChartQuerySchema, arguments, SVG.media_type)
