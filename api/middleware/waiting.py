"""How a request waits without a thread: what its view raises, and what is kept.

A view raises `MustWait`; the server keeps the request, and runs it again when the wait is over.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any

WAIT = "cameo_events.wait"
"""The key of the `Wait` in the environment of a request."""


@dataclass
class Wait:
    """What a request keeps from one run to the next.

    `slot` is the slot that it has or waits for; `end` gives it back.
    """

    needs_no_thread: bool = False
    started: float = field(default_factory=perf_counter)
    has_waited: bool = False
    is_late: bool = False
    rate_limit: Any = None
    slot: Any = None
    end: Callable[[], object] = lambda: None


class MustWait(BaseException):
    """Raised to stop a request that has to wait; no `Exception`, so no error handler sees it."""

    def __init__(self, is_over: Callable[[], bool], seconds: float) -> None:
        """Keep the test whether the wait is over, and its time limit."""
        super().__init__()
        self.is_over = is_over
        self.seconds = seconds
