"""What the lists of GDELT's feeds of 15-minute files name."""

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta

from dataset.errors import Unreadable
from dataset.inputs.downloads import Downloads
from dataset.inputs.gdelt_slots import Feed, ListedFile, is_of, slot_of
from dataset.inputs.kept_downloads import forget
from dataset.inputs.transfers import shown

AHEAD = timedelta(days=1)
"""A slot that is farther in the future is taken for a mistake."""
TAIL = 2**19
"""So many bytes of the long list are about the last ten days."""
LOOKS_BETWEEN = 15
"""After so many looks at the short list the long one is read again, if anything is missing."""
_LINE = re.compile(r"([0-9]+) ([0-9a-fA-F]{32}) \S*?([^/\s]+)")


class FeedLists:
    """What the lists of a feed at a source name: each file with its size and MD5.

    `newest`: the newest slot named, None before the first look.
    """

    def __init__(self, downloads: Downloads, base: str, feed: Feed) -> None:
        """Remember where they are; nothing is read yet."""
        self._downloads, self.feed = downloads, feed
        self.folder = f"{base.rstrip('/')}/gdeltv2"
        self.listed: dict[str, ListedFile] = {}
        self.newest: datetime | None = None
        self._known_from: datetime | None = None
        self._read_to: datetime | None = None
        self._looks = 0

    def look(self) -> datetime:
        """Read the short list, of the newest files; give the newest slot. Raises `Unreadable`."""
        url = f"{self.folder}/{self.feed.newest}"
        named = list(self._files(self._downloads.fetch(url).read_bytes().splitlines()))
        self._looks += 1
        self._add(named)
        if not named or self.newest is None:
            raise Unreadable(f"{shown(url)} names no file of {self.feed.name}.")
        return self.newest

    def read_on(self, after: datetime) -> None:
        """Read the long list from a slot on, unless that was done for the newest, and lately.

        What was read of it before is known still. Raises `Unreadable`.
        """
        is_known = self._known_from is not None and after >= self._known_from
        if is_known and self._read_to == self.newest and self._looks < LOOKS_BETWEEN:
            return
        self._add(self._since(self._read_to if is_known and self._read_to else after))
        self._known_from = self._known_from if is_known else after
        self._read_to, self._looks = self.newest, 0

    def forget(self, through: datetime) -> None:
        """Forget the files of all slots up to one."""
        self.listed = {name: one for name, one in self.listed.items() if slot_of(name) > through}
        if self._known_from:
            self._known_from = max(self._known_from, through)

    def _add(self, files: Iterable[ListedFile]) -> None:
        latest = datetime.now(UTC) + AHEAD
        for one in files:
            slot = slot_of(one.name)
            if slot <= latest:
                self.listed[one.name] = one
                self.newest = max(slot, self.newest or slot)

    def _since(self, slot: datetime) -> Iterable[ListedFile]:
        """Read the end of the long list; all of it where the end does not reach back to a slot."""
        url = f"{self.folder}/{self.feed.listing}"
        text = self._downloads.tail(url, TAIL)
        is_cut = len(text) == TAIL
        found = list(self._files(text.splitlines()[is_cut:]))
        if not is_cut or (found and slot_of(found[0].name) <= slot):
            return found
        path = self._downloads.fetch(url)
        with path.open("rb") as file:
            found = [one for one in self._files(file) if slot_of(one.name) > slot]
        forget(path)
        return found

    def _files(self, lines: Iterable[bytes]) -> Iterator[ListedFile]:
        """Read the lines that are of the feed; a line of another shape names nothing."""
        for line in lines:
            found = _LINE.fullmatch(line.decode(errors="replace").strip())
            if found and is_of(self.feed, found[3]):
                yield ListedFile(found[3], int(found[1]), found[2].lower())
