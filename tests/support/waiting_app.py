"""An application whose answers wait for each other."""

from collections.abc import Callable, Iterable
from threading import Event

GO = Event()


def app(environ: dict, start_response: Callable) -> Iterable[bytes]:
    """Answer `/wait` when `/go` has been asked, and all else at once."""
    path = environ["PATH_INFO"]
    if path == "/go":
        GO.set()
    if path == "/wait":
        GO.wait()
    body = path.encode() if path != "/large" else b"x" * 4_000_000
    start_response("200 OK", [("Content-Length", str(len(body)))])
    return [body]
