"""Answer with events in a format other than JSON: all as a stream, or one page."""

import tempfile
from collections.abc import Iterator, Mapping
from itertools import chain
from typing import IO

from flask import Response, request
from werkzeug.wsgi import ClosingIterator

from api.context import store
from api.middleware import slots
from api.requests.queries import Query
from api.responses.envelopes import is_whole, link_to_next, receipt_of
from api.responses.file_parts import FilePart
from api.responses.formats import Format
from dataset.events.completeness import holds_all
from dataset.events.pages import Page
from dataset.events.rows_or_columns import counted_by
from dataset.exports.text_formats import Extract
from dataset.selections.parts import Counted
from dataset.selections.selections import Selection


def whole(query: Query, selection: Selection, format: Format) -> Response:
    """Answer with all events of a selection, as a stream."""
    slots.take(is_export=True)
    counted = counted_by(query.snapshot, selection)
    complete = holds_all(query.snapshot, selection, counted.matched)
    receipt = receipt_of(query, selection, counted, complete)
    chunks = format.chunks(store(), selection, query.columns, receipt)
    return sent(chunks, format, receipt_headers(query, counted, complete))


def page(
    query: Query, selection: Selection, found: Page, url: str | None, format: Format
) -> Response:
    """Answer with one page of events in a format other than JSON."""
    complete = is_whole(query, found.counted.matched, len(found.rows))
    receipt = receipt_of(query, selection, found.counted, complete)
    made = Extract(query.columns, found.read, [found.rows], receipt)
    headers = receipt_headers(query, found.counted, complete)
    answer = sent(b"".join(format.write(made)), format, headers)
    if url:
        answer.headers["Link"] = link_to_next(url)
    return answer


def sent(body: Iterator[bytes] | bytes, format: Format, headers: dict[str, str]) -> Response:
    """Answer with bytes or a stream."""
    content_type = format.content_type
    if isinstance(body, bytes):
        return Response(body, headers=headers, content_type=content_type)
    if request.method == "HEAD":
        return Response(iter(()), headers=headers, content_type=content_type)
    if _cannot_tell_an_end():
        file = _written_to_file(body)
        headers["Content-Length"] = str(file.tell())
        part = FilePart(file, 0, file.tell())
        return Response(part, 200, headers, content_type=content_type, direct_passthrough=True)
    return Response(_started(body), headers=headers, content_type=content_type)


def receipt_headers(query: Query, counted: Counted, complete: bool) -> dict[str, str]:
    """Give the receipt of an answer that is not JSON; what is not counted has no header."""
    matched, datasets, place_precision = counted
    headers = {
        "Cameo-Query": query.canonical_query,
        "Cameo-Revision": str(query.revision),
        "Cameo-Matched": f"{'>=' if matched.relation == 'gte' else ''}{matched.value}",
        "Cameo-Complete": str(complete).lower(),
        "Cameo-Cite": query.cite_url,
    }
    parts = {"Cameo-Datasets": datasets, "Cameo-Place-Precision": place_precision}
    return headers | {name: _listed(counts) for name, counts in parts.items() if counts}


def _listed(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name}={count}" for name, count in counts.items())


def _cannot_tell_an_end() -> bool:
    """Tell whether a broken stream would look whole to the client."""
    return request.environ.get("SERVER_PROTOCOL") == "HTTP/1.0"


def _started(chunks: Iterator[bytes]) -> ClosingIterator:
    """Make the first chunk before the answer begins, so that its errors can be problems."""
    first = next(chunks, b"")
    return ClosingIterator(chain([first], chunks), getattr(chunks, "close", None))


def _written_to_file(chunks: Iterator[bytes]) -> IO[bytes]:
    """Write the whole answer to a file first."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 (the answer closes it)
    file.writelines(chunks)
    file.flush()
    return file
