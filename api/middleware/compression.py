"""Compress answers as they are sent, for clients that ask for it."""

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
    """The compressor of a stream."""

    def compress(self, data: bytes, /) -> bytes:
        """Take some bytes, and return compressed ones that are ready."""

    def flush(self) -> bytes:
        """Return the rest."""


CODINGS: dict[str, Callable[[], Compressor]] = {
    "zstd": lambda: ZstdCompressor(ZSTD_LEVEL).compressobj(),
    "gzip": lambda: zlib.compressobj(GZIP_LEVEL, wbits=GZIP_WINDOW),
}
"""The content codings, the preferred one first (RFC 9110, section 8.4.1; RFC 8878)."""
COMPRESSED = ("application/vnd.apache.parquet",)
"""The media types that are already compressed."""


def chosen(media_type: str) -> str:
    """Choose a coding that the client accepts for this answer, and remember it.

    An HTTP/1.0 client gets a Content-Length, and nothing compressed.
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
    """Yield chunks compressed; if making one fails, the compressed end is missing too."""
    for chunk in chunks:
        if ready := compressor.compress(chunk):
            yield ready
    yield compressor.flush()
