"""GDELT's 15-minute slots, its feeds, and the names of their files."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

SLOT = timedelta(minutes=15)
KINDS = ("export", "mentions")
MASTER = "masterfilelist.txt"
LISTS = {"": MASTER, "translation.": "masterfilelist-translation.txt"}
"""The long list of each feed, by what the names of its files have behind their time."""
_NAME = re.compile(r"([0-9]{14})\.(translation\.)?(?:export|mentions)\.CSV\.zip")


@dataclass(frozen=True)
class Feed:
    """A feed: `infix` is what the names of its files have behind their time."""

    name: str
    infix: str
    newest: str
    listing: str

    def names(self, slot: datetime) -> list[str]:
        """Name the files of a slot: events, then mentions."""
        return [f"{slot:%Y%m%d%H%M%S}.{self.infix}{kind}.CSV.zip" for kind in KINDS]


FEEDS = {
    "gdelt": Feed("gdelt", "", "lastupdate.txt", LISTS[""]),
    "gdelt-translation": Feed(
        *("gdelt-translation", "translation."),
        *("lastupdate-translation.txt", LISTS["translation."]),
    ),
}
"""English sources, and those that GDELT translates."""


@dataclass(frozen=True)
class ListedFile:
    """A file as a list of GDELT names it."""

    name: str
    bytes: int
    md5: str


def slot_of(name: str) -> datetime:
    """Give the slot of a file by its name."""
    parts = (name[:4], name[4:6], name[6:8], name[8:10], name[10:12], name[12:14])
    # A tenth of the time of strptime, and a feed has hundreds of thousands of names.
    return datetime(*map(int, parts), tzinfo=UTC)  # type: ignore[misc,arg-type]


def is_of(feed: Feed, name: str) -> bool:
    """Tell whether a name is that of a file of events or mentions of a feed."""
    found = _NAME.fullmatch(name)
    return found is not None and (found[2] or "") == feed.infix and _is_time(found[1])


def slots_between(first: datetime, last: datetime) -> Iterator[datetime]:
    """Yield the slots after the first, up to the last."""
    for number in range(1, (last - first) // SLOT + 1):
        yield first + number * SLOT


def _is_time(text: str) -> bool:
    try:
        slot_of(text)
    except ValueError:
        return False
    return True
