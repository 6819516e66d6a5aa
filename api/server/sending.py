"""Buffered rests of answers: the loop sends them as fast as clients read."""

from collections.abc import Callable
from selectors import EVENT_WRITE
from typing import Any

from api.server.connections import PIECE, SECONDS_TO_SEND, Connection
from api.server.watched import Watched

MOST_KEPT_OF_ALL = 64 * 2**20
"""Most bytes buffered for all clients; above it, the client idle for longest is cut off."""


class Sending:
    """Answers that are being sent, from a buffer of limited size."""

    def __init__(self, worker: Any, sent: Callable[[Connection], object]) -> None:
        """Start empty; `sent` is called with each connection whose answer has been sent."""
        self.worker = worker
        self.sent = sent
        self.watched = Watched(worker)
        self.kept_bytes = 0

    def add(self, conn: Connection) -> None:
        """Send the rest of an answer."""
        if not conn.sock.kept:
            self.sent(conn)
            return
        conn.taken = 0
        self.kept_bytes += conn.sock.kept_bytes
        self.watched.watch(conn, SECONDS_TO_SEND, self._send_more, EVENT_WRITE)
        while self.kept_bytes > MOST_KEPT_OF_ALL:
            self._give_up(next(one for one in self.watched if one.sock.kept_bytes))

    def _send_more(self, conn: Connection) -> None:
        kept = conn.sock.kept_bytes
        try:
            conn.taken += conn.sock.send_some()
        except OSError:
            self._give_up(conn)
            return
        self.kept_bytes -= kept - conn.sock.kept_bytes
        if not conn.sock.kept:
            self.watched.forget(conn)
            self.sent(conn)
        elif conn.taken >= PIECE:
            conn.taken = 0
            self.watched.renew(conn, SECONDS_TO_SEND)

    def _give_up(self, conn: Connection) -> None:
        self.watched.forget(conn)
        self._end(conn)

    def end_overdue(self) -> None:
        """Close connections whose clients take too long to read a piece."""
        for conn in self.watched.overdue():
            self._end(conn)

    def _end(self, conn: Connection) -> None:
        self.kept_bytes -= conn.sock.kept_bytes
        self.worker.end(conn)
