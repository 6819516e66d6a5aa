"""Find the one file in a zip, and refuse a zip that is made to do harm."""

import re
import stat
import zipfile

from dataset.errors import Unreadable
from dataset.inputs.signatures import AS_CSV, UNPACK

RATIO = 250
"""Event data shrinks 4 to 20 times; past this ratio a file is made to do harm."""
GRACE = 1024 * 1024
"""How many bytes may come out whatever the ratio."""

_HARMFUL = re.compile(r"^$|^/|^[A-Za-z]:|\\|\0|(^|/)\.\.(/|$)")
_LOCAL_HEADER = 30
_ENCRYPTED = 0x2041


def only_member(name: str, archive: zipfile.ZipFile) -> zipfile.ZipInfo:
    """Give the one file of an archive, once it is checked. Raises `Unreadable`."""
    entries = archive.infolist()
    for entry in entries:
        _check_entry(name, entry)
    if any(entry.filename == "[Content_Types].xml" for entry in entries):
        raise Unreadable(f"{name} is a workbook or document of Office: {AS_CSV}.")
    _check_overlaps(name, entries, archive.start_dir)
    files = [one for one in entries if not (one.is_dir() or one.filename.startswith("__MACOSX/"))]
    if len(files) != 1:
        raise Unreadable(
            f"{name} holds {len(files)} files, but only a zip with one file in it can be read: "
            f"{UNPACK}."
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


def _check_overlaps(name: str, entries: list[zipfile.ZipInfo], end: int) -> None:
    """Refuse an archive in which one entry lies in another."""
    for entry in sorted(entries, key=lambda one: one.header_offset, reverse=True):
        if entry.header_offset + _LOCAL_HEADER + entry.compress_size > end:
            raise Unreadable(f"{name} is not to be trusted: what it holds overlaps.")
        end = entry.header_offset


def _check_packing(name: str, member: zipfile.ZipInfo) -> None:
    """Refuse a file that is encrypted, packed in a rare way, or a bomb."""
    if member.flag_bits & _ENCRYPTED:
        raise Unreadable(f"{name} is encrypted: {UNPACK}.")
    if member.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise Unreadable(
            f"{name} is packed in a way that is not read here (method {member.compress_type}): "
            f"{UNPACK}."
        )
    check_ratio(name, member.file_size, member.compress_size)


def check_ratio(name: str, unpacked: int, packed: int) -> None:
    """Refuse a file that unpacks to so much that it must be a bomb."""
    if unpacked > GRACE and unpacked > RATIO * packed:
        raise Unreadable(
            f"{name} is not to be trusted: it unpacks to more than {RATIO} times its size."
        )
