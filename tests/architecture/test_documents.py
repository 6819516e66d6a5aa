"""The documents: every block of code runs, is parsed, or says why neither can be."""

import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from datetime import date
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import click
import pytest
import yaml
from click.testing import CliRunner
from flask.testing import FlaskClient

from api.commands.main import main
from api.settings import MEANINGS
from benchmarks import gdelt_like
from benchmarks.figures import COLUMNS, Figure, row_of
from dataset.declarations.filters import FILTERS
from dataset.declarations.measures import MEASURES, PERIODS
from dataset.declarations.outcomes import OUTCOMES
from dataset.loaders import LOADERS
from support.document import DOCUMENT
from support.documents import (
    OUTPUT,
    PARSED,
    RUN,
    Block,
    blocks_of,
    pages,
    write_figures,
    write_rows,
)
from support.gdelt_lines import gdelt1_line
from support.paths import ROOT
from support.postgres_server import Server, programs
from support.programs import free_port, needed
from support.servers import serving, stop, wait_until_up

BLOCKS = [block for page in pages() for block in blocks_of(page)]
RUNNING = [block for block in BLOCKS if block.language in RUN and not block.reason]
READ = [block for block in BLOCKS if block.language in PARSED and not block.reason]
PACKAGES = sorted(
    str(path.parent.relative_to(ROOT))
    for top in ("api", "dataset")
    for path in (ROOT / top).glob("*/__init__.py")
)
ADDRESS = "http://127.0.0.1:8000"
CLUSTER = "postgresql://user@host/"
SERVES = re.compile(r"(make serve|\S*cameo-events serve)\b")
MOST_LINES = {"README.md": 120, "CONTRIBUTING.md": 60}
named = partial(pytest.mark.parametrize, argnames="block", ids=lambda block: block.name)


