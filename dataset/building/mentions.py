"""Build the stored row of a mention of an event."""

from dataset.building.rows import Row
from dataset.building.sections import Columns
from dataset.building.values import cleaner_of
from dataset.declarations.columns import Column
from dataset.declarations.ids import PUBLIC_ID
from dataset.errors import Refused

_COLUMNS = (
    Column("time", "timestamp", "When the document was found", None, null=False),
    Column("type", "text", "Kind of the document", None),
    Column("publisher", "text", "Who published it", None),
    Column("url", "text", "Its address", None),
    Column("citation", "text", "What it is, where it has no address", None),
    *(
        Column(name, "integer", "A position", None)
        for name in ("sentence", "actor_offset", "target_offset", "action_offset")
    ),
    Column("in_raw_text", "boolean", "Whether it was found in the text as it is", None),
    Column("confidence", "integer", "Confidence in percent", None),
    Column("length", "integer", "Characters of the document", None),
    Column("tone", "number", "Tone of the document", None),
    Column("translation", "text", "How it was translated", None),
)
MENTION_COLUMNS = tuple(column.name for column in _COLUMNS)
"""The columns of a mention, in the order in which a row has them after the id of the event."""
_CLEANED = {column.name: cleaner_of(column) for column in _COLUMNS}


def build_mention(columns: Columns) -> Row:
    """Build a mention: the public id of its event, then its columns. Raises `Refused`."""
    if not PUBLIC_ID.fullmatch(columns["event"]):
        raise Refused("event", f"{columns['event']!r} is no id of an event.")
    values = tuple([clean(columns.get(name)) for name, clean in _CLEANED.items()])
    if values[0] is None:
        raise Refused("time", "it is missing.")
    return (columns["event"], *values)
