"""Look up the codebook: action and actor codes with what the store holds of them."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from dataset.catalogue.code_tables import PART_LENGTH, children_of, parent_of
from dataset.catalogue.holdings import Counts, Datasets, action_counts, actor_counts
from dataset.codebook import (
    ACTIONS,
    COUNTRIES,
    ETHNIC,
    GROUPS,
    RELIGIONS,
    ROLES,
    STATES,
    Action,
    children,
    decode,
    found_together,
    same_state,
)
from dataset.codebook.labels import actor_label
from dataset.declarations.columns import COLUMNS, Column
from dataset.declarations.filters import FILTERS, Choice, filters_of
from dataset.declarations.words import folded
from dataset.store.results_cache import ResultsCache
from dataset.store.snapshots import Snapshot

Entry = dict[str, Any]
Tree = Mapping[str, list[str]]
"""The children of each code that has any."""
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
MOST_LISTS = 2
"""How many lists of all actors are kept in memory: they are large, and quickly made from counts."""
TYPES = {"date": "date", "timestamp": "datetime"}


def actions(
    snapshot: Snapshot,
    cache: ResultsCache,
    revision: int,
    datasets: Datasets = None,
    q: str | None = None,
    depth: int = 3,
    parent: Choice = EVERY,
) -> list[Entry]:
    """List the action codes, those whose code or label matches `q`, down to a depth."""
    counts = action_counts(snapshot, cache, revision, datasets)
    return [
        _action(action, counts)
        for action in ACTIONS.values()
        if len(action.code) <= depth + 1
        and parent.keeps(action.parent)
        and _matches(q, action.code, action.label)
    ]


def action(
    snapshot: Snapshot, cache: ResultsCache, revision: int, code: str, datasets: Datasets = None
) -> Entry | None:
    """Describe one action code; None if the codebook lacks it."""
    known = ACTIONS.get(code)
    return _action(known, action_counts(snapshot, cache, revision, datasets)) if known else None


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


def actors(
    snapshot: Snapshot,
    cache: ResultsCache,
    revision: int,
    datasets: Datasets = None,
    q: str | None = None,
    depth: int | None = None,
    parent: Choice = EVERY,
) -> list[Entry]:
    """List the actor codes of the codebook and the store that match `q`, most used first.

    `depth` leaves out codes of more parts.
    """
    make = partial(_all_actors, snapshot, cache, revision, datasets)
    entries = snapshot.remembered("actors", (revision, datasets), make, MOST_LISTS)
    longest = PART_LENGTH * depth if depth else None
    return [
        entry
        for entry in entries
        if (longest is None or len(entry["code"]) <= longest)
        and parent.keeps(entry["parent"])
        and _matches(q, entry["code"], entry["label"])
    ]


def actor(
    snapshot: Snapshot, cache: ResultsCache, revision: int, code: str, datasets: Datasets = None
) -> Entry | None:
    """Take an actor code apart; None if neither the codebook nor the store knows any of it."""
    counts = _actor_counts(snapshot, cache, revision, datasets)
    make = partial(children_of, {*counts[0], *counts[1]})
    tree = snapshot.remembered("children", (revision, datasets), make, MOST_LISTS)
    entry = _actor(code, *counts, tree)
    is_known = len(entry["unknown"]) * PART_LENGTH < len(code)
    return entry if is_known or _is_used(snapshot, cache, revision, code) else None


def _is_used(snapshot: Snapshot, cache: ResultsCache, revision: int, code: str) -> bool:
    """Tell whether any dataset has the code: a filter by dataset does not decide what exists."""
    return any(counts[code] for counts in _actor_counts(snapshot, cache, revision))


def _actor_counts(
    snapshot: Snapshot, cache: ResultsCache, revision: int, datasets: Datasets = None
) -> tuple[Counts, Counts]:
    return (
        actor_counts(snapshot, cache, revision, "actor", datasets),
        actor_counts(snapshot, cache, revision, "target", datasets),
    )


def _all_actors(
    snapshot: Snapshot, cache: ResultsCache, revision: int, datasets: Datasets
) -> list[Entry]:
    counts = _actor_counts(snapshot, cache, revision, datasets)
    codes = {*COUNTRIES, *ROLES, *GROUPS, *ETHNIC, *RELIGIONS, *counts[0], *counts[1]}
    tree = children_of(codes)
    entries = [_actor(code, *counts, tree) for code in codes]
    return sorted(
        entries, key=lambda one: (-one["count_as_actor"] - one["count_as_target"], one["code"])
    )


def _actor(code: str, as_actor: Counts, as_target: Counts, tree: Tree) -> Entry:
    decoded = decode(code)
    country, group = _part(decoded.country, COUNTRIES), _part(decoded.group, GROUPS)
    roles = [_part(role, ROLES) for role in decoded.roles]
    ethnic = _part(decoded.ethnic, ETHNIC)
    religions = [_part(religion, RELIGIONS) for religion in decoded.religions]
    return {
        "code": code,
        "label": actor_label(code),
        "parent": parent_of(code),
        "children": tree.get(code, []),
        "country": country,
        **_state(code, decoded.country),
        "group": group,
        "roles": roles,
        "ethnic": ethnic,
        "religions": religions,
        "unknown": list(decoded.unknown),
        "count_as_actor": sum(as_actor[one] for one in found_together(code)),
        "count_as_target": sum(as_target[one] for one in found_together(code)),
    }


def _state(code: str, country: str | None) -> Entry:
    """Tell whose code the country of an actor is, its years, and its other codes."""
    state = STATES[country] if country else None
    is_first = state is not None and code.startswith(country or "")
    return {
        "source": state.source if state else None,
        "valid_from": state.valid_from if state else None,
        "valid_to": state.valid_to if state else None,
        "same_as": list(same_state(code)) if is_first else [],
    }


def _part(code: str | None, labels: Mapping[str, str]) -> dict[str, str] | None:
    return {"code": code, "label": labels[code]} if code else None


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
