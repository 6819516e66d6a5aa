"""Turn database rows into events: code compiled once for each set of columns."""

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Any

from dataset.codebook import ACTIONS
from dataset.declarations.columns import COLUMNS, PARTS, Column

LABELS = {code: action.label for code, action in ACTIONS.items()}
TABLES = {"labels": LABELS, "truths": {1: "true", 0: "false", None: None}}
"""What the writers look up: labels of actions, and booleans as CSV has them."""
OPTIONAL_PARTS = ("actor", "target", "place")
"""Parts that are null when the source gives nothing for them."""

Event = dict[str, Any]
Writer = Callable[..., Any]
"""Takes the values of a row as arguments, and returns what is shown of it."""


def stored(columns: Iterable[str]) -> tuple[str, ...]:
    """Name the stored columns that a set of columns is made from, and those that pages need."""
    return _stored(tuple(columns))


@lru_cache(maxsize=256)
def _stored(columns: tuple[str, ...]) -> tuple[str, ...]:
    needed = ["key", *columns]
    if "action_label" in columns:
        needed.append("action_code")
    for part in OPTIONAL_PARTS:
        # Whether a part is missing depends on all its columns.
        if any(COLUMNS[name].path[0] == part for name in columns):
            needed += [name for name, column in COLUMNS.items() if column.path[0] == part]
    return tuple(name for name in dict.fromkeys(needed) if name == "key" or COLUMNS[name].stored)


@lru_cache(maxsize=256)
def nested(columns: tuple[str, ...], read: tuple[str, ...]) -> Callable[..., Event]:
    """Compile a function from the columns `read` to the JSON event of `columns`."""
    members: list[str] = []
    for part in dict.fromkeys(COLUMNS[name].path[0] for name in columns):
        inside = [COLUMNS[name] for name in columns if COLUMNS[name].path[0] == part]
        members.append(f"{part!r}: {_part(part, inside)}")
    return _compiled("{" + ", ".join(members) + "}", read)


@lru_cache(maxsize=256)
def flat(columns: tuple[str, ...], read: tuple[str, ...]) -> Callable[..., list[Any]]:
    """Compile a function from the columns `read` to the values of `columns`."""
    return _compiled("[" + ", ".join(_value(COLUMNS[name]) for name in columns) + "]", read)


@lru_cache(maxsize=256)
def cells(columns: tuple[str, ...], read: tuple[str, ...]) -> Writer:
    """Compile a function from the columns `read` to the cells of `columns` in CSV.

    A list stays as it is stored, joined by `;`.
    """
    return _compiled("(" + "".join(_cell(COLUMNS[name]) + ", " for name in columns) + ")", read)


def _compiled(expression: str, read: tuple[str, ...]) -> Writer:
    # The text holds only names from the table of columns, no input.
    made: Writer = eval(f"lambda {', '.join(read)}: {expression}", {**TABLES})  # noqa: S307
    return made


def _part(part: str, columns: Sequence[Column]) -> str:
    if part not in PARTS:
        return _value(columns[0])
    values = ", ".join(f"{column.path[1]!r}: {_value(column)}" for column in columns)
    if part not in OPTIONAL_PARTS:
        return "{" + values + "}"
    return "({" + values + "} if " + _present(part) + " else None)"


def _present(part: str) -> str:
    """Write the condition that any column of a part has a value."""
    return " or ".join(
        column.name if column.many else f"{column.name} is not None"
        for column in COLUMNS.values()
        if column.path[0] == part
    )


def _value(column: Column) -> str:
    name = column.name
    if name == "action_label":
        return "labels.get(action_code)"
    if column.many:
        return f"({name}.split(';') if {name} else [])"
    if column.kind == "boolean":
        return f"(None if {name} is None else {name} == 1)"
    return name


def _cell(column: Column) -> str:
    if column.kind == "boolean":
        return f"truths[{column.name}]"
    return column.name if column.many else _value(column)
