"""The citation of a query."""

from typing import Any

import orjson
from flask import Response

from api.middleware.negotiation import preferred
from api.openapi.blueprint import Blueprint
from api.openapi.documentation import STORE_HEADERS
from api.requests.parameters import query_text
from api.requests.queries import Query
from api.requests.reading import JSON, reading
from api.responses import envelopes
from api.responses.exports import receipt_headers
from dataset.catalogue.citations import Citation, citation
from dataset.selections.parts import Counted
from dataset.selections.selections import OLDEST_FIRST
from schemas.aggregates import AggregateResultQuerySchema
from schemas.citations import GROUPED, CitationAnswerSchema, CitationQuerySchema
from schemas.events import EventResultQuerySchema

BIBTEX = "application/x-bibtex"
CSL = "application/vnd.citationstyles.csl+json"
OFFERS = (JSON, BIBTEX, CSL)
EVENTS = ("events", EventResultQuerySchema)
AGGREGATES = ("aggregates", AggregateResultQuerySchema)
"""What is cited, and the schema of its parameters."""

blueprint = Blueprint("cite", __name__, url_prefix="/v1/cite", description="How to cite an answer.")


@blueprint.get("")
@blueprint.arguments(CitationQuerySchema, location="query")
@blueprint.response(200, CitationAnswerSchema, headers=STORE_HEADERS)
@blueprint.alt_response(406, response="NOT_ACCEPTABLE")
def cite_query(arguments: dict[str, Any]) -> Response:
    """Cite the answer to a query.

    Takes the parameters of `/v1/events` and cites the events; with `by`, `measures` or `fill` it
    takes those of `/v1/aggregates` and cites the groups. Every receipt's `cite` leads here. Gives
    text, BibTeX and CSL-JSON, dated by the revision that answered. With an `Accept` header for
    BibTeX or CSL-JSON (a list of one item) it returns only that, ready for reference managers.
    """
    media_type = preferred(OFFERS)
    resource, schema = AGGREGATES if GROUPED & arguments.keys() else EVENTS
    with reading(schema, media_type) as query:
        cited = _cited(query, resource)
        headers = receipt_headers(query, Counted(envelopes.ONE), complete=True)
        if media_type == BIBTEX:
            return Response(cited.bibtex, 200, headers, content_type=f"{BIBTEX}; charset=utf-8")
        if media_type == CSL:
            return Response(orjson.dumps([cited.csl]), 200, headers, content_type=CSL)
        data = {"text": cited.text, "bibtex": cited.bibtex, "csl": cited.csl}
        return envelopes.one_answer(query, data)


def _cited(query: Query, resource: str) -> Citation:
    pinned = {**query.canonical, "as_of": query.release or str(query.revision)}
    url = f"{query.base_url}/v1/{resource}?{query_text(pinned)}"
    text = query_text({name: pinned[name] for name in pinned if name != "as_of"})
    return citation(query.snapshot, query.selection(OLDEST_FIRST), text, url)
