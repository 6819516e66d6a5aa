"""Refuse files before a record is read: Parquet of other columns, lines that end in CR alone."""

import re

from dataset.errors import Unreadable
from dataset.inputs.parquet_records import column_names
from dataset.inputs.signatures import PARQUET
from dataset.inputs.source_files import SourceFile
from dataset.loaders import LOADERS

LOOKED_AT = 100_000
"""So many bytes of a file tell how its lines end."""
MOST_NAMED = 5
"""How many columns of a file a message names."""

_QUOTED = re.compile(rb'"[^"]*"')
_LONE_CR = re.compile(rb"\r(?!\r*\n)")


def check_parquet(name: str, file: SourceFile) -> None:
    """Refuse Parquet without the columns that an event of this format needs."""
    with file.open() as stream:
        if not stream.peek(len(PARQUET)).startswith(PARQUET):
            return
        columns = column_names(stream)
    fitting = [format for format in LOADERS if _fits(format, columns)]
    if name not in fitting:
        shown = ", ".join(columns[:MOST_NAMED]) + (", ..." if len(columns) > MOST_NAMED else "")
        first = next(iter(fitting), None)
        advice = f"try `cameo-events load {first} ...`" if first else _advice(name)
        raise Unreadable(
            f"{file.name} is no {name} file: it is Parquet with {len(columns)} columns ({shown}); "
            f"{advice}."
        )


def _fits(format: str, columns: list[str]) -> bool:
    table = LOADERS[format].table
    return table is not None and not table.lacks(table.names_of(columns))


def _advice(format: str) -> str:
    table = LOADERS[format].table
    if table is None:
        return f"load it as {format}, not as Parquet"
    return f"name its columns so that it has {', '.join(map(' or '.join, table.needed))}"


def check_line_ends(file: SourceFile) -> None:
    """Refuse a file whose lines end in CR alone; between the records of JSON it is a blank."""
    with file.open() as stream:
        head = stream.read(LOOKED_AT) + stream.peek(1)[:1]
    if head.lstrip().startswith((b"{", b"[")):
        return
    outside = _QUOTED.sub(b"", head)
    first = _LONE_CR.search(outside)
    if first is None or b"\n" in outside[: first.start()]:
        return
    # In a file with other line ends, its first record may hold a CR.
    if len(_LONE_CR.findall(outside)) > outside.count(b"\n"):
        raise Unreadable(f"{file.name} ends its lines with CR alone: save it with LF or CRLF.")
