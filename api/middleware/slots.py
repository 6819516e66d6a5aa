"""Slots for long answers, so that a thread is always left for short ones.

A request without a slot waits, first come first served, for `QUERY_SECONDS` at most. It needs no
thread meanwhile if the server supports that (see `api/middleware/waiting.py`).
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from time import monotonic

from flask import Flask, current_app, request
from werkzeug.exceptions import HTTPException, ServiceUnavailable

from api.middleware import request_ids
from api.middleware.problems import refuse
from api.middleware.waiting import WAIT, MustWait, Wait
from api.settings import Settings

SECONDS_TO_RETRY = 10
SECONDS_BETWEEN_LOOKS = 0.02


@dataclass(eq=False)
class Slot:
    """The slot of one answer; a slot for an export also counts as an export."""

    is_export: bool
    is_given: bool = False


class Slots:
    """The slots of a process, given in the order of the requests."""

    def __init__(self, count: int, exports: int) -> None:
        """Start with all slots free; exports may have at most `exports` of them at a time."""
        self._free, self._free_exports = count, exports
        self._asked: list[Slot] = []
        self._lock = Lock()

    def ask(self, is_export: bool) -> Slot:
        """Ask for a slot, which is given now or later."""
        slot = Slot(is_export)
        with self._lock:
            self._asked.append(slot)
            self._give()
        return slot

    def release(self, slot: Slot) -> None:
        """Give a slot back, or stop asking for it; a second call does nothing."""
        with self._lock:
            if slot.is_given:
                slot.is_given = False
                self._free += 1
                self._free_exports += slot.is_export
            elif slot in self._asked:
                self._asked.remove(slot)
            self._give()

    def _give(self) -> None:
        for slot in list(self._asked):
            if self._free and (self._free_exports or not slot.is_export):
                self._asked.remove(slot)
                self._free -= 1
                self._free_exports -= slot.is_export
                slot.is_given = True


def register(app: Flask, settings: Settings) -> None:
    """Make the slots of this process."""
    count = max(1, settings.threads - 1)
    app.extensions["slots"] = Slots(count, min(settings.exports, count))


def take(is_export: bool = False) -> None:
    """Take a slot until the answer is made (a stream: sent); wait if none is free."""
    wait = _wait()
    if wait.slot is None:
        slots: Slots = current_app.extensions["slots"]
        wait.slot = slots.ask(is_export)
        wait.end = lambda: _give_back(slots, wait)
    request_ids.when_sent(lambda _: wait.end())
    slot = wait.slot
    _wait_until(lambda: slot.is_given)


def _give_back(slots: Slots, wait: Wait) -> None:
    if wait.slot:
        slots.release(wait.slot)
    wait.slot = None


def _wait() -> Wait:
    wait: Wait = request.environ.setdefault(WAIT, Wait())
    return wait


def wait_for_result(is_over: Callable[[], bool]) -> None:
    """Give this request's slot back, and wait until another one has made the result."""
    _wait().end()
    _wait_until(is_over)


def _wait_until(is_over: Callable[[], bool]) -> None:
    """Wait until `is_over`; refuse the request if that takes too long."""
    if is_over():
        return
    wait, seconds = _wait(), current_app.extensions["store"].query_seconds
    if wait.needs_no_thread and not wait.is_late:
        raise MustWait(is_over, seconds)
    end = monotonic() + (0 if wait.is_late else seconds)
    while not is_over():
        if monotonic() >= end:
            raise _busy()
        time.sleep(SECONDS_BETWEEN_LOOKS)


def _busy() -> HTTPException:
    request_ids.note("slot_refused")
    detail = "Too many answers that take long are being made now; please try again later."
    error = refuse(ServiceUnavailable, detail)
    error.retry_after = SECONDS_TO_RETRY  # type: ignore[attr-defined]
    return error
