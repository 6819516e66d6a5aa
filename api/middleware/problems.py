"""Every error as `application/problem+json` (RFC 9457), saying what would have been right."""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

import marshmallow as ma
import orjson
from flask import Flask, Response, current_app, g, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from api.middleware import request_ids
from api.settings import Settings
from dataset.errors import StoreError, TooSlow, UnknownValue
from schemas.aliases import intended

MEDIA_TYPE = "application/problem+json"
SECONDS_TO_RETRY = 5
UNKNOWN_PARAMETER = "There is no such parameter here."


def error_in(
    parameter: str, value: str | None, detail: str, did_you_mean: str | None = None
) -> dict[str, Any]:
    """Make the error of one parameter."""
    return {
        "parameter": parameter,
        "value": value,
        "detail": detail,
        "did_you_mean": did_you_mean,
    }


NEEDS_MATPLOTLIB = (
    "Charts need matplotlib, which is not installed on this server; whoever runs it installs it "
    "with: make charts (or pip install '.[charts]' in the folder of cameo-events)."
)
DETAILS = {
    400: "The request cannot be read.",
    404: "There is nothing at this address; /docs describes what there is.",
    405: "This address can only be read, with GET or HEAD.",
    416: "The file has no such bytes; Content-Range says how many it has.",
    429: "Too many requests: wait as long as Retry-After says.",
    500: "Something went wrong here; the log of the server says what.",
}


def problem(
    status: int,
    detail: str | None,
    errors: list[dict[str, Any]] | None = None,
    headers: list[tuple[str, str]] | None = None,
    members: dict[str, Any] | None = None,
) -> Response:
    """Make a problem: its kind, the details, and which parameters are wrong."""
    body = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "instance": request.path,
        "errors": errors or [],
        "request_id": g.get("request_id"),
        **(members or {}),
    }
    answer = Response(orjson.dumps(body), status, headers, content_type=MEDIA_TYPE)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def problem_of(error: HTTPException) -> Response:
    """Answer any HTTP error, our own or one of the framework's."""
    data = getattr(error, "data", None) or {}
    errors = list(_errors(data.get("messages", {}), data.get("schema")))
    detail = data.get("detail") or _summary(errors) or _detail(error.code or 500)
    if isinstance(error, MethodNotAllowed):
        error.valid_methods = sorted(error.valid_methods or ())
    headers = [
        (name, value)
        for name, value in error.get_headers()
        if name not in ("Content-Type", "Content-Length")
    ]
    return problem(error.code or 500, detail, errors, headers, data.get("members"))


def refuse(status: type[HTTPException], detail: str, **members: Any) -> HTTPException:
    """Make an HTTP error with our own `detail` and extra members."""
    error = status(detail)
    error.data = {"detail": detail, "members": members}  # type: ignore[attr-defined]
    return error


def _errors(messages: dict[str, Any], schema: ma.Schema | None) -> Iterator[dict[str, Any]]:
    """Flatten webargs' messages: by location, then parameter; each is a text or a dict."""
    asked = list(request.args)
    for location in messages.values():
        for parameter, found in sorted(location.items(), key=lambda item: _rank(asked, item[0])):
            for message in found:
                yield _error(parameter, message, schema)


def _rank(asked: list[str], parameter: str) -> int:
    return asked.index(parameter) if parameter in asked else len(asked)


def _error(parameter: str, message: Any, schema: ma.Schema | None) -> dict[str, Any]:
    if not isinstance(message, dict):
        message = {"detail": message}
    error = {"parameter": parameter, "value": request.args.get(parameter)}
    error |= {name: value for name, value in message.items() if value is not None}
    error.setdefault("did_you_mean", None)
    if schema and parameter not in schema.fields:
        error["detail"] = UNKNOWN_PARAMETER
        error["did_you_mean"] = intended(parameter, schema.fields)
    return error


def _detail(status: int) -> str | None:
    """Give the general message of a status; for a 404 by a final slash, a suggestion."""
    path = request.path.rstrip("/")
    if status == HTTPStatus.NOT_FOUND and path != request.path:
        addresses = current_app.create_url_adapter(request)
        if addresses and addresses.test(path, "GET"):
            return f"There is nothing at {request.path}; did you mean {path}?"
    return DETAILS.get(status)


def _summary(errors: list[dict[str, Any]]) -> str | None:
    if not errors:
        return None
    first = errors[0]
    hint = f" Did you mean {first['did_you_mean']}?" if first["did_you_mean"] else ""
    return f"{first['parameter']}: {first['detail']}{hint}"


def register(app: Flask, _settings: Settings) -> None:
    """Turn the exceptions of `dataset` into problems."""
    app.register_error_handler(StoreError, _store_unusable)
    app.register_error_handler(TooSlow, _too_slow)
    app.register_error_handler(UnknownValue, _value_unknown)


def _store_unusable(error: StoreError) -> Response:
    request_ids.note("store_unusable")
    current_app.logger.error("%s", error)
    headers = [("Retry-After", str(SECONDS_TO_RETRY))]
    return problem(503, "The store cannot be read now; please try again later.", [], headers)


def _too_slow(error: TooSlow) -> Response:
    request_ids.note("query_timeout")
    return problem(503, str(error), headers=[("Retry-After", str(SECONDS_TO_RETRY))])


def _value_unknown(error: UnknownValue) -> Response:
    wrong = error_in(error.parameter, error.value, error.detail, error.did_you_mean)
    return problem(422, _summary([wrong]), [wrong])
