"""What became of the events: the versions of one, all changes, the releases."""

from typing import Any

from flask import Response
from werkzeug.exceptions import Gone, HTTPException, NotFound

from api.middleware import slots
from api.middleware.problems import refuse
from api.openapi.blueprint import Blueprint
from api.openapi.documentation import CHANGE_HEADERS, PAGE_HEADERS, path_text
from api.requests.queries import Query
from api.requests.reading import reading
from api.responses import envelopes
from api.responses.changes import CSV, NDJSON, whole
from api.responses.formats import Format
from dataset.catalogue.releases import count_of_releases, releases
from dataset.declarations.ids import PUBLIC_ID
from dataset.events import rows
from dataset.events.changes import Feed, Position, changes
from dataset.events.emptiness import no_change
from dataset.events.history import Found, KnownVersion, find, versions
from dataset.exports.changes import shown
from schemas.history import (
    ChangeExportQuerySchema,
    ChangePageSchema,
    ChangeQuerySchema,
    ReleaseListSchema,
    VersionPageSchema,
    VersionQuerySchema,
)
from schemas.paging import ListQuerySchema

blueprint = Blueprint(
    "history", __name__, url_prefix="/v1", description="What became of the events."
)
ENDED = {
    "retract": "has been retracted: {reason}",
    "load": "is no longer in its source's releases.",
    "purge": "was purged: nothing of it is left.",
}
"""What became of an event, by the kind of the revision that ended it; of others, why it ended."""
EVENT_ID = path_text("event_id", "Id of the event.", "seed:1")


def existing(query: Query, event_id: str) -> Found:
    """Find an event; 404 if it never existed, 410 if it has ended or was purged."""
    _check_form(query, event_id)
    found = find(query.snapshot, event_id, query.revision)
    if found is None or found.reason is not None:
        raise _missing(query, event_id, found)
    return found


def _check_form(query: Query, event_id: str) -> None:
    """Refuse what cannot be an event id before any query: PostgreSQL texts allow no NUL."""
    if not PUBLIC_ID.fullmatch(event_id):
        raise _missing(query, event_id, None)


def _missing(query: Query, event_id: str, found: Found | None) -> HTTPException:
    if found is None:
        detail = f"No event has the id {event_id} at revision {query.revision}."
        return refuse(NotFound, detail)
    ended = ENDED.get(found.ended_by, "has ended: {reason}.").format(reason=found.reason)
    detail = f"The event {event_id} {ended}"
    return refuse(Gone, detail, reason=found.reason, successor=found.successor)


@blueprint.get("/events/<event_id>/history", parameters=[EVENT_ID])
@blueprint.arguments(VersionQuerySchema, location="query")
@blueprint.response(200, VersionPageSchema, headers=PAGE_HEADERS)
@blueprint.alt_response(404, response="NOT_FOUND")
@blueprint.alt_response(410, response="GONE")
def list_event_versions(arguments: dict[str, Any], event_id: str) -> Response:
    """List the versions of an event, oldest first.

    An event that has ended still has its history: its last version says when, why, and what
    replaces it. A purged event has no history: the answer is 410.
    """
    with reading(VersionQuerySchema, cite_as={"id": event_id}) as query:
        _check_form(query, event_id)
        found = versions(
            query.snapshot, event_id, query.revision, query.columns, query.page_request
        )
        if not found.versions:
            raise _missing(query, event_id, find(query.snapshot, event_id, query.revision))
        event = rows.nested(query.columns, found.read)
        data = [_version(version, event) for version in found.versions]
        return envelopes.page_answer(query, data, found.matched, found.next)


def _version(version: KnownVersion, event: rows.Writer) -> dict[str, Any]:
    known = version._asdict()
    return known | {"event": event(*known.pop("row"))}


@blueprint.get("/changes")
@blueprint.arguments(ChangeQuerySchema, location="query")
@blueprint.response(200, ChangePageSchema, headers=PAGE_HEADERS)
def list_changes(arguments: dict[str, Any]) -> Response:
    """List what changed after a revision, in order.

    Adds, updates and ends (`retract`, whatever ended the event), by revision and id. Apply them in
    order to a copy at revision `since`, and the copy equals the store at `receipt.revision`. Use
    that as the next `since`. With filters the copy holds what they match: an event that no longer
    matches is a `retract` with the reason `filter`, one that begins to match an `add`. A purge is a
    `retract` with the reason `purged`; it is listed whatever the filters are, since nothing is left
    to match.
    """
    with reading(ChangeQuerySchema) as query:
        wanted = query.page_request
        if query.filters:
            slots.take()
        after = Position(*wanted.after) if wanted.after else None
        feed = Feed(query.since, query.revision, query.filters, after)
        found = changes(query.snapshot, feed, query.columns, wanted.limit, wanted.matched)
        event = rows.nested(query.columns, found.read)
        data = [shown(changed, event) for changed in found.changes]
        empty = None if data else no_change(query.snapshot, feed, query.canonical) or None
        return envelopes.page_answer(query, data, found.matched, found.next, empty)


def _exported(format: Format) -> Any:
    """Document a view that downloads a range of changes in a format."""
    return blueprint.response(
        200,
        format.schema,
        content_type=format.media_type,
        description=format.meaning,
        headers=CHANGE_HEADERS,
    )


def _export(arguments: dict[str, Any], format: Format) -> Response:
    with reading(ChangeExportQuerySchema, format.media_type) as query:
        return whole(query, Feed(query.since, query.revision, query.filters), format)


@blueprint.get("/changes.ndjson")
@blueprint.arguments(ChangeExportQuerySchema, location="query")
@_exported(NDJSON)
def export_changes_ndjson(arguments: dict[str, Any]) -> Response:
    """Download all changes after a revision as NDJSON.

    One JSON change a line, as `/v1/changes` has it, by revision and id. `as_of` ends the range.
    `Cameo-Revision` is the next `since`.
    """
    return _export(arguments, NDJSON)


@blueprint.get("/changes.csv")
@blueprint.arguments(ChangeExportQuerySchema, location="query")
@_exported(CSV)
def export_changes_csv(arguments: dict[str, Any]) -> Response:
    """Download all changes after a revision as CSV.

    One change a line below a header, by revision and id: `change_revision`, `type`, `reason` and
    `successor`, then the columns of the event. Of an event that is gone there is only its `id`.
    `as_of` ends the range. `Cameo-Revision` is the next `since`.
    """
    return _export(arguments, CSV)


@blueprint.get("/releases")
@blueprint.arguments(ListQuerySchema, location="query")
@blueprint.response(200, ReleaseListSchema, headers=PAGE_HEADERS)
def list_releases(arguments: dict[str, Any]) -> Response:
    """List the releases: revisions with a permanent name.

    `as_of` takes such a name wherever it takes the number of a revision.
    """
    with reading(ListQuerySchema, cite_as={}, depends_on=count_of_releases) as query:
        return envelopes.list_answer(
            query, releases(query.snapshot, query.revision, query.page_request)
        )
