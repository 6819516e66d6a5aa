"""The sections of a row, such as its actor or its place, and how columns are cut into them.

Each section is built by itself, and only once for the same cells (`dataset.building.cache`).
"""

from collections.abc import Callable, Hashable, Mapping
from functools import partial
from typing import Any, cast

from dataset.declarations.columns import COLUMNS

Columns = dict[str, Any]
"""What a source says: columns of `dataset.declarations.columns` by name, lists as tuples."""
Cells = Hashable
"""The cells of a section in any form that its parser reads."""
SectionParsers = Mapping[str, Callable[[Any], Columns]]
"""The parser of the cells of each section."""
Sections = tuple[str, str, Cells, Cells, Cells, Cells, Cells, Cells, Cells, Cells]
"""What a source says of one event: its id, its dataset, and the cells of each of `SECTIONS`.

The id is well-formed, and of this dataset."""


class _Absent:
    """Stands for a column of which a source says nothing, not even that it is null."""

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT = _Absent()


def _named(member: str) -> tuple[str, ...]:
    columns = COLUMNS.items()
    return tuple(name for name, one in columns if one.path[0] == member and not one.derived)


SECTIONS: dict[str, tuple[str, ...]] = {
    "dates": ("date", "date_end", "date_precision"),
    "added": ("added",),
    "actor": _named("actor"),
    "action": (*_named("action"), "quad_class", "goldstein"),
    "target": _named("target"),
    "place": _named("place"),
    "measures": (
        *("mentions", "sources", "articles", "root_event"),
        *("fatalities", "fatalities_low", "fatalities_high", "violence_type"),
    ),
    # The tone is that of the documents: events of one document share it.
    "evidence": (*_named("evidence"), "tone"),
}
"""The columns of each section, in the order in which a row has them."""


REMARKS = "remarks"
"""What the parser of a section may give beside its columns: remarks for the report of the load."""
REMARKED = ("actor", "action", "target", "place")
"""The sections that may have remarks: in columns given by name as `action_remarks`."""


def _by_name(names: tuple[str, ...], cells: tuple[Any, ...]) -> Columns:
    pairs = zip(names, cells, strict=True)
    return {name: cell for name, cell in pairs if cell is not ABSENT}


_GIVEN = {
    section: (*names, f"{section}_{REMARKS}") if section in REMARKED else names
    for section, names in SECTIONS.items()
}
_ABSENT = {section: (ABSENT,) * len(names) for section, names in _GIVEN.items()}

BY_NAME: SectionParsers = {
    section: partial(_by_name, (*names, REMARKS) if section in REMARKED else names)
    for section, names in SECTIONS.items()
}
"""What reads the cells that `sections_of` cuts."""


def sections_of(columns: Mapping[str, Any]) -> Sections:
    """Cut columns, given by name, into sections."""
    cells = (_cells(section, columns) for section in SECTIONS)
    return cast(Sections, (columns.get("id"), columns.get("dataset"), *cells))


def _cells(section: str, columns: Mapping[str, Any]) -> Cells:
    cells = tuple(map(columns.get, _GIVEN[section], _ABSENT[section]))
    try:
        hash(cells)
    except TypeError:
        return tuple(tuple(cell) if isinstance(cell, list) else cell for cell in cells)
    return cells
