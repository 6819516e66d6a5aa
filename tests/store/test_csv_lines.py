"""Lines of CSV that are made in SQL are those of Python's csv module, to the byte."""

import logging
import random
from collections.abc import Iterator
from pathlib import Path
from time import monotonic
from typing import Any

import duckdb
import pytest
from peewee import SQL, Entity, Select, Table, fn

from dataset.building.values import LIMITS, clean
from dataset.declarations.columns import COLUMNS
from dataset.errors import Refused
from dataset.events.pages import ALL_COLUMNS
from dataset.exports import csv_by_sql
from dataset.exports.text_formats import extract, write_csv, written
from dataset.parquet_copy import views
from dataset.parquet_copy.segments import Damaged
from dataset.parquet_copy.views import AGAIN, Columns
from dataset.selections.selections import NEWEST_FIRST, OLDEST_FIRST, Selection, Sort
from dataset.store import counts
from dataset.store.engines.sqlite import SQLite
from dataset.store.snapshots import Store
from support.parquet_store import refreshed

CODES = [name for name, column in COLUMNS.items() if column.kind not in csv_by_sql.FREE]
TRAPS = (0.0, 1e-05, 1e-04, 9.9999e-05, 1.77635683940025e-15, 5e-324, 100.0, 1 / 3, 0.1 + 0.2)
SECONDS = 0.5


def numbers() -> Iterator[float]:
    """Yield numbers of every size that the store takes, with few digits and with many."""
    chance = random.Random(1)
    for _ in range(20_000):
        number = chance.uniform(-1, 1) * max(LIMITS.values())
        yield from (
            round(number, chance.randrange(16)),
            number,
            number / 10 ** chance.randrange(300),
        )


@pytest.fixture(scope="module")
def texts() -> list[tuple[float, str]]:
    """Numbers with the text that Python writes."""
    given = (number + 0.0 for number in (*TRAPS, *numbers()))
    return [(number, repr(number)) for number in given]


def test_sqlite_writes_numbers_as_python_does(texts: list[tuple[float, str]]) -> None:
    database = SQLite(":memory:")
    database.define(csv_by_sql.FUNCTIONS)
    database.execute_sql("CREATE TABLE given (x REAL, text TEXT)")
    database.execute_many("INSERT INTO given VALUES (?, ?)", texts)
    text = fn.CONCAT(csv_by_sql.number_in_rows(Entity("x")))
    others = Select([Table("given")], [SQL("*")]).where(text != Entity("text"))
    assert list(database.execute(others)) == []


def test_duckdb_writes_numbers_as_python_does(texts: list[tuple[float, str]]) -> None:
    given = [list(column) for column in zip(*texts, strict=True)]
    query = "SELECT * FROM (SELECT unnest(?::DOUBLE[]) AS x, unnest(?::VARCHAR[]) AS text)"
    with duckdb.connect() as connection:
        assert connection.execute(f"{query} WHERE concat(x) <> text", given).fetchall() == []


GIVEN = [name for name in CODES if name not in ("id", "dataset") and not COLUMNS[name].derived]
"""Codes that sources give. Ids and names of datasets have no marks either: see `test_keys`."""


@pytest.mark.parametrize("mark", csv_by_sql.MARKS)
@pytest.mark.parametrize("name", GIVEN)
def test_codes_have_no_marks(name: str, mark: str) -> None:
    column = COLUMNS[name]
    try:
        value = clean(column, [f"GOV{mark}"] if column.many else f"GOV{mark}")
    except Refused:
        return
    assert mark not in str(value)


@pytest.fixture
def store(growing: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """A store of which any event is as good as many, a few lines at a time."""
    monkeypatch.setattr(counts, "CAP", 0)
    monkeypatch.setattr(views, "FETCHED", 2)
    monkeypatch.setattr(csv_by_sql, "BATCH", 3)
    opened = Store(str(growing), SECONDS)
    yield opened
    opened.close()


def selected(store: Store, sort: Sort = OLDEST_FIRST) -> Selection:
    """Select all events."""
    with store.snapshot() as snapshot:
        return Selection(snapshot.revision, sort=sort)


def by_python(store: Store, selection: Selection) -> bytes:
    """Write a selection by means of Python's csv module."""
    return b"".join(written(extract(store, selection, ALL_COLUMNS, {}), write_csv))


@pytest.mark.parametrize("sort", [OLDEST_FIRST, NEWEST_FIRST, Sort("tone", descending=True)])
def test_rows_have_the_lines_of_python(store: Store, sort: Sort) -> None:
    selection = selected(store, sort)
    found = b"".join(csv_by_sql.write(store, selection, ALL_COLUMNS, {}))
    assert found == by_python(store, selection)


@pytest.fixture
def copied(store: Store) -> Store:
    """The store with a copy in columns."""
    refreshed(Path(store.url))
    return store


def test_columns_have_the_lines_of_python(copied: Store) -> None:
    selection = selected(copied)
    found = b"".join(csv_by_sql.write(copied, selection, ALL_COLUMNS, {}))
    assert found == by_python(copied, selection)


def fail_after(pieces: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the copy fail when it has given some pieces."""
    texts = Columns.texts

    def failing(*asked: Any) -> Iterator[tuple[int, bytes]]:
        for number, piece in enumerate(texts(*asked)):
            if number == pieces:
                raise Damaged("A test.")
            yield piece

    monkeypatch.setattr(Columns, "texts", failing)


@pytest.mark.parametrize("pieces", [0, 1, 5])
def test_rows_go_on_where_the_copy_fails(
    copied: Store, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, pieces: int
) -> None:
    fail_after(pieces, monkeypatch)
    selection = selected(copied)
    found = b"".join(csv_by_sql.write(copied, selection, ALL_COLUMNS, {}))
    assert found == by_python(copied, selection)
    assert [one.levelno for one in caplog.records] == [logging.WARNING]


def test_a_client_may_take_its_time(copied: Store) -> None:
    selection = selected(copied)
    pieces = csv_by_sql.write(copied, selection, ALL_COLUMNS, {})
    found = next(pieces)
    end = monotonic() + SECONDS + 2 * AGAIN
    while monotonic() < end:
        pass
    assert found + b"".join(pieces) == by_python(copied, selection)


def test_each_event_is_counted_once(copied: Store) -> None:
    counted: list[int] = []
    copied.streamed = counted.append
    found = b"".join(csv_by_sql.write(copied, selected(copied), ("id",), {}))
    assert sum(counted) == len(found.splitlines()) - 1
