"""Our blueprint: strict parameters, an operationId for every operation, documented errors."""

from collections.abc import Callable
from typing import Any, ClassVar
from urllib.parse import unquote_to_bytes

import marshmallow as ma
from flask import Request
from flask_smorest import Blueprint as SmorestBlueprint
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import BadRequest, RequestURITooLarge

from api.problems import refuse
from schemas.codes import Choices
from schemas.fields import Columns

LONGEST_ADDRESS = 8_000
"""How long a query may be with its cursor; without one it is less (`reading.LONGEST_QUERY`)."""


class QueryParser(FlaskParser):
    """Read query parameters: unknown ones, repeated ones and broken text are errors."""

    DEFAULT_UNKNOWN_BY_LOCATION: ClassVar[dict[str, str | None]] = {  # type: ignore[misc]
        **FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION,
        "query": ma.RAISE,
    }

    def load_querystring(self, req: Request, schema: ma.Schema) -> Any:
        """Give the parameters as a plain dict of texts."""
        repeated = {
            name: [{"detail": _once(schema.fields.get(name))}]
            for name, values in req.args.lists()
            if len(values) > 1
        }
        if repeated:
            raise ma.ValidationError(repeated)
        return req.args.to_dict()


def _once(field: ma.fields.Field[Any] | None) -> str:
    several = isinstance(field, Choices | Columns)
    return "must be given once" + ("; separate several values by commas." if several else ".")


def check_address(request: Request) -> None:
    """Refuse an address that is too long, or not UTF-8 once unquoted."""
    if not request.host:
        raise refuse(BadRequest, "The Host header names no host.")
    if len(request.query_string) > LONGEST_ADDRESS:
        raise refuse(RequestURITooLarge, f"A query has at most {LONGEST_ADDRESS} characters.")
    for quoted in (request.query_string, request.environ.get("RAW_URI", "").encode()):
        try:
            unquote_to_bytes(quoted).decode()
        except UnicodeDecodeError:
            raise refuse(BadRequest, "The address is not percent-encoded UTF-8.") from None


def operation_id(name: str) -> str:
    """Turn a function's name into an operationId: `list_events` into `listEvents`."""
    first, *others = name.split("_")
    return first + "".join(word.capitalize() for word in others)


OTHERS = {
    304: "NOT_MODIFIED",
    400: "BAD_REQUEST",
    414: "REQUEST_URI_TOO_LONG",
    422: "UNPROCESSABLE_ENTITY",
    500: "INTERNAL_SERVER_ERROR",
    503: "SERVICE_UNAVAILABLE",
}
"""What any operation may answer instead of its success."""


class Blueprint(SmorestBlueprint):
    """A group of operations that only read."""

    ARGUMENTS_PARSER = QueryParser()

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
            for status, name in OTHERS.items():
                view_func = self.alt_response(status, response=name)(view_func)
            view_func = self.doc(operationId=operation_id(view_func.__name__))(view_func)
        super().add_url_rule(rule, endpoint, view_func, *args, **options)
