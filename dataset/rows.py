"""Turn database rows into events: code compiled once for each set of columns."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType
from typing import Any

import orjson

from dataset.codebook import ACTIONS
from dataset.columns import COLUMNS, PARTS, Column

LABELS = {code: action.label for code, action in ACTIONS.items()}
TABLES = {"labels": LABELS, "truths": {1: "true", 0: "false", None: None}}
"""What the writers look up: labels of actions, and truth as CSV has it."""
OPTIONAL_PARTS = ("actor", "target", "place")
"""Parts that are null when the source gives nothing of them."""
REPEATED = ("actor", "action", "target", "place")
"""Parts of which many events have the same."""
MOST_PARTS = 4096
MOST_WRITERS = 16

Event = dict[str, Any]
Writer = Callable[[Sequence[Any]], Any]


def stored(columns: Iterable[str]) -> tuple[str, ...]:
    """Name the stored columns that a set of columns is made from, and those that pages need."""
    return _stored(tuple(columns))


@lru_cache(maxsize=256)
def _stored(columns: tuple[str, ...]) -> tuple[str, ...]:
    needed = ["key", *columns]
    if "action_label" in columns:
        needed.append("action_code")
    for part in OPTIONAL_PARTS:
        # Whether a part is missing depends on all of it.
        if any(COLUMNS[name].path[0] == part for name in columns):
            needed += [name for name, column in COLUMNS.items() if column.path[0] == part]
    return tuple(name for name in dict.fromkeys(needed) if name == "key" or COLUMNS[name].stored)


@lru_cache(maxsize=256)
def nested(columns: tuple[str, ...], read: tuple[str, ...]) -> Callable[[Sequence[Any]], Event]:
    """Compile a function from a row of the columns `read` to the JSON event of `columns`."""
    members: list[str] = []
    for part in dict.fromkeys(COLUMNS[name].path[0] for name in columns):
        inside = [name for name in columns if COLUMNS[name].path[0] == part]
        members.append(f"{part!r}: {_part(part, inside, read)}")
    return _compiled("{" + ", ".join(members) + "}")


@lru_cache(maxsize=MOST_WRITERS)
def written(columns: tuple[str, ...], read: tuple[str, ...]) -> Writer:
    """Compile the same as `nested` for orjson to write: a part that came before is JSON already.

    Actors, actions and places come again and again; what stands between them is made anew.
    """
    members: list[str] = []
    made: dict[str, Any] = {}
    for part in dict.fromkeys(COLUMNS[name].path[0] for name in columns):
        inside = tuple(name for name in columns if COLUMNS[name].path[0] == part)
        places = [place for place, name in enumerate(read) if _is_of(name, part)]
        # A part that is not read in one piece is made anew.
        if part in REPEATED and places == [*range(places[0], places[-1] + 1)]:
            first, end = places[0], places[-1] + 1
            made[part] = Written(_compiled(_part(part, inside, read[first:end])))
            members.append(f"{part!r}: {part}[row[{first}:{end}]]")
        else:
            members.append(f"{part!r}: {_part(part, inside, read)}")
    return _compiled("{" + ", ".join(members) + "}", made)


class Written(dict[tuple[Any, ...], orjson.Fragment]):
    """The JSON of parts by the columns they are made of; all is forgotten when there are many."""

    def __init__(self, make: Writer) -> None:
        """Keep what makes a part."""
        super().__init__()
        self._make = make

    def __missing__(self, part: tuple[Any, ...]) -> orjson.Fragment:
        """Write a part, and keep it."""
        if len(self) >= MOST_PARTS:
            self.clear()
        made = self[part] = orjson.Fragment(orjson.dumps(self._make(part)))
        return made


def _is_of(name: str, part: str) -> bool:
    return name in COLUMNS and COLUMNS[name].path[0] == part


@lru_cache(maxsize=256)
def flat(columns: tuple[str, ...], read: tuple[str, ...]) -> Callable[[Sequence[Any]], list[Any]]:
    """Compile a function from a row of the columns `read` to the values of `columns`."""
    return _compiled("[" + ", ".join(_value(COLUMNS[name], read) for name in columns) + "]")


@lru_cache(maxsize=256)
def cells(columns: tuple[str, ...], read: tuple[str, ...]) -> Callable[[Sequence[Any]], Any]:
    """Compile a function from a row of the columns `read` to the cells of `columns` in CSV.

    A list stays as it is stored, joined by `;`.
    """
    return _compiled("(" + "".join(_cell(COLUMNS[name], read) + ", " for name in columns) + ")")


def _compiled(expression: str, known: Mapping[str, Any] = MappingProxyType({})) -> Writer:
    # The text is made of names and positions of the table of columns, of no input.
    made: Writer = eval(f"lambda row: {expression}", {**TABLES, **known})  # noqa: S307
    return made


def _part(part: str, names: Sequence[str], read: tuple[str, ...]) -> str:
    if part not in PARTS:
        return _value(COLUMNS[names[0]], read)
    columns = [COLUMNS[name] for name in names]
    values = ", ".join(f"{column.path[1]!r}: {_value(column, read)}" for column in columns)
    if part not in OPTIONAL_PARTS:
        return "{" + values + "}"
    return "({" + values + "} if " + _present(part, read) + " else None)"


def _present(part: str, read: tuple[str, ...]) -> str:
    """Write the condition that any column of a part holds something."""
    places = [
        (index, COLUMNS[name])
        for index, name in enumerate(read)
        if name in COLUMNS and COLUMNS[name].path[0] == part
    ]
    return " or ".join(
        f"row[{index}]" if column.many else f"row[{index}] is not None" for index, column in places
    )


def _value(column: Column, read: tuple[str, ...]) -> str:
    if column.name == "action_label":
        return f"labels.get(row[{read.index('action_code')}])"
    item = f"row[{read.index(column.name)}]"
    if column.many:
        return f"({item}.split(';') if {item} else [])"
    if column.kind == "boolean":
        return f"(None if {item} is None else {item} == 1)"
    return item


def _cell(column: Column, read: tuple[str, ...]) -> str:
    item = f"row[{read.index(column.name)}]" if column.stored else ""
    if column.kind == "boolean":
        return f"truths[{item}]"
    return item if column.many else _value(column, read)
