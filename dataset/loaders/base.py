"""What a loader is: how the files of a source look and how their records become events."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dataset.building.sections import Columns, SectionParsers, Sections
from dataset.inputs.dialects import LINES, Dialect
from dataset.inputs.recognition import Sample, looks_like, recognised
from dataset.inputs.tables import Table, TableReader
from dataset.loaders.actions import Codes

ReleaseOf = Callable[[str, str | None, str | None], str]
"""Gives the time of the release that a file is of: by its name, the version and dataset asked for.

Raises `Unreadable` where these do not tell it."""
Parse = Callable[[str], Columns | Sections]
"""Reads one record, without its line end.

Raises `Refused` where it is no event, `Skipped` where it is no record.
"""

OWN = Table(layouts={}, needed=(), is_event=lambda _: False)
"""Stands for the table of a loader that cuts its records itself."""


@dataclass(frozen=True)
class FileContext:
    """What a loader knows of a file: its name, the time that stands in it, whose events it has.

    `reader` cuts its records into cells by name. `stamp` is ISO 8601 in UTC
    (`2019-02-18T00:00:00Z`), None where the name has none. `dataset` replaces the loader's own, if
    one was asked for. `codes` says what is known of the action codes of the whole file. `version`
    is the release of the source, where the user names it.
    """

    name: str
    reader: TableReader
    stamp: str | None = None
    dataset: str | None = None
    codes: Codes = field(default_factory=Codes)
    version: str | None = None


@dataclass(frozen=True)
class Loader:
    """A source format.

    `version` is raised whenever the same file would give other events. `datasets` describes the
    datasets that its files belong to, by name. `codebook` names the Goldstein table for sources
    that give no value. `parser` is called once for each file. `encoding` is tried where a record
    is not UTF-8.

    `table` declares the columns, by which files are recognised in any dialect. A loader without
    one has files in one `dialect` alone, with or without a header, and tells by `knows` from the
    first records whether a file is its own.

    `release_of` tells the time of a file, where its source counts releases and not days. `is_whole`
    tells by its name whether a file holds all that its source holds.
    `may_be_empty` tells by its name whether a file of the source may have no record at all.
    `dated_by_name`: the names of files tell which of two versions of an event is newer.

    `counts_rows`: what a record becomes depends on those before it, so that a part of a file
    cannot be read again by itself.

    A parser may give `Sections` in the place of columns: a record cut into the cells of its
    sections, which `section_parsers` read. The same cells are read only once, which makes this the
    faster way for sources of very many records.
    """

    version: int
    datasets: Mapping[str, Mapping[str, Any]]
    parser: Callable[[FileContext], Parse]
    table: Table | None = None
    dialect: Dialect = LINES
    has_header: bool = False
    knows: Callable[[Sequence[str]], bool] = lambda _records: False
    codebook: str | None = None
    encoding: str | None = None
    makes: str = "events"
    section_parsers: SectionParsers | None = None
    counts_rows: bool = False
    release_of: ReleaseOf | None = None
    is_whole: Callable[[str], bool] = lambda _name: False
    may_be_empty: Callable[[str], bool] = lambda _name: False
    dated_by_name: bool = False

    def looks_like(self, records: Sequence[str]) -> bool:
        """Tell from its first records whether a file is of this format."""
        return looks_like(self.table, records) if self.table else self.knows(records)

    def reader_of_none(self) -> TableReader:
        """Give the reader of a file that has no record."""
        return TableReader(self.table or OWN, self.dialect)

    def reader(self, first: str, sample: Sample) -> TableReader | None:
        """Find how a file is read, by its first line and first records; None if it cannot be."""
        if self.table:
            return recognised(self.table, first, sample)
        return TableReader(OWN, self.dialect, first if self.has_header else "")
