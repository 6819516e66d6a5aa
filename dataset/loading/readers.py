"""Find how a file is read as a format, or say why it cannot be."""

from collections.abc import Sequence
from itertools import islice

from dataset.errors import Unreadable
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


def reader_of(name: str, file: SourceFile) -> TableReader:
    """Find how a file is read as this format; raises `Unreadable` where none of it fits."""
    check_parquet(name, file)
    check_line_ends(file)
    lines = _sampled(file, None)
    first = lines[0] if lines else ""
    reader = LOADERS[name].reader(first, lambda dialect: _sampled(file, dialect))
    others = [other for other in LOADERS if other != name and LOADERS[other].looks_like(lines)]
    if reader is None or (others and not LOADERS[name].looks_like(lines)):
        raise _foreign(name, file.name, first, others)
    if reader.header and reader.table.layouts:
        _check_rows(name, file, reader)
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


def _foreign(name: str, file: str, first: str, others: Sequence[str]) -> Unreadable:
    """Say what was found, what was expected, what it looks like, and what to do."""
    table = LOADERS[name].table
    found = f"it begins with {_found(first)}{_expected(table) if table else ''}"
    if others:
        like = f"it looks like {others[0]}: try `cameo-events load {others[0]} ...`"
        return Unreadable(f"{file} is no {name} file; {like} ({found}).")
    return Unreadable(
        f"{file} is no {name} file: {found}; load the file as its source publishes it, or name "
        "its columns so in its first line."
    )


def _found(first: str) -> str:
    """Describe the first record of a file by the dialect that cuts it into most cells."""
    cells, what = max(
        ((dialect.cells(first), dialect.what) for dialect in TABULAR), key=lambda one: len(one[0])
    )
    shown = ", ".join(cell[:LONGEST_NAME] for cell in cells[:MOST_NAMED])
    more = ", ..." if len(cells) > MOST_NAMED else ""
    return f"{len(cells)} cells between {what} ({shown}{more})" if len(cells) > 1 else repr(shown)


def _expected(table: Table) -> str:
    needed = ", ".join(" or ".join(any_of) for any_of in table.needed)
    return f", but should have {one_of(table.layouts)} columns, or a header with at least {needed}"
