"""Real files of every source, which are not part of the project."""

from pathlib import Path

from support.paths import SHARED

EVENTS = SHARED / "data" / "events"
FORMATS = {
    "gdelt1": "gdelt",
    "gdelt2": "gdelt",
    "gdelt2-mentions": "gdelt-mentions",
    "icews": "icews",
    "keds": "keds",
    "phoenix": "phoenix",
}
"""The format of the real files in each folder."""

READABLE = {"keds": ["turkey.cameo.csv"], "phoenix": ["events.full.20160328_sample.txt"]}
"""The files with a form that the loaders know, in folders that have others beside them."""


def files_of(folder: str) -> list[Path]:
    """Give the files of a folder that the loaders can read, in the order of their names."""
    found = sorted((EVENTS / folder).glob("*"))
    return [path for path in found if path.name in READABLE.get(folder, [path.name])]
