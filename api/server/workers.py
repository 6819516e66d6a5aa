"""The worker of our server: a loop that waits for clients, and threads that answer.

A thread gets a request when its head is whole, and reads no body. It leaves to the loop what the
client does not take at once, and so it does with a request that has to wait. Only the loop touches
connections that no thread answers.
"""

import errno
import re
import socket
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from selectors import EVENT_READ, EVENT_WRITE
from time import monotonic
from typing import Any

import gunicorn.util
from gunicorn.http import wsgi
from gunicorn.workers import base
from gunicorn.workers.gthread import STOP_KEEPALIVE_LINGER, ThreadWorker

from api.middleware.waiting import WAIT, MustWait, Wait
from api.responses.file_parts import FilePart
from api.server.connections import LARGEST_HEAD, PIECE, SECONDS_TO_SEND, ClientSocket, Connection

LARGEST_LINE = 8_190
SECONDS_TO_ASK = 10.0
"""From the first look at a request until its head must have come."""
SECONDS_TO_LEAVE = 2.0
"""How long a client may take to close a connection that we have ended (RFC 9112, 9.6)."""
MOST_IGNORED = 1_048_576
MOST_KEPT_OF_ALL = 64 * 2**20
"""So many bytes are kept for all clients together; who takes nothing longest is given up."""
SECONDS_BETWEEN_LOOKS = 0.02
"""How often the loop looks whether requests that wait may go on."""
SECONDS_TO_RECOVER = 1.0
"""How long no connection is accepted after the system had no file left for one."""
NO_FILES = (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM)

# gunicorn refuses a bare LF as soon as it sees one.
_END = re.compile(rb"\r\n\r\n|(?<!\r)\n")
_HEALTH = re.compile(rb"(?:GET|HEAD) /healthz[? ]")
_READINESS = re.compile(rb"(?:GET|HEAD) /readyz[? ]")


