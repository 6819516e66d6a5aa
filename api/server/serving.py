"""Run the application under gunicorn, a production WSGI server."""

import gc
import json
import os
import resource
import shutil
import socket
import sys
from http import HTTPStatus
from tempfile import mkdtemp
from typing import Any

import gunicorn.util
from flask import Flask
from gunicorn.app.base import BaseApplication

from api import create_app
from api.middleware import logs
from api.middleware.headers import FOR_SCRIPTS, PROTECTIVE
from api.middleware.limits import IN_PARTS
from api.middleware.problems import MEDIA_TYPE
from api.server.workers import LARGEST_LINE, Worker
from api.settings import Settings
from api.terminals import echo
from dataset.store.database import open_to_read

OF_ALL = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104
"""The local address of a server that listens on all addresses."""

SECONDS_TO_STOP = 20
MOST_CONNECTIONS = 1_000
"""Client connections to each process."""
FILES_OF_A_CONNECTION = 2
"""The socket, and the file that is sent."""
FILES_OF_A_THREAD, FILES_OF_A_PROCESS = 8, 64
"""Files needed beside client connections: for store, results and streams; for all else."""
OBJECTS_BETWEEN_COLLECTIONS = 20_000
SECONDS_OF_A_THREAD = 0.001
"""How long a thread runs while others wait; short, so that exports do not slow pages down."""


class Server(BaseApplication):
    """gunicorn with our settings."""

    def __init__(self, settings: Settings) -> None:
        """Keep the settings; gunicorn calls the other methods."""
        self.settings = settings
        super().__init__()

    def load_config(self) -> None:
        """Give gunicorn its options."""
        options: dict[str, Any] = {
            "bind": f"{_bracketed(self.settings.host)}:{self.settings.port}",
            "workers": self.settings.workers,
            "threads": self.settings.threads,
            "worker_connections": connections(self.settings.threads),
            "worker_class": f"{Worker.__module__}.{Worker.__name__}",
            "graceful_timeout": SECONDS_TO_STOP,
            "control_socket_disable": True,
            "preload_app": True,
            "limit_request_line": LARGEST_LINE,
            # Bad requests are answered, not logged: they may contain anything.
            "loglevel": "error",
            "logconfig_dict": logs.configuration(self.settings.log),
            "logger_class": logs.Quiet,
            # `TRUSTED_PROXIES` alone decides whether forwarded headers are trusted.
            "forwarded_allow_ips": "",
            "when_ready": self.announce,
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """Make the application, once for all workers."""
        sys.setswitchinterval(SECONDS_OF_A_THREAD)
        app = create_app(self.settings)
        # Permanent objects need no garbage collection, nor does each page of events.
        gc.freeze()
        gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS)
        return app

    def announce(self, _arbiter: object) -> None:
        """Print the addresses and the database, once the server is ready."""
        host = OF_ALL.get(self.settings.host, self.settings.host)
        address = f"http://{_bracketed(host)}:{self.settings.port}"
        echo(f"API       {address}/v1/events")
        echo(f"Docs      {address}/docs")
        echo(f"Database  {open_to_read(self.settings.database).label}")
        echo("Stop with Ctrl-C.")


def write_problem(connection: socket.socket, status: int, _reason: str, detail: str) -> None:
    """Write errors of gunicorn itself as problems, like every other error."""
    reason = HTTPStatus(status).phrase
    if status == HTTPStatus.REQUEST_URI_TOO_LONG:
        detail = f"An address has at most {LARGEST_LINE} characters. {IN_PARTS}"
    problem = {"type": "about:blank", "title": reason, "status": status, "detail": detail}
    body = json.dumps(problem | {"instance": "", "errors": []}).encode()
    headers = {
        "Connection": "close",
        "Cache-Control": "no-store",
        "Content-Type": MEDIA_TYPE,
        "Content-Length": len(body),
        **FOR_SCRIPTS,
        **PROTECTIVE,
    }
    lines = [f"HTTP/1.1 {status} {reason}", *(f"{name}: {text}" for name, text in headers.items())]
    head = "\r\n".join([*lines, "", ""])
    gunicorn.util.write_nonblock(connection, head.encode("latin-1") + body)


gunicorn.util.write_error = write_problem


def connections(threads: int) -> int:
    """Return how many connections a process may have within its limit of open files."""
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    left = files - FILES_OF_A_PROCESS - FILES_OF_A_THREAD * threads
    return max(threads + 1, min(MOST_CONNECTIONS, left // FILES_OF_A_CONNECTION))


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def check_address(settings: Settings) -> None:
    """Refuse an address that is in use or does not belong to this machine."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            raise OSError(
                f"Cannot listen on {settings.host}:{settings.port}: {error.strerror}. "
                "Choose another with PORT=8001."
            ) from error


def run(settings: Settings) -> None:
    """Serve until stopped."""
    # A thousand connections and the files they send exceed the usual limit of open files.
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    folder, owner = mkdtemp(prefix="cameo-events-metrics-"), os.getpid()
    # The shared folder of the `/metrics` counters; prometheus-client reads it when imported.
    os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", folder)
    try:
        Server(settings).run()
    finally:
        # Workers also come here when they end.
        if os.getpid() == owner:
            shutil.rmtree(folder, ignore_errors=True)
