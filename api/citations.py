"""The citation of a query."""

from typing import Any

from flask import Response

from api import answers
from api.blueprint import Blueprint
from api.documentation import STORE_HEADERS
from api.reading import base_url, query_text, reading
from dataset.citations import citation
from dataset.selection import OLDEST_FIRST
from schemas.citations import CitationAnswerSchema
from schemas.events import EventExportQuerySchema

blueprint = Blueprint("cite", __name__, url_prefix="/v1/cite", description="How to cite an answer.")


@blueprint.get("")
@blueprint.arguments(EventExportQuerySchema, location="query")
@blueprint.response(200, CitationAnswerSchema, headers=STORE_HEADERS)
def cite_query(arguments: dict[str, Any]) -> Response:
    """Cite the answer to a query.

    Takes the parameters of `/v1/events`; every receipt's `cite` leads here. Gives text, BibTeX and
    CSL-JSON, dated by the revision that answered.
    """
    with reading(EventExportQuerySchema, arguments) as asked:
        pinned = {**asked.written, "as_of": asked.release or str(asked.revision)}
        url = f"{base_url()}/v1/events?{query_text(pinned)}"
        query = query_text({name: pinned[name] for name in pinned if name != "as_of"})
        cited = citation(asked.snapshot, asked.selection(OLDEST_FIRST), query, url)
        data = {"text": cited.text, "bibtex": cited.bibtex, "csl": cited.csl}
        return answers.one_answer(asked, data)
