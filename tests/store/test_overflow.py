"""DuckDB is started once for a folder; what it lays aside is gone after whatever ends a process."""

import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from dataset.parquet_copy import views

READERS = 8
CODE = """
import sys
from pathlib import Path
from dataset.parquet_copy.views import _connection
connection = _connection(Path(sys.argv[1]))
(folder,) = connection.execute("SELECT current_setting('temp_directory')").fetchone()
Path(folder, "overflow").write_text("much")
print(folder, flush=True)
sys.stdin.read()
"""


@contextmanager
def reader(temporary: Path) -> Iterator[tuple[subprocess.Popen[str], Path]]:
    """Run a process that has laid something aside, until the end of the block."""
    process = subprocess.Popen(
        [sys.executable, "-c", CODE, str(temporary)],
        env=os.environ | {"TMPDIR": str(temporary)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    with process:
        yield process, Path(process.stdout.readline().strip())


def test_a_folder_is_its_owners_alone_and_goes_with_him(tmp_path: Path) -> None:
    with reader(tmp_path) as (_, folder):
        assert folder.parent == tmp_path
        assert folder.stat().st_mode & 0o777 == 0o700
    assert not list(tmp_path.iterdir())


def test_the_folder_of_a_killed_process_is_removed_by_the_next(tmp_path: Path) -> None:
    with reader(tmp_path) as (killed, left):
        killed.send_signal(signal.SIGKILL)
    assert (left / "overflow").exists()
    with reader(tmp_path) as (_, folder):
        assert list(tmp_path.iterdir()) == [folder]


def test_the_folder_of_a_living_process_stays(tmp_path: Path) -> None:
    with reader(tmp_path) as (_, first), reader(tmp_path) as (_, second):
        assert {first, second} == set(tmp_path.iterdir())


def test_first_queries_at_once_start_duckdb_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    together = threading.Barrier(READERS)

    def connect(_: int) -> None:
        together.wait()
        views._connection(tmp_path / "store.columns").close()

    with ThreadPoolExecutor(READERS) as pool:
        list(pool.map(connect, range(READERS)))
    assert len(list(tmp_path.iterdir())) == 1
