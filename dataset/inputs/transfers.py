"""Fetch a file over HTTP in one attempt, which may resume an earlier one."""

import os
import re
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from dataset.errors import Unreadable
from dataset.inputs.kept_downloads import forget, partial_of, store_validators, validators_of

_PASSING = {408, 429}


class Missing(Unreadable):
    """There is no such file at its address."""


class Unreachable(Unreadable):
    """A file could not be fetched, however often it was tried."""


class TryAgain(Exception):
    """An attempt that failed, and may succeed later: `pause` is what the server asks for."""

    def __init__(self, reason: str, pause: float = 0.0) -> None:
        """Keep what went wrong."""
        super().__init__(reason)
        self.pause = pause


def transfer(client: httpx.Client, url: str, target: Path, conditional: bool) -> Path | None:
    """Fetch a file beside its target; resume where an earlier attempt broke off.

    None if the target is still what the server has. Raises `TryAgain`, `Missing`, `Unreadable`.
    """
    partial = partial_of(target)
    start, headers = _wanted(partial, target, conditional)
    try:
        with client.stream("GET", url, headers=headers) as response:
            if response.status_code == 304 and not start and headers:
                return None
            _check_status(url, response, partial)
            _write(response, partial, start)
    except (httpx.UnsupportedProtocol, httpx.InvalidURL, httpx.TooManyRedirects) as error:
        raise Unreadable(f"{shown(url)} cannot be fetched: {error}") from error
    except httpx.TransportError as error:
        raise TryAgain(str(error) or type(error).__name__) from error
    return partial


def tail(client: httpx.Client, url: str, most: int) -> bytes:
    """Fetch the last bytes of a file; of a server that gives no parts all come, few are kept.

    Raises `TryAgain`, `Missing`, `Unreadable`.
    """
    kept = b""
    try:
        with client.stream("GET", url, headers={"Range": f"bytes=-{most}"}) as response:
            _check_status(url, response)
            for chunk in response.iter_raw():
                kept = (kept + chunk)[-most:]
    except httpx.TransportError as error:
        raise TryAgain(str(error) or type(error).__name__) from error
    return kept


def shown(url: str) -> str:
    """Write an address without possible secrets: a password, a key in the query."""
    address = urlsplit(url)
    return f"{address.scheme}://{address.netloc.rpartition('@')[2]}{address.path}"


def _wanted(partial: Path, target: Path, conditional: bool) -> tuple[int, dict[str, str]]:
    """Give the first byte to ask for, and the headers of the request."""
    known, size = validators_of(partial), partial.stat().st_size if partial.exists() else 0
    etag = known.get("etag", "")
    version = etag if etag.startswith('"') else known.get("last-modified")
    if size and version:
        return size, {"Range": f"bytes={size}-", "If-Range": version}
    known = validators_of(target) if conditional and target.exists() else {}
    asked = {"etag": "If-None-Match", "last-modified": "If-Modified-Since"}
    return 0, {asked[name]: value for name, value in known.items()}


def _check_status(url: str, response: httpx.Response, partial: Path | None = None) -> None:
    status = response.status_code
    if status in {404, 410}:
        raise Missing(f"There is no {shown(url)} ({status}).")
    if status == 416 and partial:
        forget(partial)
    if status in _PASSING or status >= 500 or status == 416:
        reason = f"the server answered {status}"
        raise TryAgain(reason, _seconds(response.headers.get("Retry-After", "")))
    if status not in {200, 206}:
        raise Unreadable(f"{shown(url)} cannot be fetched: the server answered {status}.")


def _write(response: httpx.Response, partial: Path, start: int) -> None:
    """Append the response to the part of the same version that is there."""
    total = response.headers.get("Content-Length", "")
    if response.status_code == 206:
        span = re.fullmatch(r"bytes (\d+)-\d+/(\d+|\*)", response.headers.get("Content-Range", ""))
        if not start or not span or int(span[1]) != start:
            forget(partial)
            raise TryAgain("the server answered with another range than was asked for")
        total = span[2]
    else:
        forget(partial)
        known = {name: response.headers.get(name) for name in ("etag", "last-modified")}
        store_validators(partial, {name: value for name, value in known.items() if value})
    with partial.open("ab") as file:
        # As it comes: in pieces of one size, a broken connection would lose the last.
        for chunk in response.iter_raw():
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
        if total.isdigit() and file.tell() != int(total):
            raise TryAgain(f"{file.tell():,} of {int(total):,} bytes came")


def _seconds(wait: str) -> float:
    """Read a Retry-After: seconds or a date."""
    if wait.isdecimal():
        return float(wait)
    with suppress(ValueError, TypeError):
        return (parsedate_to_datetime(wait) - datetime.now(UTC)).total_seconds()
    return 0.0
