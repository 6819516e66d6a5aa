"""Real files of every source, which are not part of the project."""

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
