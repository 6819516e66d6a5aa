"""Somebody who follows the documents: in a clone of the project, with a server beside."""

import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from benchmarks import gdelt_like
from support.documents import RUN, Block, blocks_of
from support.gdelt_lines import gdelt1_line
from support.paths import ROOT
from support.postgres_server import Server, programs
from support.programs import free_port, needed
from support.servers import stop, wait_until_up

ADDRESS = "http://127.0.0.1:8000"
CLUSTER = "postgresql://user@host/"
SERVES = re.compile(r"(make serve|\S*cameo-events serve)\b")


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
        blocks = [one for one in running(block.page) if one.line <= block.line]
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


def running(page: Path) -> list[Block]:
    """Give the blocks of a page that are run."""
    return [block for block in blocks_of(page) if block.language in RUN and not block.reason]


@contextmanager
def gdelt_site(folder: Path) -> Iterator[str]:
    """Serve files like GDELT's of the days that the documents name."""
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
    """Put a file into an archive."""
    path.parent.mkdir(exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)


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
    (folder / "path" / "to").mkdir(parents=True)
    name = "20241211113000.export.CSV"
    zipped(
        folder / "path" / "to" / f"{name}.zip", name, b"".join(gdelt_like.lines(500, first_id=1))
    )
    return folder
