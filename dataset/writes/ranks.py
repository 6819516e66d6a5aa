"""Rank the versions of an event: the greatest is the one to keep."""

from operator import itemgetter

import orjson

from dataset.building.rows import SOURCE_COLUMNS, Row
from dataset.writes.versions import ADDED, LOADER_VERSION, VERSION_COLUMNS

given = itemgetter(*(VERSION_COLUMNS.index(name) for name in SOURCE_COLUMNS))
"""Gives what the source says in a version."""
_CANONICAL = sorted((name, VERSION_COLUMNS.index(name)) for name in SOURCE_COLUMNS)
_EVIDENCE = [position for name, position in _CANONICAL if name.startswith("evidence_")]


def rank(row: Row) -> tuple[str, int, int, bytes]:
    """Order the versions of one event.

    Later addition, newer loader, more evidence, greater canonical JSON. So a file without the
    texts never takes them from an event.
    """
    canonical = orjson.dumps({name: row[position] for name, position in _CANONICAL})
    evidence = sum(row[position] is not None for position in _EVIDENCE)
    return row[ADDED] or "", row[LOADER_VERSION], evidence, canonical
