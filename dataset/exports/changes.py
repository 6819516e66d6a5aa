"""Write a range of changes, in constant memory: as NDJSON, or as CSV."""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any

import orjson
from peewee import chunked

from dataset.events import rows
from dataset.events.changes import Changed, Feed, every_change
from dataset.exports.text_formats import BATCH, csv_lines
from dataset.store.snapshots import Store

OWN = ("change_revision", "type", "reason", "successor")
"""The columns of a change in CSV, before those of its event; `revision` is the event's."""

Read = tuple[str, ...]
Batch = Iterable[Changed]


def write_ndjson(
    store: Store, feed: Feed, columns: tuple[str, ...], limit: int | None
) -> Iterator[bytes]:
    """Write one JSON change a line, as pages of changes have it."""

    def lines(read: Read) -> Callable[[Batch], bytes]:
        event = rows.nested(columns, read)
        written = orjson.OPT_APPEND_NEWLINE
        return lambda batch: b"".join(
            orjson.dumps(shown(one, event), option=written) for one in batch
        )

    return _pieces(store, feed, columns, limit, lines)


def write_csv(
    store: Store, feed: Feed, columns: tuple[str, ...], limit: int | None
) -> Iterator[bytes]:
    """Write a header and a change a line; of an event that is gone there is only its id."""

    def lines(read: Read) -> Callable[[Batch], bytes]:
        cells, gone = rows.cells(columns, read), [name == "id" for name in columns]

        def line(one: Changed) -> list[Any]:
            own = [one.position.revision, one.type, one.reason, one.successor]
            if one.row:
                return [*own, *cells(*one.row)]
            return [*own, *(one.position.id if is_id else None for is_id in gone)]

        return lambda batch: csv_lines(map(line, batch))

    pieces = _pieces(store, feed, columns, limit, lines)
    yield csv_lines([(*OWN, *columns)]) + next(pieces, b"")
    yield from pieces


def shown(changed: Changed, event: rows.Writer) -> dict[str, Any]:
    """Make the JSON of a change."""
    return {
        "revision": changed.position.revision,
        "type": changed.type,
        "id": changed.position.id,
        "event": event(*changed.row) if changed.row else None,
        "reason": changed.reason,
        "successor": changed.successor,
    }


def _pieces(
    store: Store,
    feed: Feed,
    columns: tuple[str, ...],
    limit: int | None,
    lines: Callable[[Read], Callable[[Batch], bytes]],
) -> Iterator[bytes]:
    """Yield the bytes of some changes at a time, on a connection of their own."""
    read = rows.stored(columns)
    write = lines(read)
    with store.stream() as snapshot:
        for batch in chunked(islice(every_change(snapshot, feed, read), limit), BATCH):
            store.streamed(len(batch))
            yield write(batch)
            snapshot.clock.restart()
