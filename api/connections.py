"""Connections to clients: what has come of a request's head, and how long a client may take.

What is sent to a client that does not read it is given up after a while.
"""

import errno
import socket
from time import monotonic
from typing import Any

from gunicorn.workers.base import Worker
from gunicorn.workers.gthread import TConn

LARGEST_HEAD = 65_536
PIECE = 262_144
SECONDS_TO_SEND = 30.0
"""How long a client may take to read one piece of an answer."""


class ClientSocket(socket.socket):
    """A connection to a client; no thread waits for it for long."""

    def setblocking(self, flag: bool) -> None:
        """Wait for a limited time, or not at all."""
        self.settimeout(SECONDS_TO_SEND if flag else 0)

    def sendall(self, data: Any, flags: int = 0) -> None:
        """Send all, piece by piece, or give the connection up."""
        rest = memoryview(data)
        try:
            while rest:
                super().sendall(rest[:PIECE], flags)
                rest = rest[PIECE:]
        except TimeoutError as error:
            raise ConnectionResetError(errno.ECONNRESET, "The client does not read.") from error


class Connection(TConn):
    """A connection with as much of the head of its next request as has come."""

    def __init__(self, worker: Worker, client: ClientSocket, address: Any, server: Any) -> None:
        """Begin with nothing read."""
        super().__init__(worker.cfg, client, address, server)
        self.head = bytearray()
        self.ignored = 0
        self.data_ready = True

    def init(self) -> None:
        """Give the parser what has been read."""
        super().init()
        self.parser.unreader.unread(bytes(self.head))
        self.head.clear()

    def wait(self, seconds: float) -> None:
        """Set how long the connection may stay as it is."""
        self.timeout = monotonic() + seconds
        self.sock.setblocking(False)

    def read(self) -> bytes | None:
        """Read what has come: None if nothing yet, nothing if that was all."""
        try:
            return bytes(self.sock.recv(LARGEST_HEAD))
        except BlockingIOError:
            return None
        except OSError:
            return b""
