"""Serve a WSGI application as ours is served: `python -m benchmarks.peers.serve MODULE:NAME`."""

import sys
from pkgutil import resolve_name
from typing import Any

from api.server import Server
from api.settings import Settings


class PeerServer(Server):
    """Our server with another application."""

    def load(self) -> Any:
        """Find the application."""
        return resolve_name(sys.argv[1])


if __name__ == "__main__":
    PeerServer(Settings.of()).run()
