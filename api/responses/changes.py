"""Answer with a range of changes, as a stream."""

from flask import Response

from api.context import store
from api.middleware import slots
from api.requests.queries import Query
from api.responses.exports import receipt_headers, sent
from api.responses.formats import Format
from dataset.events.changes import Feed, count_of_changes
from dataset.selections.parts import Counted
from dataset.store.counts import Matched

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
    matched = count_of_changes(query.snapshot, feed)
    limit = query.arguments.get("limit")
    chunks = format.write(store(), feed, query.columns, limit)
    headers = receipt_headers(query, Counted(matched), _holds_all(matched, limit))
    return sent(chunks, format, headers)


def _holds_all(matched: Matched, limit: int | None) -> bool | None:
    """Tell whether all changes are here; None if a limit beyond the cap leaves that open."""
    if limit is not None and matched.relation == "gte" and limit > matched.value:
        return None
    return limit is None or matched.value <= limit
