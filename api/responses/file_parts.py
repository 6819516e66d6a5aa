"""A part of a file as the body of an answer, sent by the system (`sendfile`)."""

import os
from collections.abc import Iterator
from typing import IO

BLOCK = 65_536


class FilePart:
    """A part of a file as the body of an answer: iterated, or sent by the system.

    `left` is how many bytes are still to be sent.
    """

    def __init__(self, file: IO[bytes], start: int, length: int) -> None:
        """Start at the byte `start`."""
        self.file = file
        self.start = start
        self.left = length

    def __iter__(self) -> Iterator[bytes]:
        """Yield the bytes, some at a time."""
        self.file.seek(self.start)
        while self.left:
            block = self.file.read(min(BLOCK, self.left))
            self.left -= len(block)
            yield block

    def send(self, connection: int, most: int) -> int:
        """Have the system send some bytes to a connection; give how many it took."""
        sent = os.sendfile(connection, self.file.fileno(), self.start, min(most, self.left))
        self.start += sent
        self.left -= sent
        return sent

    def close(self) -> None:
        """Close the file."""
        self.file.close()
