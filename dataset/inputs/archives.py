"""Read a file that is plain, gzip or zip.

An archive is never trusted: the one file in it is streamed, and no name in it becomes a path.
"""

import gzip
import io
import os
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from dataset.errors import Unreadable
from dataset.inputs.signatures import HEAD, PARQUET, UNPACK, check_content, check_name
from dataset.inputs.zip_members import check_ratio, only_member

CHUNK = 256 * 1024
DIRECTORY = 1024 * 1024
"""The longest directory of a zip, in bytes: it names one file, and perhaps folders."""

_DAMAGE = (
    EOFError,
    RuntimeError,
    ValueError,
    gzip.BadGzipFile,
    struct.error,
    zipfile.BadZipFile,
    zlib.error,
)
"""What the standard library raises for archives that are incomplete or hostile."""


class _Disk(io.BufferedReader):
    """A file that refuses what only hostile archives ask for: too much at once, or past its end."""

    def __init__(self, path: Path, name: str) -> None:
        try:
            super().__init__(io.FileIO(path), CHUNK)
        except OSError as error:
            raise Unreadable(f"{name} cannot be read: {error.strerror}.") from error
        self.name_of_input = name
        self.size = os.fstat(self.fileno()).st_size

    def read(self, size: int | None = -1, /) -> bytes:
        # zipfile reads the whole directory at once, however many entries it states.
        if size is not None and size > DIRECTORY:
            raise Unreadable(
                f"{self.name_of_input} has a directory of {size:,} bytes, but only a zip with "
                f"one file in it can be read: {UNPACK}."
            )
        return super().read(size)

    def seek(self, target: int, whence: int = os.SEEK_SET, /) -> int:
        if whence == os.SEEK_SET and not 0 <= target <= self.size:
            raise EOFError("it points outside itself")
        return super().seek(target, whence)


class _Unpacked(io.RawIOBase):
    """The unpacked bytes of a file; raises `Unreadable` if they are damaged or a bomb."""

    def __init__(self, disk: _Disk, source: Any, length: int | None) -> None:
        self._disk, self._source, self._length = disk, source, length
        self._count = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
        with _damage_of(self._disk.name_of_input):
            count: int = self._source.readinto(buffer)
            self._count += count
            if self._length is not None and (not count or self._count > self._length):
                self._check_length()
        check_ratio(self._disk.name_of_input, self._count, self._disk.tell())
        return count

    def _check_length(self) -> None:
        if self._count != self._length:
            raise EOFError("its length is not the one that it states")


class UnpackedFile(io.BufferedReader):
    """The bytes of an input, unpacked; `path` is the file on disk."""

    def __init__(self, unpacked: _Unpacked, disk: _Disk, path: Path) -> None:
        """Read the file `disk` through `unpacked`."""
        super().__init__(unpacked, CHUNK)
        self._disk = disk
        self.path = path

    def position(self) -> int:
        """Tell how many bytes of the packed file are read."""
        return self._disk.tell()


@contextmanager
def unpacked(path: Path, name: str) -> Iterator[UnpackedFile]:
    """Open a file and unpack it as it is read; reading may raise `Unreadable`."""
    with ExitStack() as stack:
        disk = stack.enter_context(_Disk(path, name))
        head = disk.peek(HEAD)
        source, length = _source(stack, disk, head)
        bytes_of = stack.enter_context(UnpackedFile(_Unpacked(disk, source, length), disk, path))
        if source is not disk:
            check_content(f"What {name} holds", bytes_of.peek(HEAD))
        elif not head.startswith(PARQUET):
            check_content(name, bytes_of.peek(HEAD))
            check_name(name)
        yield bytes_of


def _source(stack: ExitStack, disk: _Disk, head: bytes) -> tuple[Any, int | None]:
    """Give the unpacked stream of a file, and its expected length where this is known."""
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        with _damage_of(disk.name_of_input):
            archive = stack.enter_context(zipfile.ZipFile(disk))
            member = only_member(disk.name_of_input, archive)
            length = member.file_size
            # zipfile stops at the stated size; bytes past it must be noticed.
            member.file_size += 1
            return stack.enter_context(archive.open(member)), length
    if head.startswith(b"\x1f\x8b"):
        return stack.enter_context(gzip.GzipFile(fileobj=disk)), None
    return disk, None


@contextmanager
def _damage_of(name: str) -> Iterator[None]:
    """Turn errors of the standard library into `Unreadable`, with the name of the file."""
    try:
        yield
    except _DAMAGE as error:
        reason = str(error) or "it ends too early"
        raise Unreadable(f"{name} is damaged ({reason}): get it again.") from error
