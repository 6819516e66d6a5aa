"""Cut a stream of bytes into source records, in constant memory and without decoding them."""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import chain
from typing import BinaryIO, NamedTuple

LONGEST = 1_000_000
"""The most bytes of a record."""
KEPT = 10_000
"""How many bytes are kept of a longer record."""

TOO_LONG = f"longer than {LONGEST:,} bytes"
NUL = "a NUL byte"
UNCLOSED = "a quote that is not closed"

_BOM = b"\xef\xbb\xbf"
ENDS = b"\r\n"
_AT_ONCE = LONGEST + 10
# `in` finds a number in bytes ten times as fast as a text of one byte.
ZERO = 0


class SourceRecord(NamedTuple):
    """A record without its line end: the line on which it begins, and what is wrong with it."""

    line: int
    raw: bytes
    fault: str | None

    @property
    def text(self) -> str:
        """The record as text, whatever its bytes are."""
        return self.raw.decode(errors="replace")


# Not the constructor of NamedTuple: it costs more than reading the line.
record_of: Callable[[Iterable[object]], SourceRecord] = partial(tuple.__new__, SourceRecord)


def line_records(stream: BinaryIO) -> Iterator[SourceRecord]:
    """Yield a record for each line that is not empty; a line ends with LF or CRLF."""
    for line, raw in enumerate(begun(stream), 1):
        if len(raw) > LONGEST or ZERO in raw:
            skip_rest(stream, raw)
            yield faulty(line, raw)
        elif bare := raw.rstrip(ENDS):
            yield record_of((line, bare, None))


def begun(stream: BinaryIO) -> Iterator[bytes]:
    """Give the lines with their ends; a line that is too long comes in pieces."""
    first = stream.readline(_AT_ONCE).removeprefix(_BOM)
    return chain([first], iter(partial(stream.readline, _AT_ONCE), b""))


def ended(stream: BinaryIO) -> Iterator[bytes]:
    """Yield the lines with their ends; only the beginning of one that is too long."""
    for raw in begun(stream):
        skip_rest(stream, raw)
        yield raw


def skip_rest(stream: BinaryIO, raw: bytes) -> None:
    """Go to the end of a line that is too long."""
    while len(raw) > LONGEST and not raw.endswith(b"\n"):
        raw = stream.readline(_AT_ONCE)


def faulty(line: int, raw: bytes, unclosed: bool = False) -> SourceRecord:
    """Give a record with its fault; one that is too long is cut, whatever else is wrong."""
    bare = raw.rstrip(ENDS)
    if len(bare) > LONGEST or len(raw) > LONGEST + 2:
        return SourceRecord(line, bare[:KEPT], TOO_LONG)
    return SourceRecord(line, bare, UNCLOSED if unclosed else NUL if ZERO in raw else None)
