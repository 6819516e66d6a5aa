"""Events: pages, one by id, counts, and whole results in other formats."""

from itertools import starmap
from typing import Any

from flask import Response

from api.middleware import slots
from api.openapi.blueprint import Blueprint
from api.openapi.documentation import (
    EXPORT_HEADERS,
    FILE_HEADERS,
    PAGE_HEADERS,
    RANGE_HEADERS,
    STORE_HEADERS,
    path_text,
)
from api.requests.queries import Query
from api.requests.reading import JSON, reading
from api.resources.history import existing
from api.responses import envelopes, exports, files, formats
from api.responses.formats import PARQUET
from dataset.events import rows
from dataset.events.pages import count_of, may_be_long, may_be_long_to_count, page_of
from dataset.exports.text_formats import COORDINATES
from dataset.selections.selections import NEWEST_FIRST, OLDEST_FIRST
from schemas.events import (
    CountSchema,
    EventAnswerSchema,
    EventCountQuerySchema,
    EventExportQuerySchema,
    EventPageQuerySchema,
    EventPageSchema,
    EventQuerySchema,
)

blueprint = Blueprint(
    "events", __name__, url_prefix="/v1", description="Who did what to whom, when and where."
)


@blueprint.get("/events")
@blueprint.arguments(EventPageQuerySchema, location="query")
@blueprint.response(200, EventPageSchema, headers=PAGE_HEADERS)
@blueprint.alt_response(406, response="NOT_ACCEPTABLE")
def list_events(arguments: dict[str, Any]) -> Response:
    """List events, page by page.

    An event must pass all filters. Follow `page.next` until it is null. All pages show the store
    as it was at the first page, so each event comes once, even if data are loaded in between. With
    an `Accept` header for CSV, NDJSON, GeoJSON or Arrow the answer is the whole result, or one page
    of it if `limit` is given.
    """
    format = formats.negotiated()
    media_type = format.media_type if format else JSON
    with reading(EventPageQuerySchema, media_type) as query:
        if format and not {"limit", "cursor"} & arguments.keys():
            return exports.whole(query, query.whole(OLDEST_FIRST), format)
        return _page(query, format)


def _page(query: Query, format: formats.Format | None) -> Response:
    selection = query.selection(NEWEST_FIRST)
    if may_be_long(selection):
        slots.take()
    known = query.cursor.matched if query.cursor else None
    columns = [*query.columns, *COORDINATES] if format else query.columns
    found = page_of(query.snapshot, selection, columns, query.limit, known)
    if format:
        url = query.next_url(found.next, found.counted.matched) if found.next else None
        return exports.page(query, selection, found, url, format)
    data = list(starmap(rows.nested(query.columns, found.read), found.rows))
    matched = found.counted.matched
    complete = envelopes.is_whole(query, matched, len(data))
    receipt = envelopes.receipt_of(query, selection, found.counted, complete)
    return envelopes.page_with(query, data, receipt, matched, found.next)


@blueprint.get("/events/count")
@blueprint.arguments(EventCountQuerySchema, location="query")
@blueprint.response(200, CountSchema, headers=STORE_HEADERS)
def count_events(arguments: dict[str, Any]) -> Response:
    """Count events exactly."""
    with reading(EventCountQuerySchema) as query:
        selection = query.selection(NEWEST_FIRST)
        if may_be_long_to_count(query.snapshot, selection):
            slots.take()
        counted = count_of(query.snapshot, selection)
        receipt = envelopes.receipt_of(query, selection, counted, complete=True)
        return envelopes.json_answer({"count": counted.matched.value, "receipt": receipt})


