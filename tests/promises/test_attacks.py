"""A single client cannot take all threads: probes and pages are answered meanwhile."""

import os
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from benchmarks.gdelt_like import lines
from dataset.maintenance.copies import copy
from support.attacks import ATTACKS, slowest_hundredth, under
from support.servers import serving
from support.stores import loaded

SECONDS = float(os.environ.get("ATTACK_SECONDS", "3"))
"""How long each attack goes on; 60 is what is promised."""
SHORT = ("/healthz", "/readyz", "/v1/events?limit=100")


@pytest.fixture(scope="module")
def large(seeded: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store whose group-bys take a while."""
    folder = tmp_path_factory.mktemp("threads")
    store = folder / "large.sqlite"
    store.write_bytes(seeded.read_bytes())
    events = folder / "20240413.export.CSV"
    with events.open("wb") as file:
        file.writelines(lines(100_000))
    loaded(store, "gdelt", events)
    return store


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def attacked(
    request: pytest.FixtureRequest, large: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """A server on each engine in turn."""
    store = str(large)
    if request.param == "postgresql":
        store = request.getfixturevalue("postgres").database()
        copy(str(large), store)
    with serving(store, CACHE=str(tmp_path_factory.mktemp("results"))) as url:
        yield url


@pytest.mark.soak
@pytest.mark.parametrize("name", ATTACKS)
def test_no_client_takes_all_threads(attacked: str, name: str, figures: Callable) -> None:
    with under(name, attacked), ThreadPoolExecutor() as pool:
        found = list(pool.map(lambda path: slowest_hundredth(attacked, path, SECONDS), SHORT))
    shown = {
        re.sub(r"\W+", "_", path.partition("?")[0]).strip("_"): one
        for path, one in zip(SHORT, found, strict=True)
    }
    figures(
        f"threads: {name}", **{f"p99_ms_{path}": round(1_000 * s) for path, (_, s) in shown.items()}
    )
    assert all(count for count, _ in found)
