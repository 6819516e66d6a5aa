"""Read the rows of a Parquet file as records, each in JSON."""

from collections.abc import Iterator
from pkgutil import resolve_name
from typing import Any

import orjson

from dataset.errors import Unreadable
from dataset.inputs.records import SourceRecord

ROWS = 1_000
"""How many rows are read at a time."""


def parquet_records(stream: Any) -> Iterator[SourceRecord]:
    """Yield a record for each row of an unpacked file; `line` counts the rows from 1."""
    # pyarrow takes 40 MB: only who reads Parquet imports it.
    parquet: Any = resolve_name("pyarrow.parquet")
    damage: Any = resolve_name("pyarrow:ArrowException")
    try:
        with parquet.ParquetFile(stream.path) as file:
            rows = (row for batch in file.iter_batches(ROWS) for row in batch.to_pylist())
            for number, row in enumerate(rows, 1):
                yield SourceRecord(number, orjson.dumps(row, default=str), None)
    except (damage, OSError) as error:
        raise Unreadable(f"Its Parquet cannot be read: {error}.") from error


def column_names(stream: Any) -> list[str]:
    """Give the names of the columns of an unpacked file."""
    parquet: Any = resolve_name("pyarrow.parquet")
    damage: Any = resolve_name("pyarrow:ArrowException")
    try:
        return list(parquet.read_schema(stream.path).names)
    except (damage, OSError) as error:
        raise Unreadable(f"Its Parquet cannot be read: {error}.") from error
