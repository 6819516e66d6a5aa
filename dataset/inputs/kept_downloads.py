"""Keep downloaded files, each with the ETag or time by which its server tells versions apart.

While a file is fetched, its lock and the part fetched so far stand beside it.
"""

import fcntl
import hashlib
import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import unquote, urlsplit


def name_of(url: str) -> str:
    """Name the copy of an address: names are unique, and none leads to another folder."""
    address = url.partition("#")[0]
    last = os.path.basename(unquote(urlsplit(address).path))
    safe = re.sub(r"[^A-Za-z0-9._-]", "_", last)[-100:]
    return f"{hashlib.sha256(address.encode()).hexdigest()[:32]}-{safe}"


def partial_of(target: Path) -> Path:
    """Name the file that holds the part fetched so far."""
    return _beside(target, ".part")


def keep(partial: Path, target: Path) -> None:
    """Put a whole file in its place."""
    # In this order: a file with the validators of the one before is fetched again, not kept.
    os.replace(partial, target)
    os.replace(_sidecar(partial), _sidecar(target))


def forget(partial: Path) -> None:
    """Remove what was fetched of a file."""
    partial.unlink(missing_ok=True)
    _sidecar(partial).unlink(missing_ok=True)


def store_validators(path: Path, known: dict[str, str]) -> None:
    """Store the ETag or time of a file."""
    written = _beside(path, ".new")
    written.write_text(json.dumps(known), "utf-8")
    os.replace(written, _sidecar(path))


def validators_of(path: Path) -> dict[str, str]:
    """Give the ETag or time of a file, if they are known."""
    try:
        return dict(json.loads(_sidecar(path).read_text("utf-8")))
    except (FileNotFoundError, ValueError):
        return {}


def has_md5(path: Path, md5: str) -> bool:
    """Tell whether a file has an MD5."""
    with path.open("rb") as file:
        # GDELT gives no better checksum; it guards against accidents, not against an enemy.
        digest = hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False))
    return digest.hexdigest() == md5.lower()


@contextmanager
def locked(target: Path) -> Iterator[None]:
    """Let one process at a time fetch a file; others wait, and find it there."""
    path = _beside(target, ".lock")
    while True:
        with path.open("ab") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            # After the wait, this may be the lock of a file that was deleted meanwhile.
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


def _sidecar(path: Path) -> Path:
    return _beside(path, ".json")


def _beside(path: Path, ending: str) -> Path:
    return path.with_name(path.name + ending)
