"""Send whole results that are written to a file first: with their length, and part by part."""

from collections.abc import Callable
from pathlib import Path

from flask import Response, g, request
from werkzeug.exceptions import HTTPException
from werkzeug.wsgi import wrap_file

from api import exports
from api.answers import receipt_of
from api.formats import Format, holds_all, receipt_headers
from api.queries import query_text
from api.reading import Reading, base_url, spool, store
from dataset.pages import matched_by
from dataset.selection import Selection

DECIDED = ("HTTP_IF_MATCH", "HTTP_IF_NONE_MATCH")
LARGE = 2**22
"""What is larger holds a thread for as long as its reader takes."""


def pinned(reading: Reading) -> Response:
    """Lead to the same query at the revision that is the newest now.

    Who reads a file part by part must not be given parts of two revisions.
    """
    query = query_text({**reading.written, "as_of": str(reading.revision)})
    return Response(status=307, headers={"Location": f"{base_url()}{request.path}?{query}"})


def spooled(reading: Reading, selection: Selection, format: Format) -> Response:
    """Answer with a file of all events of a selection, written once for each ETag."""
    matched = matched_by(reading.snapshot, selection)
    receipt = receipt_of(reading, selection, matched, holds_all(selection, matched))

    def make(path: Path) -> None:
        with exports.place():
            format.write(store(), selection, reading.columns, receipt, path)

    return _file(reading, make, format, receipt_headers(reading, matched))


def _file(
    reading: Reading, make: Callable[[Path], None], format: Format, headers: dict[str, str]
) -> Response:
    file = spool().file(reading.snapshot.uuid, (reading.etag,), make)
    size = file.seek(0, 2)
    file.seek(0)
    answer = Response(content_type=format.content_type, headers=headers | g.cache_headers)
    answer.content_length = size
    answer.accept_ranges = "bytes"
    if request.method == "HEAD":
        file.close()
        return answer
    answer.response, answer.direct_passthrough = wrap_file(request.environ, file), True
    answer.call_on_close(file.close)
    try:
        answer.make_conditional(_asked(), accept_ranges=True, complete_length=size)
        if (answer.content_length or 0) > LARGE:
            exports.take_place()
    except HTTPException:
        answer.close()
        raise
    return answer


def _asked() -> dict[str, str]:
    """Give the request's headers without a range that asks for nothing.

    That is one of other units or of several parts, and one that hangs on a weak ETag: a weak one
    does not tell bytes apart (RFC 9110, 13.1.5). Other conditions were looked at before.
    """
    environ = {name: value for name, value in request.environ.items() if name not in DECIDED}
    wanted, is_weak = request.range, environ.get("HTTP_IF_RANGE", "").startswith("W/")
    if is_weak or wanted is None or wanted.units != "bytes" or len(wanted.ranges) != 1:
        environ.pop("HTTP_RANGE", None)
    return environ
