"""Fetch files over HTTP into a folder, where they stay to be used again."""

import time
from collections.abc import Callable
from contextlib import ExitStack
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TypeVar

import httpx

from dataset.errors import Unreadable
from dataset.inputs.kept_downloads import forget, has_md5, keep, locked, name_of
from dataset.inputs.transfers import TryAgain, Unreachable, shown, tail, transfer

Fetched = TypeVar("Fetched")

TRIES = 5
SECONDS_TO_WAIT = 60.0
LONGEST_PAUSE = 60
"""The longest pause is this many times the first, whatever a server asks for."""
# A file is kept as the server has it: ranges and checksums are of these bytes.
_HEADERS = {"Accept-Encoding": "identity", "User-Agent": "cameo-events"}


class Downloads:
    """Files of the web, kept in the folder `cache`; use it in a `with` statement.

    `report` gets messages on progress. `pause` is the time before the second try, in seconds; each
    further one waits twice as long.
    """

    def __init__(
        self,
        cache: Path,
        report: Callable[[str], None],
        pause: float = 1.0,
        seconds_to_wait: float = SECONDS_TO_WAIT,
    ) -> None:
        """Remember the folder; nothing is fetched yet."""
        self._cache, self._report, self._pause = cache, report, pause
        self._seconds_to_wait, self._opened = seconds_to_wait, ExitStack()

    def __enter__(self) -> "Downloads":
        """Give the downloads."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, _: BaseException | None, __: TracebackType | None
    ) -> None:
        """Close the connections."""
        self._opened.close()

    @cached_property
    def _client(self) -> httpx.Client:
        """The client, made when it is needed: it reads the certificates of the system."""
        return self._opened.enter_context(
            httpx.Client(headers=_HEADERS, timeout=self._seconds_to_wait, follow_redirects=True)
        )

    def fetch(self, url: str, md5: str | None = None) -> Path:
        """Give the local copy of a file; fetch it if there is none or the server has another.

        Raises `Missing` if there is no such file, `Unreadable` if it cannot be fetched.
        """
        self._cache.mkdir(parents=True, exist_ok=True)
        target = self._cache / name_of(url)
        with locked(target):
            if not (md5 and target.exists() and has_md5(target, md5)):
                self._renew(url, target, md5)
        return target

    def tail(self, url: str, most: int) -> bytes:
        """Give the last bytes of a file, so many at most; nothing is kept of it.

        Raises `Missing` if there is no such file, `Unreadable` if it cannot be fetched.
        """
        return self._tried(url, lambda: tail(self._client, url, most))

    def _renew(self, url: str, target: Path, md5: str | None) -> None:
        """Update a file from the server; one with a wrong MD5 is fetched again, once."""
        partial = self._whole(url, target, conditional=md5 is None)
        if partial and md5 and not has_md5(partial, md5):
            self._report(f"{shown(url)} does not match its MD5; it is fetched anew.")
            forget(partial)
            partial = self._whole(url, target, conditional=False)
        if partial and md5 and not has_md5(partial, md5):
            forget(partial)
            raise Unreadable(f"{shown(url)} does not have the MD5 {md5} that its list states.")
        if partial:
            keep(partial, target)

    def _whole(self, url: str, target: Path, conditional: bool) -> Path | None:
        """Fetch a file beside its target; None if the target is still what the server has."""
        return self._tried(url, lambda: transfer(self._client, url, target, conditional))

    def _tried(self, url: str, attempt: Callable[[], Fetched]) -> Fetched:
        """Attempt it until it works, with growing pauses."""
        tried = 0
        while True:
            try:
                return attempt()
            except TryAgain as error:
                tried += 1
                if tried == TRIES:
                    raise Unreachable(
                        f"{shown(url)} could not be downloaded in {TRIES} tries ({error}). "
                        "Check the network and try again."
                    ) from error
                self._wait(url, error, self._pause * 2 ** (tried - 1))

    def _wait(self, url: str, error: TryAgain, pause: float) -> None:
        """Wait for the pause, or as long as the server asks for."""
        seconds = min(max(pause, error.pause), LONGEST_PAUSE * self._pause)
        self._report(f"{shown(url)}: {error}; trying again in {seconds:g} s.")
        time.sleep(seconds)
