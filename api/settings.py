"""Every setting, its environment variable, its default."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

MEANINGS = {
    "database": "Path of the SQLite database.",
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
    host: str = "127.0.0.1"
    port: int = 8000
    workers: int = 2
    threads: int = 4
    public_url: str = ""

    @classmethod
    def of(cls, environment: Mapping[str, str] = os.environ) -> "Settings":
        """Read the settings from environment variables; an empty one is as good as none."""
        given = {field.name: environment.get(field.name.upper()) for field in fields(cls)}
        return cls(**{name: _read(name, text) for name, text in given.items() if text})


def _read(name: str, text: str) -> Any:
    if not isinstance(getattr(Settings, name), int):
        return text.rstrip("/") if name == "public_url" else text
    if not text.isascii() or not text.isdigit() or not 0 < int(text) < 65536:
        raise ValueError(f"{name.upper()} is {text!r}, but must be a whole number from 1.")
    return int(text)
