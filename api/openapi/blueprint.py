"""Our blueprint: strict parameters, an operationId for every operation, documented errors."""

from collections.abc import Callable
from functools import partial
from typing import Any

from flask_smorest import Blueprint as SmorestBlueprint

from api.requests.parsing import PARSER


def operation_id(name: str) -> str:
    """Turn a function's name into an operationId: `list_events` into `listEvents`."""
    first, *others = name.split("_")
    return first + "".join(word.capitalize() for word in others)


OTHERS = {
    304: "NOT_MODIFIED",
    400: "BAD_REQUEST",
    412: "PRECONDITION_FAILED",
    413: "REQUEST_ENTITY_TOO_LARGE",
    414: "REQUEST_URI_TOO_LONG",
    422: "UNPROCESSABLE_ENTITY",
    429: "TOO_MANY_REQUESTS",
    500: "INTERNAL_SERVER_ERROR",
    503: "SERVICE_UNAVAILABLE",
}
"""The answers that any operation may give instead of its success."""


class Blueprint(SmorestBlueprint):
    """A group of operations that only read."""

    ARGUMENTS_PARSER = PARSER

    def add_url_rule(
        self,
        rule: str,
        endpoint: str | None = None,
        view_func: Callable[..., Any] | None = None,
        *args: Any,
        **options: Any,
    ) -> None:
        """Register an operation under its operationId, with the errors that any may give."""
        if view_func is not None:
            name = operation_id(view_func.__name__)
            view_func = self.doc(operationId=name, responses=OTHERS)(view_func)
        super().add_url_rule(rule, endpoint, view_func, *args, **options)

    def alt_response(self, *args: Any, **options: Any) -> Callable[[Any], Any]:
        """Document another answer of a view, without wrapping the view."""
        documented = super().alt_response(*args, **options)

        def document(view: Any) -> Any:
            view._apidoc = documented(view)._apidoc
            return view

        return document

    def register_views_in_doc(self, api: Any, *args: Any, **named: Any) -> None:
        """Delay documenting the operations until the document is made (`DocumentedApi`)."""
        document = super().register_views_in_doc
        api.undocumented.append(partial(document, api, *args, **named))
