"""Tell what a file is by its first bytes; refuse all but Parquet and text in UTF-8."""

import re

from dataset.errors import Unreadable

HEAD = 512
"""How many bytes are enough to tell what a file is."""

PARQUET = b"PAR1"
UNPACK = "unpack it and load what was in it"
AS_CSV = "save it as CSV in UTF-8"
CONTAINERS = (
    (0, b"PK\x03\x04", "a zip archive", UNPACK),
    (0, b"PK\x05\x06", "an empty zip archive", "get it again"),
    (0, b"PK\x07\x08", "a part of a zip archive", UNPACK),
    (0, b"\x1f\x8b", "packed with gzip", UNPACK),
    (4, b"1AY&SY", "packed with bzip2", UNPACK),
    (0, b"\xfd7zXZ\x00", "packed with xz", UNPACK),
    (0, b"\x28\xb5\x2f\xfd", "packed with zstd", UNPACK),
    (0, b"7z\xbc\xaf\x27\x1c", "a 7z archive", UNPACK),
    (0, b"Rar!\x1a\x07", "a rar archive", UNPACK),
    (257, b"ustar", "a tar archive", UNPACK),
    (0, b"%PDF-", "a PDF document", "load the data that it is about"),
    (0, PARQUET, "a Parquet file", UNPACK),
    (0, b"SQLite format 3\x00", "a SQLite database", "export its table as CSV"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office document", AS_CSV),
    (0, b"\xff\xfe", "text in UTF-16", "save it in UTF-8"),
    (0, b"\xfe\xff", "text in UTF-16", "save it in UTF-8"),
)
"""Offset, bytes that tell what a file is, and what to do with one that is not read here."""
NAMED_PACKED = re.compile(r"\.(zip|gz|tgz|bz2|xz|zst|7z|rar|tar)$", re.IGNORECASE)
"""The endings of the names of archives."""
NO_TEXT = bytes(set(range(32)) - set(b"\t\n\r\x01\x02\x03\x1c\x1d\x1e\x1f") | {127})
"""Control characters that do not separate lines or cells; text may hold a few by mistake."""


def check_content(name: str, head: bytes) -> None:
    """Refuse what is no text, or is not in UTF-8."""
    for offset, magic, what, advice in CONTAINERS:
        if head.startswith(magic, offset):
            raise Unreadable(f"{name} is {what}: {advice}.")
    odd = len(head[:HEAD]) - len(head[:HEAD].translate(None, NO_TEXT))
    if odd > 3 + len(head[:HEAD]) / 50:
        raise Unreadable(f"{name} is no text, or a damaged archive: get it again.")


def check_name(name: str) -> None:
    """Refuse a file that is named like an archive but does not begin like one."""
    if ending := NAMED_PACKED.search(name):
        raise Unreadable(
            f"{name} is no {ending[1]} archive, or a damaged one: get it again, or rename it if it "
            "is text."
        )
