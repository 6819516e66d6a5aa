"""The pages, their assets, and the OpenAPI document that they show."""

from functools import cache, partial
from importlib.metadata import version
from importlib.resources import files
from importlib.resources.abc import Traversable
from mimetypes import guess_type

import orjson
from flask import Blueprint, Response, current_app, render_template, request
from werkzeug.exceptions import NotFound

from api.context import base_url, store
from api.middleware import caching, compression
from api.openapi import specification
from api.openapi.examples import fitted
from api.requests.reading import JSON
from api.responses import envelopes
from dataset.catalogue.holdings import datasets
from dataset.errors import StoreError
from dataset.store.snapshots import Snapshot

PAGE_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        # Swagger UI sets styles from its script (swagger-api/swagger-ui#3370).
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)

GUESSED = {"/docs/": "/docs", "/v1": "/", "/v1/": "/"}
"""Addresses that people try, and the page that each redirects to."""

blueprint = Blueprint(
    "pages",
    __name__,
    static_folder="static",
    static_url_path="/static",
    template_folder="templates",
)


@blueprint.get("/")
def landing() -> Response:
    """Show what this is, what it holds, and where to begin."""
    with store().snapshot() as snapshot:
        page = render_template(
            "landing.html",
            datasets=datasets(snapshot, snapshot.revision),
            revision=snapshot.revision,
        )
    return _page(page)


@blueprint.get("/docs")
def docs() -> Response:
    """Show Swagger UI."""
    return _page(render_template("docs.html"))


def lead() -> Response:
    """Redirect from an address that people try to the page that they look for."""
    return envelopes.leading_to(base_url() + GUESSED[request.path], 308)


for _guessed in GUESSED:
    blueprint.add_url_rule(_guessed, view_func=lead)


@blueprint.get("/docs/assets/<path:name>")
def docs_asset(name: str) -> Response:
    """Serve Swagger UI's files from the installed package."""
    file = _assets().get(name)
    if file is None:
        raise NotFound
    media_type = guess_type(name)[0] or "text/plain"
    etag = caching.tag(version("flask-swagger-ui"), name, compression.chosen(media_type))
    caching.answer_304_if_fresh(etag, pinned=False)
    return Response(file.read_bytes(), mimetype=media_type)


@cache
def _assets() -> dict[str, Traversable]:
    return {file.name: file for file in (files("flask_swagger_ui") / "dist").iterdir()}


@blueprint.get("/favicon.ico")
def icon() -> Response:
    """Serve the icon, which browsers request for every answer that they show."""
    return blueprint.send_static_file("icon.svg")


@blueprint.get("/openapi.json")
def openapi_json() -> Response:
    """Serve the OpenAPI document."""
    body = _document()
    etag = caching.tag(body, compression.chosen(JSON))
    caching.answer_304_if_fresh(etag, pinned=False)
    return Response(body, content_type=JSON)


def _document() -> bytes:
    """Write the document with examples of what the store holds, once for each revision."""
    try:
        with store().snapshot() as snapshot:
            make = partial(_written, snapshot)
            body: bytes = snapshot.remembered("document", snapshot.revision, make, 1)
            return body
    except StoreError:
        return _written(None)


def _written(snapshot: Snapshot | None) -> bytes:
    document = specification.document(current_app)
    if current_app.config["PUBLIC_URL"]:
        document["servers"] = [{"url": current_app.config["PUBLIC_URL"]}]
    return orjson.dumps(fitted(document, snapshot) if snapshot else document)


def _page(html: str) -> Response:
    answer = Response(html, content_type="text/html; charset=utf-8")
    answer.headers["Content-Security-Policy"] = PAGE_POLICY
    return answer
