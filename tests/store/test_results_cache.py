"""Kept results: made once, whole or not at all, in bounded room."""

import fcntl
import os
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from fractions import Fraction
from pathlib import Path

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from peewee import SqliteDatabase

from dataset.aggregates.merging import mean
from dataset.errors import StoreError
from dataset.store.results_cache import LOCKS, ResultsCache
from support.programs import free_port
from support.servers import start, stop, wait_until_up


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


def read(cache: ResultsCache, key: str, make: Callable[[SqliteDatabase], None]) -> int:
    with cache.database("store", (key,), make) as database:
        return value_in(database)


@pytest.fixture
def cache(tmp_path: Path) -> ResultsCache:
    return ResultsCache(tmp_path / "results")


def kept(cache: ResultsCache) -> list[Path]:
    return sorted(cache.folder.glob("*.sqlite"))


def test_a_result_is_made_once_by_many_threads(cache: ResultsCache) -> None:
    made = list[int]()
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: read(cache, "a", making(7, made)), range(40)))
    assert found == [7] * 40
    assert made == [7]


def test_what_was_used_longest_ago_makes_room(cache: ResultsCache) -> None:
    read(cache, "a", making(1))
    read(cache, "b", making(2))
    cache.most_bytes = 3 * kept(cache)[0].stat().st_size - 1
    made = list[int]()
    read(cache, "a", making(1))
    read(cache, "c", making(3))
    assert [read(cache, key, making(9, made)) for key in "ac"] == [1, 3]
    assert read(cache, "b", making(2, made)) == 2
    assert made == [2]


@contextmanager
def looks_at(folder: Path) -> Iterator[list[str]]:
    """Note each time that all files of a folder are listed."""
    looks: list[str] = []
    watched = {str(folder)}

    def note(event: str, arguments: tuple[object, ...]) -> None:
        if event in ("os.scandir", "os.listdir") and str(arguments[0]) in watched:
            looks.append(event)

    sys.addaudithook(note)
    yield looks
    watched.clear()


def test_a_result_costs_the_same_however_many_are_kept(cache: ResultsCache) -> None:
    read(cache, "first", making(0))
    for number in range(2000):
        (cache.folder / f"store-{number:032x}.sqlite").write_bytes(b"kept")
    with looks_at(cache.folder) as looks:
        for number in range(50):
            # Each by a server that has just been started.
            read(ResultsCache(cache.folder), str(number), making(number))
    assert not looks


def test_all_that_is_kept_is_looked_at_once_in_a_share(cache: ResultsCache) -> None:
    read(cache, "first", making(0))
    most = 160 * kept(cache)[0].stat().st_size
    with looks_at(cache.folder) as looks:
        for number in range(400):
            read(ResultsCache(cache.folder, most_bytes=most), str(number), making(number))
    assert len(looks) == 40


def test_the_bound_holds_whoever_writes(cache: ResultsCache) -> None:
    read(cache, "first", making(0))
    most = 40 * kept(cache)[0].stat().st_size
    for number in range(200):
        read(ResultsCache(cache.folder, most_bytes=most), str(number), making(number))
        assert sum(path.stat().st_size for path in kept(cache)) <= most
    assert len(kept(cache)) >= 36


def test_who_reads_a_result_that_makes_room_goes_on(cache: ResultsCache) -> None:
    cache.most_bytes = 1
    with cache.database("store", ("a",), making(1)) as database:
        assert read(cache, "b", making(2)) == 2
        assert len(kept(cache)) == 1
        assert value_in(database) == 1


def test_what_fails_in_the_making_leaves_nothing(cache: ResultsCache) -> None:
    def fail(database: SqliteDatabase) -> None:
        making(1)(database)
        raise ValueError("not whole")

    with pytest.raises(ValueError, match="not whole"):
        read(cache, "a", fail)
    assert not list(cache.folder.glob("unfinished/*"))
    assert read(cache, "a", making(2)) == 2


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "results").write_text("a file in its place")
    with pytest.raises(StoreError, match="cannot be used"):
        read(ResultsCache(tmp_path / "results"), "a", making(1))


def test_what_a_process_left_behind_is_removed(cache: ResultsCache) -> None:
    read(cache, "a", making(1))
    left, begun = (cache.folder / "unfinished" / f"store-{name}.file" for name in ("left", "begun"))
    left.touch()
    begun.touch()
    os.utime(left, (0, 0))
    read(cache, "b", making(2))
    assert (left.exists(), begun.exists()) == (False, True)


def test_nothing_is_kept_after_a_purge(cache: ResultsCache) -> None:
    for store in ("one", "other"):
        with cache.database(store, ("a",), making(1)):
            pass
    begun, others = (cache.folder / "unfinished" / f"{name}-1.file" for name in ("one", "other"))
    begun.touch()
    others.touch()
    cache.forget("one")
    assert list(cache.folder.rglob("*-*")) == [others]


def test_what_is_there_waits_for_no_making(cache: ResultsCache) -> None:
    read(cache, "a", making(1))
    with ExitStack() as locks:
        for number in range(LOCKS):
            lock = locks.enter_context((cache.folder / f"{number}.lock").open("w"))
            fcntl.flock(lock, fcntl.LOCK_EX)
        assert read(cache, "a", making(2)) == 1


@pytest.mark.parametrize("content", [b"", b"no database"])
def test_a_spoilt_result_is_made_anew(cache: ResultsCache, content: bytes) -> None:
    read(cache, "a", making(1))
    kept(cache)[0].write_bytes(content)
    assert read(cache, "a", making(2)) == 2


def test_another_version_makes_its_own_results(cache: ResultsCache) -> None:
    assert read(cache, "a", making(1)) == 1
    assert read(ResultsCache(cache.folder, "next"), "a", making(2)) == 2


def test_a_file_is_read_though_it_makes_room(cache: ResultsCache) -> None:
    cache.most_bytes = 1
    with cache.file("store", ("a",), lambda path: path.write_bytes(b"one")) as file:
        assert read(cache, "b", making(2)) == 2
        assert file.read() == b"one"
    assert not list(cache.folder.glob("*.file"))


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
