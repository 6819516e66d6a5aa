"""Make the segments of the copy in columns: read versions from the store, write Parquet files."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import lru_cache
from pathlib import Path
from secrets import token_hex
from typing import Any

import duckdb
import pyarrow as pa
from peewee import (
    SQL,
    BigIntegerField,
    Case,
    DoubleField,
    Entity,
    Field,
    IntegerField,
    Model,
    SmallIntegerField,
    chunked,
)

from dataset.declarations.periods import PERIODS
from dataset.errors import StoreError
from dataset.parquet_copy.publishing import written
from dataset.parquet_copy.segments import STORED, File, Segment
from dataset.store.models import Event, Superseded, field
from dataset.store.snapshots import Snapshot

Row = Sequence[Any]

BATCH = 5_000
ROWS_OF_A_GROUP = 61_440
"""How many rows a writer, and a reader, holds in memory."""
SETTINGS: dict[str, Any] = {"threads": 1, "memory_limit": "512MB"}
TYPES: dict[type[Field], pa.DataType] = {
    BigIntegerField: pa.int64(),
    IntegerField: pa.int64(),
    SmallIntegerField: pa.int16(),
    DoubleField: pa.float64(),
}
"""The type of each kind of field; every other kind is text, as it is in the store."""
VERSIONS = pa.schema(
    [
        *((name, TYPES.get(type(field(Superseded, name)), pa.string())) for name in STORED),
        *((name, pa.string()) for name in PERIODS),
    ]
)
ENDS = pa.schema([(name, pa.int64()) for name in ("key", "revision", "ended")])

DATE, DATE_END = (STORED.index(name) for name in ("date", "date_end"))


def make(snapshot: Snapshot, folder: Path, first: int, last: int) -> Segment:
    """Write the segment of the revisions `first` to `last`."""
    name = f"{first}-{last}-{token_hex(4)}"
    versions = _file(folder / f"{name}.parquet", VERSIONS, _versions(snapshot, first, last))
    ends = _file(folder / f"{name}-ends.parquet", ENDS, _ends(snapshot, first, last))
    return Segment(first, last, snapshot.token_of(last), versions, ends)


def _versions(snapshot: Snapshot, first: int, last: int) -> Iterator[Row]:
    """Yield the versions that revisions brought, by date, with the one of these that ended each.

    An end by a later revision stands in the segment of that: a backup may undo it.
    """
    ended = Case(None, [(Superseded.ended <= last, Superseded.ended)])
    current, older = _selected(Event, SQL("NULL")), _selected(Superseded, ended)
    if (first, last) != (1, snapshot.revision):
        current = current.where(field(Event, "revision").between(first, last))
        older = older.where(field(Superseded, "revision").between(first, last))
    ordered = current.union_all(older).order_by(Entity("date"), Entity("key"))
    for row in snapshot.stream(ordered):
        yield (*row, *_periods(row[DATE], row[DATE_END]))


def _selected(table: type[Model], ended: Any) -> Any:
    return table.select(*(ended if name == "ended" else field(table, name) for name in STORED))


@lru_cache(10_000)
def _periods(first: str, last: str) -> tuple[str | None, ...]:
    """Label the periods that all of an event lies in."""
    days = date.fromisoformat(first), date.fromisoformat(last)
    labels = ({period.label(period.number(day)) for day in days} for period in PERIODS.values())
    return tuple(None if len(found) > 1 else found.pop() for found in labels)


def _ends(snapshot: Snapshot, first: int, last: int) -> Iterator[Row]:
    """Yield the ends that revisions made to what was before the first of them."""
    query = Superseded.select(Superseded.key, field(Superseded, "revision"), Superseded.ended)
    is_earlier = field(Superseded, "revision") < first
    yield from snapshot.stream(query.where(Superseded.ended.between(first, last), is_earlier))


def _file(path: Path, schema: pa.Schema, rows: Iterable[Row]) -> File:
    """Write rows into a file with DuckDB: it reads its own files faster."""
    counted = 0

    def batches() -> Iterator[pa.RecordBatch]:
        nonlocal counted
        for batch in chunked(rows, BATCH):
            counted += len(batch)
            yield _batch(schema, batch)

    def write(unfinished: Path) -> int:
        reader = pa.RecordBatchReader.from_batches(schema, batches())
        try:
            with duckdb.connect(":memory:", config=SETTINGS) as engine:
                engine.from_arrow(reader).write_parquet(
                    str(unfinished), compression="zstd", row_group_size=ROWS_OF_A_GROUP
                )
        except duckdb.Error as error:
            raise StoreError(f"The file {path} cannot be written: {error}") from error
        return counted

    return written(path, write)


def _batch(schema: pa.Schema, rows: Sequence[Row]) -> pa.RecordBatch:
    values = zip(zip(*rows, strict=True), schema.types, strict=True)
    return pa.RecordBatch.from_arrays([pa.array(*one) for one in values], schema=schema)
