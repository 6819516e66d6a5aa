"""Connections to clients: the head read so far, and the rest of the answer to send.

A client that does not read blocks nobody: what it does not read at once is buffered.
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
"""Most bytes buffered of one answer; above it, the thread waits for the client."""
PIECE = 262_144
SECONDS_TO_SEND = 30.0
"""How long a client may take to read one piece of an answer."""
MOST_BUFFERS = 64
SENDS = 8
"""How often a thread sends before it leaves the rest to the loop."""


class ClientSocket(socket.socket):
    """A non-blocking socket that buffers what the client does not read yet."""

    def __init__(self, *given: Any) -> None:
        """Start with an empty buffer."""
        super().__init__(*given)
        self.kept: deque[Any] = deque()
        """Bytes (`memoryview`) and parts of files."""
        self.kept_bytes = 0
        super().setblocking(False)

    def setblocking(self, flag: bool) -> None:
        """Do nothing: the socket stays non-blocking, whatever gunicorn asks for."""

    def settimeout(self, seconds: float | None) -> None:
        """Do nothing, for the same reason."""

    def sendall(self, data: Any, flags: int = 0) -> None:
        """Buffer data to be sent."""
        if data:
            self.kept.append(memoryview(data))
            self.kept_bytes += len(data)

    def send_some(self) -> int:
        """Send what the client reads now, of a file at most one piece; return the bytes sent."""
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
        """Send what the client reads now; wait only while the buffer is too full."""
        for _ in range(SENDS):
            if not (self.kept and self.send_some()):
                break
        while self.kept_bytes > MOST_KEPT:
            self._wait_for_reader()

    def _wait_for_reader(self) -> None:
        """Wait until the client has read a piece; give up if that takes too long."""
        goal, end = self.kept_bytes - PIECE, monotonic() + SECONDS_TO_SEND
        poller = poll()
        poller.register(self.fileno(), POLLOUT)
        while self.kept_bytes > goal:
            if not poller.poll(max(0, end - monotonic()) * 1_000):
                raise ConnectionResetError(errno.ECONNRESET, "The client does not read.")
            self.send_some()

    def close(self) -> None:
        """Close the connection and the files still to be sent."""
        for one in self.kept:
            if isinstance(one, FilePart):
                one.close()
        self.kept.clear()
        super().close()


class Connection(TConn):
    """A connection, and what has arrived of the head of its next request."""

    parser: Any

    def __init__(self, worker: Worker, client: ClientSocket, address: Any, server: Any) -> None:
        """Start with nothing read."""
        super().__init__(worker.cfg, client, address, server)
        self.head = bytearray()
        self.ignored = 0
        self.data_ready = True
        self.asked = b""
        self.is_kept = False
        self.watched: Any = None
        """The `Watched` of the worker that has this connection, if any."""
        self.taken = 0
        """Bytes that the client has read of the current piece."""
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
        """Start again with the request that was read, and what arrived after it."""
        self.head[:] = self.asked
        self.parser, self.initialized = None, False

    def end_wait(self) -> None:
        """Release what the request held while it waited, and forget the wait."""
        if self.waited:
            self.waited.end()
        self.waited, self.waits_until = None, 0.0

    def wait(self, seconds: float) -> None:
        """Set the deadline of the connection to `seconds` from now."""
        self.timeout = monotonic() + seconds

    def is_lost(self, is_closing_enough: bool = False) -> bool:
        """Tell whether the client has reset or, if `is_closing_enough`, closed the connection."""
        try:
            return self.sock.recv(1, socket.MSG_PEEK) == b"" and is_closing_enough
        except BlockingIOError:
            return False
        except OSError:
            return True

    def read(self) -> bytes | None:
        """Read what has arrived: None if nothing yet, empty bytes at the end."""
        try:
            return bytes(self.sock.recv(LARGEST_HEAD))
        except BlockingIOError:
            return None
        except OSError:
            return b""
