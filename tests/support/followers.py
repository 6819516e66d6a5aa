"""A process that follows a GDELT site, and what its store says of it."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from dataset.catalogue.following import following
from dataset.store.snapshots import Store
from support.paths import COMMAND
from support.patience import comes

EVERY = "0.02"
SECONDS = 60


class Follower:
    """A running `cameo-events load gdelt --follow`."""

    def __init__(self, store: str, url: str, cache: Path, *arguments: str) -> None:
        """Start it."""
        self.store = store
        command = [COMMAND, "load", "gdelt", "--follow", "--every", EVERY, *arguments]
        given = {"DATABASE": store, "GDELT_URL": url, "CACHE": str(cache)}
        self.output = cache.with_name(f"{cache.name}-follower.txt")
        with self.output.open("ab") as output:
            self.process = subprocess.Popen(
                command, env={**os.environ, **given}, stdout=output, stderr=subprocess.STDOUT
            )

    def said(self) -> str:
        """Give what it has printed."""
        return self.output.read_text()

    def has_said(self, text: str) -> bool:
        """Wait until it has printed something; tell whether it came."""
        return comes(lambda: text in self.said(), SECONDS)

    def is_done(self, newest: str, *feeds: str) -> bool:
        """Wait until all up to a slot is loaded that the source has."""
        wanted = feeds or ("gdelt",)
        return comes(lambda: all(is_complete(self.store, one, newest) for one in wanted), SECONDS)

    def has_noted(self, **members: object) -> bool:
        """Wait until the state of the first feed has some members."""

        def is_so() -> bool:
            feeds = state_of(self.store)["feeds"]
            return bool(feeds) and members.items() <= feeds[0].items()

        return comes(is_so, SECONDS)

    def end(self, number: int = signal.SIGTERM) -> int:
        """End it by a signal, and give its exit code."""
        self.process.send_signal(number)
        return self.process.wait(SECONDS)


@contextmanager
def follower(store: str | Path, url: str, cache: Path, *arguments: str) -> Iterator[Follower]:
    """Follow a site for a while."""
    one = Follower(str(store), url, cache, *arguments)
    try:
        yield one
    finally:
        one.process.kill()
        one.process.wait()


def state_of(store: str | Path) -> dict[str, Any]:
    """Give what `/v1/following` shows of a store."""
    opened = Store(str(store))
    try:
        with opened.snapshot() as snapshot:
            return following(snapshot)
    finally:
        opened.close()


def is_complete(store: str, feed: str, newest: str) -> bool:
    """Tell whether all up to a slot is loaded."""
    found = [one for one in state_of(store)["feeds"] if one["feed"] == feed]
    return bool(found) and found[0]["complete_to"] == found[0]["newest"] == newest
