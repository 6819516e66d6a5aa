"""Places for whole results: each holds a thread while it is sent, and pages need threads, too."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore

from flask import Flask, current_app, request
from werkzeug.exceptions import ServiceUnavailable

from api import tracing
from api.problems import refuse
from api.settings import Settings

SECONDS_TO_RETRY = 10


def register(app: Flask, settings: Settings) -> None:
    """Make the places of this process; at least one thread is kept for everything else."""
    places = max(1, min(settings.exports, settings.threads - 1))
    app.extensions["exports"] = BoundedSemaphore(places)


def take_place() -> None:
    """Take a place until the answer is sent; refuse if there is none."""
    if request.method != "HEAD":
        places = _taken()
        tracing.when_sent(lambda _: places.release())


@contextmanager
def place() -> Iterator[None]:
    """Take a place for as long as something is made; refuse if there is none."""
    places = _taken()
    try:
        yield
    finally:
        places.release()


def _taken() -> BoundedSemaphore:
    places: BoundedSemaphore = current_app.extensions["exports"]
    if not places.acquire(blocking=False):
        tracing.note("export_refused")
        detail = "Too many whole results are being sent now; please try again later."
        error = refuse(ServiceUnavailable, detail)
        error.retry_after = SECONDS_TO_RETRY  # type: ignore[attr-defined]
        raise error
    return places
