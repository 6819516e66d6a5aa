"""What browsers may do with answers: everybody may read them, nobody may run or frame them."""

from flask import Flask, Response
from flask_cors import CORS

from api.settings import Settings
from api.tracing import REQUEST_ID

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
    "Cameo-Matched",
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
SECONDS_TO_REMEMBER = 86_400


def register(app: Flask, _settings: Settings) -> None:
    """Let scripts of all sites read, without credentials, and protect pages from what is shown."""
    CORS(
        app,
        resources=[r"/v1/.*", "/openapi.json"],
        methods=["GET", "HEAD"],
        expose_headers=list(READABLE),
        max_age=SECONDS_TO_REMEMBER,
        send_wildcard=True,
        intercept_exceptions=False,
    )
    app.after_request(_protect)


def _protect(response: Response) -> Response:
    for name, value in PROTECTIVE.items():
        response.headers.setdefault(name, value)
    return response
