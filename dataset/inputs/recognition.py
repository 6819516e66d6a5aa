"""Recognise how a table is written: its dialect, and whether it has a header."""

from collections.abc import Callable, Sequence

from dataset.errors import Refused
from dataset.inputs.dialects import (
    JSON,
    JSON_LINES,
    PARQUET,
    QUOTED_TABS,
    TABS,
    Dialect,
    candidates,
)
from dataset.inputs.signatures import PARQUET as PARQUET_BEGINS
from dataset.inputs.tables import Table, TableReader

Sample = Callable[[Dialect], Sequence[str]]
"""Gives the first records of a file, as a dialect cuts it."""
IN_DOCUMENT = '"Result"'
"""What stands in the head of a JSON document, and in no line of JSON lines."""


def recognised(table: Table, first: str, sample: Sample) -> TableReader | None:
    """Find the reader of a file by its first line and first records; None where none fits.

    A file with a header is read by that; else the dialect is that in which most records look like
    events, or else in which most can be cut at all.
    """
    if dialect := _with_names(first):
        reader = TableReader(table, dialect)
        return reader if _is_of(table, reader, sample(dialect)) else None
    for dialect in candidates(first):
        if found := _by_header(table, dialect, first, sample):
            return _with_quotes(found, first, sample)
    readers = [TableReader(table, dialect) for dialect in candidates(first)]
    cuts = [(reader, _cut(reader, sample)) for reader in readers]
    best = _most(cuts, table.is_event) or _most(cuts, table.fits)
    return best and _with_quotes(best, first, sample)


def looks_like(table: Table, records: Sequence[str]) -> bool:
    """Tell from the first records whether a file is a table of these columns."""
    first = records[0].removeprefix("\ufeff") if records else ""
    reader = recognised(table, first, lambda _: records)
    if reader is None:
        return False
    cut = filter(None, map(reader.can_cut, records))
    return bool(reader.header or any(map(table.is_event, cut)))


def _with_names(first: str) -> Dialect | None:
    """Tell JSON and Parquet, whose records name their cells."""
    if first.startswith(PARQUET_BEGINS.decode()):
        return PARQUET
    start = first.lstrip()[:1_000]
    if start.startswith("["):
        return JSON
    if start.startswith("{"):
        return JSON if IN_DOCUMENT in start or not start.strip("{ ") else JSON_LINES
    return None


def _is_of(table: Table, reader: TableReader, records: Sequence[str]) -> bool:
    """Tell whether any record with names has those that an event needs."""
    cut = [named for named in map(reader.can_cut, records) if named]
    return any(not table.lacks(named) for named in cut)


def _by_header(table: Table, dialect: Dialect, first: str, sample: Sample) -> TableReader | None:
    cells = _cells(dialect, first)
    # Some headers end in more delimiters than some of their rows.
    while len(cells) > 1 and not cells[-1].strip():
        cells.pop()
    names = table.names_of(cells)
    if table.lacks(names):
        return None
    records = [_cells(dialect, record) for record in sample(dialect)[1:]]
    longer = [cells for cells in records if len(cells) == len(names) + 1]
    # R leaves the column of row names without a name; other longer rows end in an empty cell.
    has_row_names = len(longer) * 2 > len(records) and any(cells[-1].strip() for cells in longer)
    return TableReader(table, dialect, first, names, has_row_names)


def _with_quotes(reader: TableReader, first: str, sample: Sample) -> TableReader:
    """Read tabs with quotes, where only so all records can be cut, or cells may hold line ends."""
    table, must = reader.table, bool(reader.header and reader.table.has_line_ends)
    if reader.dialect is not TABS or (not must and _cuts_all(reader, sample)):
        return reader
    quoted: TableReader | None = TableReader(table, QUOTED_TABS)
    if reader.header:
        quoted = _by_header(table, QUOTED_TABS, first, sample)
    return quoted if quoted and (must or _cuts_all(quoted, sample)) else reader


def _cuts_all(reader: TableReader, sample: Sample) -> bool:
    records = sample(reader.dialect)[1 if reader.header else 0 :]
    return all(reader.can_cut(record) is not None for record in records)


def _cells(dialect: Dialect, record: str) -> list[str]:
    """Cut a record; it has no cells if it cannot be cut."""
    try:
        return list(dialect.cells(record))
    except Refused:
        return []


def _cut(reader: TableReader, sample: Sample) -> list[dict[str, str]]:
    """Cut the first records, those that can be cut."""
    cut = map(reader.can_cut, sample(reader.dialect))
    return [named for named in cut if named is not None]


def _most(
    cuts: Sequence[tuple[TableReader, list[dict[str, str]]]], fits: Callable[[dict[str, str]], bool]
) -> TableReader | None:
    """Give the reader by which most records fit; None where none does."""
    counted = [(sum(map(fits, cut)), reader) for reader, cut in cuts]
    most, best = max(counted, key=lambda one: one[0])
    return best if most else None
