"""Queries end: what takes too long is a 503, and everybody else is answered meanwhile."""

from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from time import monotonic

import pytest
from flask import Flask
from flask.testing import FlaskClient

from api import create_app
from api.context import store
from api.settings import Settings
from dataset.aggregates.aggregation import Aggregation
from dataset.aggregates.pages import page_of_groups
from dataset.errors import TooSlow
from dataset.selections.selections import Selection
from dataset.store.results_cache import ResultsCache
from dataset.store.snapshots import Store

LIMIT = 1
"""In seconds."""
ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n"
COUNTED = f"SELECT COUNT(*) FROM ({ENDLESS}) AS counted"


def endless() -> str:
    """Answer with the end of a query that has none."""
    with store().snapshot() as snapshot:
        return str(snapshot.database.execute_sql(COUNTED).fetchall())


@pytest.fixture
def slow(any_store: str) -> FlaskClient:
    """A client of a service with an answer that never comes, on each engine."""
    app = create_app(Settings(database=any_store, query_seconds=LIMIT))
    app.add_url_rule("/endless", view_func=endless)
    return app.test_client()


def test_a_query_that_takes_too_long_is_a_503(slow: FlaskClient, figures: Callable) -> None:
    started = monotonic()
    answer = slow.get("/endless")
    figures("query timeout", limit_s=LIMIT, answered_after_s=round(monotonic() - started, 3))
    assert (answer.status_code, answer.mimetype) == (503, "application/problem+json")
    assert int(answer.headers["Retry-After"]) > 0
    assert "longer than 1 seconds" in answer.get_json()["detail"]


def test_the_connection_goes_on_after_a_timeout(slow: FlaskClient) -> None:
    statuses = [slow.get(path).status_code for path in ("/endless", "/v1/events", "/endless", "/")]
    assert statuses == [503, 200, 503, 200]


def test_others_are_answered_while_a_query_is_ended(slow: FlaskClient, figures: Callable) -> None:
    app: Flask = slow.application
    with ThreadPoolExecutor() as pool:
        stuck = [pool.submit(lambda: app.test_client().get("/endless")) for _ in range(3)]
        others = []
        while not all(one.done() for one in stuck):
            others.append(slow.get("/v1/events/count").status_code)
    figures("query timeout", answered_meanwhile=len(others), failed_meanwhile=others.count(503))
    assert [one.result().status_code for one in stuck] == [503] * 3
    assert len(others) > 1
    assert set(others) == {200}


def make_groups(limited: Store, cache: ResultsCache) -> None:
    """Make one result of groups after the other, for one answer."""
    aggregation = Aggregation(Selection(3, {}), ("id",), ("count",))
    with limited.snapshot() as snapshot:
        for number in range(10_000):
            page_of_groups(snapshot, cache, replace(aggregation, query=str(number)), 1)


def test_a_result_of_groups_is_ended_in_the_making(
    rich_store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dataset.store.clocks.STEPS", 1)
    with pytest.raises(TooSlow):
        make_groups(Store(str(rich_store), query_seconds=0.1), ResultsCache(tmp_path))
    assert not list(tmp_path.glob("unfinished/*"))


def test_many_short_queries_are_ended_together(postgres_store: str) -> None:
    limited = Store(postgres_store, query_seconds=0.3)
    with pytest.raises(TooSlow), limited.snapshot() as snapshot:
        deque(snapshot.database.execute_sql("SELECT pg_sleep(0.1)") for _ in range(100))
    with limited.snapshot() as snapshot:
        assert snapshot.revision == 1
    limited.close()


def test_a_stream_that_takes_too_long_breaks(any_store: str) -> None:
    limited = Store(any_store, query_seconds=0.2)
    with pytest.raises(TooSlow), limited.stream() as snapshot:
        snapshot.database.execute_sql(COUNTED).fetchall()


def test_postgresql_ends_a_query_that_takes_too_long(rich_postgres: str) -> None:
    limited = Store(rich_postgres, query_seconds=0.2)
    for _ in range(2):
        with pytest.raises(TooSlow), limited.snapshot() as snapshot:
            snapshot.database.execute_sql("SELECT pg_sleep(30)")
    with limited.snapshot() as snapshot:
        assert snapshot.revision == 3
    limited.close()


def test_health_is_told_of_postgresql_too(rich_postgres: str) -> None:
    app = create_app(Settings(database=rich_postgres))
    told = app.test_client().get("/readyz").get_json()
    assert told["database_bytes"] > 1_000_000
    assert told["free_bytes"] is None