@blueprint.get(
    "/events/<event_id>", parameters=[path_text("event_id", "Id of the event.", "seed:1")]
)
@blueprint.arguments(EventQuerySchema, location="query")
@blueprint.response(200, EventAnswerSchema, headers=STORE_HEADERS)
@blueprint.alt_response(404, response="NOT_FOUND")
@blueprint.alt_response(410, response="GONE")
def get_event(arguments: dict[str, Any], event_id: str) -> Response:
    """Get one event.

    An event that has ended is a 410 that gives the reason and, where there is one, its successor.
    """
    with reading(EventQuerySchema, cite_as={"id": event_id}) as query:
        found = existing(query, event_id)
        event = rows.nested(query.columns, found.read)(*found.row)
        return envelopes.one_answer(query, event)


def _exported(suffix: str) -> Any:
    """Document a view that downloads whole results in a format."""
    format = formats.FORMATS[suffix]
    return blueprint.response(
        200,
        format.schema,
        content_type=format.media_type,
        description=format.meaning,
        headers=EXPORT_HEADERS,
    )


def _export(arguments: dict[str, Any], suffix: str) -> Response:
    format = formats.FORMATS[suffix]
    with reading(EventExportQuerySchema, format.media_type) as query:
        return exports.whole(query, query.whole(OLDEST_FIRST), format)


@blueprint.get("/events.csv")
@blueprint.arguments(EventExportQuerySchema, location="query")
@_exported("csv")
def export_events_csv(arguments: dict[str, Any]) -> Response:
    """Download all events that match as CSV.

    Oldest first, one event a line below a header. Lists are joined by `;`, a null is an empty
    cell. Read codes as text: `050` is not a number. Spreadsheets read cells that begin with `=`,
    `+`, `-` or `@` as formulas: import all columns as text.
    """
    return _export(arguments, "csv")


@blueprint.get("/events.ndjson")
@blueprint.arguments(EventExportQuerySchema, location="query")
@_exported("ndjson")
def export_events_ndjson(arguments: dict[str, Any]) -> Response:
    """Download all events that match as NDJSON.

    Oldest first, one JSON event a line.
    """
    return _export(arguments, "ndjson")


@blueprint.get("/events.geojson")
@blueprint.arguments(EventExportQuerySchema, location="query")
@_exported("geojson")
def export_events_geojson(arguments: dict[str, Any]) -> Response:
    """Download all events that match as GeoJSON.

    Oldest first, one feature an event, flat columns as properties; an event without coordinates
    has no geometry.
    """
    return _export(arguments, "geojson")


@blueprint.get("/events.arrow")
@blueprint.arguments(EventExportQuerySchema, location="query")
@_exported("arrow")
def export_events_arrow(arguments: dict[str, Any]) -> Response:
    """Download all events that match as an Arrow IPC stream.

    Oldest first, flat columns with types: dates, timestamps, numbers, codes as dictionaries,
    lists. The metadata of the schema has the receipt, as JSON.
    """
    return _export(arguments, "arrow")


@blueprint.get("/events.parquet")
@blueprint.arguments(EventExportQuerySchema, location="query")
@blueprint.response(
    200,
    PARQUET.schema,
    content_type=PARQUET.media_type,
    description=PARQUET.meaning,
    headers=EXPORT_HEADERS | FILE_HEADERS,
)
@blueprint.alt_response(
    206,
    schema=PARQUET.schema,
    content_type=PARQUET.media_type,
    success=True,
    headers=EXPORT_HEADERS | FILE_HEADERS | RANGE_HEADERS,
)
@blueprint.alt_response(307, response="TEMPORARY_REDIRECT")
@blueprint.alt_response(416, response="REQUESTED_RANGE_NOT_SATISFIABLE")
def export_events_parquet(arguments: dict[str, Any]) -> Response:
    """Download all events that match as a Parquet file.

    Oldest first, columns as in the Arrow stream. Without `as_of` you are redirected (307)
    to the newest revision, which `curl` follows with `-L`. The file is cached, so readers can fetch
    parts of it (`Range`), as DuckDB, pyarrow and polars do.
    """
    with reading(EventExportQuerySchema, PARQUET.media_type) as query:
        if not query.is_pinned:
            return files.pinned(query)
        return files.kept_file(query, query.whole(OLDEST_FIRST), PARQUET)
