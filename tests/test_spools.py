"""Spooled results: made once, whole or not at all, in bounded room."""

import fcntl
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from fractions import Fraction
from pathlib import Path

import httpx
import pytest
from conftest import free_port, start, stop, wait_until_up
from hypothesis import given
from hypothesis import strategies as st
from peewee import SqliteDatabase

from dataset.errors import StoreError
from dataset.merging import mean
from dataset.spools import STRIPES, Spool


def making(value: int, made: list[int] | None = None) -> Callable[[SqliteDatabase], None]:
    """Make what writes a result of one value."""

    def make(database: SqliteDatabase) -> None:
        database.execute_sql("CREATE TABLE result (value)")
        database.execute_sql("INSERT INTO result VALUES (?)", (value,))
        if made is not None:
            made.append(value)

    return make


def value_in(database: SqliteDatabase) -> int:
    return int(database.execute_sql("SELECT value FROM result").fetchone()[0])


def read(spool: Spool, key: str, make: Callable[[SqliteDatabase], None]) -> int:
    with spool.database("store", (key,), make) as database:
        return value_in(database)


@pytest.fixture
def spool(tmp_path: Path) -> Spool:
    return Spool(tmp_path / "results")


def results(spool: Spool) -> list[Path]:
    return sorted(spool.folder.glob("*.sqlite"))


def test_a_result_is_made_once_by_many_threads(spool: Spool) -> None:
    made = list[int]()
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: read(spool, "a", making(7, made)), range(40)))
    assert found == [7] * 40
    assert made == [7]


def test_what_was_used_longest_ago_makes_room(spool: Spool) -> None:
    read(spool, "a", making(1))
    read(spool, "b", making(2))
    spool.most_bytes = 2 * results(spool)[0].stat().st_size
    made = list[int]()
    read(spool, "a", making(1))
    read(spool, "c", making(3))
    assert [read(spool, key, making(9, made)) for key in "ac"] == [1, 3]
    assert read(spool, "b", making(2, made)) == 2
    assert made == [2]


def test_who_reads_a_result_that_makes_room_goes_on(spool: Spool) -> None:
    spool.most_bytes = 1
    with spool.database("store", ("a",), making(1)) as database:
        assert read(spool, "b", making(2)) == 2
        assert len(results(spool)) == 1
        assert value_in(database) == 1


def test_what_fails_in_the_making_leaves_nothing(spool: Spool) -> None:
    def fail(database: SqliteDatabase) -> None:
        making(1)(database)
        raise ValueError("not whole")

    with pytest.raises(ValueError, match="not whole"):
        read(spool, "a", fail)
    assert not list(spool.folder.glob("*.unfinished"))
    assert read(spool, "a", making(2)) == 2


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "results").write_text("a file in its place")
    with pytest.raises(StoreError, match="cannot be used"):
        read(Spool(tmp_path / "results"), "a", making(1))


def test_what_a_process_left_behind_is_removed(spool: Spool) -> None:
    read(spool, "a", making(1))
    left, begun = (spool.folder / f"store-{name}.unfinished" for name in ("left", "begun"))
    left.touch()
    begun.touch()
    os.utime(left, (0, 0))
    read(spool, "b", making(2))
    assert (left.exists(), begun.exists()) == (False, True)


def test_nothing_is_kept_after_a_purge(spool: Spool) -> None:
    for store in ("one", "other"):
        with spool.database(store, ("a",), making(1)):
            pass
    begun, others = (spool.folder / f"{name}-1.unfinished" for name in ("one", "other"))
    begun.touch()
    others.touch()
    spool.forget("one")
    assert list(spool.folder.glob("*-*")) == [others]


def test_what_is_there_waits_for_no_making(spool: Spool) -> None:
    read(spool, "a", making(1))
    with ExitStack() as stripes:
        for number in range(STRIPES):
            lock = stripes.enter_context((spool.folder / f"{number}.lock").open("w"))
            fcntl.flock(lock, fcntl.LOCK_EX)
        assert read(spool, "a", making(2)) == 1


@pytest.mark.parametrize("content", [b"", b"no database"])
def test_a_spoilt_result_is_made_anew(spool: Spool, content: bytes) -> None:
    read(spool, "a", making(1))
    results(spool)[0].write_bytes(content)
    assert read(spool, "a", making(2)) == 2


def test_another_version_makes_its_own_results(spool: Spool) -> None:
    assert read(spool, "a", making(1)) == 1
    assert read(Spool(spool.folder, "next"), "a", making(2)) == 2


def test_a_file_is_read_though_it_makes_room(spool: Spool) -> None:
    spool.most_bytes = 1
    with spool.file("store", ("a",), lambda path: path.write_bytes(b"one")) as file:
        assert read(spool, "b", making(2)) == 2
        assert file.read() == b"one"
    assert not list(spool.folder.glob("*.file"))


def test_workers_and_servers_share_their_results(seeded: Path, tmp_path: Path) -> None:
    path = "/v1/aggregates?by=id&limit=10"
    files = set()
    for _ in range(2):
        port = free_port()
        process = start(seeded, port, CACHE=str(tmp_path), WORKERS="4")
        wait_until_up(f"http://127.0.0.1:{port}", process)
        url: str | None = f"http://127.0.0.1:{port}{path}"
        while url:
            url = httpx.get(url).json()["page"]["next"]
        stop(process)
        files |= {(path.name, path.stat().st_ino) for path in tmp_path.glob("results/*.sqlite")}
    assert len(files) == 1


@given(st.integers(-(10**12), 10**12), st.integers(1, 10**6))
def test_means_are_rounded_half_even(total: int, count: int) -> None:
    assert mean(total, count) == round(Fraction(total, count))
    assert mean(total, 0) is mean(None, None) is None
