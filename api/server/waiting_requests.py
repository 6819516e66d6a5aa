"""Requests that wait without a thread (see `api/middleware/waiting.py`)."""

from collections.abc import Callable
from time import monotonic

from api.server.connections import Connection

SECONDS_BETWEEN_LOOKS = 0.02


class WaitingRequests:
    """Connections whose requests wait, in the order in which they came."""

    def __init__(self, run: Callable[[Connection], object]) -> None:
        """Begin with none; `run` is called with a connection whose wait is over."""
        self.run = run
        self.waiting: list[Connection] = []
        self.next_look = 0.0

    def add(self, conn: Connection) -> None:
        """Let a request wait; how long it may is counted from its first wait."""
        conn.waits_until = conn.waits_until or monotonic() + conn.must_wait.seconds
        conn.waited.has_waited = True
        conn.ask_again()
        self.waiting.append(conn)
        self.next_look = 0.0

    def seconds_to_sleep(self, most: float) -> float:
        """Give how long the loop may sleep."""
        return SECONDS_BETWEEN_LOOKS if self.waiting else most

    def look(self) -> None:
        """Run the requests whose wait is over, or has taken too long."""
        now = monotonic()
        if now < self.next_look:
            return
        self.next_look = now + SECONDS_BETWEEN_LOOKS
        for conn in list(self.waiting):
            conn.waited.is_late = now >= conn.waits_until
            if conn.waited.is_late or conn.must_wait.is_over():
                self.waiting.remove(conn)
                self.run(conn)
