"""Write all events of a selection as CSV whose lines are made in SQL, from rows or columns.

An engine makes the text of a row in less time than Python takes to fetch its values.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import reduce
from itertools import chain, islice
from operator import or_
from typing import Any

from peewee import Case, Entity, ModelSelect, Select, chunked, fn

from dataset.declarations.columns import COLUMNS, Column
from dataset.events.pages import columns_to_read
from dataset.events.rows import LABELS
from dataset.events.rows_or_columns import copy_in_order, opened, tell
from dataset.exports.text_formats import csv_lines, extract, write_csv, written
from dataset.parquet_copy.segments import Copy, Damaged
from dataset.selections.selections import Selection, ordered
from dataset.store.snapshots import Snapshot, Store

BATCH = 500
MARKS = ',"\r\n'
"""The characters for which a cell is quoted, as `csv` does."""
FREE = ("text", "term", "name")
"""The kinds of columns whose values may have marks: the others are codes, dates and numbers."""
LABEL_CELLS = {code: csv_lines([[label]]).decode().rstrip("\r\n") for code, label in LABELS.items()}
FUNCTIONS: dict[str, Callable[[Any], Any]] = {"label_cell": LABEL_CELLS.get, "number_text": repr}
"""What SQL lacks: the label of an action, quoted, and the shortest text of a number."""


def _holds(cell: Any, mark: str) -> Any:
    return fn.INSTR(cell, mark) > 0


def _free(cell: Any) -> Any:
    quoted = fn.CONCAT('"', fn.REPLACE(cell, '"', '""'), '"')
    return Case(
        None,
        [(cell.is_null(), None), (reduce(or_, (_holds(cell, mark) for mark in MARKS)), quoted)],
        cell,
    )


def _truth(cell: Any) -> Any:
    return Case(cell, [(1, "true"), (0, "false")])


def number_in_rows(cell: Any) -> Any:
    """Write a number as Python does: SQLite gives 1/3 17 digits, not 16; four decimals agree."""
    is_short = (cell * 10_000).cast("INTEGER") / 10_000.0 == cell
    return Case(None, [(is_short, cell), (cell.is_null(False), fn.number_text(cell))])


CELLS = {"boolean": _truth, "number": number_in_rows, **dict.fromkeys(FREE, _free)}
"""How SQL makes a cell, by kind; every other kind is the value itself."""


def line_of(columns: Sequence[str], in_columns: bool = False) -> Any:
    """Write the SQL of a line; `concat` skips a missing value."""
    cells = chain.from_iterable((_cell(COLUMNS[name], in_columns), ",") for name in columns)
    return fn.CONCAT(*list(cells)[:-1], "\r\n")


def _cell(column: Column, in_columns: bool) -> Any:
    if column.name == "action_label":
        return fn.label_cell(Entity("action_code"))
    cell = Entity(column.name)
    is_written_alike = column.kind not in CELLS or (in_columns and column.kind == "number")
    return cell if is_written_alike else CELLS[column.kind](cell)


def write(
    store: Store, selection: Selection, columns: tuple[str, ...], receipt: Mapping[str, Any]
) -> Iterator[bytes]:
    """Write all events of a selection; yield nothing before the first are read."""
    with store.stream() as snapshot:
        if snapshot.database.define(FUNCTIONS):
            pieces = _pieces(snapshot, selection, columns)
            yield csv_lines([columns]) + next(pieces, b"")
            yield from pieces
            return
    yield from written(extract(store, selection, columns, receipt), write_csv)


def _pieces(snapshot: Snapshot, selection: Selection, columns: tuple[str, ...]) -> Iterator[bytes]:
    """Yield some lines at a time; if the copy fails, the store goes on after what was sent."""
    sent = 0
    copy = copy_in_order(snapshot, selection)
    if copy is not None:
        try:
            for count, piece in _from_columns(snapshot, copy, selection, columns):
                sent += count
                yield from _sent(snapshot, count, piece)
        except Damaged as fault:
            tell(fault)
        else:
            return
    query = _query(snapshot, selection, columns)
    for lines in chunked(islice(snapshot.stream(query), sent, None), BATCH):
        piece = "".join([line for (line,) in lines]).encode()
        yield from _sent(snapshot, len(lines), piece)


def _query(snapshot: Snapshot, selection: Selection, columns: tuple[str, ...]) -> Any:
    """Select the lines of events in their order: of one table at once, else of a union."""
    query, line = (
        ordered(snapshot, selection, columns_to_read(selection, columns)),
        line_of(columns),
    )
    return query.select(line) if isinstance(query, ModelSelect) else Select([query], [line])


def _from_columns(
    snapshot: Snapshot, copy: Copy, selection: Selection, columns: tuple[str, ...]
) -> Iterator[tuple[int, bytes]]:
    with opened(snapshot, copy, selection.revision) as view:
        query = view.selected(selection.filters).select(line_of(columns, in_columns=True))
        yield from view.texts(query, LABEL_CELLS, selection.limit)


def _sent(snapshot: Snapshot, count: int, piece: bytes) -> Iterator[bytes]:
    """Yield a piece; the time to send it does not count."""
    snapshot.store.streamed(count)
    snapshot.clock.pause()
    yield piece
    snapshot.clock.restart()
