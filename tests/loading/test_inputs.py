"""Files are found as they are named, and read only if they are what they should be."""

import gzip
import hashlib
import io
import os
import random
import socket
import stat
import struct
import subprocess
import sys
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataset.errors import Unreadable
from dataset.inputs.signatures import CONTAINERS, PARQUET
from dataset.inputs.source_files import SourceFile, source_files
from dataset.inputs.zip_members import GRACE


def gzipped(content: bytes) -> bytes:
    """Pack, without the time: tests are named by what they read."""
    return gzip.compress(content, mtime=0)


TEXT = b"20240613\tUSA\tIRN\n" * 1000
NUMBERS = b"".join(b"%d\tUSA\tIRN\n" % number**9 for number in range(2_000))
NAMES = Path("unused")
ROOM = 300 * 1024


def no_fetch(url: str) -> Path:
    raise AssertionError(f"{url} is fetched")


def found(*paths: object) -> list[str]:
    return [one.name for one in source_files([str(path) for path in paths], no_fetch)]


def content_of(path: Path) -> bytes:
    [one] = source_files([str(path)], no_fetch)
    with one.open() as opened:
        return opened.read()


def written(folder: Path, content: bytes, name: str = "given.zip") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def zipped(*members: tuple[str | zipfile.ZipInfo, bytes], **options: int) -> bytes:
    file = io.BytesIO()
    options.setdefault("compression", zipfile.ZIP_DEFLATED)
    with zipfile.ZipFile(file, "w", **options) as archive:  # type: ignore[call-overload]
        for name, content in members:
            archive.writestr(name, content, archive.compression)
    return file.getvalue()


def member(name: str, mode: int = 0) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.external_attr = mode << 16
    return info


def tarred(mode: str = "w") -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode=mode) as archive:  # type: ignore[call-overload]
        archive.addfile(tarfile.TarInfo("events.csv"), io.BytesIO())
    return file.getvalue()


def patched(content: bytes, signature: bytes, offset: int, value: bytes) -> bytes:
    """Write into the last header with this signature."""
    at = content.rindex(signature) + offset
    return content[:at] + value + content[at + len(value) :]


LOCAL, CENTRAL, END = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"
PLAIN = zipped(("events.csv", TEXT))
STORED = zipped(("events.csv", TEXT), compression=zipfile.ZIP_STORED)


def longer_than_stated() -> bytes:
    """A zip that states the size and the CRC of the beginning of its file."""
    short = TEXT[:1000]
    content = patched(PLAIN, CENTRAL, 16, struct.pack("<L", zlib.crc32(short)))
    return patched(content, CENTRAL, 24, struct.pack("<L", len(short)))


def overlapping() -> bytes:
    """A zip of which a folder lies where its file is."""
    content = zipped(("folder/", b""), ("events.csv", TEXT))
    first = content.index(CENTRAL)
    return content[: first + 42] + struct.pack("<L", 60) + content[first + 46 :]


