"""Wait for what will come soon."""

import time
from collections.abc import Callable


def comes(is_so: Callable[[], object], seconds: float = 20) -> bool:
    """Wait until something is so; tell whether it has come in time."""
    deadline = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True
