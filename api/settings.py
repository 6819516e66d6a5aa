"""Every setting, its environment variable, its default."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from dataset.store.addresses import without_password

MEANINGS = {
    "database": "Path of the SQLite database, or postgresql://user@host/database.",
    "cache": "Folder for downloads and cached results.",
    "gdelt_url": "Where GDELT's files are.",
    "host": "Address to listen on.",
    "port": "Port to listen on.",
    "workers": "Server processes.",
    "threads": "Threads per process: requests answered at the same time.",
    "public_url": "Address that clients see, if a proxy hides ours: https://events.example.org",
    "trusted_proxies": "Number of proxies in front of the server that set X-Forwarded-For.",
    "query_seconds": "Time limit for the queries of one answer, or of one chunk of a stream.",
    "exports": "Exports that one process streams at the same time, at most THREADS - 1.",
    "rate_limit": "Requests that a client may make: 600 per minute. Without it there is no limit.",
    "rate_limit_storage": "Where requests are counted: memory:// (each process alone) or "
    "memcached://host:port (all together).",
    "log": "What is logged on stderr, as lines of JSON: requests (with errors), or errors.",
    "seed": "Whether a new database begins with the seed dataset: yes or no.",
}
UNSET = {"cache": "~/.cache/cameo-events"}
"""The defaults of settings that are empty, as the help shows them."""


@dataclass(frozen=True)
class Settings:
    """The settings; each is read from the environment variable of its name in upper case."""

    database: str = "cameo-events.sqlite"
    cache: str = ""
    gdelt_url: str = "http://data.gdeltproject.org"
    host: str = "127.0.0.1"
    port: int = 8000
    workers: int = 2
    threads: int = 4
    public_url: str = ""
    trusted_proxies: int = 0
    query_seconds: int = 30
    exports: int = 2
    rate_limit: str = ""
    rate_limit_storage: str = "memory://"
    log: str = "requests"
    seed: str = "yes"

    @property
    def cache_folder(self) -> Path:
        """The folder for downloads and results; by default the user's own for caches (XDG)."""
        if self.cache:
            return Path(self.cache)
        base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
        return Path(base) / "cameo-events"

    @property
    def results_folder(self) -> Path:
        """The folder for results that cost much to make."""
        return self.cache_folder / "results"

    @classmethod
    def of(cls, environment: Mapping[str, str] = os.environ) -> "Settings":
        """Read the settings from environment variables; an empty one counts as not set."""
        given = {field.name: environment.get(field.name.upper()) for field in fields(cls)}
        return cls(**{name: _read(name, text) for name, text in given.items() if text})


LIMITS = {
    "port": (1, 65_535),
    "workers": (1, 256),
    "threads": (1, 256),
    "trusted_proxies": (0, 16),
    "query_seconds": (1, 3_600),
    "exports": (1, 256),
}
SHAPES = {
    "gdelt_url": (r"https?://[A-Za-z0-9.:\[\]_~/-]+", "like https://events.example.org"),
    "public_url": (r"https?://[A-Za-z0-9.:\[\]_~/-]+", "like https://events.example.org"),
    "rate_limit": ("[1-9][0-9]{0,8} per (second|minute|hour|day)", "like 600 per minute"),
    "rate_limit_storage": (
        r"memory://|memcached://[A-Za-z0-9._-]+:[0-9]{1,5}(,[A-Za-z0-9._-]+:[0-9]{1,5})*",
        "memory:// or like memcached://127.0.0.1:11211",
    ),
    "log": ("requests|errors", "requests or errors"),
    "seed": ("yes|no", "yes or no"),
}
"""The pattern of a setting, and its description for error messages."""


def _read(name: str, text: str) -> Any:
    if name in LIMITS:
        least, most = LIMITS[name]
        if not re.fullmatch("[0-9]{1,9}", text) or not least <= int(text) <= most:
            raise ValueError(f"{name.upper()} is {text!r}, but must be from {least} to {most}.")
        return int(text)
    shape, way_out = SHAPES.get(name, (".*", ""))
    if not re.fullmatch(shape, text, re.ASCII | re.DOTALL):
        told = without_password(text)
        raise ValueError(f"{name.upper()} is {told!r}, but must be {way_out}.")
    return text.rstrip("/") if name.endswith("_url") else text
