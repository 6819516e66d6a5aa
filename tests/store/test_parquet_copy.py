"""Answers are the same with and without the copy in columns, at every revision."""

import io
import logging
import shutil
import sqlite3
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from time import monotonic
from typing import Any

import pyarrow.parquet as pq
import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from peewee import SQL, Select

from dataset.declarations.aggregates import KEYS
from dataset.declarations.filters import Choice
from dataset.errors import TooSlow
from dataset.events import rows_or_columns
from dataset.events.pages import count_of
from dataset.parquet_copy.segments import Damaged, copy_of
from dataset.parquet_copy.views import AGAIN, shown
from dataset.selections.selections import Selection
from dataset.store import counts
from dataset.store.clocks import Clock
from dataset.store.snapshots import Store
from support.aggregate_queries import FILL, SEVERAL, SHARES, measuring
from support.export_formats import QUERIES as EXPORTED
from support.filter_queries import QUERIES as FILTERED
from support.parquet_store import COVERED, NEWEST, make_columnar, twins
from support.rich_store import client_on

Twins = tuple[FlaskClient, FlaskClient]
OWN = {"Date": "", "X-Request-Id": ""}
"""The headers that each answer has of its own."""
REVISIONS = range(1, NEWEST + 1)


@pytest.fixture(scope="module")
def columnar_store(rich_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The store with a copy; nobody writes to it."""
    return make_columnar(rich_store, tmp_path_factory.mktemp("columnar") / "columnar.sqlite")


@pytest.fixture(scope="module")
def clients(columnar_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Twins]:
    """Clients with and without the copy; any event that matches is as good as many."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(counts, "CAP", 0)
        yield twins(columnar_store, tmp_path_factory.mktemp("twins"))


@pytest.fixture(scope="module")
def counting(columnar_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Twins:
    """Clients with and without the copy, who remember no counts of others."""
    return twins(columnar_store, tmp_path_factory.mktemp("counting"))


@pytest.fixture(autouse=True)
def _nothing_failed(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    yield
    assert not [one for one in caplog.records if one.levelno >= logging.WARNING]


def assert_same(clients: Twins, url: str) -> None:
    with_copy, without = (client.get(url, buffered=True) for client in clients)
    assert with_copy.status_code == without.status_code
    assert {**with_copy.headers, **OWN} == {**without.headers, **OWN}
    assert with_copy.data == without.data or with_copy.status_code == 422


@pytest.mark.parametrize("as_of", [COVERED, NEWEST])
@pytest.mark.parametrize("by", [*KEYS, *SEVERAL])
@pytest.mark.parametrize("filters", ["", "&dataset=gdelt"])
def test_groups_are_the_same(clients: Twins, by: str, as_of: int, filters: str) -> None:
    query = f"by={by}&as_of={as_of}&limit=1000{filters}"
    assert_same(clients, f"/v1/aggregates?{measuring(query)}")


@pytest.mark.parametrize("as_of", REVISIONS)
def test_groups_are_the_same_at_every_revision(clients: Twins, as_of: int) -> None:
    query = f"by=dataset,month&as_of={as_of}&limit=1000"
    assert_same(clients, f"/v1/aggregates?{measuring(query)}")


@pytest.mark.parametrize("query", FILTERED)
def test_groups_of_a_filter_are_the_same(clients: Twins, query: str) -> None:
    assert_same(clients, f"/v1/aggregates?{measuring(f'{query}&by=dataset,year')}")


@given(
    st.lists(st.sampled_from(FILTERED), max_size=3),
    st.lists(st.sampled_from([key for key in KEYS if key != "dataset"]), max_size=3, unique=True),
    st.sampled_from(REVISIONS),
)
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_groups_of_any_filters_are_the_same(
    clients: Twins, filters: list[str], keys: list[str], as_of: int
) -> None:
    asked = dict(pair.split("=", 1) for one in filters for pair in one.split("&"))
    asked |= {"by": ",".join(["dataset", *keys]), "as_of": str(as_of), "limit": "1000"}
    query = "&".join(f"{name}={value}" for name, value in asked.items())
    assert_same(clients, f"/v1/aggregates?{measuring(query)}")


@pytest.mark.parametrize(
    "query", [f"by=month&{FILL}", "by=actor_roles&sort=-count", "by=day&sort=-tone_mean"]
)
def test_groups_in_any_order_are_the_same(clients: Twins, query: str) -> None:
    for suffix in ("", ".csv"):
        assert_same(clients, f"/v1/aggregates{suffix}?{measuring(f'{query}&dataset=gdelt')}")


@pytest.mark.parametrize("query", SHARES)
def test_shares_are_the_same(clients: Twins, query: str) -> None:
    assert_same(clients, f"/v1/aggregates?{query}&measures=share,count&limit=1000")


@pytest.mark.parametrize("as_of", [2, 3, NEWEST])
@pytest.mark.parametrize("query", [one for one in EXPORTED if "as_of" not in one])
def test_parquet_files_are_the_same_bytes(clients: Twins, query: str, as_of: int) -> None:
    assert_same(clients, f"/v1/events.parquet?{query}&as_of={as_of}")


@pytest.mark.parametrize("as_of", [2, 3, NEWEST])
@pytest.mark.parametrize("query", [one for one in EXPORTED if "as_of" not in one])
def test_lines_of_csv_are_the_same(clients: Twins, query: str, as_of: int) -> None:
    assert_same(clients, f"/v1/events.csv?{query}&as_of={as_of}")


@pytest.mark.parametrize("as_of", [2, COVERED, NEWEST])
@pytest.mark.parametrize("query", FILTERED)
def test_counts_are_the_same(
    counting: Twins, monkeypatch: pytest.MonkeyPatch, query: str, as_of: int
) -> None:
    monkeypatch.setattr(counts, "CAP", 3)
    assert_same(counting, f"/v1/events?{query}&mentions_max=9&limit=1&as_of={as_of}")


@pytest.fixture
def hollow(columnar_store: Path, tmp_path: Path) -> Path:
    """A store that has lost all but one of its events; its copy has not."""
    path = Path(shutil.copy(columnar_store, tmp_path / "hollow.sqlite"))
    shutil.copytree(f"{columnar_store}.columns", f"{path}.columns")
    with sqlite3.connect(path) as connection:
        connection.execute("DELETE FROM superseded")
        connection.execute("DELETE FROM event WHERE key > (SELECT min(key) FROM event)")
    connection.close()
    return path


@pytest.mark.parametrize(("cap", "shows"), [(0, "many"), (1, "one")])
def test_many_events_are_read_in_columns_and_few_in_rows(
    hollow: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cap: int, shows: str
) -> None:
    monkeypatch.setattr(counts, "CAP", cap)
    client = client_on(hollow, cache=str(tmp_path / "cache"))
    counted = client.get("/v1/aggregates?as_of=1").get_json()["data"][0]["count"]
    parquet = client.get("/v1/events.parquet?as_of=1&fields=id", buffered=True).data
    exported = pq.read_metadata(io.BytesIO(parquet)).num_rows
    lines = len(client.get("/v1/events.csv?as_of=1&fields=id", buffered=True).data.splitlines())
    assert counted == exported == lines - 1 == {"many": 55, "one": 1}[shows]


@pytest.mark.parametrize(
    ("filters", "relation"),
    [({"mentions_max": 3}, "gte"), ({"mentions_max": 3, "dyad": Choice(("IRN,IRQ",))}, "eq")],
)
def test_many_rows_that_no_index_tells_apart_are_counted_in_columns(
    hollow: Path, monkeypatch: pytest.MonkeyPatch, filters: dict[str, object], relation: str
) -> None:
    monkeypatch.setattr(counts, "CAP", 0)
    with Store(str(hollow)).snapshot() as snapshot:
        assert count_of(snapshot, Selection(COVERED, filters)).matched.value == 0
        assert (
            rows_or_columns.matched_by(snapshot, Selection(COVERED, filters)).relation == relation
        )


@pytest.mark.parametrize("revision", [2, COVERED])
@pytest.mark.parametrize(
    "filters",
    [{"goldstein_max": 1.0}, {"goldstein_min": 1.0, "bbox": (-180.0, -90.0, 180.0, 90.0)}],
)
def test_parts_are_counted_in_columns_as_in_rows(
    columnar_store: Path,
    monkeypatch: pytest.MonkeyPatch,
    filters: dict[str, Any],
    revision: int,
) -> None:
    monkeypatch.setattr(counts, "CAP", 25)
    selection = Selection(revision, filters)
    with Store(str(columnar_store)).snapshot() as snapshot:
        assert rows_or_columns._copy_to_count(snapshot, selection)
        counted = rows_or_columns.count_anew(snapshot, selection)
        monkeypatch.setattr(rows_or_columns, "_copy_to_count", lambda *_: None)
        assert rows_or_columns.count_anew(snapshot, selection) == counted
        assert counted.datasets
        assert bool(counted.place_precision) == ("bbox" in filters)


def test_columns_reach_no_other_file(columnar_store: Path, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("a,b\n1,2\n")
    with Store(str(columnar_store)).snapshot() as snapshot:
        copy = copy_of(snapshot)
        assert copy is not None
        with (
            pytest.raises(Damaged, match="file system operations are disabled"),
            shown(snapshot, copy, COVERED) as columns,
        ):
            columns.connection.execute("SELECT * FROM read_csv(?)", [str(tmp_path / "a.csv")])


def after_the_end(clock: Clock) -> str:
    """Give an endless query when the time has been over for some interrupts."""
    assert clock.end is not None
    while monotonic() < clock.end + 2 * AGAIN:
        pass
    return "SELECT sum(range) FROM range(1_000_000_000_000)"


def test_a_query_that_begins_too_late_is_ended(columnar_store: Path) -> None:
    with Store(str(columnar_store), 0.1).snapshot() as snapshot:
        copy = copy_of(snapshot)
        assert copy is not None
        with pytest.raises(TooSlow), shown(snapshot, copy, COVERED) as columns:
            columns.connection.execute(after_the_end(snapshot.clock)).fetchall()


def test_what_fails_amid_batches_is_the_fault_of_the_copy(columnar_store: Path) -> None:
    failing = Select([SQL("range(1_000_000)")], [SQL("if(range > 900_000, error('bad'), range)")])
    with Store(str(columnar_store)).snapshot() as snapshot:
        copy = copy_of(snapshot)
        assert copy is not None
        with pytest.raises(Damaged, match="bad"), shown(snapshot, copy, COVERED) as columns:
            deque(columns.batches(failing), maxlen=0)


def test_batches_that_take_too_long_are_ended(columnar_store: Path) -> None:
    endless = Select([SQL("range(1_000_000_000_000)")], [SQL("range")])
    with Store(str(columnar_store), 0.1).snapshot() as snapshot:
        copy = copy_of(snapshot)
        assert copy is not None
        with pytest.raises(TooSlow), shown(snapshot, copy, COVERED) as columns:
            deque(columns.batches(endless), maxlen=0)


def test_a_query_that_takes_too_long_is_ended(columnar_store: Path) -> None:
    with Store(str(columnar_store), 0.1).snapshot() as snapshot:
        copy = copy_of(snapshot)
        assert copy is not None
        with pytest.raises(TooSlow), shown(snapshot, copy, COVERED) as columns:
            columns.connection.execute("SELECT sum(range) FROM range(1_000_000_000_000)").fetchall()
