"""The worker of our server: a loop that waits for clients, and threads that answer.

A thread gets a request when its head is complete, and reads no body. The loop sends what the
client does not read at once, and keeps requests that have to wait. Only the loop touches
connections that no thread is answering.
"""

import errno
import re
import socket
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from time import monotonic
from typing import Any

import gunicorn.util
from gunicorn.http import wsgi
from gunicorn.workers import base
from gunicorn.workers.gthread import STOP_KEEPALIVE_LINGER, ThreadWorker

from api.middleware.waiting import WAIT, MustWait, Wait
from api.responses.file_parts import FilePart
from api.server.connections import LARGEST_HEAD, ClientSocket, Connection
from api.server.sending import Sending
from api.server.waiting_requests import WaitingRequests
from api.server.watched import Watched

LARGEST_LINE = 8_190
SECONDS_TO_ASK = 10.0
"""How long the head of a request may take to arrive."""
SECONDS_TO_LEAVE = 2.0
"""How long a client may take to close a connection that we have ended (RFC 9112, 9.6)."""
MOST_IGNORED = 1_048_576
SECONDS_AT_ONE = 0.01
"""How long a thread may work on a request before another thread starts the next one."""
SECONDS_TO_RECOVER = 1.0
"""How long no connection is accepted after the system ran out of open files."""
NO_FILES = (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM)

# gunicorn refuses a bare LF as soon as it sees one.
_END = re.compile(rb"\r\n\r\n|(?<!\r)\n")
_HEALTH = re.compile(rb"(?:GET|HEAD) /healthz[? ]")
_READINESS = re.compile(rb"(?:GET|HEAD) /readyz[? ]")


