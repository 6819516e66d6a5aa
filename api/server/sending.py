"""What clients have not taken yet of their answers: sent by the loop as they take it."""

from collections.abc import Callable
from selectors import EVENT_WRITE
from typing import Any

from api.server.connections import PIECE, SECONDS_TO_SEND, Connection
from api.server.watched import Watched

MOST_KEPT_OF_ALL = 64 * 2**20
"""So many bytes are kept for all clients together; who takes nothing longest is given up."""


class Sending:
    """Answers that are being sent; what clients do not take is kept in bounded memory."""

    def __init__(self, worker: Any, sent: Callable[[Connection], object]) -> None:
        """Begin with none; `sent` is called with a connection whose answer has been sent."""
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
        """Give up those who take too long for a piece."""
        for conn in self.watched.overdue():
            self._end(conn)

    def _end(self, conn: Connection) -> None:
        self.kept_bytes -= conn.sock.kept_bytes
        self.worker.end(conn)
