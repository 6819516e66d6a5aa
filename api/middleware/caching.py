"""ETags: known before any event is read, so that a 304 costs almost nothing."""

from functools import cache
from hashlib import blake2b
from pathlib import Path

import orjson
from flask import Flask, Response, g, request
from werkzeug.exceptions import PreconditionFailed

from api.middleware.problems import refuse
from api.settings import Settings

ROOT = Path(__file__).parents[2]
PINNED = "public, max-age=86400"
UNPINNED = "no-cache"
VARY = "Accept, Accept-Encoding"


class Fresh(Exception):
    """Raised to end a request whose client has the answer already."""


@cache
def fingerprint() -> str:
    """Hash what answers are made with: our code, the codebook, and the version of orjson."""
    digest = blake2b(orjson.__version__.encode(), digest_size=16)
    for package in ("api", "dataset", "schemas"):
        for path in sorted((ROOT / package).rglob("*")):
            if path.suffix in (".py", ".csv", ".toml"):
                digest.update(path.read_bytes())
    return digest.hexdigest()


def tag(*parts: object) -> str:
    """Make an ETag from everything that decides an answer."""
    text = "\0".join(str(part) for part in (fingerprint(), *parts))
    return blake2b(text.encode(), digest_size=16).hexdigest()


def answer_304_if_fresh(etag: str, pinned: bool) -> None:
    """End the request with 304 if the client has this answer; else set the ETag.

    If `If-Match` asks for another answer, the request is a 412 (RFC 9110, 13.2.2).
    """
    if request.if_match and not request.if_match.contains(etag):
        raise refuse(PreconditionFailed, "The answer has another ETag than If-Match asks for.")
    g.cache_headers = {
        "ETag": f'"{etag}"',
        "Cache-Control": PINNED if pinned else UNPINNED,
        "Vary": VARY,
    }
    # `*` matches any answer, and whether there is one is only known once it is made.
    if request.if_none_match.contains_weak(etag) and not request.if_none_match.star_tag:
        raise Fresh


def _not_modified() -> Response:
    return Response(status=304, headers=g.cache_headers)


def register(app: Flask, _settings: Settings) -> None:
    """Set the ETag of every answer from the store; no other answer may be cached."""
    app.register_error_handler(Fresh, lambda _: _not_modified())
    app.after_request(_mark)


def _mark(response: Response) -> Response:
    if response.status_code in (200, 206) and "cache_headers" in g:
        if request.if_none_match.star_tag:
            response.close()
            return _not_modified()
        response.headers.update(g.cache_headers)
    elif response.status_code != 304:
        response.headers.setdefault("Cache-Control", "no-store")
    return response
