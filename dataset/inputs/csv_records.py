"""Cut a stream of CSV into records: a cell in quotes may hold line ends.

A quote opens a cell only where the cell begins; elsewhere (`5" gun`) it is a letter as any other.
Between tabs a quote within a quoted cell may also be written as R's `write.table` does.
"""

import re
from collections import deque
from collections.abc import Iterator
from typing import BinaryIO

from dataset.inputs.records import ENDS, LONGEST, ZERO, SourceRecord, ended, faulty, record_of

FARTHEST = 1_000
"""The most lines of a quoted cell; past them its quote counts as not closed."""

_QUOTE = ord('"')
_TO_CLOSING = re.compile(rb'[^"]*+(?:""[^"]*+)*+"').match
"""Matches the rest of a quoted cell, if the cell ends."""
_ESCAPED = b'\\"'
_BY_R = rb'\\"(?=[^"\t\r\n]|"(?:[\t\r\n]|$))'
"""A quote as R writes it: it ends no cell, since more of the cell follows."""
_TO_CLOSING_BY_R = re.compile(rb'(?:[^"\\]++|""|' + _BY_R + rb'|\\)*+"').match
_WITHIN = re.compile(_BY_R.decode())


def csv_records(stream: BinaryIO, delimiter: str = ",") -> Iterator[SourceRecord]:
    """Yield the records of CSV.

    Of a record whose quote is not closed only the first line is taken; reading goes on with the
    line after it.
    """
    lines, line = _Lines(ended(stream), delimiter), 1
    while raw := lines.next():
        further = lines.further(raw) if _QUOTE in raw else 0
        if further:
            raw = b"".join([raw, *(lines.next() for _ in range(further))])
        if len(raw) > LONGEST or ZERO in raw or further is None:
            yield faulty(line, raw, further is None)
        elif bare := raw.rstrip(ENDS):
            yield record_of((line, bare, None))
        line += 1 + (further or 0)


def without_escapes(record: str) -> str:
    """Double the quotes within cells between tabs that R has escaped with a backslash."""
    return _WITHIN.sub('""', record) if '\\"' in record else record


class _Lines:
    """Lines of which some are looked at ahead, to find where a quoted cell ends.

    `_inner` counts the next lines that do not end a cell which is open before them, and `_size`
    their bytes. No line is looked at twice for this, however many cells are open.
    """

    def __init__(self, source: Iterator[bytes], delimiter: str) -> None:
        self._source, self._ahead = source, deque[bytes]()
        self._opening = f'{delimiter}"'.encode()
        self._inner = self._size = 0

    def next(self) -> bytes:
        """Give the next line; empty at the end."""
        line = self._ahead.popleft() if self._ahead else next(self._source, b"")
        if self._inner:
            self._inner -= 1
            self._size -= len(line)
        return line

    def further(self, first: bytes) -> int | None:
        """Count the further lines of the record that begins with this one; None: it has no end."""
        if not self._ends_open(first, self._opened(first, 0)):
            return 0
        while self._inner < FARTHEST - 1:
            if len(self._ahead) == self._inner:
                self._ahead.append(next(self._source, b""))
            line = self._ahead[self._inner]
            if not line or len(first) + self._size + len(line) > LONGEST:
                return None
            if not self._ends_open(line, 0):
                return self._inner + 1
            self._inner += 1
            self._size += len(line)
        return None

    def _opened(self, line: bytes, start: int) -> int:
        """Find where the text of the next quoted cell begins; -1 if there is none."""
        if start == 0 and line[0] == _QUOTE:
            return 1
        found = line.find(self._opening, start)
        return found + 2 if found >= 0 else -1

    def _ends_open(self, line: bytes, inside: int) -> bool:
        """Tell whether a line ends in a quoted cell, if the text of one begins `inside` it."""
        by_r = self._opening == b'\t"' and _ESCAPED in line
        to_closing = _TO_CLOSING_BY_R if by_r else _TO_CLOSING
        while inside >= 0:
            closed = to_closing(line, inside)
            if closed is None:
                return True
            inside = self._opened(line, closed.end())
        return False
