"""Choose what the client accepts best (RFC 9110, section 12), with a cache of headers."""

from collections.abc import Iterable
from functools import lru_cache

from flask import request
from werkzeug.datastructures import Accept, MIMEAccept
from werkzeug.exceptions import NotAcceptable
from werkzeug.http import parse_accept_header

from api.middleware.problems import refuse

PLAIN = "identity"
"""The content coding of an answer that is not compressed."""
MOST_KEPT = 256


def preferred(offers: Iterable[str]) -> str:
    """Choose the media type that the client accepts best; the first one if it does not care."""
    best = _best_type(tuple(offers), request.headers.get("Accept", ""))
    if best is None:
        raise refuse(NotAcceptable, f"Available formats: {', '.join(offers)}.")
    return best


@lru_cache(MOST_KEPT)
def _best_type(offers: tuple[str, ...], accepted: str) -> str | None:
    # A media type may have parameters such as a charset; they are ignored.
    asked = parse_accept_header(accepted, MIMEAccept)
    plain = [(value.partition(";")[0].strip(), q) for value, q in asked]
    return MIMEAccept(plain or [("*/*", 1)]).best_match(offers)


def coding_of(offers: Iterable[str]) -> str:
    """Choose the content coding that the client accepts best, the first one of equals."""
    return _best_coding(tuple(offers), request.headers.get("Accept-Encoding", ""))


@lru_cache(MOST_KEPT)
def _best_coding(offers: tuple[str, ...], accepted: str) -> str:
    asked = parse_accept_header(accepted, Accept)
    accepted_ones = [name for name in offers if asked[name] > 0]
    return max(accepted_ones, key=lambda name: asked[name], default=PLAIN)