HARMFUL = [
    ("../events.csv", "names a file '../events.csv'"),
    ("a/../../events.csv", "not to be trusted"),
    ("..", "not to be trusted"),
    ("/etc/passwd", "not to be trusted"),
    ("a\\events.csv", "not to be trusted"),
    ("C:events.csv", "not to be trusted"),
]
REFUSED = {
    "symlink": (zipped((member("a", stat.S_IFLNK | 0o777), b"/etc/passwd")), "a link or a device"),
    "device": (zipped((member("a", stat.S_IFCHR | 0o777), b"x")), "a link or a device"),
    "fifo": (zipped((member("a", stat.S_IFIFO | 0o777), b"x")), "a link or a device"),
    "two files": (zipped(("a", b"x"), ("b", b"x")), "holds 2 files"),
    "one name twice": (PLAIN[:0] + zipped(("a", b"x"), ("A", b"x")), "holds 2 files"),
    "folders only": (zipped(("a/", b"")), "holds 0 files"),
    "nothing": (zipped(), "holds 0 files"),
    "encrypted": (patched(PLAIN, CENTRAL, 8, b"\1"), "is encrypted"),
    "bzip2 in zip": (zipped(("a", TEXT), compression=zipfile.ZIP_BZIP2), "method 12"),
    "lzma in zip": (zipped(("a", TEXT), compression=zipfile.ZIP_LZMA), "method 14"),
    "workbook": (zipped(("[Content_Types].xml", b"<x/>"), ("xl/x.xml", b"")), "of Office"),
    "zip in zip": (zipped(("a.zip", PLAIN)), "holds is a zip archive"),
    "gzip in zip": (zipped(("a.gz", gzipped(TEXT))), "holds is packed with gzip"),
    "tar in zip": (zipped(("a.tar", tarred())), "holds is a tar archive"),
    "zip in gzip": (gzipped(PLAIN), "holds is a zip archive"),
    "gzip in gzip": (gzipped(gzipped(TEXT)), "holds is packed with gzip"),
    "tar in gzip": (tarred("w:gz"), "holds is a tar archive"),
    "tar": (tarred(), "given.zip is a tar archive"),
    "UTF-16 in zip": (zipped(("a.csv", TEXT.decode().encode("utf-16"))), "is text in UTF-16"),
    "truncated zip": (PLAIN[:-30], "is damaged"),
    "truncated gzip": (gzipped(TEXT)[:-9], "is damaged"),
    "gzip without its CRC": (gzipped(TEXT)[:-8], "is damaged"),
    "CRC of zip": (patched(PLAIN, CENTRAL, 16, b"abcd"), "Bad CRC-32"),
    "CRC of gzip": (gzipped(TEXT)[:-8] + b"abcd" + gzipped(TEXT)[-4:], "CRC check"),
    "junk after gzip": (gzipped(TEXT) + b"junk", "is damaged"),
    "junk after two gzips": (gzipped(TEXT) * 2 + b"j", "is damaged"),
    "broken deflate": (PLAIN[:60] + b"\xff" * 9 + PLAIN[69:], "is damaged"),
    "broken deflate of gzip": (gzipped(TEXT)[:12] + b"\xff" * 40, "is damaged"),
    "larger than stated": (longer_than_stated(), "is damaged"),
    "smaller than stated": (patched(PLAIN, CENTRAL, 24, b"\xff\xff\0\0"), "is damaged"),
    "stored and too short": (patched(STORED, CENTRAL, 20, b"\1\0\0\0"), "is damaged"),
    "packed past the end": (
        patched(PLAIN, CENTRAL, 20, b"\xff\xff\xff\0"),
        "what it holds overlaps",
    ),
    "overlapping": (overlapping(), "what it holds overlaps"),
    "offset past the end": (patched(PLAIN, CENTRAL, 42, b"\xff\xff\xff\x0f"), "overlaps"),
    "directory past the end": (patched(PLAIN, END, 16, b"\xff\xff\xff\x0f"), "is damaged"),
    "stated bomb": (patched(PLAIN, CENTRAL, 24, b"\0\0\xff\x0f"), "more than 250 times"),
    "bomb in zip": (zipped(("a", b"0" * 2 * GRACE)), "more than 250 times"),
}


