"""Write events in typed columns: as an Arrow stream, or as a Parquet file.

Nothing else imports pyarrow: a server that is never asked for columns never loads it.
"""

import io
from collections.abc import Iterator, Sequence
from itertools import chain, starmap
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
from peewee import chunked

from dataset.declarations.columns import COLUMNS, Column
from dataset.events import rows
from dataset.exports.text_formats import Extract

# Arrow's own pools keep freed memory: with the system's, an export leaves 30 MB less.
pa.set_memory_pool(pa.system_memory_pool())

BATCH = 2_000
BATCHES_OF_A_GROUP = 15
"""A row group of a Parquet file has 30,000 rows: what a writer holds in memory."""
CODE = pa.dictionary(pa.int32(), pa.string())
TYPES = {
    "date": pa.date32(),
    "timestamp": pa.timestamp("ms", "UTC"),
    "number": pa.float64(),
    "grid_cell": pa.int32(),
    "integer": pa.int64(),
    "quad_class": pa.int8(),
    "boolean": pa.bool_(),
    "id": pa.string(),
    "text": pa.string(),
    "name": pa.string(),
}
"""The type of each kind of column; every other kind is a code."""
AS_TEXT = ("date", "timestamp")
"""The kinds that the store holds as ISO 8601 text, which Arrow reads."""


def schema_of(made: Extract) -> pa.Schema:
    """Give the typed columns of an extract, with its receipt as JSON in the metadata."""
    fields = [
        pa.field(name, _type(COLUMNS[name]), nullable=COLUMNS[name].null) for name in made.columns
    ]
    return pa.schema(fields, metadata={"receipt": orjson.dumps(made.receipt)})


def _type(column: Column) -> pa.DataType:
    return pa.list_(pa.string()) if column.many else TYPES.get(column.kind, CODE)


def batches_of(made: Extract, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    """Yield the events as record batches."""
    values = rows.flat(made.columns, made.read)
    for batch in chunked(chain.from_iterable(made.batches), BATCH):
        columns = zip(*starmap(values, batch), strict=True)
        arrays = [_array(*one) for one in zip(made.columns, columns, schema.types, strict=True)]
        yield pa.RecordBatch.from_arrays(arrays, schema=schema)


def _array(name: str, values: Sequence[Any], type: pa.DataType) -> pa.Array:
    if COLUMNS[name].kind in AS_TEXT:
        return pa.array(values, pa.string()).cast(type)
    return pa.array(values, type)


def write_stream(made: Extract) -> Iterator[bytes]:
    """Write an Arrow IPC stream; a batch may have dictionaries of its own."""
    schema = schema_of(made)
    sink = io.BytesIO()
    with pa.ipc.new_stream(sink, schema) as writer:
        for batch in batches_of(made, schema):
            writer.write_batch(batch)
            yield _taken(sink)
        writer.close()
        yield _taken(sink)


def _taken(sink: io.BytesIO) -> bytes:
    written = sink.getvalue()
    sink.seek(0)
    sink.truncate()
    return written


def write_parquet(made: Extract, path: Path) -> None:
    """Write a Parquet file, a row group at a time."""
    schema = schema_of(made)
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for group in chunked(batches_of(made, schema), BATCHES_OF_A_GROUP):
            writer.write_table(
                pa.Table.from_batches(group, schema).unify_dictionaries().combine_chunks()
            )
