"""Find how a file is read as a format, or say why it cannot be."""

import re
from collections.abc import Iterator, Sequence
from itertools import islice

from dataset.errors import Refused, Unreadable
from dataset.inputs.dialects import TABULAR, Dialect
from dataset.inputs.records import line_records
from dataset.inputs.source_files import SourceFile
from dataset.inputs.tables import Table, TableReader, one_of
from dataset.loaders import LOADERS
from dataset.loading.odd_files import check_line_ends, check_parquet

LOOKED_AT = 200
"""One of so many first records must fit, or the file is of another format."""
MOST_NAMED = 5
LONGEST_NAME = 30
"""How many columns of a header a message names, and how much of each."""
LONGEST_LINE = 60
BEGINNINGS = {
    "<": "it is a web page or XML",
    "{": "it is JSON whose records lack what an event needs",
    "[": "it is JSON whose records lack what an event needs",
}
"""What a file is that begins so."""
_NAME = re.compile(r"[^\W\d][\w .:/()-]*\Z")
"""What the name of a column looks like."""


def reader_of(name: str, file: SourceFile) -> TableReader:
    """Find how a file is read as this format; raises `Unreadable` where none of it fits."""
    check_parquet(name, file)
    check_line_ends(file)
    lines = _sampled(file, None)
    if not lines and LOADERS[name].may_be_empty(file.name):
        return LOADERS[name].reader_of_none()
    first = lines[0] if lines else ""
    reader = LOADERS[name].reader(first, lambda dialect: _sampled(file, dialect))
    others = [other for other in LOADERS if other != name and LOADERS[other].looks_like(lines)]
    if reader is None or (others and not LOADERS[name].looks_like(lines)):
        raise _foreign(name, file.name, first, others)
    if reader.header and reader.table.layouts:
        _check_rows(name, file, reader)
    elif reader.table.layouts and not reader.dialect.has_names:
        _check_first(name, file.name, reader, first)
    return reader


def _sampled(file: SourceFile, dialect: Dialect | None) -> Sequence[str]:
    records = dialect.records if dialect else line_records
    with file.open() as stream:
        return [record.text for record in islice(records(stream), LOOKED_AT + 1)]


def _check_rows(name: str, file: SourceFile, reader: TableReader) -> None:
    """Refuse a file whose records do not have the columns of its header."""
    records = _sampled(file, reader.dialect)[1:]
    if records and not any(map(reader.can_cut, records)):
        count = len(reader.dialect.cells(records[0]))
        raise Unreadable(
            f"{file.name} is no {name} file: its header has {len(reader.names)} columns, but none "
            f"of its first {len(records)} records has so many (the first has {count}): "
            "save it again with the same columns in each row."
        )


def _check_first(name: str, file: str, reader: TableReader, first: str) -> None:
    """Refuse a file whose first line has names that are not known, before it is read by position.

    Each record of an event has a day, so that a line in which no cell begins with a digit is none.
    """
    cells = [cell.strip() for cell in reader.dialect.cells(first)]
    if len(set(cells)) == len(cells) in reader.table.layouts and all(map(_NAME.match, cells)):
        raise Unreadable(
            f"{file} is no {name} file: its first line looks like a header ({_few(cells)}), but "
            f"lacks {_all(reader.table.lacks(reader.table.names_of(cells)))}: name its columns so."
        )


def _foreign(name: str, file: str, first: str, others: Sequence[str]) -> Unreadable:
    """Say what was found, what was expected, what it looks like, and what to do."""
    table = LOADERS[name].table
    found = f"{_found(first, table)}{_expected(table) if table else ''}"
    if others:
        like = f"it looks like {others[0]}: try `cameo-events load {others[0]} ...`"
        return Unreadable(f"{file} is no {name} file; {like} ({found}).")
    return Unreadable(
        f"{file} is no {name} file: {found}; get it as its source publishes it, or name its "
        "columns so in its first line."
    )


def _found(first: str, table: Table | None) -> str:
    """Describe a file by its first line."""
    for begins, what in BEGINNINGS.items():
        if first.lstrip().startswith(begins):
            return what
    if not first.strip():
        return "it is empty"
    cells, what = max(_cut(first), key=lambda one: len(one[0]))
    if len(cells) < 2:
        return f"it begins with {first[:LONGEST_LINE]!r}"
    names = table.names_of(cells) if table else ()
    lacking = table.lacks(names) if table else ()
    if lacking and len(list(filter(None, names))) * 2 >= len(cells):
        return f"its header ({_few(cells)}) lacks {_all(lacking)}"
    return f"it begins with {len(cells)} cells between {what} ({_few(cells)})"


def _cut(first: str) -> Iterator[tuple[list[str], str]]:
    for dialect in TABULAR:
        try:
            yield dialect.cells(first), dialect.what
        except Refused:
            yield [], dialect.what


def _few(cells: Sequence[str]) -> str:
    more = ", ..." if len(cells) > MOST_NAMED else ""
    return ", ".join(cell[:LONGEST_NAME] for cell in cells[:MOST_NAMED]) + more


def _all(names: Sequence[str]) -> str:
    """Name all of several: `A, B and C`; one that has another name may stand as `(C or D)`."""
    *others, last = (f"({name})" if " or " in name else name for name in names)
    return f"{', '.join(others)} and {last}" if others else last


def _expected(table: Table) -> str:
    return (
        f"; without a header it should have {one_of(table.layouts)} columns, with one at least "
        f"{_all([' or '.join(any_of) for any_of in table.needed])}"
    )
