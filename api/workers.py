"""The worker of our server, of whose threads slow clients hold none.

A thread gets a connection when the head of a request is whole, and reads no body.
"""

import errno
import re
import socket
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from selectors import EVENT_READ
from time import monotonic
from typing import Any

import gunicorn.util
from gunicorn.workers import base
from gunicorn.workers.gthread import STOP_KEEPALIVE_LINGER

from api.connections import LARGEST_HEAD, ClientSocket, Connection
from api.leading import LeadingWorker

LARGEST_LINE = 8_190
SECONDS_TO_ASK = 10.0
"""From the first look at a request until its head must have come."""
SECONDS_TO_LEAVE = 2.0
"""How long a client may take to close a connection that we have ended (RFC 9112, 9.6)."""
MOST_IGNORED = 1_048_576

# gunicorn refuses a bare LF as soon as it sees one.
_END = re.compile(rb"\r\n\r\n|(?<!\r)\n")


class Worker(LeadingWorker):
    """A worker that keeps its threads for requests that are there."""

    def __init__(self, *given: Any, **named: Any) -> None:
        """Begin without connections."""
        super().__init__(*given, **named)
        self.leaving: deque[Connection] = deque()

    def handle_quit(self, sig: int, frame: Any) -> None:
        """End without a word to the pool: the interrupted thread may hold its lock."""
        base.Worker.handle_quit(self, sig, frame)

    def accept(self, listener: socket.socket) -> bool:
        """Accept a connection, if one is waiting; its request has often come with it."""
        try:
            client, address = listener.accept()
        except OSError as error:
            if error.errno not in (errno.EAGAIN, errno.ECONNABORTED):
                raise
            return False
        self.nr_conns += 1
        given = (client.family, client.type, client.proto, client.detach())
        conn = Connection(self, ClientSocket(*given), address, listener.getsockname())
        self._begin(conn)
        return True

    def go_on(self, conn: Connection) -> None:
        """Begin with the next request."""
        self._begin(conn)

    def _begin(self, conn: Connection) -> None:
        """Read the head of a request; wait for what is missing."""
        conn.wait(SECONDS_TO_ASK)
        go_on = self._next_step(conn)
        if go_on:
            go_on(conn)
        else:
            self._watch(self.pending_conns, conn, self._go_on)

    def _go_on(self, conn: Connection, _client: Any) -> None:
        go_on = self._next_step(conn)
        if go_on:
            self._forget(self.pending_conns, conn)
            go_on(conn)

    def _next_step(self, conn: Connection) -> Callable[[Connection], None] | None:
        """Read more of a head that is not whole; give what is to be done, None for waiting."""
        end, data = _END.search(conn.head), None
        if not end:
            seen = max(0, len(conn.head) - 3)
            data = conn.read()
            conn.head += data or b""
            end = _END.search(conn.head, seen)
        if (end.start() if end else len(conn.head)) > LARGEST_HEAD:
            return self._refuse_large
        if end:
            return self.enqueue_req
        return self._close if data == b"" else None

    def _refuse_large(self, conn: Connection) -> None:
        if len(conn.head.partition(b"\r\n")[0]) > LARGEST_LINE:
            self._refuse(conn, 414, "URI Too Long", "The address is too long.")
        else:
            detail = "The header fields are too large."
            self._refuse(conn, 431, "Request Header Fields Too Large", detail)

    def on_client_socket_readable(self, conn: Connection, client: Any) -> None:
        """Read the next request of a connection that was kept."""
        self._forget(self.keepalived_conns, conn)
        self._begin(conn)

    def handle_request(self, req: Any, conn: Connection) -> bool:
        """Answer a request; after one with a body, which nobody reads, nothing can follow."""
        if any(name in ("CONTENT-LENGTH", "TRANSFER-ENCODING") for name, _ in req.headers):
            req.force_close()
        return bool(super().handle_request(req, conn))

    def end_request(self, conn: Connection, is_kept: bool) -> None:
        """Keep a connection whose request has been answered, or end it."""
        if not is_kept:
            self._leave(conn)
            return
        conn.head += conn.parser.unreader.take_buffered()
        if conn.head:
            # One that asks again and again lets others come between.
            self.again.append(conn)
            return
        conn.wait(self.cfg.keepalive if self.alive else STOP_KEEPALIVE_LINGER)
        self._watch(self.keepalived_conns, conn, self.on_client_socket_readable)

    def murder_pending(self) -> None:
        """Let go of those who take too long to ask, or to close what we have ended."""
        for conn in self._overdue(self.pending_conns):
            if conn.head:
                self._refuse(conn, 408, "Request Timeout", "The request takes too long to come.")
            else:
                self._close(conn)
        for conn in self._overdue(self.leaving):
            self._close(conn)

    def _overdue(self, waiting: "deque[Connection]") -> list[Connection]:
        now, found = monotonic(), []
        while waiting and waiting[0].timeout <= now:
            found.append(waiting[0])
            self._forget(waiting, waiting[0])
        return found

    def _refuse(self, conn: Connection, status: int, reason: str, detail: str) -> None:
        with suppress(OSError):
            gunicorn.util.write_error(conn.sock, status, reason, detail)
        self._leave(conn)

    def _leave(self, conn: Connection) -> None:
        """End a connection; what the client still sends is thrown away until it closes, too.

        To close at once would take away the answer from a client that has not read it.
        """
        try:
            conn.sock.shutdown(socket.SHUT_WR)
        except OSError:
            self._close(conn)
            return
        conn.wait(SECONDS_TO_LEAVE)
        self._watch(self.leaving, conn, self._ignore)

    def _ignore(self, conn: Connection, _client: Any) -> None:
        data = conn.read()
        conn.ignored += len(data or b"")
        if data == b"" or conn.ignored > MOST_IGNORED:
            self._forget(self.leaving, conn)
            self._close(conn)

    def _close(self, conn: Connection) -> None:
        self.nr_conns -= 1
        conn.close()

    def _watch(self, waiting: "deque[Connection]", conn: Connection, go_on: Any) -> None:
        waiting.append(conn)
        self.poller.register(conn.sock, EVENT_READ, partial(go_on, conn))

    def _forget(self, waiting: "deque[Connection]", conn: Connection) -> None:
        waiting.remove(conn)
        self.poller.unregister(conn.sock)

    def set_accept_enabled(self, enabled: bool) -> None:
        """Accept connections or not; a worker that stops takes those that are there already."""
        if self.alive:
            super().set_accept_enabled(enabled)
        elif self._accepting:
            for listener in self.sockets:
                while self.accept(listener):
                    pass
            super().set_accept_enabled(False)
            for listener in self.sockets:
                listener.close()

    def _cap_keepalive(self, deadline: float) -> None:
        """Wait for the rest of requests only for a moment when the worker stops."""
        super()._cap_keepalive(deadline)
        for conn in self.pending_conns:
            conn.timeout = min(conn.timeout, deadline)
