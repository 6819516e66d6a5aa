"""How the records of a file are written: what parts their cells, and whether these are quoted."""

import csv
import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, BinaryIO, NamedTuple

import orjson

from dataset.errors import Refused
from dataset.inputs.csv_records import csv_records, without_escapes
from dataset.inputs.json_records import json_records
from dataset.inputs.parquet_records import parquet_records
from dataset.inputs.records import LONGEST, SourceRecord, line_records

csv.field_size_limit(LONGEST)

Cells = list[str]
AS_R = frozenset({"NA", "NULL", "null", "\\N", "NaN", "nan", "None", "N/A", "#N/A"})
"""What R, databases, pandas and Excel write for a missing value."""
AS_HIVE = frozenset({"\\N"})


class Dialect(NamedTuple):
    """A way to write records.

    `what` names it in messages. `records` cuts a file into records, `cells` a record into its
    cells: a list, or a dictionary where they have names. `missing`:
    what stands for a missing value. `has_names`: each record names its cells (JSON). `is_plain`:
    cells stand between tabs, and nothing is quoted.
    """

    what: str
    records: Callable[[BinaryIO], Iterator[SourceRecord]]
    cells: Callable[[str], Any]
    missing: frozenset[str] = AS_R
    has_names: bool = False
    is_plain: bool = False


def _tab_cells(record: str) -> Cells:
    """Cut at tabs; a single cell may be quoted, as in files that Dataverse writes."""
    cells = record.split("\t")
    return [_unquoted(cell) for cell in cells] if '"' in record else cells


def _unquoted(cell: str) -> str:
    if len(cell) < 2 or not cell.startswith('"') or not cell.endswith('"'):
        return cell
    return cell[1:-1].replace('""', '"').replace('\\"', '"')


def _csv_cells(delimiter: str) -> Callable[[str], Cells]:
    def cells(record: str) -> Cells:
        if delimiter == "\t":
            record = without_escapes(record)
        try:
            return next(csv.reader([record], delimiter=delimiter), [])
        except csv.Error as error:
            raise Refused(None, f"it is no CSV: {error}.") from None

    return cells


def _members(record: str) -> dict[str, str]:
    """Read a JSON object: its members as the texts that a table would have."""
    try:
        members = orjson.loads(record)
    except ValueError as error:
        raise Refused(None, f"it is no JSON: {error}.") from None
    if not isinstance(members, dict):
        raise Refused(None, "it is no JSON object.")
    return {name: _as_text(value) for name, value in members.items()}


def _as_text(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else orjson.dumps(value).decode()


def _european_cells(record: str) -> Cells:
    """Cut at semicolons, where numbers have a decimal comma."""
    return [_DECIMAL.sub(r"\1.\2", cell) for cell in _csv_cells(";")(record)]


_DECIMAL = re.compile(r"\A(-?[0-9]+),([0-9]+)\Z")


def _csv(what: str, delimiter: str) -> Dialect:
    return Dialect(what, partial(csv_records, delimiter=delimiter), _csv_cells(delimiter))


TABS = Dialect("tabs", line_records, _tab_cells, AS_HIVE, is_plain=True)
QUOTED_TABS = _csv("tabs, each in quotes", "\t")
COMMAS = _csv("commas", ",")
SEMICOLONS = _csv("semicolons", ";")._replace(cells=_european_cells)
CONTROL_A = Dialect("the character \\x01", line_records, lambda one: one.split("\x01"), AS_HIVE)
TABULAR = (TABS, QUOTED_TABS, COMMAS, SEMICOLONS, CONTROL_A)
"""The dialects of tables, in the order in which they are tried."""
JSON_LINES = Dialect("JSON lines", line_records, _members, frozenset(), has_names=True)
JSON = Dialect("JSON", json_records, _members, frozenset(), has_names=True)
PARQUET = Dialect("Parquet", parquet_records, _members, frozenset(), has_names=True)
LINES = Dialect("lines", line_records, lambda record: [record])
"""For formats that read their records themselves."""


def candidates(first: str) -> tuple[Dialect, ...]:
    """Give the dialects that a table may have which begins with this line."""
    return (QUOTED_TABS if first.startswith('"') else TABS, COMMAS, SEMICOLONS, CONTROL_A)