NOISE = random.Random(7).randbytes(5_000)
DAMAGED = {
    "cut at the end": lambda packed: packed[: len(packed) // 2],
    "cut at the beginning": lambda packed: packed[20:],
    "first byte flipped": lambda packed: bytes([packed[0] ^ 1]) + packed[1:],
    "second byte flipped": lambda packed: packed[:1] + bytes([packed[1] ^ 64]) + packed[2:],
    "zeros at the beginning": lambda packed: bytes(64) + packed[64:],
    "noise": lambda _: NOISE,
    "text": lambda _: b"<html>404 Not Found</html>\n",
    "empty": lambda _: b"",
}
"""What may become of an archive on its way."""


@pytest.mark.parametrize("damage", DAMAGED.values(), ids=DAMAGED)
@pytest.mark.parametrize("name", ["20190218.export.CSV.zip", "a.csv.gz", "A.ZIP", "a.GZ"])
def test_a_damaged_archive_is_not_read_as_text(
    tmp_path: Path, name: str, damage: Callable[[bytes], bytes]
) -> None:
    packed = zipped(("a", NUMBERS)) if name.lower().endswith("zip") else gzipped(NUMBERS)
    with pytest.raises(Unreadable, match=name):
        content_of(written(tmp_path, damage(packed), name))


@pytest.mark.parametrize("name", ["a.tar", "a.tgz", "a.csv.bz2", "a.xz", "a.zst", "a.7z", "a.rar"])
def test_what_is_named_like_another_archive_is_not_read_as_text(tmp_path: Path, name: str) -> None:
    with pytest.raises(Unreadable, match=f"{name} is no"):
        content_of(written(tmp_path, TEXT, name))


@pytest.mark.parametrize("damage", sorted(DAMAGED.keys() - {"cut at the end", "text", "empty"}))
@pytest.mark.parametrize("name", ["events.csv", "events"])
def test_bytes_that_are_no_text_are_refused_whatever_the_name(
    tmp_path: Path, name: str, damage: str
) -> None:
    for packed in (zipped(("a", NUMBERS)), gzipped(NUMBERS)):
        with pytest.raises(Unreadable, match=f"{name} is no text"):
            content_of(written(tmp_path, DAMAGED[damage](packed), name))


@pytest.mark.parametrize(
    "content",
    [
        bytes(range(0xC0, 0xFF)) * 100,
        b"20240413\x01USA\x01IRN\n" * 100,
        b"20240413\x1fUSA\x1fIRN\n" * 100,
        TEXT[:300] + b"A\0B" + TEXT,
        b"id\na\0b\n",
    ],
    ids=[
        "letters of another encoding",
        "parts of Hive",
        "units of ASCII",
        "a NUL",
        "a NUL in a short file",
    ],
)
def test_text_with_odd_bytes_is_still_read(tmp_path: Path, content: bytes) -> None:
    assert content_of(written(tmp_path, content, "events.csv")) == content


def test_files_folders_and_patterns_are_found(tmp_path: Path) -> None:
    for name in ("b.csv", "a.csv", "c.zip", ".hidden"):
        written(tmp_path, b"x" if name != "c.zip" else PLAIN, name)
    (tmp_path / "folder.csv").mkdir()
    assert found(tmp_path / "b.csv") == ["b.csv"]
    assert found(tmp_path) == ["a.csv", "b.csv", "c.zip"]
    assert found(tmp_path / "*.csv") == ["a.csv", "b.csv"]


def test_a_file_given_twice_is_taken_once_where_it_came_first(tmp_path: Path) -> None:
    for name in ("a.csv", "b.csv"):
        written(tmp_path, b"x", name)
    (tmp_path / "c.csv").symlink_to(tmp_path / "b.csv")
    assert found(tmp_path / "b.csv", tmp_path, tmp_path / ".." / tmp_path.name / "*") == [
        "b.csv",
        "a.csv",
    ]


def test_a_name_with_brackets_that_exists_is_no_pattern(tmp_path: Path) -> None:
    for name in ("a[1].csv", "a1.csv"):
        written(tmp_path, b"x", name)
    assert found(tmp_path / "a[1].csv") == ["a[1].csv"]


def test_addresses_are_fetched_and_named_after_their_last_part(tmp_path: Path) -> None:
    path = written(tmp_path, b"x", "0123-x")
    [one] = source_files(["https://user@example.org/a/2024%20b.csv?key=secret#c"], lambda _: path)
    assert (one.path, one.name) == (path, "2024 b.csv")


@pytest.mark.parametrize("name", ["no.csv", "no/no.csv", "*.no", "a[1].no"])
def test_what_is_not_there_is_named(tmp_path: Path, name: str) -> None:
    with pytest.raises(Unreadable) as error:
        found(tmp_path / name)
    assert str(tmp_path / name) in str(error.value)


def test_an_empty_folder_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(Unreadable, match="has no files"):
        found(tmp_path)


def test_an_address_that_is_none_is_an_error() -> None:
    with pytest.raises(Unreadable, match="is no address"):
        found("http://[::1/a.csv")


@pytest.mark.parametrize("pattern", ["", "*"])
def test_a_fifo_is_refused_and_not_waited_for(tmp_path: Path, pattern: str) -> None:
    os.mkfifo(tmp_path / "fifo")
    with pytest.raises(Unreadable, match="is no regular file"):
        found(tmp_path / (pattern or "fifo"))


def test_devices_and_sockets_are_refused(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as one:
        one.bind(str(tmp_path / "socket"))
        for path in ("/dev/zero", tmp_path / "socket"):
            with pytest.raises(Unreadable, match="is no regular file"):
                found(path)


def test_hash_and_size_are_of_the_file_as_it_is(tmp_path: Path) -> None:
    [one] = source_files([str(written(tmp_path, PLAIN))], no_fetch)
    assert (one.sha256, one.bytes) == (hashlib.sha256(PLAIN).hexdigest(), len(PLAIN))


@pytest.mark.parametrize(
    ("name", "stamp"),
    [
        ("20190218000000.export.CSV.zip", "2019-02-18T00:00:00Z"),
        ("20190218.export.CSV.zip", "2019-02-18T00:00:00Z"),
        ("20190218-20190219123456.csv", "2019-02-19T12:34:56Z"),
        ("20190219123456_20200101.csv", "2019-02-19T12:34:56Z"),
        ("events.2018.20190218-20190220.tab", "2019-02-20T00:00:00Z"),
        ("20190218-20190231.csv", "2019-02-18T00:00:00Z"),
        ("20190218006000.20190218.csv", "2019-02-18T00:00:00Z"),
        ("20190218235960.csv", None),
        ("20230229.csv", None),
        ("20240229.csv", "2024-02-29T00:00:00Z"),
        ("18991231.csv", None),
        ("21010101.csv", None),
        ("2019021.csv", None),
        ("201902180.csv", None),
        ("٢٠١٩٠٢١٨.csv", None),
        ("٢20190218.csv", None),
        ("201303.zip", "2013-03-31T00:00:00Z"),
        ("202201-icews-events.tab", "2022-01-31T00:00:00Z"),
        ("202402.202401.tab", "2024-01-31T00:00:00Z"),
        ("202202-20220109.tab", "2022-01-09T00:00:00Z"),
        ("202213.tab", None),
        ("202200.tab", None),
        ("189912.tab", None),
        ("210101.tab", None),
        ("2022011.tab", None),
        ("ngecEventsDV-2023-Jan.txt", "2023-01-31T00:00:00Z"),
        ("ngecEventsDV-2024-FEB.txt.zip", "2024-02-29T00:00:00Z"),
        ("ngecEventsDV-2023-Janus.txt", None),
        ("ngecEventsDV-2022.txt.zip", None),
        ("ngecEvents.20230103111842.Release603.DV.txt", "2023-01-03T11:18:42Z"),
        ("events.2018.sample.tab", None),
        ("events.csv", None),
    ],
)
def test_the_last_time_in_a_name_is_its_stamp(name: str, stamp: str | None) -> None:
    assert SourceFile(NAMES, name, "", 0).stamp == stamp


@given(st.text("0129- x", max_size=40))
def test_a_stamp_is_a_time_or_none(name: str) -> None:
    stamp = SourceFile(NAMES, name, "", 0).stamp
    assert stamp is None or (len(stamp) == 20 and stamp.translate(str.maketrans("", "", "-T:Z")))


@pytest.mark.parametrize(
    "content",
    [
        PLAIN,
        STORED,
        gzipped(TEXT),
        gzipped(TEXT[:17]) + gzipped(b"") + gzipped(TEXT[17:]),
        gzipped(TEXT) + bytes(100),
        zipped(("a/", b""), ("a/events.csv", TEXT), ("__MACOSX/a/._events.csv", b"resource")),
        zipped((member("events.csv", stat.S_IFREG | 0o644), TEXT)),
    ],
)
@pytest.mark.parametrize("name", ["events.csv", "events.zip", "events.gz"])
def test_packing_is_told_by_content_whatever_the_name(
    tmp_path: Path, content: bytes, name: str
) -> None:
    assert content_of(written(tmp_path, content, name)) == TEXT


@pytest.mark.parametrize("content", [b"", gzipped(b""), zipped(("a", b""))])
def test_an_empty_file_is_read_as_such(tmp_path: Path, content: bytes) -> None:
    assert content_of(written(tmp_path, content, "events.csv")) == b""


def test_a_zip64_is_read(tmp_path: Path) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive, archive.open("a", "w", force_zip64=True) as one:
        one.write(TEXT)
    assert content_of(written(tmp_path, file.getvalue())) == TEXT


@pytest.mark.parametrize("pack", [bytes, gzip.compress, lambda text: zipped(("a", text))])
def test_the_position_goes_to_the_end_of_the_packed_file(
    tmp_path: Path, pack: Callable[[bytes], bytes]
) -> None:
    content = pack(os.urandom(3 * GRACE).hex().encode())
    [one] = source_files([str(written(tmp_path, content, "events.csv"))], no_fetch)
    with one.open() as opened:
        positions = [opened.position() for _ in iter(lambda: opened.read(ROOM), b"")]
    assert positions == sorted(positions)
    assert len(set(positions)) > 5
    assert len(content) - 200 < positions[-1] <= len(content)


@pytest.mark.parametrize(("inner", "reason"), HARMFUL)
@pytest.mark.parametrize("others", [(), (("events.csv", TEXT),)])
def test_an_archive_with_a_name_that_leads_elsewhere_is_refused(
    tmp_path: Path, inner: str, reason: str, others: tuple[tuple[str, bytes], ...]
) -> None:
    path = written(tmp_path, zipped(*others, (inner, TEXT)))
    with pytest.raises(Unreadable, match=r"given\.zip is not to be trusted") as error:
        content_of(path)
    assert reason in str(error.value)
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(("content", "reason"), REFUSED.values(), ids=REFUSED)
def test_an_archive_that_is_not_one_whole_file_is_refused(
    tmp_path: Path, content: bytes, reason: str
) -> None:
    path = written(tmp_path, content)
    with pytest.raises(Unreadable, match=r"given\.zip") as error:
        content_of(path)
    assert reason in str(error.value)
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("known", CONTAINERS, ids=lambda known: repr(known[1]))
@pytest.mark.parametrize("pack", [bytes, gzip.compress, lambda text: zipped(("a", text))])
def test_what_is_no_text_is_refused_for_what_it_is(
    tmp_path: Path, known: tuple[int, bytes, str, str], pack: Callable[[bytes], bytes]
) -> None:
    offset, magic, what, advice = known
    path = written(tmp_path, pack(b"x" * offset + magic + b"y" * 600), "events.csv")
    read_here = pack is bytes and magic[:2] in {b"PK", b"\x1f\x8b"} and magic[2:3] != b"\7"
    if pack is bytes and magic == PARQUET:
        assert content_of(path)
        return
    with pytest.raises(Unreadable, match=r"events\.csv") as error:
        content_of(path)
    assert (f"is {what}: {advice}." in str(error.value)) is not read_here


def test_damage_shows_midway_as_unreadable(tmp_path: Path) -> None:
    packed = gzipped(os.urandom(3 * GRACE).hex().encode())
    [one] = source_files([str(written(tmp_path, packed[:-GRACE], "a.gz"))], no_fetch)
    with one.open() as opened:
        assert len(opened.read(GRACE)) == GRACE
        with pytest.raises(Unreadable, match=r"a\.gz is damaged"):
            opened.read()


def test_a_disk_that_fails_is_not_taken_for_a_damaged_file() -> None:
    # Nothing is mapped at the address 0 of a process: the kernel answers EIO.
    with pytest.raises(OSError, match="Input/output error"):
        found("/proc/self/mem")


@given(
    st.sampled_from([PLAIN, STORED, gzipped(TEXT)]),
    st.integers(-100, 100),
    st.binary(min_size=1, max_size=8),
)
def test_whatever_bytes_change_a_file_is_read_whole_or_refused(
    content: bytes, at: int, new: bytes
) -> None:
    start = at % len(content)
    changed = content[:start] + new + content[start + len(new) :]
    with TemporaryDirectory() as folder, suppress(Unreadable):
        assert content_of(written(Path(folder), changed)) == TEXT


def deflated(size: int) -> bytes:
    """So many digits, a multiple of 10 MiB, in raw deflate that is not finished."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = packer.compress(b"0" * 10 * GRACE) + packer.flush(zlib.Z_FULL_FLUSH)
    return block * (size // (10 * GRACE))


def flat_gzip() -> bytes:
    return gzipped(b"")[:10] + deflated(10_000 * GRACE)


def flat_zip(stated: int) -> bytes:
    """10 GB in a zip that states another size."""
    content = zipped(("a", deflated(10_000 * GRACE)), compression=zipfile.ZIP_STORED)
    content = patched(content, CENTRAL, 10, struct.pack("<H", zipfile.ZIP_DEFLATED))
    return patched(content, CENTRAL, 24, struct.pack("<L", stated))


def crowded(count: int, wide: bool) -> bytes:
    """A zip of very many empty files; `wide`: with the directory of zip64."""
    start = zipped(("a", b"x"))
    start = start[: start.index(CENTRAL)]
    entry = struct.pack("<4s4B4HL2L5H2L", CENTRAL, 20, 3, 20, *[0] * 15) + b"a"
    entry = entry[:28] + struct.pack("<H", 1) + entry[30:]
    size, at = count * len(entry), len(start)
    end = struct.pack("<4s4H2LH", END, 0, 0, count & 0xFFFF, count & 0xFFFF, size, at, 0)
    if wide:
        record = struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, count, count, size, at)
        locator = struct.pack("<4sLQL", b"PK\6\7", 0, at + size, 1)
        end = (
            record
            + locator
            + struct.pack("<4s4H2LH", END, 0, 0, *[0xFFFF] * 2, *[2**32 - 1] * 2, 0)
        )
    return start + entry * count + end


def nested(depth: int, width: int) -> bytes:
    """A zip of zips of zips, as 42.zip is."""
    content = zipped(("0.txt", bytes(GRACE)))
    for _ in range(depth):
        content = zipped(*((f"{number}.zip", content) for number in range(width)))
    return content


BOMBS = {
    "10 GB in gzip": (flat_gzip, "more than 250 times"),
    "10 GB in zip": (lambda: flat_zip(2**32 - 2), "more than 250 times"),
    "10 GB in zip that states 2 GB": (lambda: flat_zip(2 * 10**9), "more than 250 times"),
    "10 GB in zip that states 1 byte": (lambda: flat_zip(1), "is damaged"),
    "1,000,000 entries": (lambda: crowded(1_000_000, wide=False), "a directory of 47,000,000"),
    "1,000,000 entries of zip64": (lambda: crowded(1_000_000, wide=True), "a directory of 47,"),
    "20,000 entries": (lambda: crowded(20_000, wide=False), "what it holds overlaps"),
    "zips in zips in a zip": (lambda: nested(5, 16), "holds 16 files"),
    "a zip in a zip in a zip": (lambda: nested(5, 1), "holds is a zip archive"),
}
READER = """
import sys
from pathlib import Path
from dataset.errors import Unreadable
from dataset.inputs.source_files import source_files
from dataset.inputs.records import line_records
try:
    with source_files(sys.argv[1:], Path)[0].open() as opened:
        for record in line_records(opened):
            pass
except Unreadable as error:
    print(error)
print(Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0])
"""


@pytest.mark.parametrize(("make", "reason"), BOMBS.values(), ids=BOMBS)
def test_a_bomb_is_refused_in_little_memory(
    tmp_path: Path, make: Callable[[], bytes], reason: str
) -> None:
    path = written(tmp_path, make())
    done = subprocess.run(
        [sys.executable, "-c", READER, str(path)], capture_output=True, text=True, check=True
    )
    refusal, peak = done.stdout.splitlines()
    assert reason in refusal
    assert int(peak) < ROOM
    assert list(tmp_path.iterdir()) == [path]
