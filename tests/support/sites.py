"""A web server on this machine that fails, stops midway and changes its files."""

import hashlib
import re
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from dataset.inputs.downloads import Downloads

BYTES = b"0123456789" * 1000


@dataclass
class Answer:
    """What goes wrong with one answer: another status, other headers, a stop after `cut` bytes."""

    status: int | None = None
    headers: dict[str, str] = field(default_factory=dict)
    cut: int | None = None
    body: bytes | None = None


@dataclass
class Site:
    """A web server on this machine, and what it was asked."""

    url: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    etag: Callable[[bytes], str | None] = lambda body: f'"{hashlib.sha256(body).hexdigest()}"'
    modified: str | None = None
    ranges: bool = True
    failures: list[Answer] = field(default_factory=list)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def paths(self) -> list[str]:
        return [path for path, _ in self.asked]

    def asked_for(self, header: str) -> list[str | None]:
        return [headers.get(header.lower()) for _, headers in self.asked]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    site: Site

    def do_GET(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.site.asked.append((self.path, headers))
        failure = self.site.failures.pop(0) if self.site.failures else Answer()
        body = (
            self.site.files.get(self.path.partition("?")[0])
            if failure.body is None
            else failure.body
        )
        if failure.status or body is None:
            self.answer(failure.status or 404, failure.headers, b"no", None)
        else:
            self.give(body, headers, failure)

    def give(self, body: bytes, headers: dict[str, str], failure: Answer) -> None:
        etag = self.site.etag(body)
        known = {"ETag": etag, "Last-Modified": self.site.modified}
        sent = {name: value for name, value in known.items() if value} | failure.headers
        if headers.get("if-none-match", headers.get("if-modified-since", "")) in known.values():
            return self.answer(304, sent, b"", None)
        if self.site.ranges and (end := re.fullmatch(r"bytes=-(\d+)", headers.get("range", ""))):
            return self.answer(206, sent, body[-int(end[1]) :], failure.cut)
        span = re.fullmatch(r"bytes=(\d+)-", headers.get("range", ""))
        if not span or not self.site.ranges or headers["if-range"] not in known.values():
            return self.answer(200, sent, body, failure.cut)
        start = int(span[1])
        if start >= len(body):
            return self.answer(416, {"Content-Range": f"bytes */{len(body)}"}, b"", None)
        sent = {"Content-Range": f"bytes {start}-{len(body) - 1}/{len(body)}"} | sent
        return self.answer(206, sent, body[start:], failure.cut)

    def answer(self, status: int, headers: dict[str, str], body: bytes, cut: int | None) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if status != 304:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[:cut])
        self.close_connection = cut is not None

    def log_message(self, format: str, *arguments: object) -> None:
        """Say nothing."""


class Server(ThreadingHTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of clients that hang up."""
        assert isinstance(sys.exc_info()[1], ConnectionError)


@contextmanager
def serving_files(port: int = 0) -> Iterator[Site]:
    """Serve files for a while, on any port if none is given."""
    site = Site(files={"/a.zip": BYTES})
    handler = type("Handler", (Handler,), {"site": site})
    with Server(("127.0.0.1", port), handler) as server:
        site.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield site
        server.shutdown()
        thread.join()


def fetch_in_process(folder: Path, url: str, sum_: str) -> bool:
    """Fetch a file as one of several processes; tell whether it came whole."""
    with Downloads(folder, print, pause=0) as downloads:
        return downloads.fetch(url, sum_).read_bytes() == BYTES * 200
