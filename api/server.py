"""Run the application under gunicorn, a production WSGI server."""

import socket
from typing import Any

import click
from flask import Flask
from gunicorn.app.base import BaseApplication

from api import create_app
from api.settings import Settings
from dataset.errors import StoreError


class Server(BaseApplication):
    """gunicorn with our settings."""

    def __init__(self, settings: Settings) -> None:
        """Keep the settings; gunicorn asks for the rest."""
        self.settings = settings
        super().__init__()

    def load_config(self) -> None:
        """Give gunicorn its options."""
        options: dict[str, Any] = {
            "bind": f"{_bracketed(self.settings.host)}:{self.settings.port}",
            "workers": self.settings.workers,
            "threads": self.settings.threads,
            "worker_class": "gthread",
            "control_socket_disable": True,
            "preload_app": True,
            "limit_request_line": 8190,
            "loglevel": "warning",
            "when_ready": self.announce,
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """Make the application, once for all workers."""
        return create_app(self.settings)

    def announce(self, _arbiter: object) -> None:
        """Print where everything is, once requests are answered."""
        address = f"http://{_bracketed(self.settings.host)}:{self.settings.port}"
        click.echo(f"API       {address}/v1/events")
        click.echo(f"Docs      {address}/docs")
        click.echo(f"Database  {self.settings.database}")
        click.echo("Stop with Ctrl-C.")


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def run(settings: Settings) -> None:
    """Serve until stopped; refuse at once if the address is taken."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            raise StoreError(
                f"Cannot listen on {settings.host}:{settings.port}: {error.strerror}. "
                "Choose another with PORT=8001."
            ) from error
    Server(settings).run()
