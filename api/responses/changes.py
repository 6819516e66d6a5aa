"""Answer with a range of changes, as a stream."""

from flask import Response

from api.context import store
from api.middleware import slots
from api.requests.queries import Query
from api.responses.exports import receipt_headers, sent
from api.responses.formats import Format
from dataset.events.changes import Feed, are_more, count_of_changes
from dataset.selections.parts import Counted

NDJSON = Format(
    "application/x-ndjson", "One JSON change a line", "dataset.exports.changes:write_ndjson"
)
CSV = Format(
    "text/csv",
    "Comma-separated values with a header, one change a line",
    "dataset.exports.changes:write_csv",
)


def whole(query: Query, feed: Feed, format: Format) -> Response:
    """Answer with all changes of a feed, or the first, as many as `limit` says."""
    slots.take(is_export=True)
    limit = query.arguments.get("limit")
    complete = limit is None or not are_more(query.snapshot, feed, limit)
    counted = Counted(count_of_changes(query.snapshot, feed))
    chunks = format.write(store(), feed, query.columns, limit)
    return sent(chunks, format, receipt_headers(query, counted, complete))
