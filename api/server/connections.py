"""Connections to clients: what has come of a request, and what is still to be sent of its answer.

A client that does not read holds up nobody: what it does not take at once is kept for it.
"""

import errno
import socket
from collections import deque
from itertools import islice, takewhile
from select import POLLOUT, poll
from time import monotonic
from typing import Any

from gunicorn.workers.base import Worker
from gunicorn.workers.gthread import TConn

from api.responses.file_parts import FilePart

LARGEST_HEAD = 65_536
MOST_KEPT = 4 * 2**20
"""So much of an answer is kept; the thread that makes more of it waits for its reader."""
PIECE = 262_144
SECONDS_TO_SEND = 30.0
"""How long a client may take to read one piece of an answer."""
MOST_BUFFERS = 64
SENDS = 8
"""How often a thread goes on to send before it leaves the rest to the loop."""


class ClientSocket(socket.socket):
    """A connection to a client, which keeps what the client does not take yet."""

    def __init__(self, *given: Any) -> None:
        """Begin with nothing to send."""
        super().__init__(*given)
        self.kept: deque[Any] = deque()
        """Bytes (`memoryview`) and parts of files."""
        self.kept_bytes = 0
        super().setblocking(False)

    def setblocking(self, flag: bool) -> None:
        """Stay as it is: no call of a connection waits, whatever gunicorn asks for."""

    def settimeout(self, seconds: float | None) -> None:
        """Stay as it is, alike."""

    def sendall(self, data: Any, flags: int = 0) -> None:
        """Keep data until it is sent."""
        if data:
            self.kept.append(memoryview(data))
            self.kept_bytes += len(data)

    def send_some(self) -> int:
        """Send what the client takes now, a piece of a file at most; give how much that was."""
        first = self.kept[0]
        try:
            if isinstance(first, FilePart):
                sent = first.send(self.fileno(), PIECE)
                if not first.left:
                    self.kept.popleft().close()
                return sent
            buffers = takewhile(lambda one: isinstance(one, memoryview), self.kept)
            sent = self.sendmsg(list(islice(buffers, MOST_BUFFERS)))
        except BlockingIOError:
            return 0
        self._forget(sent)
        return sent

    def _forget(self, sent: int) -> None:
        self.kept_bytes -= sent
        while sent:
            first = self.kept.popleft()
            if sent < len(first):
                self.kept.appendleft(first[sent:])
            sent -= min(sent, len(first))

    def flush(self) -> None:
        """Send what the client takes now; wait only while more is kept than may be."""
        for _ in range(SENDS):
            if not (self.kept and self.send_some()):
                break
        while self.kept_bytes > MOST_KEPT:
            self._wait_for_reader()

    def _wait_for_reader(self) -> None:
        """Wait until a piece has been taken; give up a client that takes too long for it."""
        goal, end = self.kept_bytes - PIECE, monotonic() + SECONDS_TO_SEND
        poller = poll()
        poller.register(self.fileno(), POLLOUT)
        while self.kept_bytes > goal:
            if not poller.poll(max(0, end - monotonic()) * 1_000):
                raise ConnectionResetError(errno.ECONNRESET, "The client does not read.")
            self.send_some()

    def close(self) -> None:
        """Close the connection and the files that it was to send."""
        for one in self.kept:
            if isinstance(one, FilePart):
                one.close()
        self.kept.clear()
        super().close()


class Connection(TConn):
    """A connection with as much of the head of its next request as has come."""

    parser: Any

    def __init__(self, worker: Worker, client: ClientSocket, address: Any, server: Any) -> None:
        """Begin with nothing read."""
        super().__init__(worker.cfg, client, address, server)
        self.head = bytearray()
        self.ignored = 0
        self.data_ready = True
        self.asked = b""
        self.is_kept = False
        self.watched: Any = None
        """Among which of the worker's connections this one is watched."""
        self.taken = 0
        """How much the client has taken since its time to read a piece began."""
        self.waited: Any = None
        self.must_wait: Any = None
        self.waits_until = 0.0

    def init(self) -> None:
        """Give the parser what has been read."""
        super().init()
        self.must_wait = None
        self.asked = bytes(self.head)
        self.parser.unreader.unread(self.asked)
        self.head.clear()

    def ask_again(self) -> None:
        """Begin anew with the request that has been read, and with what came behind it."""
        self.head[:] = self.asked
        self.parser, self.initialized = None, False

    def end_wait(self) -> None:
        """Give back what a request had while it waited, and forget the wait."""
        if self.waited:
            self.waited.end()
        self.waited, self.waits_until = None, 0.0

    def wait(self, seconds: float) -> None:
        """Set how long the connection may stay as it is."""
        self.timeout = monotonic() + seconds

    def is_lost(self, is_closing_enough: bool = False) -> bool:
        """Tell whether the client has reset the connection, or closed its side of it."""
        try:
            return self.sock.recv(1, socket.MSG_PEEK) == b"" and is_closing_enough
        except BlockingIOError:
            return False
        except OSError:
            return True

    def read(self) -> bytes | None:
        """Read what has come: None if nothing yet, nothing if that was all."""
        try:
            return bytes(self.sock.recv(LARGEST_HEAD))
        except BlockingIOError:
            return None
        except OSError:
            return b""
