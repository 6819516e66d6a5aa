"""Connections that the loop polls until they can be read or written."""

from collections import deque
from collections.abc import Callable
from selectors import EVENT_READ
from time import monotonic
from typing import Any

from api.server.connections import Connection


class Watched(deque[Connection]):
    """Connections that wait for the same thing, ordered by their deadlines."""

    def __init__(self, worker: Any) -> None:
        """Keep the worker; its poller does not exist yet."""
        super().__init__()
        self.worker = worker

    def watch(
        self,
        conn: Connection,
        seconds: float,
        go_on: Callable[[Connection], object],
        event: int = EVENT_READ,
    ) -> None:
        """Watch a connection for `seconds`; call `go_on` when it is ready."""
        conn.wait(seconds)
        conn.watched = self
        self.append(conn)
        self.worker.poller.register(conn.sock, event, lambda _client: self._go_on(conn, go_on))

    def _go_on(self, conn: Connection, go_on: Callable[[Connection], object]) -> None:
        """Call `go_on` with a connection; an exception ends only this connection."""
        # It may have been closed since the poller reported it as ready.
        if conn.watched is not self:
            return
        try:
            go_on(conn)
        except Exception:
            self.worker.log.exception("Error handling a connection")
            if conn.watched is self:
                self.forget(conn)
            self.worker.end(conn)

    def renew(self, conn: Connection, seconds: float) -> None:
        """Set the deadline of a watched connection to `seconds` from now."""
        conn.wait(seconds)
        self.remove(conn)
        self.append(conn)

    def forget(self, conn: Connection) -> None:
        """Stop watching a connection."""
        self.remove(conn)
        conn.watched = None
        self.worker.poller.unregister(conn.sock)

    def overdue(self) -> list[Connection]:
        """Return the connections past their deadline, and stop watching them."""
        now, found = monotonic(), []
        while self and self[0].timeout <= now:
            found.append(self[0])
            self.forget(self[0])
        return found
