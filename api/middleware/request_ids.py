"""Facts about the current request: its id, incidents, and how many bytes were sent."""

import re
import weakref
from collections.abc import Callable, Iterable, Iterator
from secrets import token_hex
from time import perf_counter
from typing import Any

from flask import Flask, Response, g, request
from werkzeug.middleware.proxy_fix import ProxyFix

from api.middleware.waiting import WAIT
from api.settings import Settings

REQUEST_ID = "X-Request-Id"
SCHEMES = ("http", "https")
"""The schemes that a proxy may name; links begin with them."""
_WELL_FORMED = re.compile("[A-Za-z0-9_.-]{8,64}", re.ASCII)

Ending = Callable[[int], object]
Application = Callable[[dict[str, Any], Any], Iterable[bytes]]


class Sent:
    """The pieces of an answer; at its end, `endings` are called with the bytes sent.

    That holds also for an answer that is dropped before its first piece or never closed.
    """

    def __init__(self, pieces: Any, endings: list[Ending]) -> None:
        """Keep the pieces, and the functions to call at their end."""
        self._pieces, self._sent = pieces, [0]
        self._end = weakref.finalize(self, _told, endings, self._sent)

    def __iter__(self) -> Iterator[bytes]:
        """Yield the pieces."""
        for piece in self._pieces:
            self._sent[0] += len(piece)
            yield piece
        self._end()

    def close(self) -> None:
        """Close the pieces."""
        close = getattr(self._pieces, "close", None)
        if close:
            close()
        self._end()


def _told(endings: list[Ending], sent: list[int]) -> None:
    for ending in endings:
        ending(sent[0])


def note(incident: str) -> None:
    """Note an incident of this request; `/metrics` counts it."""
    g.setdefault("incidents", []).append(incident)


def when_sent(ending: Ending) -> None:
    """Call `ending` with the bytes sent when this answer has been sent or broken off."""
    g.setdefault("endings", []).append(ending)


def register(app: Flask, settings: Settings) -> None:
    """Give every request an id; trust the headers of the configured proxies, if any."""
    proxies = settings.trusted_proxies
    if proxies:
        told = _with_known_scheme(app.wsgi_app)
        app.wsgi_app = ProxyFix(told, x_for=proxies, x_proto=proxies)  # type: ignore[method-assign]

    @app.before_request
    def begin() -> None:
        wait = request.environ.get(WAIT)
        g.started = wait.started if wait else perf_counter()
        given = request.headers.get(REQUEST_ID, "") if proxies else ""
        g.request_id = given if _WELL_FORMED.fullmatch(given) else token_hex(8)

    # Registered first, so it sees the answer last.
    app.after_request(_watch)


def _with_known_scheme(app: Application) -> Application:
    """Replace an unknown scheme that a proxy names by that of its connection to us."""

    def answer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        named, own = environ["wsgi.url_scheme"].lower(), environ["werkzeug.proxy_fix.orig"]
        environ["wsgi.url_scheme"] = named if named in SCHEMES else own["wsgi.url_scheme"]
        return app(environ, start_response)

    return answer


def _watch(response: Response) -> Response:
    response.headers[REQUEST_ID] = g.get("request_id", "")
    endings = g.pop("endings", [])
    if not endings:
        return response
    # The system sends a file, so its end is not seen here.
    if response.is_streamed and not response.direct_passthrough:
        response.response = Sent(response.response, endings)
    else:
        _told(endings, [response.content_length or 0])
    return response
