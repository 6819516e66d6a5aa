"""Send whole results from a file: with their length, and in parts (`Range`)."""

import re
from collections.abc import Callable
from pathlib import Path

from flask import Response, g, request
from werkzeug.exceptions import HTTPException

from api.context import results, store
from api.middleware import slots
from api.requests.parameters import query_text
from api.requests.queries import Query
from api.responses.envelopes import leading_to, receipt_of
from api.responses.exports import receipt_headers
from api.responses.file_parts import FilePart
from api.responses.formats import Format
from dataset.events.completeness import holds_all
from dataset.events.pages import may_be_long
from dataset.events.rows_or_columns import counted_by
from dataset.selections.selections import Selection

DECIDED = ("HTTP_IF_MATCH", "HTTP_IF_NONE_MATCH")
LAST_BYTES = re.compile(r"bytes=[ \t]*-([0-9]{1,4000})", re.IGNORECASE)


def pinned(query: Query) -> Response:
    """Redirect to the same query at the revision that is newest now.

    A client that reads a file in parts must not get parts of two revisions.
    """
    text = query_text({**query.canonical, "as_of": str(query.revision)})
    return leading_to(f"{query.base_url}{query.path}?{text}", 307)


def kept_file(query: Query, selection: Selection, format: Format) -> Response:
    """Answer with a file of all events of a selection, written once for each ETag."""
    if may_be_long(selection):
        slots.take()
    counted = counted_by(query.snapshot, selection)
    complete = holds_all(query.snapshot, selection, counted.matched)
    receipt = receipt_of(query, selection, counted, complete)

    def make(path: Path) -> None:
        format.write(store(), selection, query.columns, receipt, path)

    return _file(query, make, format, receipt_headers(query, counted, complete))


def _file(
    query: Query, make: Callable[[Path], None], format: Format, headers: dict[str, str]
) -> Response:
    file = results().file(query.snapshot.uuid, (g.cache_headers["ETag"],), make)
    size = file.seek(0, 2)
    answer = Response(content_type=format.content_type, headers=headers | g.cache_headers)
    answer.content_length = size
    answer.accept_ranges = "bytes"
    if request.method == "HEAD":
        file.close()
        return answer
    try:
        answer.make_conditional(_asked(size), accept_ranges=True, complete_length=size)
    except HTTPException:
        file.close()
        raise
    start = answer.content_range.start or 0
    answer.response = FilePart(file, start, answer.content_length or 0)
    answer.direct_passthrough = True
    return answer


def _asked(size: int) -> dict[str, str]:
    """Give the request's headers without a range that must be ignored.

    That is a range in other units, of several parts, or with a weak ETag in `If-Range`, which does
    not identify bytes (RFC 9110, 13.1.5). Other conditions were checked before.
    """
    environ = {name: value for name, value in request.environ.items() if name not in DECIDED}
    wanted, is_weak = request.range, environ.get("HTTP_IF_RANGE", "").startswith("W/")
    last = LAST_BYTES.fullmatch(environ.get("HTTP_RANGE", ""))
    if last and not is_weak:
        # werkzeug reads a suffix longer than the file as none, and `-0` as all (RFC 9110, 14.1.2).
        environ["HTTP_RANGE"] = f"bytes={max(0, size - int(last[1]))}-"
    elif is_weak or wanted is None or wanted.units != "bytes" or len(wanted.ranges) != 1:
        environ.pop("HTTP_RANGE", None)
    return environ
