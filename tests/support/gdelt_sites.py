"""A web server with GDELT's layout, whose files appear slot by slot, with or without faults."""

import hashlib
import io
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from dataset.inputs.gdelt_slots import FEEDS, SLOT, Feed
from support.gdelt_lines import gdelt_line
from support.sites import Site

GDELT, TRANSLATION = FEEDS.values()
MENTION = [
    *("1001", "20240413120000", "20240413120000", "1", "news.test", "https://news.test/a"),
    *("1", "-1", "10", "20", "1", "100", "3000", "-2.5", "", ""),
]
"""A record of GDELT's mentions, by column."""
NOTHING: Mapping[str, bytes | None] = {}


def zipped(name: str, content: bytes) -> bytes:
    """Put a file into an archive, always with the same bytes."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(zipfile.ZipInfo(name), content)
    return archive.getvalue()


def slots(first: datetime, count: int) -> list[datetime]:
    """Give so many slots, from the first on."""
    return [first + number * SLOT for number in range(count)]


@dataclass
class GdeltSite:
    """The files of GDELT at a site: of each slot two events, and a mention of each."""

    site: Site
    lines: dict[str, list[str]] = field(default_factory=dict)
    contents: dict[str, bytes] = field(default_factory=dict)
    """Every file that was made, by name, as it should be."""
    events: int = 2

    def files_of(self, slot: datetime, feed: Feed = GDELT) -> dict[str, bytes]:
        """Make the files of a slot."""
        names = feed.names(slot)
        for name, text in zip(names, self._texts(slot, feed), strict=True):
            self.contents[name] = zipped(name.removesuffix(".zip"), text)
        return {name: self.contents[name] for name in names}

    def publish(
        self,
        slot: datetime,
        feed: Feed = GDELT,
        without: str = "no file",
        instead: Mapping[str, bytes | None] = NOTHING,
    ) -> None:
        """Publish the files of a slot but those that have a text in their name.

        `instead`: files that are not there, or with other bytes than those that are listed.
        """
        files = self.files_of(slot, feed)
        kept = {name: body for name, body in files.items() if without not in name}
        for name, body in {**kept, **instead}.items():
            if body is not None:
                self.site.files[f"/gdeltv2/{name}"] = body
        self.announce(kept, feed)

    def publish_empty(self, slot: datetime, feed: Feed = GDELT) -> None:
        """Publish the files of a slot in which nothing happened."""
        events, self.events = self.events, 0
        self.publish(slot, feed)
        self.events = events

    def announce(self, files: dict[str, bytes], feed: Feed = GDELT, newest: bool = True) -> None:
        """Name files in the lists, with the MD5s of what they should be."""
        lines = [
            f"{len(body)} {hashlib.md5(body).hexdigest()} http://data.test/gdeltv2/{name}"
            for name, body in files.items()
        ]
        listed = self.lines.setdefault(feed.listing, [])
        listed += lines
        self.site.files[f"/gdeltv2/{feed.listing}"] = "".join(
            f"{line}\n" for line in listed
        ).encode()
        if newest:
            self.site.files[f"/gdeltv2/{feed.newest}"] = "\n".join(lines).encode() + b"\n"

    def publish_late(self, slot: datetime, feed: Feed = GDELT) -> None:
        """Publish the files of a slot that others have overtaken."""
        files = self.files_of(slot, feed)
        self.site.files.update({f"/gdeltv2/{name}": body for name, body in files.items()})
        self.announce(files, feed, newest=False)

    def _texts(self, slot: datetime, feed: Feed) -> Iterator[bytes]:
        stamp = f"{slot:%Y%m%d%H%M%S}"
        first = int((slot - datetime(2024, 1, 1, tzinfo=slot.tzinfo)) / timedelta(minutes=15))
        numbers = [str(first * 1_000 + n + 500 * bool(feed.infix)) for n in range(self.events)]
        yield b"".join(
            gdelt_line(c0=number, c1=stamp[:8], c2=stamp[:6], c3=stamp[:4], c59=stamp)
            for number in numbers
        )
        mentions = [[number, stamp, stamp, *MENTION[3:]] for number in numbers]
        yield "".join("\t".join(cells) + "\n" for cells in mentions).encode()
