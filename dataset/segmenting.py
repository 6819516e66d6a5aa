"""Make the segments of the copy in columns: read versions from the store, write Parquet files."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import lru_cache
from pathlib import Path
from secrets import token_hex
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from peewee import (
    SQL,
    BigIntegerField,
    DoubleField,
    Entity,
    Field,
    IntegerField,
    Model,
    SmallIntegerField,
    chunked,
)

from dataset import columns
from dataset.groups import PERIODS
from dataset.models import Event, Superseded, field
from dataset.publishing import written
from dataset.releases import token_of
from dataset.segments import STORED, File, Segment
from dataset.snapshots import Snapshot

Row = Sequence[Any]

BATCH = 5_000
BATCHES_OF_A_GROUP = 12
"""A row group has 60,000 rows: what a writer, and a reader, holds in memory."""
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
VARIED = {"key", "shuffle"} | {
    name for name, one in columns.COLUMNS.items() if one.kind in ("id", "text")
}
"""The columns of which hardly any two values are the same: a dictionary would save nothing."""
# What is grouped and filtered has few values, and is small anyway: it is packed to be read fast.
PACKED = {name: "zstd" if name in VARIED else "lz4" for name in (*VERSIONS.names, *ENDS.names)}


def make(snapshot: Snapshot, folder: Path, first: int, last: int) -> Segment:
    """Write the segment of the revisions `first` to `last`."""
    name = f"{first}-{last}-{token_hex(4)}"
    versions = _file(folder / f"{name}.parquet", VERSIONS, _versions(snapshot, first, last))
    ends = _file(folder / f"{name}-ends.parquet", ENDS, _ends(snapshot, first, last))
    return Segment(first, last, token_of(snapshot, last), versions, ends)


def _versions(snapshot: Snapshot, first: int, last: int) -> Iterator[Row]:
    """Yield what revisions brought and, where it has ended, what ended it, in order of dates."""
    current, older = _selected(Event, SQL("NULL")), _selected(Superseded, Superseded.ended)
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
    def write(unfinished: Path) -> int:
        batches = (_batch(schema, batch) for batch in chunked(rows, BATCH))
        with writer(unfinished, schema) as opened:
            return sum(
                _write(opened, pa.Table.from_batches(group, schema))
                for group in chunked(batches, BATCHES_OF_A_GROUP)
            )

    return written(path, write)


def writer(path: Path, schema: pa.Schema) -> pq.ParquetWriter:
    """Open a file of a segment to write."""
    repeated = [name for name in schema.names if name not in VARIED]
    packed = {name: PACKED[name] for name in schema.names}
    return pq.ParquetWriter(path, schema, compression=packed, use_dictionary=repeated)


def _batch(schema: pa.Schema, rows: Sequence[Row]) -> pa.RecordBatch:
    values = zip(zip(*rows, strict=True), schema.types, strict=True)
    return pa.RecordBatch.from_arrays([pa.array(*one) for one in values], schema=schema)


def _write(writer: pq.ParquetWriter, table: pa.Table) -> int:
    writer.write_table(table)
    return table.num_rows
