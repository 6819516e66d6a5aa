"""Logs: a line of JSON on stderr for every request and every error, without secrets."""

import logging
from datetime import UTC, datetime
from time import perf_counter
from typing import Any

import orjson
from flask import Flask, Response, g, has_request_context, request
from gunicorn.glogging import Logger

from api.middleware import request_ids
from api.settings import Settings
from api.terminals import plain_json

REQUESTS = "cameo.requests"


class Line(logging.Formatter):
    """Write a record as one line of JSON, whatever it contains."""

    def format(self, record: logging.LogRecord) -> str:
        """Write the facts of a request, or a message with its traceback."""
        time = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        known = {"time": time, "level": record.levelname.lower()}
        told = record.msg if isinstance(record.msg, dict) else self._told(record)
        return plain_json(orjson.dumps(known | told).decode())

    def _told(self, record: logging.LogRecord) -> dict[str, Any]:
        told = {"logger": record.name, "message": _message(record)}
        if has_request_context():
            told["request"] = g.get("request_id")
        if record.exc_info:
            told["trace"] = self.formatException(record.exc_info)
        return told


def _message(record: logging.LogRecord) -> str:
    """Give the message; cut what the client sent from gunicorn's messages on requests."""
    if record.name == "gunicorn.error" and "request" in str(record.msg):
        return str(record.msg).partition(" %")[0]
    return record.getMessage()


class Quiet(Logger):
    """gunicorn's logger without its access log, which nobody reads."""

    def _compute_access_log_enabled(self) -> bool:
        return False


def configuration(wanted: str) -> dict[str, Any]:
    """Give the configuration for `logging.config.dictConfig`, also used by gunicorn."""
    through = {"handlers": [], "propagate": True}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": f"{__name__}.{Line.__name__}"}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"level": "ERROR", "handlers": ["stderr"]},
        "loggers": {
            "gunicorn.error": through | {"level": "ERROR"},
            REQUESTS: through | {"level": "INFO" if wanted == "requests" else "ERROR"},
        },
    }


def register(app: Flask, settings: Settings) -> None:
    """Log every request once its answer has been sent."""
    if settings.log == "requests":
        app.after_request(_log)


def _log(response: Response) -> Response:
    known = {
        "request": g.get("request_id"),
        "method": request.method,
        "route": request.url_rule.rule if request.url_rule else None,
        "query": g.get("query"),
        "status": response.status_code,
    }
    started = g.get("started", perf_counter())

    def write(sent: int) -> None:
        ms = round((perf_counter() - started) * 1_000, 1)
        logging.getLogger(REQUESTS).info(known | {"ms": ms, "bytes": sent})

    request_ids.when_sent(write)
    return response
