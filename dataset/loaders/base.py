"""What a loader is: how the files of a source look and how their records become events."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from dataset.building.sections import Columns, SectionParsers, Sections
from dataset.inputs.records import SourceRecord, csv_records, line_records

Parse = Callable[[str], Columns | Sections]
"""Reads one record, without its line end; raises `Refused` where it is no event."""


@dataclass(frozen=True)
class FileContext:
    """What a loader knows of a file: its name, the time that stands in it, whose events it has.

    `stamp` is ISO 8601 in UTC (`2019-02-18T00:00:00Z`), None where the name has none. `dataset`
    replaces the loader's own, if one was asked for. `codes` counts the action codes
    of the whole file as they stand there, for a loader that asks for them (`code_of`).
    """

    name: str
    stamp: str | None = None
    dataset: str | None = None
    codes: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Loader:
    """A source format.

    `version` is raised whenever the same file would give other events. `datasets` describes the
    datasets that its files belong to, by name. `codebook` names the Goldstein table for sources
    that give no value. `looks_like` tells from the first records of a file whether it is of this
    format. `parser` is called once for each file, with its first record; `header` tells whether
    that record is a header, which is then no event. `quoted`: records are CSV, so that a quoted
    cell may hold line ends. `encoding` is tried where a record is not UTF-8.

    `counts_rows`: what a record becomes depends on those before it, so that a part of a file
    cannot be read again by itself. `code_of` finds the cell of the action code in a record, for a
    loader that tells something from all codes of a file: such a file is read twice.

    A parser may give `Sections` in the place of columns: a record cut into the cells of its
    sections, which `section_parsers` read. The same cells are read only once, which makes this the
    faster way for sources of very many records.
    """

    version: int
    datasets: Mapping[str, Mapping[str, Any]]
    looks_like: Callable[[Sequence[str]], bool]
    parser: Callable[[FileContext, str], Parse]
    header: Callable[[str], bool] = lambda _record: False
    codebook: str | None = None
    quoted: bool = False
    encoding: str | None = None
    makes: str = "events"
    section_parsers: SectionParsers | None = None
    counts_rows: bool = False
    code_of: Callable[[str], str] | None = None

    def records(self, stream: BinaryIO) -> Iterator[SourceRecord]:
        """Cut a file into its source records."""
        return (csv_records if self.quoted else line_records)(stream)
