"""Events that this service exported as CSV."""

import csv
from collections.abc import Callable, Sequence
from typing import Any

from rapidfuzz import process

from dataset.building.sections import Columns
from dataset.declarations.columns import COLUMNS
from dataset.errors import Refused, Unreadable
from dataset.inputs.dialects import COMMAS
from dataset.inputs.tables import count_of_columns
from dataset.loaders.base import FileContext, Loader, Parse
from dataset.loaders.exported import NEEDED, VERSION, completed

TRUTHS = {"true": True, "false": False, "1": True, "0": False}
"""By cells in lower case, without the `.0` of a spreadsheet."""

Cell = Callable[[str], Any]


def looks_like(records: Sequence[str]) -> bool:
    """Tell our CSV by its header."""
    try:
        names = _names(records[0]) if records else []
    except csv.Error:
        return False
    return set(NEEDED) <= set(names) <= COLUMNS.keys()


def parser(file: FileContext) -> Parse:
    """Make the function that reads a line, by the names in the header."""
    try:
        names = _names(file.reader.header)
    except csv.Error as error:
        raise Unreadable(f"{file.name} has no readable header: {error}.") from None
    _check_names(file.name, names)
    cells = [CELLS.get(COLUMNS[name].kind, _text) for name in names]
    readers = [
        _many if COLUMNS[name].many else read for name, read in zip(names, cells, strict=True)
    ]

    def parse(record: str) -> Columns:
        row = _row(record)
        if len(row) != len(names):
            raise Refused(None, f"it has {count_of_columns(len(row))}, not {len(names)}.")
        values = zip(names, readers, row, strict=True)
        return completed({name: read(cell) for name, read, cell in values}, file)

    return parse


def _names(record: str) -> list[str]:
    return [name.strip() for name in next(csv.reader([record.removeprefix("\ufeff")]), [])]


def _check_names(file: str, names: list[str]) -> None:
    for name in names:
        if name not in COLUMNS:
            nearest = process.extractOne(name, COLUMNS.keys())[0]
            raise Unreadable(
                f"{file} has a column {name!r} that no event has; the nearest is {nearest}."
            )
        if names.count(name) > 1:
            raise Unreadable(f"{file} has the column {name} more than once.")
    for name in NEEDED:
        if name not in names:
            raise Unreadable(f"{file} has no column {name}.")


def _row(record: str) -> list[str]:
    try:
        return next(csv.reader([record], strict=True), [])
    except csv.Error as error:
        raise Refused(None, f"it is no CSV: {error}.") from None


def _text(cell: str) -> str | None:
    return cell or None


def _many(cell: str) -> tuple[str, ...]:
    return tuple(cell.split(";")) if cell else ()


def _whole(cell: str) -> str | None:
    """Give whole numbers and codes as they were before a spreadsheet made them `3.0`."""
    return cell.removesuffix(".0") or None


def _truth(cell: str) -> Any:
    return TRUTHS.get(cell.lower().removesuffix(".0"), cell) if cell else None


CELLS: dict[str, Cell] = {
    "integer": _whole,
    "quad_class": _whole,
    "action": _whole,
    "root": _whole,
    "boolean": _truth,
}
"""How the cells of a kind are read, where they are not just text."""


LOADER = Loader(
    version=VERSION,
    datasets={},
    parser=parser,
    dialect=COMMAS,
    has_header=True,
    knows=looks_like,
)
