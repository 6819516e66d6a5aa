"""Find the files that a load names."""

import glob
import hashlib
import os
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from dataset.errors import Unreadable
from dataset.inputs.archives import UnpackedFile, unpacked
from dataset.inputs.stamps import stamp_of


@dataclass(frozen=True)
class SourceFile:
    """A file to load: its base name as the user knows it, its hash and size as it is on disk."""

    path: Path
    name: str
    sha256: str
    bytes: int
    modified: int | None = None

    def check_unchanged(self) -> None:
        """Refuse a file that was written to since its hash was made."""
        if self.modified not in (None, self.path.stat().st_mtime_ns):
            raise Unreadable(f"{self.name} was changed while it was read: load it again.")

    @property
    def stamp(self) -> str | None:
        """The time that stands in the name (`2019-02-18T00:00:00Z`), if one does."""
        return stamp_of(self.name)

    @contextmanager
    def open(self) -> Iterator[UnpackedFile]:
        """Open the file and unpack it as it is read; reading may raise `Unreadable`."""
        with unpacked(self.path, self.name) as stream:
            yield stream


def source_files(paths: Sequence[str], fetch: Callable[[str], Path]) -> list[SourceFile]:
    """Find the files of paths: files, folders, patterns, and addresses that `fetch` brings."""
    found: dict[str, tuple[Path, str]] = {}
    for given in paths:
        for path, name in _files(given, fetch):
            found.setdefault(os.path.realpath(path), (path, name))
    return [_source_file(path, name) for path, name in found.values()]


def _files(given: str, fetch: Callable[[str], Path]) -> list[tuple[Path, str]]:
    """Give the files that one path means, with their names."""
    if re.match("https?://", given, re.IGNORECASE):
        name = _last_part(given)
        return [(fetch(given), name)]
    path = Path(given)
    if path.is_dir():
        seen = sorted(one for one in path.iterdir() if one.is_file() and one.name[0] != ".")
    elif os.path.exists(given) or not glob.has_magic(given):
        seen = [path]
    else:
        seen = [Path(one) for one in sorted(glob.glob(given)) if not os.path.isdir(one)]
    if not seen:
        raise Unreadable(f"{given} has no files." if path.is_dir() else f"No file matches {given}.")
    return [(one, one.name) for one in seen]


def _last_part(url: str) -> str:
    try:
        address = urlsplit(url)
    except ValueError as error:
        raise Unreadable(f"{url!r} is no address: {error}.") from error
    return os.path.basename(unquote(address.path)) or address.netloc


def _source_file(path: Path, name: str) -> SourceFile:
    """Describe a file; refuse one that cannot be read."""
    if not os.path.exists(path):
        raise Unreadable(
            f"There is no file {str(path)!r}: "
            "name a file, a folder, a pattern like *.zip, or an http address."
        )
    if not path.is_file():
        raise Unreadable(f"{path} is no regular file: save what it gives in a file, and load that.")
    name = os.fsencode(name).decode(errors="replace")
    with unpacked(path, name), path.open("rb") as file:
        modified = os.fstat(file.fileno()).st_mtime_ns
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        return SourceFile(path, name, sha256, file.tell(), modified)
