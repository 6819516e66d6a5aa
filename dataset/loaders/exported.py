"""Events that this service exported, CSV and NDJSON: they come back as they were.

Every column that a file has is given as it is there, nulls too, so that nothing is filled in or
decoded; `action_label` is made of the code and `revision` given by the store, both are ignored.
"""

import csv
import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import orjson
from rapidfuzz import process

from dataset.building.sections import Columns
from dataset.declarations.columns import COLUMNS, PARTS, Column
from dataset.errors import Refused, Unreadable
from dataset.inputs.records import LONGEST
from dataset.loaders.actions import mended
from dataset.loaders.base import FileContext, Loader, Parse

IGNORED = ("action_label", "revision")
NEEDED = ("id", "date")
TRUTHS = {"true": True, "false": False, "1": True, "0": False}
"""By cells in lower case, without the `.0` of a spreadsheet."""

PATHS = {column.path: name for name, column in COLUMNS.items()}
"""The column of each member of a JSON event."""

Cell = Callable[[str], Any]


EXPORTED = {name for name, column in COLUMNS.items() if column.stored} - {"revision"}
"""The columns of a whole event."""

csv.field_size_limit(LONGEST)


def looks_like_csv(records: Sequence[str]) -> bool:
    """Tell our CSV by its header."""
    try:
        names = _names(records[0]) if records else []
    except csv.Error:
        return False
    return set(NEEDED) <= set(names) <= COLUMNS.keys()


def csv_parser(file: FileContext, first: str) -> Parse:
    """Make the function that reads a line, by the names in the header."""
    try:
        names = _names(first)
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
            raise Refused(None, f"it has {len(row)} columns, not {len(names)}.")
        values = zip(names, readers, row, strict=True)
        return _completed({name: read(cell) for name, read, cell in values}, file)

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


def looks_like_ndjson(records: Sequence[str]) -> bool:
    """Tell our NDJSON by the first event."""
    try:
        event = orjson.loads(records[0].removeprefix("\ufeff")) if records else None
    except ValueError:
        return False
    return isinstance(event, dict) and event.keys() >= set(NEEDED)


def ndjson_parser(file: FileContext, _first: str) -> Parse:
    """Make the function that reads a line."""

    def parse(record: str) -> Columns:
        event = _object(record.removeprefix("\ufeff"))
        return _completed(dict(_columns(event)), file)

    return parse


def _object(record: str) -> dict[str, Any]:
    try:
        event = orjson.loads(record)
        if orjson.dumps(event) != record.encode():
            json.loads(record, object_pairs_hook=_unique)
    except (ValueError, TypeError, RecursionError) as error:
        raise Refused(None, f"it is no JSON: {error}.") from None
    if not isinstance(event, dict):
        raise Refused(None, "it is no JSON object.")
    return event


def _unique(members: list[tuple[str, Any]]) -> dict[str, Any]:
    """Refuse a member that comes twice, as nobody can tell which of the two is meant."""
    found = dict(members)
    if len(found) != len(members):
        names = [name for name, _ in members]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the member {twice!r} comes twice")
    return found


def _columns(event: dict[str, Any]) -> Iterable[tuple[str, Any]]:
    """Yield the columns of an event; a part that is null is null in all of its columns."""
    for member, value in event.items():
        if member not in PARTS:
            yield _column((member,), value)
        elif value is None:
            for path, name in PATHS.items():
                if path[0] == member:
                    yield name, () if COLUMNS[name].many else None
        elif isinstance(value, dict):
            for inner, part in value.items():
                yield _column((member, inner), part)
        else:
            raise Refused(None, f"{member} is no object.")


def _column(path: tuple[str, ...], value: Any) -> tuple[str, Any]:
    name = PATHS.get(path)
    if name is None:
        text = ".".join(path)
        nearest = process.extractOne(text, [".".join(known) for known in PATHS])[0]
        raise Refused(None, f"no event has a member {text!r}; the nearest is {nearest}.")
    return name, _typed(COLUMNS[name], value)


def _typed(column: Column, value: Any) -> Any:
    """Give a value of JSON the type of its column; 3.0 is a whole number."""
    if column.many:
        if isinstance(value, list) and all(isinstance(item, str) for item in value):
            return tuple(value)
        if value is not None:
            raise Refused(column.name, "it is no list of texts.")
        return ()
    if value is None:
        return None
    if column.json_type == "integer" and isinstance(value, float) and value.is_integer():
        return int(value)
    if not isinstance(value, TYPES[column.json_type]) or _is_misplaced_truth(column, value):
        raise Refused(column.name, f"it is no {column.json_type}.")
    return value


TYPES: dict[str, type | tuple[type, ...]] = {
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
}


def _is_misplaced_truth(column: Column, value: Any) -> bool:
    """Tell true and false where a number should be: to Python they are numbers."""
    return isinstance(value, bool) and column.json_type != "boolean"


def _completed(columns: Columns, file: FileContext) -> Columns:
    """Leave out what the store makes itself, and settle the id, the dataset and the codes."""
    for name in IGNORED:
        columns.pop(name, None)
    _name_dataset(columns, file.dataset)
    columns.setdefault("added", file.stamp)
    if not columns.keys() >= EXPORTED:
        # A part of an event must not take the place of the whole: it is the oldest version.
        columns["added"] = None
    code, root = columns.get("action_code"), columns.get("action_root")
    if root:
        columns["action_root"] = root.zfill(2)
        columns["action_code"] = mended(code, root) if code else None
    return columns


def _name_dataset(columns: Columns, dataset: str | None) -> None:
    """Take the dataset from the id where no column gives it; one asked for stands in both."""
    own, colon, native = str(columns.get("id") or "").partition(":")
    if dataset is not None:
        columns["dataset"] = dataset
        columns["id"] = f"{dataset}:{native if colon else own}"
    elif not columns.get("dataset"):
        columns["dataset"] = own


# Version 0: of two versions of one time, what the source's own loader made is kept.
CSV = Loader(
    version=0,
    datasets={},
    looks_like=looks_like_csv,
    parser=csv_parser,
    header=lambda _record: True,
    quoted=True,
)
NDJSON = Loader(version=0, datasets={}, looks_like=looks_like_ndjson, parser=ndjson_parser)
