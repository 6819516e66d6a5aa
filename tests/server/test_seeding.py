"""A new store begins with the seed dataset, or without it if somebody said so."""

from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner

from api.commands.main import main
from support.commands import run
from support.gdelt_lines import gdelt_line
from support.rich_store import client_on
from support.servers import served, stop

EMPTY = "The database is new: it has no events yet."
SEEDED = "The database is new: it has the seed dataset, 55 events."
WITHOUT = {"init": ["init", "--without-seed"], "option": ["init", "--seed", "no"]}


def first_line(path: Path, **environment: str) -> tuple[str, int]:
    """Serve a store; give what is said first, and how many events there are."""
    with served(path, **environment) as (url, process):
        count = httpx.get(f"{url}/v1/events/count").json()["count"]
        assert httpx.get(f"{url}/readyz").status_code == 200
        return stop(process).splitlines()[0], count


def failed_load(path: Path, text: bytes) -> None:
    """Load a file of which nothing can be read."""
    bad = path.with_name("bad.tsv")
    bad.write_bytes(text)
    assert run("load", "gdelt", str(bad), DATABASE=path).returncode == 4


@pytest.mark.parametrize("text", [b"no event\n", gdelt_line(c26="0841]")])
@pytest.mark.parametrize(("seed", "told", "count"), [("yes", SEEDED, 55), ("no", EMPTY, 0)])
def test_a_store_with_nothing_but_failed_loads_is_new(
    tmp_path: Path, text: bytes, seed: str, told: str, count: int
) -> None:
    path = tmp_path / "new.sqlite"
    failed_load(path, text)
    assert first_line(path, SEED=seed) == (told, count)


def test_who_began_without_the_seed_need_not_say_so_again(tmp_path: Path) -> None:
    path = tmp_path / "new.sqlite"
    assert first_line(path, SEED="no") == (EMPTY, 0)
    assert first_line(path) == (EMPTY, 0)


@pytest.mark.parametrize("given", WITHOUT.values(), ids=WITHOUT)
def test_a_store_is_made_without_it(tmp_path: Path, given: list[str]) -> None:
    path = str(tmp_path / "new.sqlite")
    done = CliRunner().invoke(main, [*given, "--database", path])
    assert done.output == "The database is ready, without the seed dataset.\n"
    client = client_on(Path(path))
    assert client.get("/v1/events").json["data"] == []
    assert client.get("/v1/datasets").json["data"] == []
    assert client.get("/v1/loads").json["data"] == []
    assert "inserted     55" in CliRunner().invoke(main, ["init", "--database", path]).output


def test_what_is_there_stays(own_store: Path) -> None:
    CliRunner().invoke(main, ["init", "--without-seed", "--database", str(own_store)])
    assert client_on(own_store).get("/v1/events/count").json["count"] == 55
