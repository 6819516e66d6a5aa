"""The OpenAPI document: made from the views and schemas, never written by hand."""

from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from threading import Lock
from typing import Any

from flask import Flask

from api.openapi.problems import ProblemApi
from schemas import fields

INTRODUCTION = Path(__file__).parents[2] / "openapi" / "introduction.md"

CONFIG: dict[str, Any] = {
    "API_TITLE": "cameo-events",
    "API_VERSION": version("cameo-events"),
    "OPENAPI_VERSION": "3.1.0",
    "API_SPEC_OPTIONS": {
        "info": {
            "description": INTRODUCTION.read_text("utf-8"),
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/", "description": "This server"}],
    },
}

TYPES = {
    fields.Text: ("string", None),
    fields.Integer: ("integer", "int64"),
    fields.Number: ("number", None),
    fields.Truth: ("boolean", None),
    fields.Day: ("string", "date"),
}
"""The JSON type and format of our fields; all others are strings."""


class DocumentedApi(ProblemApi):
    """An API whose document is made at its first use: most servers never need it."""

    def __init__(self) -> None:
        """Start with nothing to document."""
        super().__init__()
        self.undocumented: list[Callable[[], None]] = []
        self._lock = Lock()

    def document(self) -> dict[str, Any]:
        """Give the document of everything registered so far."""
        with self._lock:
            while self.undocumented:
                self.undocumented.pop(0)()
            return self.spec.to_dict()


def create(app: Flask) -> DocumentedApi:
    """Make the API of an application, with the types of our fields."""
    api = DocumentedApi()
    kinds: list[type[fields.Text]] = [fields.Text, *fields.Text.__subclasses__()]
    for kind in kinds:
        api.register_field(kind, *TYPES.get(kind, TYPES[fields.Text]))
    api.init_app(app)
    return api


def document(app: Flask) -> dict[str, Any]:
    """Give the OpenAPI document of an application."""
    (registered,) = app.extensions["flask-smorest"]["apis"].values()
    spec: dict[str, Any] = registered["ext_obj"].document()
    # flask-smorest adds this schema even if nothing uses it.
    spec["components"]["schemas"].pop("PaginationMetadata", None)
    return spec
