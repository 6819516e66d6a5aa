"""The clients that the documents show read all events of any source, not only of the seed."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import polars
import pytest

from benchmarks import gdelt_like
from support.documents import Block
from support.real_files import EVENTS, FORMATS, UCDP_RELEASES, files_of
from support.servers import serving
from support.shown_clients import asked_of, reading, run
from support.stores import loaded
from support.typed_clients import compile_all, generated, shown, walk
from support.ucdp_files import NAMES, ROWS, table

pytestmark = pytest.mark.clients

BLOCKS = list(reading())


def ours(folder: Path) -> Path:
    """Make a store of rows of our own: of GDELT, and of UCDP, which has other columns."""
    gdelt, ucdp = folder / "20241211113000.export.CSV", folder / "ged251.csv"
    gdelt.write_bytes(b"".join(gdelt_like.lines(3_000)))
    ucdp.write_text(table(NAMES, ROWS), "utf-8")
    loaded(folder / "store.sqlite", "gdelt", gdelt)
    loaded(folder / "store.sqlite", "ucdp-ged", ucdp)
    return folder / "store.sqlite"


def of_others(folder: Path) -> Path:
    """Make a store of the real files of every source, where they are present."""
    if not EVENTS.exists():
        pytest.skip("the real files are not part of the project, and not beside it")
    store = folder / "store.sqlite"
    for name, format in FORMATS.items():
        loaded(store, format, *files_of(name))
    for path in files_of("ucdp-ged"):
        release = UCDP_RELEASES[path.name]
        loaded(store, "ucdp-ged", path, **({"version": release} if release else {}))
    return store


MADE: dict[str, Callable[[Path], Path]] = {"ours": ours, "of_others": of_others}


@pytest.fixture(scope="module", params=MADE)
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a store, in which files are saved, too."""
    folder = tmp_path_factory.mktemp("data")
    MADE[request.param](folder)
    return folder


@pytest.fixture(scope="module")
def data_server(folder: Path) -> Iterator[str]:
    """The address of a server on the store."""
    with serving(folder / "store.sqlite") as url:
        yield url


@pytest.fixture(scope="module")
def counts(data_server: str) -> dict[str, int]:
    """How many events each dataset has."""
    described = httpx.get(f"{data_server}/v1/datasets").json()["data"]
    return {one["name"]: one["count"] for one in described if one["count"]}


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: f"{block.language}-{block.line}")
def test_a_client_that_is_shown_reads_every_dataset(
    data_server: str, folder: Path, counts: dict[str, int], block: Block
) -> None:
    printed = run(block, data_server, list(counts), folder)
    if block.language != "sh":
        found = [int(number) for number in re.findall(r"[0-9]+", printed)]
        each = len(found) // len(counts)
        assert found == [count for count in counts.values() for _ in range(each)]


def test_the_typed_client_that_is_shown_reads_every_dataset(
    data_server: str, counts: dict[str, int], tmp_path: Path
) -> None:
    generated(tmp_path, data_server)
    for number, name in enumerate(counts):
        text = asked_of(shown(), data_server, name)
        (tmp_path / f"shown{number}.ts").write_text(text)
    compile_all(tmp_path)
    found = [len(walk(tmp_path, f"shown{number}").split()) for number in range(len(counts))]
    assert found == [*counts.values()]


def test_our_rows_are_those_that_clients_stumble_over(data_server: str, folder: Path) -> None:
    """What is null in the first hundred events and no longer later panics polars."""
    answer = httpx.get(f"{data_server}/v1/events.ndjson?dataset=gdelt&fields=actor,target")
    with pytest.raises(BaseException, match=r"Null|NULL|null"):
        polars.read_ndjson(answer.content)


def test_every_client_is_shown() -> None:
    text = "".join(block.text for block in BLOCKS)
    for name in ("curl", "pandas", "polars", "duckdb", "pyarrow", "geopandas", "read.csv", "fetch"):
        assert name in text
