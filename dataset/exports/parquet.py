"""Write a Parquet file of events: from the copy in columns if it holds them in order."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from dataset.declarations.columns import COLUMNS
from dataset.events.rows import LABELS
from dataset.events.rows_or_columns import copy_in_order, opened, tell
from dataset.exports import arrow
from dataset.exports.text_formats import Extract, extract
from dataset.parquet_copy.segments import Copy, Damaged
from dataset.selections.selections import Selection
from dataset.store.models import Event, field
from dataset.store.snapshots import Snapshot, Store

ROWS_OF_A_GROUP = arrow.BATCH * arrow.BATCHES_OF_A_GROUP


def write(
    store: Store,
    selection: Selection,
    columns: tuple[str, ...],
    receipt: Mapping[str, Any],
    path: Path,
) -> None:
    """Write all events of a selection; rows and columns give the same bytes."""
    with store.stream() as snapshot:
        copy = copy_in_order(snapshot, selection)
        if copy is not None:
            try:
                _write_columns(snapshot, copy, selection, Extract(columns, (), (), receipt), path)
            except Damaged as fault:
                tell(fault)
            else:
                return
    arrow.write_parquet(extract(store, selection, columns, receipt), path)


def _write_columns(
    snapshot: Snapshot, copy: Copy, selection: Selection, made: Extract, path: Path
) -> None:
    read = dict.fromkeys("action_code" if name == "action_label" else name for name in made.columns)
    schema = arrow.schema_of(made)
    with (
        opened(snapshot, copy, selection.revision) as columns,
        pq.ParquetWriter(path, schema, compression="zstd") as writer,
    ):
        query = columns.selected(selection.filters).select(*(field(Event, name) for name in read))
        for group in _groups(columns.in_order(query, most=selection.limit)):
            writer.write_table(_typed(group, schema))
            snapshot.store.streamed(group.num_rows)
            snapshot.clock.restart()


def _groups(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.Table]:
    """Yield tables of as many rows as a row group has, whatever the batches have."""
    held: list[pa.Table] = []
    for batch in batches:
        table = pa.concat_tables([*held, pa.Table.from_batches([batch])])
        while table.num_rows >= ROWS_OF_A_GROUP:
            yield table.slice(0, ROWS_OF_A_GROUP)
            table = table.slice(ROWS_OF_A_GROUP)
        held = [table] if table.num_rows else []
    yield from held


def _typed(stored: pa.Table, schema: pa.Schema) -> pa.Table:
    """Give stored columns the types that they are shown with."""
    names = ("action_code" if name == "action_label" else name for name in schema.names)
    arrays = [
        _array(one, stored[name].combine_chunks()) for one, name in zip(schema, names, strict=True)
    ]
    return pa.table(arrays, schema=schema)


def _array(shown: pa.Field, stored: pa.Array) -> pa.Array:
    if shown.name == "action_label":
        return _mapped(stored, LABELS.get, shown.type)
    if COLUMNS[shown.name].many:
        return _mapped(stored, lambda text: text.split(";") if text else [], shown.type)
    if shown.type == arrow.CODE:
        return stored.dictionary_encode()
    if pa.types.is_boolean(shown.type):
        return pc.equal(stored, 1)
    return stored.cast(shown.type)


def _mapped(stored: pa.Array, value_of: Any, type: pa.DataType) -> pa.Array:
    """Map each distinct value once."""
    encoded = stored.dictionary_encode()
    values: Sequence[Any] = encoded.dictionary.to_pylist()
    return pa.array(map(value_of, values), type).take(encoded.indices)
