"""Read tables by the names of their columns, whatever their dialect, order and spelling."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from dataset.errors import Refused, Skipped
from dataset.inputs.dialects import AS_R, Dialect

Named = dict[str, str]
"""The cells of a record by the names of their columns; those that are missing are empty."""
Cut = Callable[[str], Named]
"""Cuts a record into its cells by name; raises `Refused`, or `Skipped` for a header or comment."""

_NO_LETTER = re.compile(r"[^a-z0-9]")


@dataclass(frozen=True)
class Table:
    """The columns of a source format.

    `layouts`: the columns of files without a header, by their number. `needed`: what an event
    needs; of each tuple, one column. `others`: columns that no layout has. `aliases`: how other
    writers name a column. `whole`: columns of whole numbers and codes, which lose the `.0` that
    spreadsheets add. `used`: columns without which an event is not whole. `missing`: what the
    source itself writes for a missing value. `code`, `root`: the columns of the action code and
    its root; where no column has the root, `root_of` may tell it from all cells. `is_event` tells
    whether the cells of a record look like an event, where no header tells; `fits`, where none of
    them does, whether they may be a faulty one. `is_comment` tells the lines that are no records.
    `may_differ`: records without the columns of the header may have those of a layout.
    `has_line_ends`: cells hold line ends, so that quotes around them count also between tabs.
    """

    layouts: Mapping[int, Sequence[str]]
    needed: Sequence[Sequence[str]]
    is_event: Callable[[Named], bool]
    others: Sequence[str] = ()
    aliases: Mapping[str, str] = field(default_factory=dict)
    whole: frozenset[str] = frozenset()
    used: frozenset[str] = frozenset()
    missing: frozenset[str] = frozenset()
    code: str | None = None
    root: str | None = None
    root_of: Callable[[Named], str] | None = None
    fits: Callable[[Named], bool] = lambda _named: True
    is_comment: Callable[[Named], bool] | None = None
    may_differ: bool = False
    has_line_ends: bool = False

    @cached_property
    def columns(self) -> frozenset[str]:
        """The names of all columns."""
        return frozenset(self.others).union(*self.layouts.values())

    @cached_property
    def _by_key(self) -> dict[str, str]:
        own = {key_of(name): name for name in sorted(self.columns)}
        return {key_of(alias): name for alias, name in self.aliases.items()} | own

    def names_of(self, cells: Iterable[str]) -> tuple[str, ...]:
        """Give our name of each column in a header; empty for those that we do not know.

        Of two columns with one name, that which has it as its own counts, else the first.
        """
        # Hive writes the name of the table before that of each column.
        full = [(key_of(cell), key_of(cell.rpartition(".")[2])) for cell in cells]
        keys = [whole if whole in self._by_key else last for whole, last in full]
        names = [self._by_key.get(key, "") for key in keys]
        chosen: dict[str, int] = {}
        for position, (name, key) in enumerate(zip(names, keys, strict=True)):
            if name not in chosen or (key == key_of(name) != keys[chosen[name]]):
                chosen[name] = position
        return tuple([name if chosen[name] == at else "" for at, name in enumerate(names)])

    def lacks(self, names: Iterable[str]) -> list[str]:
        """Name the columns that an event needs and that are not among these."""
        found = set(names)
        return [" or ".join(any_of) for any_of in self.needed if found.isdisjoint(any_of)]


def one_of(numbers: Iterable[int]) -> str:
    """Write numbers as a choice: `57, 58 or 61`."""
    *others, last = map(str, sorted(numbers))
    return f"{', '.join(others)} or {last}" if others else last


def count_of_columns(count: int) -> str:
    """Write a number of columns: `1 column`."""
    return f"{count} column" if count == 1 else f"{count} columns"


def key_of(name: str) -> str:
    """Spell the name of a column so that case, blanks and punctuation make no difference."""
    return _NO_LETTER.sub("", name.lower())


@dataclass(frozen=True)
class TableReader:
    """Reads the records of one file: `header` is its header, and `names` what that names."""

    table: Table
    dialect: Dialect
    header: str = ""
    names: tuple[str, ...] = ()
    has_row_names: bool = False

    @property
    def is_plain(self) -> bool:
        """Whether it is written as the source itself writes files without a header."""
        return self.dialect.is_plain and not self.header

    @property
    def columns(self) -> frozenset[str]:
        """The columns that are named; without a header, all of them."""
        return frozenset(self.names) - {""} if self.header else self.table.columns

    @property
    def is_whole(self) -> bool:
        """Whether it has all columns that are read of this source."""
        return not self.header or self.columns >= self.table.used

    @cached_property
    def cut(self) -> Cut:
        """Make the function that cuts a record into its cells by name."""
        is_comment, cut_any = self.table.is_comment, self._cut_any
        if is_comment is None:
            return cut_any

        def cut(record: str) -> Named:
            named = cut_any(record)
            if is_comment(named):
                raise Skipped
            return named

        return cut

    @cached_property
    def _cut_any(self) -> Cut:
        """Make the function that cuts records and comments."""
        paired = self._members if self.dialect.has_names else self._cells
        missing, whole = self.table.missing | self.dialect.missing, self.table.whole
        if self.header:
            missing |= AS_R

        def cut(record: str) -> Named:
            named = {name: "" if cell in missing else cell for name, cell in paired(record) if name}
            for name in whole & named.keys():
                named[name] = named[name].strip().removesuffix(".0")
            return named

        return cut

    def can_cut(self, record: str) -> Named | None:
        """Cut a record or comment; None where that is not possible."""
        try:
            return self._cut_any(record)
        except (Refused, Skipped):
            return None

    def _members(self, record: str) -> Iterable[tuple[str, str]]:
        members = self.dialect.cells(record)
        names = self._names_of_members(tuple(members))
        if lacking := self.table.lacks(names):
            raise Refused(None, f"it has no {' and no '.join(lacking)}.")
        return zip(names, members.values(), strict=True)

    @cached_property
    def _names_of_members(self) -> Callable[[tuple[str, ...]], tuple[str, ...]]:
        return lru_cache(maxsize=1_000)(self.table.names_of)

    def _cells(self, record: str) -> Iterable[tuple[str, str]]:
        if record == self.header:
            raise Skipped
        cells = self.dialect.cells(record)
        if self.has_row_names and len(cells) == len(self.names) + 1:
            return zip(self.names, cells[1:], strict=True)
        # Rows may end in more delimiters than the header.
        while len(cells) > self._width and not cells[-1].strip():
            cells.pop()
        if (names := self._by_width.get(len(cells))) is None:
            raise Refused(
                None, f"it has {count_of_columns(len(cells))}, not {one_of(self._by_width)}."
            )
        return zip(names, cells, strict=True)

    @cached_property
    def _by_width(self) -> Mapping[int, Sequence[str]]:
        if not self.header:
            return self.table.layouts
        by_header = {len(self.names): self.names}
        return {**self.table.layouts, **by_header} if self.table.may_differ else by_header

    @cached_property
    def _width(self) -> int:
        return len(self.names) if self.header else max(self.table.layouts)
