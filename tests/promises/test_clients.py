"""Real clients read what a real server sends: the tools that data scientists have."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import fsspec
import geopandas
import httpx
import pandas
import polars
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from support.paths import ROOT
from support.programs import needed

pytestmark = pytest.mark.clients

QUERY = "actor=IRN"
DUCKDB = ROOT / ".venv" / "httpfs" / "bin" / "python"
"""A DuckDB of the version that its extension for HTTP is packaged for (see the Makefile)."""
IN_DUCKDB = """
import sys, duckdb
from importlib.resources import files
[extension] = files("duckdb_extension_httpfs").rglob("httpfs.duckdb_extension")
connection = duckdb.connect()
connection.load_extension(str(extension))
found = connection.sql("SELECT id FROM read_parquet(?) ORDER BY date, id", params=[sys.argv[1]])
print(*(row[0] for row in found.fetchall()))
"""


@pytest.fixture(scope="module")
def expected(server: str) -> list[dict[str, Any]]:
    """The events that every client should find, as JSON."""
    data: list[dict[str, Any]] = httpx.get(f"{server}/v1/events?sort=date&{QUERY}").json()["data"]
    return data


def read_json_lines(url: str) -> list[str]:
    # polars asks an address itself for parts of known length, which a stream does not have.
    with urlopen(url) as answer:
        return polars.read_ndjson(answer)["id"].to_list()


def read_stream(url: str) -> list[str]:
    with httpx.stream("GET", url) as answer:
        source = pa.PythonFile(_Chunks(answer.iter_bytes()), mode="r")
        return [one for batch in pa.ipc.open_stream(source) for one in batch["id"].to_pylist()]


class _Chunks:
    """A file over the chunks of an answer, as they come."""

    closed = False

    def __init__(self, chunks: Any) -> None:
        self.chunks, self.rest = chunks, b""

    def read(self, size: int) -> bytes:
        while len(self.rest) < size and (more := next(self.chunks, b"")):
            self.rest += more
        taken, self.rest = self.rest[:size], self.rest[size:]
        return taken

    def close(self) -> None:
        self.closed = True


CLIENTS: dict[str, Callable[[str], list[str]]] = {
    "csv": lambda url: pandas.read_csv(url, dtype=str)["id"].to_list(),
    "ndjson": read_json_lines,
    "geojson": lambda url: geopandas.read_file(url)["id"].to_list(),
    "arrow": read_stream,
}


@pytest.mark.parametrize("suffix", CLIENTS)
def test_a_client_reads_a_stream(server: str, expected: list[dict[str, Any]], suffix: str) -> None:
    found = CLIENTS[suffix](f"{server}/v1/events.{suffix}?{QUERY}")
    assert found == [event["id"] for event in expected]


def pandas_parquet(url: str) -> list[str]:
    return list(pandas.read_parquet(url)["id"])


def polars_parquet(url: str) -> list[str]:
    return polars.read_parquet(url)["id"].to_list()


def some_columns(url: str) -> list[str]:
    with fsspec.open(url, "rb") as file:
        table = pq.ParquetFile(file).read(columns=["id", "date"])
    assert table.column_names == ["id", "date"]
    return list(table["id"].to_pylist())


@pytest.mark.parametrize("read", [pandas_parquet, polars_parquet, some_columns])
def test_a_client_reads_a_file(
    server: str, expected: list[dict[str, Any]], read: Callable[[str], list[str]]
) -> None:
    assert read(f"{server}/v1/events.parquet?{QUERY}") == [event["id"] for event in expected]


def test_curl_saves_a_file_with_the_option_that_is_shown(server: str, tmp_path: Path) -> None:
    url = f"{server}/v1/events.parquet?{QUERY}"
    subprocess.run([needed("curl"), "-sLO", url], cwd=tmp_path, check=True)
    assert (tmp_path / "events.parquet").read_bytes()[:4] == b"PAR1"


def test_a_footer_is_found_by_asking_for_more_than_there_is(
    server: str, expected: list[dict[str, Any]]
) -> None:
    """Readers ask for the last 64 KiB first, however small the file is."""
    file = httpx.get(f"{server}/v1/events.parquet?{QUERY}").next_request
    assert file is not None
    answer = httpx.get(file.url, headers={"Range": "bytes=-65536"})
    assert (answer.status_code, len(answer.content)) == (
        206,
        int(httpx.head(file.url).headers["Content-Length"]),
    )
    assert pq.read_metadata(pa.BufferReader(answer.content)).num_rows == len(expected)


def test_points_are_points(server: str, expected: list[dict[str, Any]]) -> None:
    frame = geopandas.read_file(f"{server}/v1/events.geojson?{QUERY}")
    placed = [event["place"]["latitude"] for event in expected if event["place"]]
    assert list(frame.geometry.dropna().y) == [one for one in placed if one is not None]


def test_duckdb_reads_a_file_over_http(server: str, expected: list[dict[str, Any]]) -> None:
    if not DUCKDB.exists():
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)("run `make test-all`")
    command = [str(DUCKDB), "-c", IN_DUCKDB, f"{server}/v1/events.parquet?{QUERY}"]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    assert sorted(run.stdout.split()) == sorted(event["id"] for event in expected)
