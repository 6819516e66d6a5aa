"""Read a file whatever holds it: plain, gzip or zip.

An archive is never trusted: the one file in it is streamed, and no name in it becomes a path.
"""

import gzip
import io
import os
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from dataset.errors import Unreadable

CHUNK = 256 * 1024
RATIO = 250
"""Data of events packs 4 to 20 times; past this ratio a file is made to do harm."""
GRACE = 1024 * 1024
"""So many bytes may come out whatever the ratio."""
HEAD = 512
"""So many bytes tell what a file is."""
DIRECTORY = 1024 * 1024
"""The directory of a zip is at most so long: it names one file, and may be folders."""

_UNPACK = "unpack it and load what was in it"
_AS_CSV = "save it as CSV in UTF-8"
CONTAINERS = (
    (0, b"PK\x03\x04", "a zip archive", _UNPACK),
    (0, b"PK\x05\x06", "an empty zip archive", "get it again"),
    (0, b"PK\x07\x08", "a part of a zip archive", _UNPACK),
    (0, b"\x1f\x8b", "packed with gzip", _UNPACK),
    (4, b"1AY&SY", "packed with bzip2", _UNPACK),
    (0, b"\xfd7zXZ\x00", "packed with xz", _UNPACK),
    (0, b"\x28\xb5\x2f\xfd", "packed with zstd", _UNPACK),
    (0, b"7z\xbc\xaf\x27\x1c", "a 7z archive", _UNPACK),
    (0, b"Rar!\x1a\x07", "a rar archive", _UNPACK),
    (257, b"ustar", "a tar archive", _UNPACK),
    (0, b"%PDF-", "a PDF document", "load the data that it is about"),
    (0, b"PAR1", "a Parquet file", _AS_CSV),
    (0, b"SQLite format 3\x00", "a SQLite database", "export its table as CSV"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office document", _AS_CSV),
    (0, b"\xff\xfe", "text in UTF-16", "save it in UTF-8"),
    (0, b"\xfe\xff", "text in UTF-16", "save it in UTF-8"),
)
"""Offset, bytes that tell what a file is, and what to do with one that is not read here."""
NAMED_PACKED = re.compile(r"\.(zip|gz|tgz|bz2|xz|zst|7z|rar|tar)$", re.IGNORECASE)
"""What the names of archives end in."""
NO_TEXT = bytes(set(range(32)) - set(b"\t\n\r\x01\x02\x03\x1c\x1d\x1e\x1f") | {127})
"""Control characters that do not part lines or cells; a few are slips of a text."""
_DAMAGE = (
    EOFError,
    RuntimeError,
    ValueError,
    gzip.BadGzipFile,
    struct.error,
    zipfile.BadZipFile,
    zlib.error,
)
"""What the standard library raises for archives that are not whole, or made by an enemy."""

_HARMFUL = re.compile(r"^$|^/|^[A-Za-z]:|\\|\0|(^|/)\.\.(/|$)")
_LOCAL_HEADER = 30
_ENCRYPTED = 0x2041


class _Disk(io.BufferedReader):
    """A file that refuses what only a hostile archive asks for: much at once, or past its end."""

    def __init__(self, path: Path, name: str) -> None:
        try:
            super().__init__(io.FileIO(path), CHUNK)
        except OSError as error:
            raise Unreadable(f"{name} cannot be read: {error.strerror}.") from error
        self.name_of_input = name
        self.size = os.fstat(self.fileno()).st_size

    def read(self, size: int | None = -1, /) -> bytes:
        # zipfile reads the directory of an archive at once, whatever number of entries it states.
        if size is not None and size > DIRECTORY:
            raise Unreadable(
                f"{self.name_of_input} has a directory of {size:,} bytes, but only a zip with "
                f"one file in it can be read: {_UNPACK}."
            )
        return super().read(size)

    def seek(self, target: int, whence: int = os.SEEK_SET, /) -> int:
        if whence == os.SEEK_SET and not 0 <= target <= self.size:
            raise EOFError("it points to what lies outside of it")
        return super().seek(target, whence)


class _Unpacked(io.RawIOBase):
    """The bytes of a file, unpacked; `Unreadable` where they are damaged or a bomb."""

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
        _check_ratio(self._disk.name_of_input, self._count, self._disk.tell())
        return count

    def _check_length(self) -> None:
        if self._count != self._length:
            raise EOFError("it holds another number of bytes than it states")


class Opened(io.BufferedReader):
    """The bytes of an input, unpacked."""

    def __init__(self, unpacked: _Unpacked, disk: _Disk) -> None:
        """Read through `unpacked` what stands on `disk`."""
        super().__init__(unpacked, CHUNK)
        self._disk = disk

    def position(self) -> int:
        """Tell how many bytes of the file are read, packed as it is."""
        return self._disk.tell()


@contextmanager
def opened(path: Path, name: str) -> Iterator[Opened]:
    """Open a file, which is unpacked as it is read; `Unreadable` may come midway."""
    with ExitStack() as stack:
        disk = stack.enter_context(_Disk(path, name))
        head = disk.peek(HEAD)
        source, length = _source(stack, disk, head)
        bytes_of = stack.enter_context(Opened(_Unpacked(disk, source, length), disk))
        _check_content(f"What {name} holds" if source is not disk else name, bytes_of.peek(HEAD))
        if source is disk:
            _check_name(name)
        yield bytes_of


def _source(stack: ExitStack, disk: _Disk, head: bytes) -> tuple[Any, int | None]:
    """Give what unpacks a file, and how many bytes it has to give, where this is known."""
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        with _damage_of(disk.name_of_input):
            archive = stack.enter_context(zipfile.ZipFile(disk))
            member = _member(disk.name_of_input, archive)
            length = member.file_size
            # zipfile stops where the stated size is reached; bytes past it must be seen.
            member.file_size += 1
            return stack.enter_context(archive.open(member)), length
    if head.startswith(b"\x1f\x8b"):
        return stack.enter_context(gzip.GzipFile(fileobj=disk)), None
    return disk, None


def _member(name: str, archive: zipfile.ZipFile) -> zipfile.ZipInfo:
    """Give the one file of an archive."""
    entries = archive.infolist()
    for entry in entries:
        _check_entry(name, entry)
    if any(entry.filename == "[Content_Types].xml" for entry in entries):
        raise Unreadable(f"{name} is a workbook or document of Office: {_AS_CSV}.")
    _check_places(name, entries, archive.start_dir)
    files = [one for one in entries if not (one.is_dir() or one.filename.startswith("__MACOSX/"))]
    if len(files) != 1:
        raise Unreadable(
            f"{name} holds {len(files)} files, but only a zip with one file in it can be read: "
            f"{_UNPACK}."
        )
    _check_packing(name, files[0])
    return files[0]


def _check_entry(name: str, entry: zipfile.ZipInfo) -> None:
    """Refuse an archive that would write elsewhere, or make links, if it was unpacked."""
    inner = entry.orig_filename
    if _HARMFUL.search(inner):
        raise Unreadable(f"{name} is not to be trusted: it names a file {inner[:100]!r}.")
    if stat.S_IFMT(entry.external_attr >> 16) not in {0, stat.S_IFREG, stat.S_IFDIR}:
        raise Unreadable(
            f"{name} is not to be trusted: {inner[:100]!r} in it is a link or a device."
        )


def _check_places(name: str, entries: list[zipfile.ZipInfo], end: int) -> None:
    """Refuse an archive in which one entry lies in another."""
    for entry in sorted(entries, key=lambda one: one.header_offset, reverse=True):
        if entry.header_offset + _LOCAL_HEADER + entry.compress_size > end:
            raise Unreadable(f"{name} is not to be trusted: what it holds overlaps.")
        end = entry.header_offset


def _check_packing(name: str, member: zipfile.ZipInfo) -> None:
    """Refuse a file that is encrypted, packed in a rare way, or a bomb."""
    if member.flag_bits & _ENCRYPTED:
        raise Unreadable(f"{name} is encrypted: {_UNPACK}.")
    if member.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise Unreadable(
            f"{name} is packed in a way that is not read here (method {member.compress_type}): "
            f"{_UNPACK}."
        )
    _check_ratio(name, member.file_size, member.compress_size)


def _check_ratio(name: str, unpacked: int, packed: int) -> None:
    if unpacked > GRACE and unpacked > RATIO * packed:
        raise Unreadable(
            f"{name} is not to be trusted: it unpacks to more than {RATIO} times its size."
        )


def _check_content(name: str, head: bytes) -> None:
    """Refuse what is no text, or is not in UTF-8."""
    for offset, magic, what, advice in CONTAINERS:
        if head.startswith(magic, offset):
            raise Unreadable(f"{name} is {what}: {advice}.")
    odd = len(head[:HEAD]) - len(head[:HEAD].translate(None, NO_TEXT))
    if odd > 3 + len(head[:HEAD]) / 50:
        raise Unreadable(f"{name} is no text, or a damaged archive: get it again.")


def _check_name(name: str) -> None:
    """Refuse what is named like an archive and begins like none."""
    if ending := NAMED_PACKED.search(name):
        raise Unreadable(
            f"{name} is no {ending[1]} archive, or a damaged one: get it again, or rename it if it "
            "is text."
        )


@contextmanager
def _damage_of(name: str) -> Iterator[None]:
    """Say of a file what the standard library says of its parts."""
    try:
        yield
    except _DAMAGE as error:
        reason = str(error) or "it ends too early"
        raise Unreadable(f"{name} is damaged ({reason}): get it again.") from error
