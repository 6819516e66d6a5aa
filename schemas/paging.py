"""What can be asked of every list: how much of it, and from where."""

from schemas import fields
from schemas.base import QuerySchema, described

LIMIT = "The most items of a page, 1 to 1000; 100 if it is not given."
CURSOR = (
    "Where the page begins, as `page.next` of the page before has it. A cursor belongs to one "
    "query and keeps to the revision of the first page."
)


class ListQuerySchema(QuerySchema):
    """What can be asked of a list."""

    limit = fields.Integer(
        least=1,
        most=1000,
        metadata=described(LIMIT, 100) | {"minimum": 1, "maximum": 1000},
    )
    cursor = fields.Text(metadata=described(CURSOR))
