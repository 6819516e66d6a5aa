"""Citations."""

import marshmallow as ma

from schemas.answers import one_of
from schemas.base import ResponseSchema, described


class CitationSchema(ResponseSchema):
    """How to cite the answer to a query."""

    text = ma.fields.String(
        required=True,
        metadata=described("As text.", "Political events: all events. Revision 1, 2026-11-26. …"),
    )
    bibtex = ma.fields.String(required=True, metadata=described("As BibTeX.", "@misc{…}"))
    csl = ma.fields.Dict(
        keys=ma.fields.String(),
        required=True,
        metadata=described("As CSL-JSON.", {"id": "cameo-events-1", "type": "dataset"}),
    )


CitationAnswerSchema = one_of(CitationSchema, "CitationAnswerSchema")
