"""The datasets and their source documents."""

from typing import Any

from flask import Response
from werkzeug.exceptions import NotFound

from api.context import results
from api.middleware.problems import error_in, refuse
from api.openapi.blueprint import Blueprint
from api.openapi.documentation import PAGE_HEADERS, STORE_HEADERS, path_text
from api.requests.reading import reading
from api.responses import envelopes
from dataset.catalogue.holdings import datasets, documents
from dataset.codebook.vocabularies import closest
from schemas.base import NoQuerySchema
from schemas.datasets import (
    DatasetAnswerSchema,
    DatasetListSchema,
    DocumentAnswerSchema,
    DocumentListSchema,
)
from schemas.paging import ListQuerySchema

blueprint = Blueprint(
    "datasets", __name__, url_prefix="/v1", description="Where the events come from."
)


@blueprint.get("/datasets")
@blueprint.arguments(ListQuerySchema, location="query")
@blueprint.response(200, DatasetListSchema, headers=PAGE_HEADERS)
def list_datasets(arguments: dict[str, Any]) -> Response:
    """List the datasets: coverage, counts, licence, citation, codebook."""
    with reading(ListQuerySchema, cite_as={}) as query:
        return envelopes.slice_answer(query, datasets(query.snapshot, query.revision))


@blueprint.get("/datasets/<name>", parameters=[path_text("name", "Name of a dataset.", "seed")])
@blueprint.arguments(NoQuerySchema, location="query")
@blueprint.response(200, DatasetAnswerSchema, headers=STORE_HEADERS)
@blueprint.alt_response(404, response="NOT_FOUND")
def get_dataset(arguments: dict[str, Any], name: str) -> Response:
    """Get one dataset."""
    with reading(NoQuerySchema, cite_as={}) as query:
        found = _named("dataset", datasets(query.snapshot, query.revision), "name", name)
        return envelopes.one_answer(query, found)


@blueprint.get("/documents")
@blueprint.arguments(ListQuerySchema, location="query")
@blueprint.response(200, DocumentListSchema, headers=PAGE_HEADERS)
def list_documents(arguments: dict[str, Any]) -> Response:
    """List the source documents, with the statements that are not events, and why."""
    with reading(ListQuerySchema, cite_as={}) as query:
        return envelopes.slice_answer(query, documents(query.snapshot, results(), query.revision))


@blueprint.get(
    "/documents/<document_id>",
    parameters=[path_text("document_id", "Id of a document.", "seed-article")],
)
@blueprint.arguments(NoQuerySchema, location="query")
@blueprint.response(200, DocumentAnswerSchema, headers=STORE_HEADERS)
@blueprint.alt_response(404, response="NOT_FOUND")
def get_document(arguments: dict[str, Any], document_id: str) -> Response:
    """Get one source document."""
    with reading(NoQuerySchema, cite_as={}) as query:
        found = documents(query.snapshot, results(), query.revision)
        return envelopes.one_answer(query, _named("document", found, "id", document_id))


def _named(what: str, found: list[dict[str, Any]], member: str, name: str) -> dict[str, Any]:
    for one in found:
        if one[member] == name:
            return one
    names = [one[member] for one in found]
    detail = f"There is no {what} {name}; there are: {', '.join(names) or 'none'}."
    errors = [error_in(member, name, detail, closest(name, dict.fromkeys(names, "")))]
    raise refuse(NotFound, detail, errors=errors)
