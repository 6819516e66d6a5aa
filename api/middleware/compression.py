"""Compress answers for clients that ask for it, as they are sent."""

import zlib
from collections.abc import Callable, Iterable, Iterator
from typing import Protocol

from flask import Flask, Response, g, request
from werkzeug.wsgi import ClosingIterator
from zstandard import ZstdCompressor

from api.middleware.negotiation import PLAIN, coding_of
from api.settings import Settings

GZIP_LEVEL = 4
ZSTD_LEVEL = 3
GZIP_WINDOW = 16 + zlib.MAX_WBITS
"""Tells zlib to write the header and the checksum of gzip."""


class Compressor(Protocol):
    """What compresses a stream."""

    def compress(self, data: bytes, /) -> bytes:
        """Take some bytes, and give what is ready."""

    def flush(self) -> bytes:
        """Give the rest."""


CODINGS: dict[str, Callable[[], Compressor]] = {
    "zstd": lambda: ZstdCompressor(ZSTD_LEVEL).compressobj(),
    "gzip": lambda: zlib.compressobj(GZIP_LEVEL, wbits=GZIP_WINDOW),
}
"""The content codings, the preferred one first (RFC 9110, section 8.4.1; RFC 8878)."""
COMPRESSED = ("application/vnd.apache.parquet",)
"""The media types that are compressed in themselves."""


def chosen(media_type: str) -> str:
    """Choose the coding of this answer by what the client accepts, and remember it.

    A client of HTTP/1.0 is told the length of what it gets, and gets it plain.
    """
    is_plain = media_type in COMPRESSED or request.environ.get("SERVER_PROTOCOL") == "HTTP/1.0"
    g.coding = PLAIN if is_plain else coding_of(CODINGS)
    return str(g.coding)


def register(app: Flask, _settings: Settings) -> None:
    """Compress the answers for which a coding was chosen."""
    app.after_request(_compress)


def _compress(response: Response) -> Response:
    coding = g.get("coding", PLAIN)
    if coding == PLAIN or response.status_code != 200:
        return response
    response.headers["Content-Encoding"] = coding
    if response.is_streamed:
        made = compressed(response.iter_encoded(), CODINGS[coding]())
        response.response = ClosingIterator(made, getattr(response.response, "close", None))
    else:
        response.set_data(b"".join(compressed([response.get_data()], CODINGS[coding]())))
    return response


def compressed(chunks: Iterable[bytes], compressor: Compressor) -> Iterator[bytes]:
    """Yield chunks compressed; if they fail, so that no end is written."""
    for chunk in chunks:
        if ready := compressor.compress(chunk):
            yield ready
    yield compressor.flush()
