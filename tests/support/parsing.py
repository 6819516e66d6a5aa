"""Read lines as a loader reads those of a file."""

from collections.abc import Callable, Sequence
from typing import Any

from dataset.inputs.dialects import LINES
from dataset.inputs.tables import TableReader
from dataset.loaders.base import OWN, FileContext, Loader, Parse


def reader_of(loader: Loader, *lines: str) -> TableReader:
    """Find how a file is read whose first lines these are, a header or records."""
    found = loader.reader(lines[0], lambda _: lines)
    return found or TableReader(loader.table or OWN, LINES)


def parser_of(loader: Loader, *lines: str, name: str = "events.txt", **context: Any) -> Parse:
    """Make the parser of a file whose first lines these are; `context`: see `FileContext`."""
    return loader.parser(FileContext(name, reader_of(loader, *lines), **context))


def parsed_of(loader: Loader, lines: Sequence[str], **context: Any) -> list[Any]:
    """Parse the records of a file with a header, which its first line is."""
    parse: Callable[[str], Any] = parser_of(loader, *lines, **context)
    return [parse(record) for record in lines[1:]]
