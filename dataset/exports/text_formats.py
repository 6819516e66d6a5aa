"""Write all events of a selection, in constant memory, in the formats that text can hold."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, starmap
from typing import Any

import orjson
from peewee import chunked

from dataset.events import rows
from dataset.events.pages import columns_to_read
from dataset.selections.selections import Selection, ordered
from dataset.store.snapshots import Store

BATCH = 50
"""How many events are held at a time: more do not fit into the caches of the processor."""
COORDINATES = ("place_longitude", "place_latitude")
"""Read for every export: a feature has its point whatever its properties are."""

Rows = Sequence[Sequence[Any]]


@dataclass(frozen=True)
class Extract:
    """Events to be written: their rows of the columns `read`, of which `columns` are shown.

    `receipt` says what they are.
    """

    columns: tuple[str, ...]
    read: tuple[str, ...]
    batches: Iterable[Rows]
    receipt: Mapping[str, Any]


Writer = Callable[[Extract], Iterator[bytes]]


def extract(
    store: Store, selection: Selection, columns: tuple[str, ...], receipt: Mapping[str, Any]
) -> Extract:
    """Extract a whole selection from the store; it is read while it is written."""
    read = columns_to_read(selection, [*columns, *COORDINATES])
    return Extract(columns, read, _batches(store, selection, read), receipt)


def _batches(store: Store, selection: Selection, read: Sequence[str]) -> Iterator[Rows]:
    """Yield the rows of a selection, some hundred at a time, on a connection of their own."""
    with store.stream() as snapshot:
        for batch in chunked(snapshot.stream(ordered(snapshot, selection, read)), BATCH):
            store.streamed(len(batch))
            yield batch
            snapshot.clock.restart()


def written(made: Extract, write: Writer) -> Iterator[bytes]:
    """Yield an extract as the writer's bytes; nothing before the first rows are read."""
    batches = iter(made.batches)
    first = next(batches, [])
    yield from write(replace(made, batches=chain([first], batches)))


def write_ndjson(made: Extract) -> Iterator[bytes]:
    """Write one JSON event a line."""
    event = rows.nested(made.columns, made.read)
    for batch in made.batches:
        events = starmap(event, batch)
        yield b"".join([orjson.dumps(one, option=orjson.OPT_APPEND_NEWLINE) for one in events])


def write_csv(made: Extract) -> Iterator[bytes]:
    """Write a header and one line an event; lists are joined by `;`, a null is an empty cell."""
    cells = rows.cells(made.columns, made.read)
    yield csv_lines([made.columns])
    for batch in made.batches:
        yield csv_lines(starmap(cells, batch))


def csv_lines(lines: Iterable[Iterable[Any]]) -> bytes:
    """Write lines of cells as CSV."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(lines)
    return text.getvalue().encode()


def write_geojson(made: Extract) -> Iterator[bytes]:
    """Write a feature collection (RFC 7946): a feature an event, flat columns as properties."""
    properties = rows.flat(made.columns, made.read)
    where = [made.read.index(name) for name in COORDINATES]
    yield b'{"type":"FeatureCollection","features":['
    separator = b""
    for batch in made.batches:
        for row in batch:
            members = dict(zip(made.columns, properties(*row), strict=True))
            yield separator + orjson.dumps(_feature(members, *(row[index] for index in where)))
            separator = b",\n"
    yield b"]}\n"


def _feature(
    properties: dict[str, Any], longitude: float | None, latitude: float | None
) -> dict[str, Any]:
    point = {"type": "Point", "coordinates": [longitude, latitude]}
    return {
        "type": "Feature",
        "id": properties["id"],
        "geometry": None if longitude is None else point,
        "properties": properties,
    }
