"""Figures for Prometheus, over all processes of the server.

When prometheus-client is imported, it decides whether it counts for one process or, in a shared
folder, for several. So this module must be imported after that is settled.
"""

from collections.abc import Iterator
from functools import cache
from http import HTTPMethod
from time import perf_counter
from typing import Any

from flask import Blueprint, Flask, Response, g, request
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Histogram,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from prometheus_client.values import MutexValue, ValueClass

from api.context import store
from api.settings import Settings
from dataset.catalogue.following import following
from dataset.errors import StoreError
from dataset.store.health import health

blueprint = Blueprint("metrics", __name__)

REQUESTS = Counter("cameo_requests", "Requests answered.", ["route", "method", "status"])
SECONDS = Histogram("cameo_request_seconds", "Seconds until an answer begins.", ["route"])
ROWS = Counter("cameo_rows_sent", "Rows sent, on pages and in whole results.", ["kind"])
INCIDENTS = Counter(
    "cameo_incidents",
    "What went wrong: query_timeout, rate_limiter_failure, slot_refused, store_unusable.",
    ["kind"],
)
OF_FEEDS = {
    "lag_seconds": "Seconds since the slot up to which all that the source has is loaded.",
    "missing_slots": "Slots with files that are not loaded.",
    "lacking_slots": "Slots with files that the source itself lacks.",
}
OF_THE_STORE = {
    "revision": "The newest revision.",
    "schema": "The version of the schema.",
    "load_count": "Loads in the account.",
    "database_bytes": "Size of the database.",
    "free_bytes": "Room beside the database.",
}


class StoreFigures(Collector):
    """Figures of the store, read at each scrape."""

    def collect(self) -> Iterator[Metric]:
        """Yield each figure; only `cameo_store_up` 0 if the store cannot be read."""
        found, followed = _found()
        yield GaugeMetricFamily("cameo_store_up", "Whether the store can be read.", len(found) > 0)
        for name, number in found.items():
            yield GaugeMetricFamily(f"cameo_store_{name}", OF_THE_STORE[name], number)
        yield from _of_feeds(followed)


def _found() -> tuple[dict[str, int], dict[str, Any]]:
    """Give the figures of the store, and how far feeds are followed; nothing if it fails."""
    try:
        with store().snapshot() as snapshot:
            figures, followed = vars(health(snapshot)), following(snapshot)
    except StoreError:
        return {}, {}
    return {name: number for name, number in figures.items() if number is not None}, followed


def _of_feeds(followed: dict[str, Any]) -> Iterator[Metric]:
    """Yield the figures of each feed that is followed, or was."""
    if not followed.get("feeds"):
        return
    text = "Whether a process follows GDELT."
    yield GaugeMetricFamily("cameo_following_up", text, followed["running"])
    for name, meaning in OF_FEEDS.items():
        family = GaugeMetricFamily(f"cameo_following_{name}", meaning, labels=["feed"])
        for feed in followed["feeds"]:
            if feed[name] is not None:
                family.add_metric([feed["feed"]], feed[name])
        yield family


def register(app: Flask, _settings: Settings) -> None:
    """Count what is answered."""
    for kind in ("query_timeout", "rate_limiter_failure", "slot_refused", "store_unusable"):
        INCIDENTS.labels(kind)
    app.extensions["store"].streamed = ROWS.labels("whole result").inc
    app.after_request(_count)
    app.register_blueprint(blueprint)


def _count(response: Response) -> Response:
    route = request.url_rule.rule if request.url_rule else "none"
    # Clients can invent methods, and each would stay as a label for good.
    method = request.method if request.method in HTTPMethod.__members__ else "other"
    answered, seconds, rows = _counters(route, method, response.status_code)
    answered.inc()
    seconds.observe(perf_counter() - g.get("started", perf_counter()))
    rows.inc(g.get("rows", 0))
    for incident in g.get("incidents", ()):
        INCIDENTS.labels(incident).inc()
    return response


@cache
def _counters(route: str, method: str, status: int) -> tuple[Counter, Histogram, Counter]:
    return REQUESTS.labels(route, method, status), SECONDS.labels(route), ROWS.labels("page")


@blueprint.get("/metrics")
def metrics() -> Response:
    """Return all figures in the format of Prometheus."""
    asked = CollectorRegistry()
    asked.register(StoreFigures())
    if ValueClass is not MutexValue:
        MultiProcessCollector(asked)
    else:
        asked.register(REGISTRY)
    return Response(generate_latest(asked), content_type=CONTENT_TYPE_LATEST)
