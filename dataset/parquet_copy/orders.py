"""Check that all rows come, and in order, before any is passed on."""

from bisect import bisect_left
from collections import deque
from collections.abc import Iterable, Iterator
from operator import lt
from typing import Any

from dataset.parquet_copy.segments import Damaged

BLOCK = 16_384
"""Rows are held until a whole block of this many is there."""


def checked(batches: Iterable[Any], counts: Iterable[tuple[int, int]]) -> Iterator[Any]:
    """Yield record batches without their last column, which must rise: the places of the rows.

    `counts` tells in order how many rows each block of places has. Raises `Damaged` before
    it passes on a row that comes too early.
    """
    due, held, last = deque(counts), deque[tuple[int, Any]](), -1
    for batch in batches:
        places = _places(batch.column(batch.num_columns - 1))
        if not (last < places[0] and all(map(lt, places, places[1:]))):
            raise Damaged("Rows of the copy came in another order than they lie in.")
        last = places[-1]
        _subtract(due, places)
        held.append((last // BLOCK, batch.remove_column(batch.num_columns - 1)))
        while held[0][0] < due[0][0]:
            yield held.popleft()[1]
    if any(missing for _, missing in due):
        raise _lost()
    yield from (batch for _, batch in held)


def _places(column: Any) -> Any:
    _, values = column.buffers()
    return memoryview(values).cast("q")[column.offset : column.offset + len(column)]


def _subtract(due: deque[tuple[int, int]], places: Any) -> None:
    """Take rows that came from what is due; blocks before theirs must be whole."""
    begin = 0
    while begin < len(places):
        block = places[begin] // BLOCK
        while due and due[0][0] < block:
            if due.popleft()[1]:
                raise _lost()
        end = bisect_left(places, (block + 1) * BLOCK, begin)
        if not due or due[0][0] != block:
            raise _lost()
        due[0] = (block, due[0][1] - (end - begin))
        begin = end


def _lost() -> Damaged:
    return Damaged("Other rows of the copy came than were counted.")
