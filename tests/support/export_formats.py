"""The formats of exports, and what is asked for in them."""

import io
from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from flask.testing import FlaskClient

from dataset.declarations.columns import COLUMNS
from support.paging import shown
from support.rich_store import RICH, cell

JSON, CSV, NDJSON = "application/json", "text/csv", "application/x-ndjson"
GEOJSON = "application/geo+json"
ARROW = "application/vnd.apache.arrow.stream"
MEDIA_TYPES = {"csv": CSV, "ndjson": NDJSON, "geojson": GEOJSON, "arrow": ARROW}
CONTENT_TYPES = {name: name for name in (JSON, NDJSON, GEOJSON, ARROW)} | {
    CSV: "text/csv; charset=utf-8"
}
QUERIES = [
    "",
    f"as_of={RICH}",
    "actor=IRN",
    "q=iran&actor=!USA",
    "date_from=2024-04-13&date_to=2024-05-05",
    "bbox=170,-90,-170,90",
    "fields=actor_roles,root_event,tone",
    "fields=place,actor&target=none",
    "fields=id",
    "sort=-tone",
    "sort=mentions&fields=mentions,action",
    "sort=-fatalities&fields=fatalities,fatalities_low,fatalities_high,violence_type",
    "violence_type=!none&dataset=gdelt",
    "actor=none&actor_code=!none",
]


def columns_of(query: str) -> list[str]:
    """Name the columns that a query asks for."""
    fields = dict(part.split("=") for part in query.split("&") if part).get("fields", "")
    wanted = {"id", *fields.split(",")}
    return [name for name in COLUMNS if not fields or {name, COLUMNS[name].path[0]} & wanted]


def flat(event: dict[str, Any], columns: list[str]) -> dict[str, Any]:
    """Give the columns of a JSON event."""
    values = {name: cell(event, name) for name in columns}
    return values | {name: values[name] or [] for name in columns if COLUMNS[name].many}


def events_of(client: FlaskClient, query: str) -> list[dict[str, Any]]:
    """Give the whole answer as JSON events, in the order of bulk formats."""
    sort = "" if "sort=" in query else "&sort=date"
    return shown(client, f"/v1/events?limit=1000{sort}&{query}".rstrip("&"))


READ = [
    *("events", "events?limit=2", "events/count", "events/seed:1", "events?actor=ISR"),
    *("events.csv", "events.ndjson", "events.geojson", "events.csv?actor=ISR", "cite"),
    *("actions", "actions/195", "actors?limit=3", "actors/IRN", "fields", "datasets"),
    *("actions.csv", "actors.csv?parent=IRN"),
    *("datasets/seed", "documents", "documents/seed-article", "releases", "changes?limit=3"),
    *("events/seed:1/history", "events/seed:1/mentions"),
    *("loads", "loads/1", "loads/1/quarantine"),
]
READERS: dict[str, Callable[[bytes], pa.Table]] = {
    "arrow": lambda data: pa.ipc.open_stream(data).read_all(),
    "parquet": lambda data: pq.read_table(io.BytesIO(data)),
}


def rows_in(answer: Any) -> int:
    """Count what an answer holds, whatever its format."""
    suffix = answer.mimetype.rpartition("apache.")[2].partition(".")[0]
    if suffix in READERS:
        return READERS[suffix](answer.data).num_rows
    if "json" not in answer.content_type or "ndjson" in answer.content_type:
        return len(answer.text.splitlines()) - ("csv" in answer.content_type)
    body = answer.json
    if "features" in body:
        return len(body["features"])
    data = body.get("data", body.get("count", 1))
    return data if isinstance(data, int) else len(data)
