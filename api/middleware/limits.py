"""Limit the length of addresses, and refuse request bodies."""

from urllib.parse import unquote_to_bytes

from flask import Flask, request
from werkzeug.exceptions import (
    BadRequest,
    HTTPException,
    RequestEntityTooLarge,
    RequestURITooLarge,
)

from api.middleware.problems import refuse
from api.settings import Settings

LONGEST_ADDRESS = 8_000
"""Longest query with a cursor; without one the limit is lower (`questions.LONGEST_QUERY`)."""


IN_PARTS = "Ask for a long list in parts: 100 ids a time."
"""What helps if an address is too long."""


def register(app: Flask, _settings: Settings) -> None:
    """Check every request first of all."""
    app.before_request(_check_address)
    app.before_request(_check_body)


def _check_address() -> None:
    """Refuse a missing host, and an address too long or not UTF-8 once unquoted."""
    is_due = request.environ.get("SERVER_PROTOCOL") == "HTTP/1.1"
    if not request.host or (is_due and "Host" not in request.headers):
        raise refuse(BadRequest, "The Host header names no host.")
    if len(request.query_string) > LONGEST_ADDRESS:
        raise too_long(LONGEST_ADDRESS)
    for quoted in (request.query_string, request.environ.get("RAW_URI", "").encode()):
        try:
            unquote_to_bytes(quoted).decode()
        except UnicodeDecodeError:
            raise refuse(BadRequest, "The address is not percent-encoded UTF-8.") from None


def too_long(most: int) -> HTTPException:
    """Refuse a query of more characters, and say how to ask for a long list."""
    detail = f"A query has at most {most} characters. {IN_PARTS}"
    return refuse(RequestURITooLarge, detail)


def _check_body() -> None:
    """Refuse a body without reading it; routing errors such as 404 come first."""
    has_body = request.content_length or "Transfer-Encoding" in request.headers
    if has_body and request.routing_exception is None:
        raise refuse(RequestEntityTooLarge, "This server accepts no request body.")
