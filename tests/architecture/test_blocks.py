"""Every block of code in the documents runs, is parsed, or says why neither can be."""

import json
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import yaml

from support.documents import COMPILED, OUTPUT, PARSED, RUN, Block, blocks_of, pages
from support.readers import Reader, clone, gdelt_site, optional, running
from support.servers import serving

BLOCKS = [block for page in pages() for block in blocks_of(page)]
RUNNING = [block for page in pages() for block in running(page)]
READ = [block for block in BLOCKS if block.language in PARSED and not block.reason]
named = partial(pytest.mark.parametrize, argnames="block", ids=lambda block: block.name)


@pytest.fixture(scope="module")
def gdelt(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server in the place of GDELT's."""
    with gdelt_site(tmp_path_factory.mktemp("gdelt")) as url:
        yield url


@pytest.fixture(scope="module")
def readers(
    seeded: Path, gdelt: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[Path], Reader]]:
    """Give the reader of a page, who has a clone and a server of the seed dataset."""
    made: dict[Path, Reader] = {}
    servers = []

    def reader(page: Path) -> Reader:
        if page not in made:
            folder = clone(tmp_path_factory.mktemp("clone"), seeded)
            server = serving(folder / "cameo-events.sqlite", CACHE=str(folder / "cache"))
            servers.append(server)
            made[page] = Reader(folder, server.__enter__(), gdelt)
        return made[page]

    yield reader
    for server in servers:
        server.__exit__(None, None, None)


@named(argvalues=RUNNING)
def test_a_block_runs(
    readers: Callable[[Path], Reader], block: Block, request: pytest.FixtureRequest
) -> None:
    reader = readers(block.page)
    printed = reader.follow(block, lambda: request.getfixturevalue("postgres"))
    if block.output:
        assert agrees(block.output, printed), printed


def agrees(shown: Block, printed: str) -> bool:
    """Tell whether something was printed as it is shown; … stands for anything."""
    if shown.language == "json":
        return all(held(json.loads(shown.text), json.loads(printed)))
    pattern = re.escape(shown.text.strip()).replace("…", ".*?")
    return re.fullmatch(pattern, printed.strip(), re.DOTALL) is not None


def held(shown: Any, real: Any) -> Iterator[bool]:
    """Tell of each member that is shown whether it is really so; … stands for others."""
    if isinstance(shown, dict):
        for name in shown.keys() - {"…"}:
            yield from held(shown[name], real[name])
    elif isinstance(shown, list):
        yield len(shown) == len(real) or "…" in shown
        for one, other in zip(shown, real, strict=False):
            yield one == "…" or all(held(one, other))
    else:
        yield shown == real


def check_nginx(text: str, folder: Path) -> None:
    program = optional("nginx")
    around = "pid {0}/pid; error_log {0}/log; events {{}} http {{ access_log off; {1} }}"
    server = text if "server {" in text else f"server {{ listen 127.0.0.1:8081; {text} }}"
    path = folder / "nginx.conf"
    path.write_text(around.format(folder, server))
    subprocess.run([program, "-t", "-c", str(path)], check=True)


def check_unit(text: str, folder: Path) -> None:
    """Let systemd check a unit, with a program that is there in the place of ours."""
    path = folder / "cameo-events.service"
    path.write_text(re.sub(r"/opt/\S+/cameo-events\b", shutil.which("true") or "", text))
    run = [optional("systemd-analyze"), "verify", str(path)]
    done = subprocess.run(run, capture_output=True, text=True)
    assert str(path.name) not in done.stderr, done.stderr


PARSERS: dict[str, Callable[[str, Path], object]] = {
    "nginx": check_nginx,
    "ini": check_unit,
    "yaml": lambda text, _: yaml.safe_load(text),
    "json": lambda text, _: json.loads(text),
}


@named(argvalues=READ)
def test_a_block_is_parsed(block: Block, tmp_path: Path) -> None:
    PARSERS[block.language](block.text, tmp_path)


@named(argvalues=[block for block in BLOCKS if block not in (*RUNNING, *READ)])
def test_a_block_that_is_not_run_has_a_reason(block: Block) -> None:
    assert len(block.reason) > 10


def test_every_language_is_run_parsed_or_shown() -> None:
    assert {block.language for block in BLOCKS} <= {*RUN, *PARSED, *OUTPUT, *COMPILED}
    assert len(RUNNING) > 30