class Worker(ThreadWorker):
    """A worker whose threads only get requests that have arrived."""

    def __init__(self, *given: Any, **named: Any) -> None:
        """Start without connections."""
        super().__init__(*given, **named)
        self.pending_conns, self.keepalived_conns = Watched(self), Watched(self)
        self.leaving = Watched(self)
        self.sending = Sending(self, self._after_answer)
        self.waiting = WaitingRequests(self.enqueue_req, self.end)
        self.queue: deque[Connection] = deque()
        self.begun: dict[Connection, float] = {}
        """Connections that threads are answering, and since when; the newest comes last."""
        self.accepts_from = 0.0
        self.probes = ThreadPoolExecutor(max_workers=1)

    def handle_quit(self, sig: int, frame: Any) -> None:
        """Exit without shutting down the pool: the interrupted thread may hold its lock."""
        base.Worker.handle_quit(self, sig, frame)

    # Requests come

    def accept(self, listener: socket.socket) -> bool:
        """Accept a connection, if one is waiting; often its request is there already."""
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
        """Accept connections or not; a stopping worker accepts those already in the backlog."""
        if self.alive:
            enabled = enabled or self._make_room()
            super().set_accept_enabled(enabled and monotonic() >= self.accepts_from)
        elif self._accepting:
            for listener in self.sockets:
                while self.accept(listener):
                    pass
            super().set_accept_enabled(False)
            for listener in self.sockets:
                listener.close()

    def _make_room(self) -> bool:
        """Close the connection that was idle for longest; return whether there was one."""
        for idle in (self.keepalived_conns, self.leaving, self.pending_conns):
            if idle:
                conn = idle[0]
                idle.forget(conn)
                self.end(conn)
                return True
        return False

    def _begin(self, conn: Connection) -> None:
        """Read the head of a request; wait for the rest if it is incomplete."""
        go_on = self._next_step(conn)
        if go_on:
            go_on(conn)
        else:
            self.pending_conns.watch(conn, SECONDS_TO_ASK, self._go_on)

    def _go_on(self, conn: Connection) -> None:
        go_on = self._next_step(conn)
        if go_on:
            self.pending_conns.forget(conn)
            go_on(conn)

    def _next_step(self, conn: Connection) -> Callable[[Connection], None] | None:
        """Read more of an incomplete head; return the next step, or None to wait."""
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
        return self.end if data == b"" else None

    def _refuse_large(self, conn: Connection) -> None:
        if len(conn.head.partition(b"\r\n")[0]) > LARGEST_LINE:
            self._refuse(conn, 414, "URI Too Long", "")
        else:
            detail = "The header fields are too large."
            self._refuse(conn, 431, "Request Header Fields Too Large", detail)

    # Requests are answered

    def enqueue_req(self, conn: Connection) -> None:
        """Queue a request for the threads; answer probes without waiting for the queue."""
        if _HEALTH.match(conn.head):
            self._answer(conn)
        elif _READINESS.match(conn.head):
            self.probes.submit(self._answer, conn)
        else:
            self.queue.append(conn)
            self._hand_over()

    def _hand_over(self) -> None:
        """Give requests to threads, one by one as long as they are short.

        Python runs one thread at a time: more threads would only slow each other down.
        """
        while self.queue and len(self.begun) < self.cfg.threads:
            now = monotonic()
            if self.begun and now < next(reversed(self.begun.values())) + SECONDS_AT_ONE:
                return
            conn = self.queue.popleft()
            self.begun[conn] = now
            self.tpool.submit(self._answer, conn)

    def _answer(self, conn: Connection) -> None:
        is_kept = False
        try:
            # Nobody needs the answer if the client left while its request was in the queue.
            is_kept = not conn.is_lost() and self.handle(conn)
        except Exception:
            # Whatever it was, the thread must go on with other requests.
            self.log.exception("Error handling request")
        finally:
            self.method_queue.defer(self._end_request, conn, is_kept)

    def handle_request(self, req: Any, conn: Connection) -> bool:
        """Answer a request; close the connection after one with a body, which nobody reads."""
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
            # The answer has begun: break it off, so that it does not look complete.
            self.log.exception("Error handling request")
            return False
        return not answer.should_close()

    def wait_for_and_dispatch_events(self, timeout: float) -> None:
        """Process poller events, and run requests whose wait is over."""
        most = SECONDS_AT_ONE if self.queue else timeout
        super().wait_for_and_dispatch_events(self.waiting.seconds_to_sleep(most))
        self.waiting.look()
        self._hand_over()

    def _end_request(self, conn: Connection, is_kept: bool) -> None:
        """Let a request wait, or send the rest of its answer."""
        self.begun.pop(conn, None)
        if conn.must_wait:
            self.waiting.add(conn)
            return
        conn.end_wait()
        conn.is_kept = is_kept
        self.sending.add(conn)

    def _after_answer(self, conn: Connection) -> None:
        """Keep a connection whose answer has been sent alive, or end it."""
        if not conn.is_kept:
            self._leave(conn)
            return
        conn.head += conn.parser.unreader.take_buffered()
        if conn.head:
            self._begin(conn)
            return
        seconds = self.cfg.keepalive if self.alive else STOP_KEEPALIVE_LINGER
        self.keepalived_conns.watch(conn, seconds, self._ask_next)

    def _ask_next(self, conn: Connection) -> None:
        self.keepalived_conns.forget(conn)
        self._begin(conn)

    # Connections end

    def murder_pending(self) -> None:
        """End connections that take too long to send a request, to read, or to close."""
        for conn in self.pending_conns.overdue():
            if conn.head:
                self._refuse(conn, 408, "Request Timeout", "The request takes too long to come.")
            else:
                self.end(conn)
        self.sending.end_overdue()
        for conn in self.leaving.overdue():
            self.end(conn)

    def _refuse(self, conn: Connection, status: int, reason: str, detail: str) -> None:
        gunicorn.util.write_error(conn.sock, status, reason, detail)
        with suppress(OSError):
            conn.sock.flush()
        self._leave(conn)

    def _leave(self, conn: Connection) -> None:
        """Shut down a connection; drop what the client sends until it closes, too.

        If we closed at once, a client that has not read the answer yet would lose it.
        """
        try:
            conn.sock.shutdown(socket.SHUT_WR)
        except OSError:
            self.end(conn)
            return
        self.leaving.watch(conn, SECONDS_TO_LEAVE, self._ignore)

    def _ignore(self, conn: Connection) -> None:
        data = conn.read()
        conn.ignored += len(data or b"")
        if data == b"" or conn.ignored > MOST_IGNORED:
            self.leaving.forget(conn)
            self.end(conn)

    def end(self, conn: Connection) -> None:
        """Close a connection."""
        self.nr_conns -= 1
        conn.close()

    def _cap_keepalive(self, deadline: float) -> None:
        """Wait for incomplete requests only until `deadline` when the worker stops."""
        super()._cap_keepalive(deadline)
        for conn in self.pending_conns:
            conn.timeout = min(conn.timeout, deadline)


def _write(answer: Any, client: ClientSocket, pieces: Any) -> None:
    """Write an answer piece by piece; leave a file to the loop."""
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
