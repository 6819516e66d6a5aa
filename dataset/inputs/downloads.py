"""Fetch files over HTTP into a folder, where they stay to be used again."""

import fcntl
import hashlib
import json
import os
import re
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cached_property
from pathlib import Path
from types import TracebackType
from urllib.parse import unquote, urlsplit

import httpx

from dataset.errors import Unreadable

TRIES = 5
SECONDS_TO_WAIT = 60.0
LONGEST_PAUSE = 60
"""So many times the first pause is the longest, whatever a server asks for."""
# A file is kept as the server has it: ranges and sums are of these bytes.
_HEADERS = {"Accept-Encoding": "identity", "User-Agent": "cameo-events"}
_PASSING = {408, 429}


class Missing(Unreadable):
    """There is no such file at its address."""


class _Again(Exception):
    """A try that failed, and may succeed later: `pause` is what the server asks for."""

    def __init__(self, reason: str, pause: float = 0.0) -> None:
        super().__init__(reason)
        self.pause = pause


class Downloads:
    """Files of the web, kept in the folder `cache`; use it in a `with` statement.

    `report` is told what goes on. `pause` is the time before the second try, in seconds; each
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
        """Give the local copy of a file, fetched where there is none or another is there now.

        Raises `Missing` where there is no such file, `Unreadable` where it cannot be had.
        """
        self._cache.mkdir(parents=True, exist_ok=True)
        target = self._cache / name_of(url)
        with _alone(target):
            if not (md5 and target.exists() and _is(md5, target)):
                self._renew(url, target, md5)
        return target

    def _renew(self, url: str, target: Path, md5: str | None) -> None:
        """Bring a file to what the server has; one with a wrong MD5 is fetched anew, once."""
        part = self._whole(url, target, conditional=md5 is None)
        if part and md5 and not _is(md5, part):
            self._report(f"{shown(url)} does not match its MD5; it is fetched anew.")
            _forget(part)
            part = self._whole(url, target, conditional=False)
        if part and md5 and not _is(md5, part):
            _forget(part)
            raise Unreadable(f"{shown(url)} does not have the MD5 {md5} that its list states.")
        if part:
            _keep(part, target)

    def _whole(self, url: str, target: Path, conditional: bool) -> Path | None:
        """Fetch a file beside its target; None if the target is still what the server has."""
        tried = 0
        while True:
            try:
                return self._try(url, target, conditional)
            except _Again as error:
                tried += 1
                if tried == TRIES:
                    raise Unreadable(
                        f"{shown(url)} cannot be fetched: {error}, {TRIES} times. Try again later."
                    ) from error
                self._wait(url, error, self._pause * 2 ** (tried - 1))

    def _wait(self, url: str, error: _Again, pause: float) -> None:
        """Wait as long as is due, or as the server asks for."""
        seconds = min(max(pause, error.pause), LONGEST_PAUSE * self._pause)
        self._report(f"{shown(url)}: {error}; trying again in {seconds:g} s.")
        time.sleep(seconds)

    def _try(self, url: str, target: Path, conditional: bool) -> Path | None:
        part = _beside(target, ".part")
        start, headers = _wanted(part, target, conditional)
        try:
            with self._client.stream("GET", url, headers=headers) as response:
                if response.status_code == 304 and not start and headers:
                    return None
                _check_status(url, response, part)
                _write(response, part, start)
        except (httpx.UnsupportedProtocol, httpx.InvalidURL, httpx.TooManyRedirects) as error:
            raise Unreadable(f"{shown(url)} cannot be fetched: {error}") from error
        except httpx.TransportError as error:
            raise _Again(str(error) or type(error).__name__) from error
        return part


def name_of(url: str) -> str:
    """Name the copy of an address: no two have one name, and none leads to another folder."""
    address = url.partition("#")[0]
    last = os.path.basename(unquote(urlsplit(address).path))
    safe = re.sub(r"[^A-Za-z0-9._-]", "_", last)[-100:]
    return f"{hashlib.sha256(address.encode()).hexdigest()[:32]}-{safe}"


def shown(url: str) -> str:
    """Write an address without what may be secret in it: a password, a key in the query."""
    address = urlsplit(url)
    return f"{address.scheme}://{address.netloc.rpartition('@')[2]}{address.path}"


def _wanted(part: Path, target: Path, conditional: bool) -> tuple[int, dict[str, str]]:
    """Tell from which byte on a file is asked for, and with which headers."""
    known, size = _validators(part), part.stat().st_size if part.exists() else 0
    etag = known.get("etag", "")
    version = etag if etag.startswith('"') else known.get("last-modified")
    if size and version:
        return size, {"Range": f"bytes={size}-", "If-Range": version}
    known = _validators(target) if conditional and target.exists() else {}
    asked = {"etag": "If-None-Match", "last-modified": "If-Modified-Since"}
    return 0, {asked[name]: value for name, value in known.items()}


def _check_status(url: str, response: httpx.Response, part: Path) -> None:
    status = response.status_code
    if status in {404, 410}:
        raise Missing(f"There is no {shown(url)} ({status}).")
    if status == 416:
        _forget(part)
    if status in _PASSING or status >= 500 or status == 416:
        reason = f"the server answered {status}"
        raise _Again(reason, _seconds(response.headers.get("Retry-After", "")))
    if status not in {200, 206}:
        raise Unreadable(f"{shown(url)} cannot be fetched: the server answered {status}.")


def _write(response: httpx.Response, part: Path, start: int) -> None:
    """Write what comes to a part of a file, after what is there of the same version."""
    total = response.headers.get("Content-Length", "")
    if response.status_code == 206:
        span = re.fullmatch(r"bytes (\d+)-\d+/(\d+|\*)", response.headers.get("Content-Range", ""))
        if not start or not span or int(span[1]) != start:
            _forget(part)
            raise _Again("the server answered with another range than was asked for")
        total = span[2]
    else:
        _forget(part)
        known = {name: response.headers.get(name) for name in ("etag", "last-modified")}
        _describe(part, {name: value for name, value in known.items() if value})
    with part.open("ab") as file:
        # As it comes: pieces of one size would lose the last, where a connection breaks off.
        for chunk in response.iter_raw():
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
        if total.isdigit() and file.tell() != int(total):
            raise _Again(f"{file.tell():,} of {int(total):,} bytes came")


def _keep(part: Path, target: Path) -> None:
    # In this order: a file with the validators of the one before is fetched again, not kept.
    os.replace(part, target)
    os.replace(_described(part), _described(target))


def _forget(part: Path) -> None:
    part.unlink(missing_ok=True)
    _described(part).unlink(missing_ok=True)


def _beside(path: Path, ending: str) -> Path:
    return path.with_name(path.name + ending)


def _described(path: Path) -> Path:
    return _beside(path, ".json")


def _describe(path: Path, known: dict[str, str]) -> None:
    """Remember by what a server tells versions of a file apart."""
    written = _beside(path, ".new")
    written.write_text(json.dumps(known), "utf-8")
    os.replace(written, _described(path))


def _validators(path: Path) -> dict[str, str]:
    try:
        return dict(json.loads(_described(path).read_text("utf-8")))
    except (FileNotFoundError, ValueError):
        return {}


def _is(md5: str, path: Path) -> bool:
    with path.open("rb") as file:
        # GDELT states no better sum; it guards against accidents, not against an enemy.
        digest = hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False))
    return digest.hexdigest() == md5.lower()


def _seconds(wait: str) -> float:
    """Read a Retry-After: seconds or a date."""
    if wait.isdecimal():
        return float(wait)
    with suppress(ValueError, TypeError):
        return (parsedate_to_datetime(wait) - datetime.now(UTC)).total_seconds()
    return 0.0


@contextmanager
def _alone(target: Path) -> Iterator[None]:
    """Let one process at once fetch a file; others wait, and find it there."""
    path = _beside(target, ".lock")
    while True:
        with path.open("ab") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            # Who waited may hold the lock of a file that was deleted meanwhile.
            if _is_at(path, os.fstat(file.fileno())):
                try:
                    yield
                finally:
                    path.unlink()
                return


def _is_at(path: Path, status: os.stat_result) -> bool:
    with suppress(FileNotFoundError):
        return os.path.samestat(path.stat(), status)
    return False
