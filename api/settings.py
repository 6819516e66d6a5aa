"""Every setting, its environment variable, its default."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

MEANINGS = {
    "database": "Path of the SQLite database, or postgresql://user@host/database.",
    "cache": "Folder that keeps what was downloaded, and results that cost much to make.",
    "gdelt_url": "Where GDELT's files are.",
    "host": "Address to listen on.",
    "port": "Port to listen on.",
    "workers": "Server processes.",
    "threads": "Threads of each process: how many answers it makes at a time.",
    "public_url": "Address that clients see, if a proxy hides ours: https://events.example.org",
}


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
        """Read the settings from environment variables; an empty one is as good as none."""
        given = {field.name: environment.get(field.name.upper()) for field in fields(cls)}
        return cls(**{name: _read(name, text) for name, text in given.items() if text})


LIMITS = {"port": 65_535, "workers": 256, "threads": 256}
_URL = re.compile(r"https?://[A-Za-z0-9.:\[\]_~/-]+", re.ASCII)


def _read(name: str, text: str) -> Any:
    if name.endswith("_url"):
        if not _URL.fullmatch(text):
            raise ValueError(
                f"{name.upper()} is {text!r}, but must be like https://events.example.org."
            )
        return text.rstrip("/")
    if name not in LIMITS:
        return text
    if not re.fullmatch("[0-9]{1,9}", text) or not 1 <= int(text) <= LIMITS[name]:
        raise ValueError(f"{name.upper()} is {text!r}, but must be from 1 to {LIMITS[name]}.")
    return int(text)
