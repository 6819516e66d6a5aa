"""Headers for browsers: every site may read answers, none may run or frame them."""

from collections.abc import Iterable
from typing import Any

from flask import Flask
from flask_cors import CORS

from api.middleware.request_ids import REQUEST_ID, Application
from api.settings import Settings

PROTECTIVE = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "cross-origin",
}
"""The headers of every answer, unless it has its own."""
READABLE = (
    "Accept-Ranges",
    "Cameo-Cite",
    "Cameo-Complete",
    "Cameo-Datasets",
    "Cameo-Matched",
    "Cameo-Place-Precision",
    "Cameo-Query",
    "Cameo-Revision",
    "Cameo-Totals",
    "Content-Length",
    "Content-Range",
    "ETag",
    "Link",
    "RateLimit",
    "RateLimit-Policy",
    "Retry-After",
    REQUEST_ID,
)
"""The headers that scripts of other sites may read."""
FOR_SCRIPTS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": ", ".join(READABLE),
}
"""The CORS headers of an answer that is made outside the application."""
SECONDS_TO_REMEMBER = 86_400


def register(app: Flask, _settings: Settings) -> None:
    """Let scripts of all sites read without credentials, and add the protective headers."""
    CORS(
        app,
        resources=[r"/v1/.*", "/openapi.json"],
        methods=["GET", "HEAD"],
        expose_headers=list(READABLE),
        max_age=SECONDS_TO_REMEMBER,
        send_wildcard=True,
        intercept_exceptions=False,
    )
    app.wsgi_app = _protected(app.wsgi_app)  # type: ignore[assignment, method-assign]


def _protected(app: Application) -> Application:
    """Add the protective headers that an answer lacks; joining lists is fast."""

    def answer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        def start(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            own = {name for name, _ in headers}
            protective = [pair for pair in PROTECTIVE.items() if pair[0] not in own]
            return start_response(status, [*headers, *protective], *more)

        return app(environ, start)

    return answer
