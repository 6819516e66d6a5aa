"""Cut a stream of bytes into source records, in constant memory and without decoding them."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import chain
from typing import BinaryIO, NamedTuple

LONGEST = 1_000_000
"""The most bytes of a record."""
KEPT = 10_000
"""How many bytes are kept of a longer record."""
FARTHEST = 1_000
"""The most lines of a quoted cell; past them its quote counts as not closed."""

TOO_LONG = f"longer than {LONGEST:,} bytes"
NUL = "a NUL byte"
UNCLOSED = "a quote that is not closed"

_BOM = b"\xef\xbb\xbf"
_ENDS = b"\r\n"
_AT_ONCE = LONGEST + 10
# `in` finds a number in bytes ten times as fast as a text of one byte.
_ZERO, _QUOTE = 0, ord('"')


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
_record: Callable[[Iterable[object]], SourceRecord] = partial(tuple.__new__, SourceRecord)


def line_records(stream: BinaryIO) -> Iterator[SourceRecord]:
    """Yield a record for each line that is not empty; a line ends with LF or CRLF."""
    for line, raw in enumerate(_begun(stream), 1):
        if len(raw) > LONGEST or _ZERO in raw:
            _skip_rest(stream, raw)
            yield _faulty(line, raw)
        elif bare := raw.rstrip(_ENDS):
            yield _record((line, bare, None))


def csv_records(stream: BinaryIO) -> Iterator[SourceRecord]:
    """Yield the records of CSV, in which a cell in double quotes may hold line ends.

    Of a record whose quote is not closed only the first line is taken; reading goes on with the
    line after it.
    """
    source, ahead, line = _ended(stream), deque[bytes](), 1
    while raw := ahead.popleft() if ahead else next(source, b""):
        further = _further(raw, ahead, source) if _QUOTE in raw else 0
        if further:
            raw = b"".join([raw, *(ahead.popleft() for _ in range(further))])
        if len(raw) > LONGEST or _ZERO in raw or further is None:
            yield _faulty(line, raw, further is None)
        elif bare := raw.rstrip(_ENDS):
            yield _record((line, bare, None))
        line += 1 + (further or 0)


def _begun(stream: BinaryIO) -> Iterator[bytes]:
    """Give the lines with their ends; a line that is too long comes in pieces."""
    first = stream.readline(_AT_ONCE).removeprefix(_BOM)
    return chain([first], iter(partial(stream.readline, _AT_ONCE), b""))


def _ended(stream: BinaryIO) -> Iterator[bytes]:
    """Yield the lines with their ends; only the beginning of one that is too long."""
    for raw in _begun(stream):
        _skip_rest(stream, raw)
        yield raw


def _skip_rest(stream: BinaryIO, raw: bytes) -> None:
    """Go to the end of a line that is too long."""
    while len(raw) > LONGEST and not raw.endswith(b"\n"):
        raw = stream.readline(_AT_ONCE)


def _further(first: bytes, ahead: deque[bytes], source: Iterator[bytes]) -> int | None:
    """Read the further lines of a record into `ahead` and count them; None: it has no end."""
    if first.count(_QUOTE) % 2 == 0:
        return 0
    size = len(first)
    for count in range(1, FARTHEST):
        if len(ahead) < count:
            ahead.append(next(source, b""))
        line = ahead[count - 1]
        size += len(line)
        if not line or size > LONGEST:
            return None
        if line.count(_QUOTE) % 2:
            return count
    return None


def _faulty(line: int, raw: bytes, unclosed: bool = False) -> SourceRecord:
    """Give a record with its fault; one that is too long is cut, whatever else is wrong."""
    bare = raw.rstrip(_ENDS)
    if len(bare) > LONGEST or len(raw) > LONGEST + 2:
        return SourceRecord(line, bare[:KEPT], TOO_LONG)
    return SourceRecord(line, bare, UNCLOSED if unclosed else NUL if _ZERO in raw else None)
