"""End queries that take too long: SQLite asks a clock now and then whether to go on."""

from math import inf
from time import monotonic
from typing import Any

from peewee import Database

STEPS = 10_000
"""Steps of SQLite's virtual machine between two looks at the clock: about a millisecond."""


class Clock:
    """Tells whether the queries that it watches have taken too long; None is no limit."""

    def __init__(self, seconds: float | None) -> None:
        """Begin to count."""
        self.seconds = seconds
        self.has_ended_one = False
        self.restart()

    def restart(self) -> None:
        """Begin to count again from zero."""
        self.end = None if self.seconds is None else monotonic() + self.seconds

    def pause(self) -> None:
        """Count nothing until `restart`."""
        self.end = None if self.seconds is None else inf

    def stop(self) -> None:
        """Remove the limit."""
        self.end = None

    def _is_over(self) -> bool:
        self.has_ended_one = self.end is not None and monotonic() > self.end
        return self.has_ended_one

    def watch(self, database: Database) -> None:
        """End the queries of a connection when the time is over."""
        connection: Any = database.connection()
        connection.set_progress_handler(self._is_over, STEPS)


UNLIMITED = Clock(None)
