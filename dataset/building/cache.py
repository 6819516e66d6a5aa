"""Cache each built section by its cells, as the same cells often come again."""

from collections.abc import Callable
from typing import TypeVar

from dataset.building.sections import Cells

MOST_KEPT = 30_000
LONGEST = 1_000
"""Cells with more characters than that are not kept."""

Key = TypeVar("Key")
Built = TypeVar("Built")


class SectionCache(dict[Key, Built]):
    """Builds a section when its cells come for the first time."""

    def __init__(self, build: Callable[[Key], Built]) -> None:
        """Begin with nothing built."""
        super().__init__()
        self._build = build

    def __missing__(self, cells: Key) -> Built:
        """Build the section; errors of `build` are not kept."""
        built = self._build(cells)
        if _is_long(cells):
            return built
        if len(self) >= MOST_KEPT:
            self.clear()
        self[cells] = built
        return built


def _is_long(key: Cells) -> bool:
    """Tell whether cells are too long to keep; long ones rarely come again."""
    if isinstance(key, str):
        return len(key) > LONGEST
    cells = key if isinstance(key, tuple) else ()
    return sum([len(cell) for cell in cells if isinstance(cell, str)]) > LONGEST
