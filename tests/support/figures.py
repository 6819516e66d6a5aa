"""What tests have measured, to be printed when all have run."""

from typing import Any

FIGURES: dict[str, dict[str, Any]] = {}
"""What tests have measured, by the promise that it is about."""


def tally(promise: str, **counts: int) -> None:
    """Add to figures of a promise."""
    known = FIGURES.setdefault(promise, {})
    for name, count in counts.items():
        known[name] = int(str(known.get(name, 0))) + count
