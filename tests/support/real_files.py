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

OWN_FORM = {"keds": ["turkey.cameo.csv"], "phoenix": ["events.full.20160328_sample.txt"]}
"""The files as their source writes them, in folders that have other forms beside them."""


def files_of(folder: str) -> list[Path]:
    """Give the files of a folder in its source's own form, in the order of their names."""
    return [path for path in every(folder) if path.name in OWN_FORM.get(folder, [path.name])]


def every(folder: str) -> list[Path]:
    """Give all files of a folder, in the order of their names."""
    return sorted((EVENTS / folder).glob("*"))
