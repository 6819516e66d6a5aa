"""Cut the lines of GDELT's own files into the sections of an event, each by one pattern."""

import re
from typing import NamedTuple


class Layout(NamedTuple):
    """A version of the format: the dataset of its events, and a pattern that cuts its lines."""

    dataset: str
    pattern: re.Pattern[str]


def _layout(dataset: str, place_columns: int, has_url: bool = True) -> Layout:
    """Write the columns of a version; each place has `place_columns`, and an id after them."""
    groups = (
        ("id", 1),
        ("day", 1),
        ("", 3),
        ("actor", 10),
        ("target", 10),
        ("root_event", 1),
        ("action", 5),
        ("counts", 3),
        ("tone", 1),
        ("", 2 * place_columns + 2),
        ("place", place_columns),
        ("", 1),
        ("added", 1),
        *([("url", 1)] if has_url else []),
    )
    # One pattern takes half the time of cutting 61 cells and joining those of each section. It
    # never goes back: a cell ends at a tab.
    written = [(name, r"\t".join([r"[^\t]*+"] * count)) for name, count in groups]
    named = [f"(?P<{name}>{cells})" if name else cells for name, cells in written]
    return Layout(dataset, re.compile(r"\t".join(named) + ("" if has_url else "(?P<url>)")))


LAYOUTS = {
    61: _layout("gdelt", place_columns=7),
    58: _layout("gdelt1", place_columns=6),
    57: _layout("gdelt1", place_columns=6, has_url=False),
}
"""By the number of columns."""
_TEXTS = ("id", "day", "added", "actor", "action", "target", "place")
_CELLS = ("root_event", "counts", "tone", "url")
GROUPS = [LAYOUTS[61].pattern.groupindex[name] for name in (*_TEXTS, *_CELLS)]
"""The groups of every pattern, in the order in which a line is read."""
