"""The loads: what came in, from which files, what was refused and why."""

from typing import Any

from flask import Response
from werkzeug.exceptions import HTTPException, NotFound

from api.context import store
from api.middleware.problems import refuse
from api.openapi.blueprint import Blueprint
from api.openapi.documentation import PAGE_HEADERS, STORE_HEADERS, path_number
from api.requests.queries import Query
from api.requests.reading import reading
from api.responses import envelopes
from dataset.catalogue.following import following
from dataset.catalogue.loads import last_load, load, loads, quarantine
from schemas.base import NoQuerySchema
from schemas.following import FollowingAnswerSchema
from schemas.loads import LoadAnswerSchema, LoadListSchema, QuarantinePageSchema
from schemas.paging import ListQuerySchema

blueprint = Blueprint(
    "loads", __name__, url_prefix="/v1", description="What came in, and what was refused."
)
NUMBER = path_number("number", "Number of the load.", 1)
MOST_DIGITS = 18


@blueprint.get("/loads")
@blueprint.arguments(ListQuerySchema, location="query")
@blueprint.response(200, LoadListSchema, headers=PAGE_HEADERS)
def list_loads(arguments: dict[str, Any]) -> Response:
    """List the loads, oldest first: their files, and what became of each record."""
    with reading(ListQuerySchema, cite_as={}, depends_on=last_load) as query:
        return envelopes.list_answer(query, loads(query.snapshot, query.page_request))


@blueprint.get("/loads/<number>", parameters=[NUMBER])
@blueprint.arguments(NoQuerySchema, location="query")
@blueprint.response(200, LoadAnswerSchema, headers=STORE_HEADERS)
@blueprint.alt_response(404, response="NOT_FOUND")
def get_load(arguments: dict[str, Any], number: str) -> Response:
    """Get one load."""
    with reading(NoQuerySchema, cite_as={}, depends_on=last_load) as query:
        found = load(query.snapshot, _number(number))
        if found is None:
            raise _missing(query, number)
        return envelopes.one_answer(query, found)


@blueprint.get("/loads/<number>/quarantine", parameters=[NUMBER])
@blueprint.arguments(ListQuerySchema, location="query")
@blueprint.response(200, QuarantinePageSchema, headers=PAGE_HEADERS)
@blueprint.alt_response(404, response="NOT_FOUND")
def list_quarantine(arguments: dict[str, Any], number: str) -> Response:
    """List the records that a load refused.

    Each with its file and line, the column that is wrong, the reason, and the record itself.
    `cameo-events load --replay` can read them again.
    """
    with reading(ListQuerySchema, cite_as={}, depends_on=last_load) as query:
        found = quarantine(query.snapshot, _number(number), query.page_request)
        if found is None:
            raise _missing(query, number)
        return envelopes.list_answer(query, found)


@blueprint.get("/following")
@blueprint.arguments(NoQuerySchema, location="query")
@blueprint.response(200, FollowingAnswerSchema)
def get_following(_arguments: dict[str, Any]) -> dict[str, Any]:
    """Tell how far GDELT is followed.

    `cameo-events load gdelt --follow` loads GDELT's newest files as they appear. This is what it
    noted when it last looked. An empty file of GDELT's counts as loaded. The answer belongs to no
    revision, and is never cached.
    """
    with store().snapshot() as snapshot:
        return {"data": following(snapshot)}


def _number(text: str) -> int:
    """Read the number of a load; any other text gives 0, which no load has."""
    is_number = text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS
    return int(text) if is_number else 0


def _missing(query: Query, number: str) -> HTTPException:
    last = last_load(query.snapshot)
    there_are = f"the last is {last}" if last else "there are none yet"
    return refuse(NotFound, f"There is no load {number}; {there_are}.")
