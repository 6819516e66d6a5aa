"""Aggregates: events counted and added up by group."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import marshmallow as ma
from flask import Response

from api import answers, formats
from api.blueprint import Blueprint
from api.documentation import EXPORT_HEADERS, PAGE_HEADERS, TOTALS_HEADER
from api.queries import query_text
from api.reading import JSON, Reading, reading, spool
from dataset.aggregates import GroupPage, groups_csv, page_of_groups
from dataset.emptiness import empty_because
from dataset.filters import FILTERS
from dataset.selection import Selection
from dataset.spooled import Grouping
from schemas.aggregates import (
    AggregateExportQuerySchema,
    AggregatePageQuerySchema,
    GroupPageSchema,
)

blueprint = Blueprint(
    "aggregates", __name__, url_prefix="/v1", description="Events counted and added up by group."
)
CSV = formats.FORMATS["csv"]
OVERLAPPING = "overlapping"
BESIDES = ("limit", "as_of")
"""The parameters that do not decide what the groups of a revision are."""


@contextmanager
def _reading(
    schema: type[ma.Schema], arguments: Mapping[str, Any], media_type: str = JSON
) -> Iterator[Reading]:
    """Open the store; what is cited are the events that are grouped."""
    chosen = {name: arguments[name] for name in (*FILTERS, "distinct") if name in arguments}
    cited = dict(schema().dump(chosen))
    with reading(schema, arguments, media_type, cited) as asked:
        yield asked


def _grouping(asked: Reading) -> Grouping:
    decisive = {name: text for name, text in asked.written.items() if name not in BESIDES}
    return Grouping(
        Selection(asked.revision, asked.filters, distinct=asked.arguments.get("distinct")),
        asked.arguments.get("by", ()),
        asked.arguments.get("measures", ("count",)),
        asked.arguments.get("sort"),
        "fill" in asked.arguments,
        query_text(decisive),
    )


def _told(asked: Reading, grouping: Grouping, found: GroupPage) -> dict[str, Any]:
    """Give what the receipt of groups says beside that of events."""
    told: dict[str, Any] = {"groups": found.groups}
    if grouping.overlaps:
        told["totals"] = OVERLAPPING
    if not found.matched.value and grouping.selection.filters:
        told["empty_because"] = empty_because(asked.snapshot, grouping.selection, asked.written)
    return told


@blueprint.get("/aggregates")
@blueprint.arguments(AggregatePageQuerySchema, location="query")
@blueprint.response(200, GroupPageSchema, headers=PAGE_HEADERS)
def list_aggregates(arguments: dict[str, Any]) -> Response:
    """Count events and add them up by group, page by page.

    Any filters, up to four keys, several measures at once, and as many groups as there are: follow
    `page.next` until it is null. A missing value is null, a group of its own. The counts add up to
    `/v1/events/count`, unless the receipt says `"totals": "overlapping"`. Sums and means are exact,
    rounded half-even to six decimals; they leave out events without a value, and are null where
    no event of the group has one.
    """
    with _reading(AggregatePageQuerySchema, arguments) as asked:
        grouping = _grouping(asked)
        after = asked.cursor.position[0] if asked.cursor else 0
        found = page_of_groups(asked.snapshot, spool(), grouping, asked.limit, after)
        data = [dict(zip(grouping.names, row, strict=True)) for row in found.rows]
        position = (found.next,) if found.next else None
        return answers.page_answer(
            asked, data, found.matched, position, more=_told(asked, grouping, found)
        )


@blueprint.get("/aggregates.csv")
@blueprint.arguments(AggregateExportQuerySchema, location="query")
@blueprint.response(
    200,
    CSV.schema,
    content_type=CSV.media_type,
    description="Comma-separated values with a header, one group a line",
    headers=EXPORT_HEADERS | TOTALS_HEADER,
)
def export_aggregates_csv(arguments: dict[str, Any]) -> Response:
    """Download all groups as CSV.

    A header with the keys and the measures, one group a line below it; a null is an empty cell.
    """
    with _reading(AggregateExportQuerySchema, arguments, CSV.media_type) as asked:
        grouping = _grouping(asked)
        found = page_of_groups(asked.snapshot, spool(), grouping, limit=1)
        chunks = groups_csv(asked.snapshot, spool(), grouping)
        more = {"Cameo-Totals": OVERLAPPING} if grouping.overlaps else {}
        return formats.sent(asked, chunks, found.matched, CSV, more)
