"""Requests that wait without a thread (see `api/middleware/waiting.py`)."""

from collections.abc import Callable
from time import monotonic

from api.server.connections import Connection

SECONDS_BETWEEN_LOOKS = 0.02
MOST_WAITING = 100
"""Most requests that wait in a process; the next one is refused at once."""


class WaitingRequests:
    """Connections whose requests wait, in the order in which they came."""

    def __init__(
        self, run: Callable[[Connection], object], end: Callable[[Connection], object]
    ) -> None:
        """Start empty.

        `run` is called with a connection whose wait is over, `end` with one whose client has gone.
        """
        self.run = run
        self.end = end
        self.waiting: list[Connection] = []
        self.next_look = 0.0

    def add(self, conn: Connection) -> None:
        """Let a request wait; its time limit counts from its first wait."""
        conn.waits_until = conn.waits_until or monotonic() + conn.must_wait.seconds
        conn.waited.has_waited = True
        conn.ask_again()
        if len(self.waiting) >= MOST_WAITING:
            conn.waited.is_late = True
            self.run(conn)
            return
        self.waiting.append(conn)
        self.next_look = 0.0

    def seconds_to_sleep(self, most: float) -> float:
        """Return how long the loop may sleep."""
        return min(SECONDS_BETWEEN_LOOKS, most) if self.waiting else most

    def look(self) -> None:
        """Run requests whose wait is over or too long; end those whose clients have gone."""
        now = monotonic()
        if now < self.next_look:
            return
        self.next_look = now + SECONDS_BETWEEN_LOOKS
        for conn in list(self.waiting):
            conn.waited.is_late = now >= conn.waits_until
            if conn.is_lost(is_closing_enough=True):
                self.waiting.remove(conn)
                conn.end_wait()
                self.end(conn)
            elif conn.waited.is_late or _is_over(conn):
                self.waiting.remove(conn)
                self.run(conn)


def _is_over(conn: Connection) -> bool:
    """Tell whether a wait is over; on an error, yes, so that the request meets it itself."""
    try:
        return bool(conn.must_wait.is_over())
    except OSError:
        return True
