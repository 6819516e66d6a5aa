"""The HTTP service: the application, its middleware, endpoints and pages, server and commands."""

from pkgutil import resolve_name

from flask import Flask, Response

from api.middleware import caching, slots
from api.openapi import specification
from api.pages import routes
from api.resources import (
    aggregates,
    citations,
    codebook,
    datasets,
    events,
    history,
    loads,
    mentions,
    service,
)
from api.settings import Settings
from dataset.store.results_cache import ResultsCache
from dataset.store.snapshots import Store

MODULES = (
    events,
    aggregates,
    history,
    mentions,
    codebook,
    datasets,
    loads,
    citations,
    service,
)
"""The resources, in the order of the documentation."""

CONCERNS = (
    "api.middleware.request_ids:register",
    "api.middleware.logs:register",
    "api.middleware.limits:register",
    "api.middleware.rates:register",
    "api.middleware.slots:register",
    "api.middleware.problems:register",
    "api.middleware.headers:register",
    "api.middleware.caching:register",
    "api.middleware.compression:register",
    "api.middleware.metrics:register",
)
"""The middleware: requests pass it in this order, answers in reverse."""

IF_SET = {"api.middleware.rates:register": "rate_limit"}
"""Middleware that is only imported and used if this setting has a value."""


class Service(Flask):
    """Flask whose answers to OPTIONS have an `Allow` header and no body."""

    def make_default_options_response(self) -> Response:
        """List the methods in order; without a body there is no Content-Type."""
        answer = super().make_default_options_response()
        answer.status_code = 204
        answer.headers["Allow"] = ", ".join(sorted(answer.allow))
        del answer.headers["Content-Type"]
        return answer


def create_app(settings: Settings | None = None) -> Flask:
    """Make the application that serves the store which the settings name."""
    settings = settings or Settings.of()
    # The blueprint of the pages serves `static`; a folder of the application would hide it.
    app = Service(__name__, static_folder=None)
    app.config.update(specification.CONFIG, PUBLIC_URL=settings.public_url)
    app.url_map.strict_slashes = True
    app.extensions["store"] = Store(settings.database, settings.query_seconds)
    app.extensions["results"] = ResultsCache(
        settings.results_folder,
        caching.fingerprint(),
        before_making=slots.take,
        wait=slots.wait_for_result,
    )
    for concern in CONCERNS:
        if concern not in IF_SET or getattr(settings, IF_SET[concern]):
            resolve_name(concern)(app, settings)
    api = specification.create(app)
    for module in MODULES:
        api.register_blueprint(module.blueprint)
    app.register_blueprint(routes.blueprint)
    return app
