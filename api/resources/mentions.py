"""The mentions of an event."""

from typing import Any

from flask import Response

from api.openapi.blueprint import Blueprint
from api.openapi.documentation import PAGE_HEADERS
from api.requests.reading import reading
from api.resources.history import EVENT_ID, existing
from api.responses import envelopes
from dataset.events.mentions import mentions
from schemas.mentions import MentionPageSchema, MentionQuerySchema

blueprint = Blueprint(
    "mentions", __name__, url_prefix="/v1", description="Where the events are mentioned."
)


@blueprint.get("/events/<event_id>/mentions", parameters=[EVENT_ID])
@blueprint.arguments(MentionQuerySchema, location="query")
@blueprint.response(200, MentionPageSchema, headers=PAGE_HEADERS)
@blueprint.alt_response(404, response="NOT_FOUND")
@blueprint.alt_response(410, response="GONE")
def list_event_mentions(arguments: dict[str, Any], event_id: str) -> Response:
    """List the mentions of an event, oldest first.

    Only GDELT 2.0 says which documents mention an event; for all other events the list is empty.
    """
    with reading(MentionQuerySchema, cite_as={"id": event_id}) as query:
        existing(query, event_id)
        found = mentions(query.snapshot, event_id, query.revision, query.page_request)
        return envelopes.list_answer(query, found)
