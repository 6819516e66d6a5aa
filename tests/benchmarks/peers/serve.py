"""Serve a WSGI application as ours is served: `python -m benchmarks.peers.serve MODULE:NAME`."""

import os
import sys
from pkgutil import resolve_name
from typing import Any

from api.server.serving import Server
from api.settings import Settings


class PeerServer(Server):
    """Our server with another application."""

    def load_config(self) -> None:
        """Take our options, and the kind of worker that `KIND` names."""
        super().load_config()
        if kind := os.environ.get("KIND"):
            self.cfg.set("worker_class", kind)
            self.cfg.set("threads", 1)

    def load(self) -> Any:
        """Find the application."""
        return resolve_name(sys.argv[1])


if __name__ == "__main__":
    PeerServer(Settings.of()).run()
