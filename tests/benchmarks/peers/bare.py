"""The same page by a bare WSGI function: no framework, no validation, no receipt."""

import os
import threading
from collections.abc import Iterable
from itertools import starmap
from typing import Any
from urllib.parse import parse_qs

import apsw
import orjson

from dataset.events import rows
from dataset.events.pages import ALL_COLUMNS

READ = rows.stored([*ALL_COLUMNS, "date"])
TEXT = (
    f"SELECT {', '.join(READ)} FROM event WHERE actor_country = ? AND action_root = ? "
    "ORDER BY date DESC, key DESC LIMIT ?"
)
_here = threading.local()


def app(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """Answer any request with the page of its query."""
    asked = {name: values[0] for name, values in parse_qs(environ["QUERY_STRING"]).items()}
    event = rows.nested(ALL_COLUMNS, READ)
    values = asked["actor_country"], asked["action_root"], int(asked["limit"])
    body = orjson.dumps({"data": list(starmap(event, _connection().execute(TEXT, values)))})
    headers = [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
    start_response("200 OK", headers)
    return [body]


def _connection() -> apsw.Connection:
    if not hasattr(_here, "connection"):
        path = os.environ["DATABASE"]
        _here.connection = apsw.Connection(path, flags=apsw.SQLITE_OPEN_READONLY)
    return _here.connection
