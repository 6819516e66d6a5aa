"""Write lists of codes as tables: a line each, lists joined by `;`."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from dataset.codebook.actors import PART_LENGTH
from dataset.exports.text_formats import csv_lines

Entry = dict[str, Any]

ACTIONS = (
    *("code", "label", "parent", "children", "quad_class"),
    *("goldstein_gdelt", "goldstein_icews", "goldstein_keds", "plover", "count"),
)
"""The columns of a table of actions."""
ACTORS = (
    *("code", "label", "parent", "children", "country", "source", "valid_from", "valid_to"),
    *("same_as", "group", "roles", "ethnic", "religions", "unknown"),
    *("count_as_actor", "count_as_target"),
)
"""The columns of a table of actors."""


def table_of(columns: Sequence[str], entries: Iterable[Entry]) -> bytes:
    """Write codes as CSV: a header, then a line a code."""
    lines = ([flat[name] for name in columns] for flat in map(_flat, entries))
    return csv_lines([columns, *lines])


def _flat(entry: Entry) -> Entry:
    return dict(cell for name, value in entry.items() for cell in _cells(name, value))


def _cells(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    """Yield the cells of a member: a part of a code is one, other objects have one a member."""
    if isinstance(value, list):
        yield name, ";".join(str(_code(item)) for item in value)
    elif isinstance(value, dict) and "code" not in value:
        yield from ((f"{name}_{inner}", cell) for inner, cell in value.items())
    else:
        yield name, _code(value)


def _code(value: Any) -> Any:
    return value["code"] if isinstance(value, dict) else value


def parent_of(code: str) -> str | None:
    """Give an actor code without its last part; a single part has no parent."""
    return code[:-PART_LENGTH] or None


def children_of(codes: Iterable[str]) -> dict[str, list[str]]:
    """List the actor codes that are one part longer, in order, by the code that they begin with."""
    found = defaultdict(list)
    for code in sorted(codes):
        if parent := parent_of(code):
            found[parent].append(code)
    return dict(found)
