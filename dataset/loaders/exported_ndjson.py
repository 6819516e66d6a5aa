"""Events that this service exported as NDJSON."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

import orjson
from rapidfuzz import process

from dataset.building.sections import Columns
from dataset.declarations.columns import COLUMNS, PARTS, Column
from dataset.errors import Refused
from dataset.loaders.base import FileContext, Loader, Parse
from dataset.loaders.exported import NEEDED, VERSION, completed

PATHS = {column.path: name for name, column in COLUMNS.items()}
"""The column of each member of a JSON event."""


def looks_like(records: Sequence[str]) -> bool:
    """Tell our NDJSON by the first event."""
    try:
        event = orjson.loads(records[0].removeprefix("\ufeff")) if records else None
    except ValueError:
        return False
    return isinstance(event, dict) and event.keys() >= set(NEEDED)


def parser(file: FileContext) -> Parse:
    """Make the function that reads a line."""

    def parse(record: str) -> Columns:
        event = _object(record.removeprefix("\ufeff"))
        return completed(dict(_columns(event)), file)

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


LOADER = Loader(version=VERSION, datasets={}, parser=parser, knows=looks_like)
