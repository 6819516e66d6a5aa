"""Cut a JSON document into the records of its list, in constant memory."""

import io
import json
import re
from collections.abc import Iterator
from typing import BinaryIO

from dataset.errors import Unreadable
from dataset.inputs.records import LONGEST, SourceRecord

LIST = "Result"
"""The member that holds the list, where the document is an object (as the API of UCDP gives it)."""
AT_ONCE = 256 * 1024
_NEXT_PAGE = re.compile(rb'"NextPageUrl"\s*:\s*"[^"]')
"""Stands before the list of a document that is one page of several."""

_BLANK = " \t\r\n"


def json_records(stream: BinaryIO) -> Iterator[SourceRecord]:
    """Yield the elements of the list, each as its own JSON; `line` counts them from 1."""
    source = _Source(stream)
    source.go_to_list()
    number = 0
    while (sign := source.next_sign()) != "]":
        if sign == ",":
            source.position += 1
            continue
        number += 1
        yield SourceRecord(number, source.element().encode(), None)


def has_next_page(stream: BinaryIO) -> bool:
    """Tell whether a document says, before its list, that another page follows."""
    head = stream.read(AT_ONCE)
    if not head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{"):
        return False
    return bool(_NEXT_PAGE.search(head.partition(f'"{LIST}"'.encode())[0]))


class _Source:
    """Reads a document piece by piece; `text` is what is read and not yet used up."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = io.TextIOWrapper(stream, encoding="utf-8-sig", errors="replace")
        self._decoder = json.JSONDecoder()
        self.text, self.position = "", 0

    def go_to_list(self) -> None:
        """Go to the first element."""
        if self.next_sign() == "{":
            self._go_past(f'"{LIST}"')
            self._go_past(":")
        if self.next_sign() != "[":
            raise Unreadable(f"It is JSON, but no list of records, and has no list {LIST!r}.")
        self.position += 1

    def next_sign(self) -> str:
        """Go to the next character that is no blank, and give it."""
        while True:
            while self.position < len(self.text):
                if self.text[self.position] not in _BLANK:
                    return self.text[self.position]
                self.position += 1
            self._read_on()

    def element(self) -> str:
        """Give the next element as text."""
        while True:
            try:
                _, end = self._decoder.raw_decode(self.text, self.position)
                # A number may go on in the next piece.
                if end < len(self.text):
                    break
            except (ValueError, RecursionError):
                if len(self.text) - self.position > LONGEST:
                    raise Unreadable(
                        f"A record of its JSON is damaged, or longer than {LONGEST:,} characters."
                    ) from None
            self._read_on()
        found, self.position = self.text[self.position : end], end
        return found

    def _go_past(self, word: str) -> None:
        while (found := self.text.find(word, self.position)) < 0:
            self.position = max(self.position, len(self.text) - len(word))
            self._read_on()
        self.position = found + len(word)

    def _read_on(self) -> None:
        more = self._stream.read(AT_ONCE)
        if not more:
            raise Unreadable("Its JSON ends too early: get it again.")
        self.text, self.position = self.text[self.position :] + more, 0