class Worker(ThreadWorker):
    """A worker that keeps its threads for requests that are there."""

    def __init__(self, *given: Any, **named: Any) -> None:
        """Begin without connections."""
        super().__init__(*given, **named)
        self.leaving: deque[Connection] = deque()
        self.sending: deque[Connection] = deque()
        """Those whose answers are being sent; who has taken nothing for longest comes first."""
        self.kept_bytes = 0
        self.waiting: list[Connection] = []
        self.next_look = 0.0
        self.accepts_from = 0.0
        self.probes = ThreadPoolExecutor(max_workers=1)

    def handle_quit(self, sig: int, frame: Any) -> None:
        """End without a word to the pool: the interrupted thread may hold its lock."""
        base.Worker.handle_quit(self, sig, frame)

    # Requests come

    def accept(self, listener: socket.socket) -> bool:
        """Accept a connection, if one is waiting; its request has often come with it."""
        try:
            client, address = listener.accept()
        except OSError as error:
            if error.errno in NO_FILES and self.alive:
                self.accepts_from = monotonic() + SECONDS_TO_RECOVER
                self.set_accept_enabled(False)
            elif error.errno not in (errno.EAGAIN, errno.ECONNABORTED, *NO_FILES):
                raise
            return False
        self.nr_conns += 1
        given = (client.family, client.type, client.proto, client.detach())
        self._begin(Connection(self, ClientSocket(*given), address, listener.getsockname()))
        return True

    def set_accept_enabled(self, enabled: bool) -> None:
        """Accept connections or not; a worker that stops takes those that are there already."""
        if self.alive:
            super().set_accept_enabled(enabled and monotonic() >= self.accepts_from)
        elif self._accepting:
            for listener in self.sockets:
                while self.accept(listener):
                    pass
            super().set_accept_enabled(False)
            for listener in self.sockets:
                listener.close()

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

    # Requests are answered

    def enqueue_req(self, conn: Connection) -> None:
        """Have a request answered: by a thread, but probes by who is never busy with others."""
        if _HEALTH.match(conn.head):
            self._answer(conn)
        elif _READINESS.match(conn.head):
            self.probes.submit(self._answer, conn)
        else:
            self.tpool.submit(self._answer, conn)

    def _answer(self, conn: Connection) -> None:
        is_kept = False
        try:
            is_kept = self.handle(conn)
        except Exception:
            # Whatever it was, others have requests, too.
            self.log.exception("Error handling request")
        finally:
            self.method_queue.defer(self._end_request, conn, is_kept)

    def handle_request(self, req: Any, conn: Connection) -> bool:
        """Answer a request; after one with a body, which nobody reads, nothing can follow."""
        if any(name in ("CONTENT-LENGTH", "TRANSFER-ENCODING") for name, _ in req.headers):
            req.force_close()
        answer, environ = wsgi.create(req, conn.sock, conn.client, conn.server, self.cfg)
        conn.waited = conn.waited or Wait(needs_no_thread=True)
        environ |= {"wsgi.multithread": True, WAIT: conn.waited}
        if not self.alive or len(self.keepalived_conns) >= self.max_keepalived:
            answer.force_close()
        try:
            pieces = self.wsgi(environ, answer.start_response)
        except MustWait as must_wait:
            conn.must_wait = must_wait
            return True
        try:
            _write(answer, conn.sock, pieces)
        except OSError:
            raise
        except Exception:
            if not answer.headers_sent:
                raise
            # What has begun is broken off, and must not look whole.
            self.log.exception("Error handling request")
            return False
        return not answer.should_close()

    # Requests wait

    def wait_for_and_dispatch_events(self, timeout: float) -> None:
        """Do what is to be done for what has come, and for those whose wait is over."""
        super().wait_for_and_dispatch_events(SECONDS_BETWEEN_LOOKS if self.waiting else timeout)
        if self.waiting and monotonic() >= self.next_look:
            self.next_look = monotonic() + SECONDS_BETWEEN_LOOKS
            for conn in self._no_longer_waiting():
                self.waiting.remove(conn)
                self.enqueue_req(conn)

    def _no_longer_waiting(self) -> list[Connection]:
        now, found = monotonic(), []
        for conn in self.waiting:
            conn.waited.is_late = now >= conn.waits_until
            if conn.waited.is_late or conn.must_wait.is_over():
                found.append(conn)
        return found

    def _let_wait(self, conn: Connection) -> None:
        """Keep a request without a thread; how long it may wait is counted from its first wait."""
        conn.waits_until = conn.waits_until or monotonic() + conn.must_wait.seconds
        conn.waited.has_waited = True
        conn.ask_again()
        self.waiting.append(conn)
        self.next_look = 0.0

    # Answers are sent

    def _end_request(self, conn: Connection, is_kept: bool) -> None:
        """Send the rest of an answer; then keep the connection, or end it."""
        if conn.must_wait:
            self._let_wait(conn)
            return
        conn.end_wait()
        conn.is_kept = is_kept
        if not conn.sock.kept:
            self._after_answer(conn)
            return
        self.kept_bytes += conn.sock.kept_bytes
        conn.taken = 0
        conn.wait(SECONDS_TO_SEND)
        self._watch(self.sending, conn, self._send_more, EVENT_WRITE)
        while self.kept_bytes > MOST_KEPT_OF_ALL:
            self._give_up(self.sending[0])

    def _send_more(self, conn: Connection, _client: Any) -> None:
        kept = conn.sock.kept_bytes
        try:
            conn.taken += conn.sock.send_some()
        except OSError:
            self._give_up(conn)
            return
        self.kept_bytes -= kept - conn.sock.kept_bytes
        if not conn.sock.kept:
            self._forget(self.sending, conn)
            self._after_answer(conn)
        elif conn.taken >= PIECE:
            conn.taken = 0
            conn.wait(SECONDS_TO_SEND)
            self.sending.remove(conn)
            self.sending.append(conn)

    def _give_up(self, conn: Connection) -> None:
        self.kept_bytes -= conn.sock.kept_bytes
        self._forget(self.sending, conn)
        self._close(conn)

    def _after_answer(self, conn: Connection) -> None:
        if not conn.is_kept:
            self._leave(conn)
            return
        conn.head += conn.parser.unreader.take_buffered()
        if conn.head:
            self._begin(conn)
            return
        conn.wait(self.cfg.keepalive if self.alive else STOP_KEEPALIVE_LINGER)
        self._watch(self.keepalived_conns, conn, self.on_client_socket_readable)

    # Connections end

    def murder_pending(self) -> None:
        """Let go of those who take too long to ask, to read, or to close what we have ended."""
        for conn in self._overdue(self.pending_conns):
            if conn.head:
                self._refuse(conn, 408, "Request Timeout", "The request takes too long to come.")
            else:
                self._close(conn)
        for conn in self._overdue(self.sending):
            self.kept_bytes -= conn.sock.kept_bytes
            self._close(conn)
        for conn in self._overdue(self.leaving):
            self._close(conn)

    def _overdue(self, watched: "deque[Connection]") -> list[Connection]:
        now, found = monotonic(), []
        while watched and watched[0].timeout <= now:
            found.append(watched[0])
            self._forget(watched, watched[0])
        return found

    def _refuse(self, conn: Connection, status: int, reason: str, detail: str) -> None:
        gunicorn.util.write_error(conn.sock, status, reason, detail)
        with suppress(OSError):
            conn.sock.flush()
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

    def _watch(
        self, watched: "deque[Connection]", conn: Connection, go_on: Any, event: int = EVENT_READ
    ) -> None:
        watched.append(conn)
        self.poller.register(conn.sock, event, partial(go_on, conn))

    def _forget(self, watched: "deque[Connection]", conn: Connection) -> None:
        watched.remove(conn)
        self.poller.unregister(conn.sock)

    def _cap_keepalive(self, deadline: float) -> None:
        """Wait for the rest of requests only for a moment when the worker stops."""
        super()._cap_keepalive(deadline)
        for conn in self.pending_conns:
            conn.timeout = min(conn.timeout, deadline)


def _write(answer: Any, client: ClientSocket, pieces: Any) -> None:
    """Write an answer piece by piece; a file is sent by the loop."""
    if isinstance(pieces, FilePart):
        answer.send_headers()
        client.kept.append(pieces)
        client.flush()
        return
    try:
        for piece in pieces:
            answer.write(piece)
            client.flush()
        answer.close()
        client.flush()
    finally:
        if hasattr(pieces, "close"):
            pieces.close()
