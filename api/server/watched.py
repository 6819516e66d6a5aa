"""Connections that the loop watches: until there is something to read or room to write."""

from collections import deque
from collections.abc import Callable
from selectors import EVENT_READ
from time import monotonic
from typing import Any

from api.server.connections import Connection


class Watched(deque[Connection]):
    """Connections that wait for the same; whose time is over first comes first."""

    def __init__(self, worker: Any) -> None:
        """Keep the worker, which makes its poller later."""
        super().__init__()
        self.worker = worker

    def watch(
        self,
        conn: Connection,
        seconds: float,
        go_on: Callable[[Connection], object],
        event: int = EVENT_READ,
    ) -> None:
        """Watch a connection for so many seconds; `go_on` is called when it may go on."""
        conn.wait(seconds)
        conn.watched = self
        self.append(conn)
        self.worker.poller.register(conn.sock, event, lambda _client: self._go_on(conn, go_on))

    def _go_on(self, conn: Connection, go_on: Callable[[Connection], object]) -> None:
        """Call what goes on with a connection; what fails there ends this connection alone."""
        # It may have been given up since the system said that it can go on.
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
        """Give a connection that is watched so many seconds more."""
        conn.wait(seconds)
        self.remove(conn)
        self.append(conn)

    def forget(self, conn: Connection) -> None:
        """Watch a connection no more."""
        self.remove(conn)
        conn.watched = None
        self.worker.poller.unregister(conn.sock)

    def overdue(self) -> list[Connection]:
        """Give those whose time is over; they are watched no more."""
        now, found = monotonic(), []
        while self and self[0].timeout <= now:
            found.append(self[0])
            self.forget(self[0])
        return found
