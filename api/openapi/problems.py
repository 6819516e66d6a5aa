"""Document errors as problems (RFC 9457), each with an example."""

from http import HTTPStatus
from typing import Any

from flask import Response
from flask_smorest import Api
from flask_smorest.utils import prepare_response
from werkzeug.exceptions import HTTPException

from api.middleware.problems import DETAILS, MEDIA_TYPE, NEEDS_MATPLOTLIB, error_in, problem_of
from api.openapi.documentation import ERROR_HEADERS
from schemas.problems import ProblemSchema


class ProblemApi(Api):
    """An API whose errors are problems, in its answers and in its documentation."""

    ERROR_SCHEMA = ProblemSchema
    DEFAULT_ERROR_RESPONSE_NAME = None

    def _register_responses(self) -> None:
        """Document errors under their own media type (flask-smorest has one type for all)."""
        for status in HTTPStatus:
            response: dict[str, Any] = {"description": MEANINGS.get(status, status.phrase)}
            if status >= HTTPStatus.BAD_REQUEST:
                response |= {"schema": self.ERROR_SCHEMA, "example": _example(status)}
            if headers := ERROR_HEADERS.get(status):
                response["headers"] = headers
            prepare_response(response, self.spec, MEDIA_TYPE)
            self.spec.components.response(status.name, response, lazy=True)

    def handle_http_exception(self, error: HTTPException) -> Response:
        """Answer any HTTP error, our own or one of the framework's."""
        return problem_of(error)


MEANINGS = {
    HTTPStatus.NOT_MODIFIED: "The client has this answer already (`If-None-Match`).",
    HTTPStatus.TEMPORARY_REDIRECT: "Leads to the same query at the newest revision (`Location`); "
    "`curl` follows with `-L`.",
    HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE: "The file has no such bytes (`Content-Range`).",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "The request has a body, which nothing here reads.",
    HTTPStatus.TOO_MANY_REQUESTS: "The client asks too often; `Retry-After` says when to go on.",
    HTTPStatus.REQUEST_URI_TOO_LONG: "The query is too long.",
    HTTPStatus.INTERNAL_SERVER_ERROR: "Something went wrong here.",
    HTTPStatus.BAD_REQUEST: "The request cannot be read, or its cursor is not one of ours.",
    HTTPStatus.PRECONDITION_FAILED: "The answer is not the one that `If-Match` asks for.",
    HTTPStatus.NOT_FOUND: "There is no such thing.",
    HTTPStatus.NOT_ACCEPTABLE: "No media type that the client accepts is on offer.",
    HTTPStatus.GONE: "The event has ended; the reason and its successor are given.",
    HTTPStatus.UNPROCESSABLE_ENTITY: "A parameter is unknown, repeated, or has a wrong value.",
    HTTPStatus.NOT_IMPLEMENTED: "The library that this needs is not installed on the server.",
    HTTPStatus.SERVICE_UNAVAILABLE: "The answer cannot be made now, or takes too long to find.",
}
_NO_CURSOR = "The cursor is not one that this store has made."
_NO_COUNTRY = "must be the CAMEO country code of three upper-case characters, such as IRN."
EXAMPLES: dict[int, dict[str, Any]] = {
    400: {"detail": _NO_CURSOR, "errors": [error_in("cursor", "x", _NO_CURSOR)]},
    404: {
        "instance": "/v1/events/seed:999",
        "detail": "No event has the id seed:999 at revision 1.",
    },
    406: {
        "detail": "Available formats: application/json, application/x-ndjson, text/csv, "
        "application/geo+json, application/vnd.apache.arrow.stream."
    },
    410: {
        "instance": "/v1/events/seed:1",
        "detail": "The event seed:1 has been retracted: coded twice",
        "reason": "coded twice",
        "successor": "seed:2",
    },
    414: {
        "detail": "A query has at most 8000 characters. "
        "Ask for a long list in parts: 100 ids a time."
    },
    416: {"instance": "/v1/events.parquet"},
    422: {
        "detail": f"actor_country: {_NO_COUNTRY} Did you mean IRN?",
        "errors": [error_in("actor_country", "IRAN", _NO_COUNTRY, "IRN")],
    },
    412: {"detail": "The answer has another ETag than If-Match asks for."},
    413: {"detail": "This server accepts no request body."},
    501: {
        "instance": "/v1/aggregates.svg",
        "detail": NEEDS_MATPLOTLIB,
    },
    503: {"detail": "The store cannot be read now; please try again later."},
}


def _example(status: HTTPStatus) -> dict[str, Any]:
    return {
        "type": "about:blank",
        "title": status.phrase,
        "status": int(status),
        "detail": DETAILS.get(status),
        "instance": "/v1/events",
        "errors": [],
        "request_id": "8f14e45fceea167a",
        **EXAMPLES.get(status, {}),
    }
