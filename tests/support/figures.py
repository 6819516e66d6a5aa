"""What tests have measured, to be printed when all have run."""

import os
import re
from typing import Any

FIGURES: dict[str, dict[str, Any]] = {}
"""What tests have measured, by the promise that it is about."""
MEASURED_BY: dict[str, set[str]] = {}
"""The tests that have measured it, by the promise."""


def known(promise: str) -> dict[str, Any]:
    """Give the figures of a promise, which the test that runs is about to change."""
    test = os.environ["PYTEST_CURRENT_TEST"].rpartition("::")[2]
    MEASURED_BY.setdefault(promise, set()).add(re.split(r"\W", test)[0])
    return FIGURES.setdefault(promise, {})


def tally(promise: str, **counts: int) -> None:
    """Add to figures of a promise."""
    figures = known(promise)
    for name, count in counts.items():
        figures[name] = int(str(figures.get(name, 0))) + count


def handed_over() -> dict[str, Any]:
    """Give all that was measured as one process hands it to another."""
    tests = {promise: sorted(names) for promise, names in MEASURED_BY.items()}
    return {"figures": FIGURES, "measured_by": tests}


def take(output: dict[str, Any]) -> None:
    """Take what another process has measured."""
    for promise, names in output.get("measured_by", {}).items():
        MEASURED_BY.setdefault(promise, set()).update(names)
    for promise, numbers in output.get("figures", {}).items():
        figures = FIGURES.setdefault(promise, {})
        for name, number in numbers.items():
            figures[name] = figures[name] + number if name in figures else number
