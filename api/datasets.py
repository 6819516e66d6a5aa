"""The datasets and their source documents."""

from typing import Any

from flask import Response
from werkzeug.exceptions import NotFound

from api import answers
from api.blueprint import Blueprint
from api.documentation import PAGE_HEADERS, STORE_HEADERS, path_text
from api.problems import refuse
from api.reading import reading
from dataset.observed import datasets, documents
from schemas.codebook import AnswerQuerySchema, ListQuerySchema
from schemas.datasets import (
    DatasetAnswerSchema,
    DatasetListSchema,
    DocumentAnswerSchema,
    DocumentListSchema,
)

blueprint = Blueprint(
    "datasets", __name__, url_prefix="/v1", description="Where the events come from."
)


@blueprint.get("/datasets")
@blueprint.arguments(ListQuerySchema, location="query")
@blueprint.response(200, DatasetListSchema, headers=PAGE_HEADERS)
def list_datasets(arguments: dict[str, Any]) -> Response:
    """List the datasets: coverage, counts, licence, citation, codebook."""
    with reading(ListQuerySchema, arguments) as asked:
        return answers.slice_answer(asked, datasets(asked.snapshot))


@blueprint.get("/datasets/<name>", parameters=[path_text("name", "Name of a dataset.", "seed")])
@blueprint.arguments(AnswerQuerySchema, location="query")
@blueprint.response(200, DatasetAnswerSchema, headers=STORE_HEADERS)
@blueprint.alt_response(404, response="NOT_FOUND")
def get_dataset(arguments: dict[str, Any], name: str) -> Response:
    """Get one dataset."""
    with reading(AnswerQuerySchema, arguments) as asked:
        found = _named("dataset", datasets(asked.snapshot), "name", name)
        return answers.one_answer(asked, found)


@blueprint.get("/documents")
@blueprint.arguments(ListQuerySchema, location="query")
@blueprint.response(200, DocumentListSchema, headers=PAGE_HEADERS)
def list_documents(arguments: dict[str, Any]) -> Response:
    """List the source documents, with the statements that are no events and why."""
    with reading(ListQuerySchema, arguments) as asked:
        return answers.slice_answer(asked, documents(asked.snapshot))


@blueprint.get(
    "/documents/<document_id>",
    parameters=[path_text("document_id", "Id of a document.", "seed-article")],
)
@blueprint.arguments(AnswerQuerySchema, location="query")
@blueprint.response(200, DocumentAnswerSchema, headers=STORE_HEADERS)
@blueprint.alt_response(404, response="NOT_FOUND")
def get_document(arguments: dict[str, Any], document_id: str) -> Response:
    """Get one source document."""
    with reading(AnswerQuerySchema, arguments) as asked:
        found = _named("document", documents(asked.snapshot), "id", document_id)
        return answers.one_answer(asked, found)


def _named(what: str, found: list[dict[str, Any]], member: str, name: str) -> dict[str, Any]:
    for one in found:
        if one[member] == name:
            return one
    names = ", ".join(one[member] for one in found)
    raise refuse(NotFound, f"There is no {what} {name}; there are: {names}.")
