"""How many requests a client may make, if `RATE_LIMIT` says so (Flask-Limiter)."""

import re
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from math import ceil
from time import time
from typing import Any

from flask import Flask, Response, current_app, request
from flask_limiter import Limiter
from limits.errors import StorageError

from api.middleware import request_ids
from api.middleware.waiting import WAIT
from api.settings import Settings

EXEMPT = ("service.get_health", "service.get_readiness", "metrics.metrics")
"""Endpoints for monitoring, which are not counted."""
SECONDS_FOR_STORAGE = 0.25
NOBODY = "nobody"
"""All clients for which a proxy gives no address."""
WITH_PORT = re.compile(r"(?:\[(.+)\]|([0-9.]+))(?::[0-9]{1,5})?", re.ASCII)
UNREACHABLE = (StorageError, OSError)


class OpenLimiter(Limiter):
    """A limiter that allows all requests while it cannot count."""

    def _check_request_limit(self, *given: Any, **named: Any) -> None:
        """Count the request; refuse it if it is one too many."""
        wait = request.environ.get(WAIT)
        try:
            super()._check_request_limit(*given, **named)
            if wait and not wait.has_waited:
                wait.rate_limit = self.current_limit
        except UNREACHABLE as error:
            request_ids.note("rate_limiter_failure")
            current_app.logger.error("Requests cannot be counted: %s", error)


def register(app: Flask, settings: Settings) -> None:
    """Count the requests of each client, all addresses of the API together."""
    waiting = {"connect_timeout": SECONDS_FOR_STORAGE, "timeout": SECONDS_FOR_STORAGE}
    is_shared = not settings.rate_limit_storage.startswith("memory:")
    limiter = OpenLimiter(
        client,
        app=app,
        application_limits=[settings.rate_limit],
        # Flask-Limiter does not count requests without a name, and a 404 has no endpoint.
        request_identifier=lambda: request.endpoint or "none",
        storage_uri=settings.rate_limit_storage,
        storage_options={"wrap_exceptions": True, **waiting} if is_shared else {},  # type: ignore[dict-item]
    )
    limiter.request_filter(lambda: request.endpoint in EXEMPT or _is_uncounted())
    app.after_request(lambda response: _tell(limiter, response))


def _is_uncounted() -> bool:
    """Tell whether this is a CORS preflight, or a request that was counted before its wait."""
    wait = request.environ.get(WAIT)
    if wait and wait.has_waited:
        return True
    return request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers


def client() -> str:
    """Name the client: its IPv4 address, or its IPv6 /64 network, which one client owns."""
    address = _address(request.remote_addr or "")
    if isinstance(address, IPv6Address):
        return str(IPv6Network((int(address) >> 64 << 64, 64)))
    return str(address or NOBODY)


def _address(text: str) -> IPv4Address | IPv6Address | None:
    """Read an address, perhaps with a port; None for anything else that a proxy sends."""
    with_port = WITH_PORT.fullmatch(text)
    try:
        address = ip_address((with_port[1] or with_port[2]) if with_port else text)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def _tell(limiter: Limiter, response: Response) -> Response:
    """Add the RateLimit headers (draft-ietf-httpapi-ratelimit-headers)."""
    wait = request.environ.get(WAIT)
    limit = limiter.current_limit or (wait and wait.rate_limit)
    if limit is None:
        return response
    try:
        left, seconds = limit.remaining, max(1, ceil(limit.window.reset_time - time()))
    except UNREACHABLE:
        return response
    amount, window = limit.limit.amount, limit.limit.get_expiry()
    response.headers["RateLimit-Policy"] = f'"default";q={amount};w={window}'
    response.headers["RateLimit"] = f'"default";r={left};t={seconds}'
    if response.status_code == 429:
        response.headers["Retry-After"] = str(seconds)
    return response
