"""Citations."""

import marshmallow as ma

from dataset.declarations.columns import SORTABLE
from schemas.aggregates import AggregateResultQuerySchema, Order
from schemas.answers import one_of
from schemas.base import QuerySchema, ResponseSchema, described
from schemas.events import EventResultQuerySchema

_EVENTS = EventResultQuerySchema._declared_fields
_GROUPS = AggregateResultQuerySchema._declared_fields
GROUPED = frozenset(_GROUPS.keys() - _EVENTS.keys() - {"labels"})
"""The parameters that make an answer one of groups; labels only show it in another way."""
SORT = (
    f"What the answer is sorted by: of events one of {', '.join(SORTABLE)}, of groups a key or "
    "measure; `-` before it for the greatest first."
)
CitationQuerySchema = QuerySchema.from_dict(
    {
        **_EVENTS,
        **{name: field for name, field in _GROUPS.items() if name in GROUPED},
        "sort": Order(metadata=described(SORT, "-goldstein")),
    },
    name="CitationQuerySchema",
)
"""All that can be cited; the schema of the cited answer says which parameters go together."""


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
