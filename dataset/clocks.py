"""How long the queries of an answer may take."""

from time import monotonic


class Clock:
    """Tells whether the queries that it watches have taken too long; None is no limit."""

    def __init__(self, seconds: float | None) -> None:
        """Begin to count."""
        self.seconds = seconds
        self.has_ended_one = False
        self.restart()

    def restart(self) -> None:
        """Begin to count anew."""
        self.end = None if self.seconds is None else monotonic() + self.seconds

    def is_over(self) -> bool:
        """Tell whether the time is over; who asks ends its query then."""
        self.has_ended_one = self.end is not None and monotonic() > self.end
        return self.has_ended_one
