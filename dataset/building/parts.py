"""Cut what a source says of an event into parts, and remember what the same parts made before."""

from collections.abc import Callable, Hashable, Mapping
from functools import partial
from typing import Any, TypeVar, cast

from dataset.declarations.columns import COLUMNS

MOST_REMEMBERED = 30_000
LONGEST = 1_000
"""Parts with more characters than that are not remembered."""

Cells = Hashable
"""The values of a part in any form that a parser likes."""
Meanings = Mapping[str, Callable[[Any], Mapping[str, Any]]]
"""What the cells of each part mean: columns by name."""

Key = TypeVar("Key")
Made = TypeVar("Made")


Pieces = tuple[str, str, Cells, Cells, Cells, Cells, Cells, Cells, Cells, Cells]
"""What a source says of one event: its id, its dataset, and the cells of the parts in `NAMES`.

The id is well-formed, and of this dataset."""


class _Absent:
    """Stands for a column of which a source says nothing, not even that it is null."""

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT = _Absent()


def _named(part: str) -> tuple[str, ...]:
    return tuple(name for name, column in COLUMNS.items() if column.path[0] == part)


NAMES: dict[str, tuple[str, ...]] = {
    "dates": ("date", "date_end", "date_precision"),
    "added": ("added",),
    "actor": _named("actor"),
    "action": (
        *(name for name in _named("action") if COLUMNS[name].stored),
        "quad_class",
        "goldstein",
    ),
    "target": _named("target"),
    "place": _named("place"),
    "measures": ("mentions", "sources", "articles", "root_event"),
    # The tone is that of the documents: events of one document share it.
    "evidence": (*_named("evidence"), "tone"),
}
"""The columns of each part, in the order in which `dataset.build` makes them."""


def _as_named(names: tuple[str, ...], cells: tuple[Any, ...]) -> dict[str, Any]:
    pairs = zip(names, cells, strict=True)
    return {name: cell for name, cell in pairs if cell is not ABSENT}


_ABSENT = {part: (ABSENT,) * len(names) for part, names in NAMES.items()}

AS_NAMED: Meanings = {part: partial(_as_named, names) for part, names in NAMES.items()}
"""What the cells mean that `pieces_of` cuts."""


def pieces_of(source: Mapping[str, Any]) -> Pieces:
    """Cut the columns of a source, given by name, into parts."""
    cells = (_cells(part, source) for part in NAMES)
    return cast(Pieces, (source.get("id"), source.get("dataset"), *cells))


def _cells(part: str, source: Mapping[str, Any]) -> Cells:
    cells = tuple(map(source.get, NAMES[part], _ABSENT[part]))
    try:
        hash(cells)
    except TypeError:
        return tuple(tuple(cell) if isinstance(cell, list) else cell for cell in cells)
    return cells


def _is_long(key: Cells) -> bool:
    """Tell whether a part takes much room; such a one hardly ever comes again."""
    if isinstance(key, str):
        return len(key) > LONGEST
    cells = key if isinstance(key, tuple) else ()
    return sum([len(cell) for cell in cells if isinstance(cell, str)]) > LONGEST


class Remembered(dict[Key, Made]):
    """Makes a value when its key comes for the first time; what comes again was made before."""

    def __init__(self, make: Callable[[Key], Made]) -> None:
        """Begin with nothing made."""
        super().__init__()
        self._make = make

    def __missing__(self, key: Key) -> Made:
        """Make the value; what `make` raises is raised each time."""
        made = self._make(key)
        if _is_long(key):
            return made
        if len(self) >= MOST_REMEMBERED:
            self.clear()
        self[key] = made
        return made
