"""Look up the action codes, with what the store holds of them, and the columns of events."""

from typing import Any

from dataset.catalogue.counting import Counting
from dataset.catalogue.holdings import Counts, action_counts
from dataset.codebook import (
    ACTIONS,
    Action,
    children,
)
from dataset.declarations.columns import COLUMNS, Column
from dataset.declarations.filters import FILTERS, Choice, filters_of
from dataset.declarations.words import folded

Entry = dict[str, Any]
EVERY = Choice()
OPERATORS = {
    "choice": ["any", "not", "missing"],
    "number": ["min", "max"],
    "date": ["from", "to"],
    "dyad": ["dyad"],
    "bbox": ["box"],
    "near": ["near"],
    "words": ["words"],
    "instant_min": ["min"],
    "instant_max": ["max"],
}
"""The operators that each shape of filter makes of a column."""
TYPES = {"date": "date", "timestamp": "datetime"}


def actions(
    counting: Counting, q: str | None = None, depth: int = 3, parent: Choice = EVERY
) -> list[Entry]:
    """List the action codes, those whose code or label matches `q`, down to a depth."""
    counts = action_counts(counting)
    return [
        _action(action, counts)
        for action in ACTIONS.values()
        if len(action.code) <= depth + 1
        and parent.keeps(action.parent)
        and _matches(q, action.code, action.label)
    ]


def action(counting: Counting, code: str) -> Entry | None:
    """Describe one action code; None if the codebook lacks it."""
    known = ACTIONS.get(code)
    return _action(known, action_counts(counting)) if known else None


def _action(known: Action, counts: Counts) -> Entry:
    scales = {version: known.goldstein.get(version) for version in ("gdelt", "icews", "keds")}
    return {
        "code": known.code,
        "label": known.label,
        "parent": known.parent,
        "children": list(children(known.code)),
        "quad_class": known.quad_class,
        "goldstein": scales,
        "plover": known.plover,
        "count": counts[known.code],
    }


def _matches(q: str | None, code: str, label: str) -> bool:
    """Match the beginning of the code, or the beginnings of words of the label."""
    if q is None or code.startswith(q.upper()):
        return True
    words = folded(label)
    return all(any(word.startswith(wanted) for word in words) for wanted in folded(q))


def columns() -> list[Entry]:
    """Describe the columns of the events."""
    return [_column(column) for column in COLUMNS.values()]


def _column(column: Column) -> Entry:
    filters = filters_of(column.name)
    shapes = dict.fromkeys(FILTERS[name].shape for name in filters)
    operators = [operator for shape in shapes for operator in OPERATORS[shape]]
    return {
        "name": column.name,
        "path": ".".join(column.path),
        "type": TYPES.get(column.kind, column.json_type),
        "list": column.many,
        "nullable": column.null,
        "unit": column.unit,
        "meaning": column.meaning,
        "example": column.example,
        "operators": operators,
        "filters": filters,
        "filterable": bool(filters),
        "sortable": column.sortable,
        "groupable": column.groupable,
    }