class Reader:
    """Somebody who follows a page in a clone of the project, with a server beside."""

    def __init__(self, folder: Path, server: str, gdelt: str) -> None:
        self.folder, self.server = folder, server
        self.followed: list[Block] = []
        self.environment = os.environ | {
            "PATH": f"{Path(sys.executable).parent}:{programs()}:{os.environ['PATH']}",
            "CACHE": str(folder / "cache"),
            "GDELT_URL": gdelt,
            "LOG": "errors",
        }

    def follow(self, block: Block, cluster: Callable[[], Server]) -> str:
        """Do what a block says, after all that stands before it; give what it printed."""
        blocks = [one for one in RUNNING if one.page == block.page and one.line <= block.line]
        printed = ""
        for one in blocks:
            if one not in self.followed:
                self.followed.append(one)
                printed = self._run(one, cluster)
        return printed

    def _run(self, block: Block, cluster: Callable[[], Server]) -> str:
        text = block.text.replace(ADDRESS, self.server)
        if CLUSTER in text:
            server = cluster()
            text = text.replace(CLUSTER, server.url(""))
            self.environment |= {
                "PGHOST": "127.0.0.1",
                "PGPORT": str(server.port),
                "PGUSER": "test",
            }
        if SERVES.match(text):
            return self._serve(text)
        done = subprocess.run(
            [*PROGRAMS[block.language](), text],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, f"{block.name}: {done.stdout}{done.stderr}"
        return done.stdout.replace(self.server, ADDRESS)

    def _serve(self, text: str) -> str:
        """Start a server as a block says, wait for its first answer, and stop it."""
        port = free_port()
        process = subprocess.Popen(
            ["bash", "-c", f"exec {text}"],
            cwd=self.folder,
            env=self.environment | {"PORT": str(port)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        wait_until_up(f"http://127.0.0.1:{port}", process)
        return stop(process)


PROGRAMS: dict[str, Callable[[], list[str]]] = {
    "sh": lambda: [needed("bash"), "-euo", "pipefail", "-c"],
    "python": lambda: [sys.executable, "-W", "error", "-c"],
    "r": lambda: [optional("Rscript"), "-e"],
    "js": lambda: [optional("node"), "--input-type=module", "--eval"],
}
"""What runs a block, by its language; CI installs bash and Python only."""


def optional(program: str) -> str:
    """Give the path of a program that CI does not install; without it skip."""
    path = shutil.which(program)
    if path is None:
        pytest.skip(f"{program} is not installed")
    return path


@pytest.fixture(scope="module")
def gdelt(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A web server with files like GDELT's of the days that the documents name."""
    folder = tmp_path_factory.mktemp("gdelt")
    lines = b"".join(gdelt_like.lines(2_000))
    quarter, day = "20240613000000.export.CSV", "20130613.export.CSV"
    zipped(folder / "gdeltv2" / f"{quarter}.zip", quarter, lines)
    zipped(folder / "events" / f"{day}.zip", day, gdelt1_line())
    (folder / "gdeltv2" / "masterfilelist.txt").write_text(f"1 - http://x.test/{quarter}.zip\n")
    handler = partial(SimpleHTTPRequestHandler, directory=str(folder))
    handler.log_message = lambda *_: None  # type: ignore[attr-defined]
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def zipped(path: Path, name: str, content: bytes) -> None:
    path.parent.mkdir(exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)


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


def clone(folder: Path, seeded: Path) -> Path:
    """Make a folder that looks like a clone in which `make serve` was run."""
    for path in ROOT.iterdir():
        if not path.name.startswith(".") and path.suffix != ".sqlite":
            (folder / path.name).symlink_to(path)
    # What is installed is shared, and `make` finds nothing to install.
    (folder / ".venv").mkdir()
    (folder / ".venv" / "bin").symlink_to(Path(sys.executable).parent)
    for mark in (".made", ".installed", ".installed-tests"):
        (folder / ".venv" / mark).touch()
    shutil.copy(seeded, folder / "cameo-events.sqlite")
    (folder / "data").mkdir()
    name = "20241211113000.export.CSV"
    zipped(folder / "data" / f"{name}.zip", name, b"".join(gdelt_like.lines(500, first_id=1)))
    return folder


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
    assert {block.language for block in BLOCKS} <= {*RUN, *PARSED, *OUTPUT}
    assert len(RUNNING) > 30


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(ROOT)))
def test_a_page_is_no_longer_than_a_reader_stays(page: Path) -> None:
    text = page.read_text("utf-8")
    assert text.count("\n") <= MOST_LINES.get(page.name, 200)
    assert max(map(len, text.splitlines())) <= 400


LINKS = [
    (page, link)
    for page in pages()
    for link in re.findall(r"\]\(([^)\s]+)\)", page.read_text("utf-8"))
    if "://" not in link and not link.startswith("/")
]


@pytest.mark.parametrize(("page", "link"), LINKS, ids=lambda one: getattr(one, "name", one))
def test_a_link_leads_to_a_heading_or_file(page: Path, link: str) -> None:
    path, _, heading = link.partition("#")
    target = (page.parent / path).resolve() if path else page
    assert target.exists()
    if heading:
        headings = re.findall(r"^#+ (.*)$", target.read_text("utf-8"), re.M)
        assert heading in {
            re.sub(r"[^\w -]", "", one.lower()).replace(" ", "-") for one in headings
        }


@pytest.mark.parametrize("page", sorted((ROOT / "docs").rglob("*.md")), ids=lambda page: page.name)
def test_a_page_is_in_a_table_of_contents(page: Path) -> None:
    folder = page.parent if page.name != "README.md" else page.parent.parent
    contents = folder / "README.md"
    assert str(page.relative_to(folder)) in contents.read_text("utf-8")


def page(name: str) -> str:
    return " ".join((ROOT / "docs" / name).read_text("utf-8").split())


@pytest.mark.parametrize("name", MEANINGS)
def test_every_setting_is_explained(name: str) -> None:
    assert f"`{name.upper()}`" in page("operating.md")


@pytest.mark.parametrize("name", [*FILTERS, *MEASURES, *PERIODS, "sample", "distinct", "as_of"])
def test_every_filter_and_measure_is_explained(name: str) -> None:
    assert re.search(rf"`{name}\b", page("querying.md"))


@pytest.mark.parametrize("name", LOADERS)
def test_every_format_of_files_is_explained(name: str) -> None:
    assert f"`{name}`" in page("loading.md")
    assert f"`{name}`" in page("data.md")


@pytest.mark.parametrize("name", OUTCOMES)
def test_every_outcome_of_a_record_is_explained(name: str) -> None:
    assert f"| {name} |" in page("loading.md")


@pytest.mark.parametrize("name", PACKAGES)
def test_every_package_is_in_the_architecture(name: str) -> None:
    assert f"`{name}`" in page("architecture.md")


PARQUET, *CSV = (
    DOCUMENT["paths"][f"/v1/{name}"]["get"]["description"]
    for name in ("events.parquet", "events.csv", "aggregates.csv")
)
INTRODUCTION = DOCUMENT["info"]["description"]


@pytest.mark.parametrize("text", [page("exports.md"), PARQUET, INTRODUCTION])
def test_what_tells_of_parquet_tells_how_curl_saves_it(text: str) -> None:
    assert re.search(r"`curl` \w+ (Parquet )?with `-L`", text)


def test_the_landing_page_tells_how_curl_saves_parquet(client: FlaskClient) -> None:
    assert re.search(r"events\.parquet.*\s.*<code>curl -LO</code>", client.get("/").text)


@pytest.mark.parametrize("text", [page("exports.md"), *CSV, INTRODUCTION])
def test_what_tells_of_csv_tells_that_spreadsheets_take_cells_for_formulas(text: str) -> None:
    told = r"begins with `=`, `\+`, `-` or `@` for a formula: import all columns as text\."
    assert re.search(told, " ".join(text.split()))


@pytest.mark.parametrize("name", main.list_commands(click.Context(main)))
def test_every_help_has_an_example_and_defaults(name: str) -> None:
    text = " ".join(CliRunner().invoke(main, [name, "--help"]).output.split())
    assert f"Example: cameo-events {name}" in text
    assert text.count("[env: ") == text.count("default: ") + text.count("[env: PUBLIC_URL]") + (
        text.count("[env: CACHE]") + text.count("[env: RATE_LIMIT]")
    )


def test_the_help_of_load_explains_every_format() -> None:
    lines = CliRunner().invoke(main, ["load", "--help"]).output.splitlines()
    assert all(any(line.startswith("   ") and name in line for line in lines) for name in LOADERS)


def test_decisions_are_filed_by_package() -> None:
    filed = {page.stem for page in (ROOT / "docs" / "decisions").glob("*.md")} - {"README"}
    there = {name.rpartition("/")[2] for name in PACKAGES} | {"schemas"}
    assert filed <= there


def test_figures_are_written_into_the_rows_of_their_tests(tmp_path: Path) -> None:
    page = tmp_path / "promises.md"
    page.write_text("| a | `test_a` | 1 kill |\n| b | `test_b` | old |\n", "utf-8")
    write_figures(page, {"load killed": "kills 2, torn 0"}, {"load killed": {"test_b"}})
    assert page.read_text("utf-8") == (
        "| a | `test_a` | 1 kill |\n| b | `test_b` | kills 2, torn 0 |\n"
    )


def test_rows_are_replaced_or_added_to_a_table(tmp_path: Path) -> None:
    page = tmp_path / "performance.md"
    before = "Last run: long ago\n\n| what | events | ours |\n| a | 10 | 1 ms |\n\nEnd.\n"
    page.write_text(before, "utf-8")
    rows = {("a", "10"): "| a | 10 | 2 ms |", ("a", "20"): "| a | 20 | 3 ms |"}
    write_rows(page, "today", rows)
    after = "| what | events | ours |\n| a | 10 | 2 ms |\n| a | 20 | 3 ms |\n\nEnd.\n"
    assert page.read_text("utf-8") == f"Last run: today\n\n{after}"


def test_the_benchmarks_write_the_table_that_the_documents_show() -> None:
    text = (ROOT / "docs" / "performance.md").read_text("utf-8")
    assert f"| {' | '.join(COLUMNS)} |" in text
    figure = Figure("a page", "ms", 1.0, 2.0, 1.5, times=True)
    key, row = row_of(figure, 1_000_000, date(2026, 1, 2))
    assert key == ("a page", "1,000,000")
    assert row == "| a page | 1,000,000 | 1 ms | 2 ms | 2x | >= 1.5x | yes | 2026-01-02 |"


def test_a_table_without_figures_stays_as_it_is(tmp_path: Path) -> None:
    page = tmp_path / "promises.md"
    text = (ROOT / "docs" / "promises.md").read_text("utf-8")
    page.write_text(text, "utf-8")
    write_figures(page, {}, {})
    assert page.read_text("utf-8") == text
