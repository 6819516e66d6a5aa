"""Clients that generators make in TypeScript compile strictly, and walk through a real server."""

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import httpx
import pytest

from support.documents import blocks_of
from support.paths import ROOT
from support.programs import needed

pytestmark = pytest.mark.clients

WALKS = ROOT / "tests" / "support" / "typescript"
MODULES = ROOT / ".venv" / "typescript" / "node_modules"
"""The generators and the compiler (see the Makefile)."""


def run(folder: Path, *command: str) -> str:
    """Run a program that came with npm or Node; give what it printed."""
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def program(name: str) -> str:
    """Give the path of a program that `make test-all` installed."""
    if not MODULES.exists():
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)("run `make test-all`")
    return str(MODULES / ".bin" / name)


@pytest.fixture(scope="module")
def built(server: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of walks that were compiled with clients of the document that is served."""
    needed("node")
    folder = tmp_path_factory.mktemp("typescript")
    shutil.copytree(WALKS, folder, dirs_exist_ok=True)
    (folder / "node_modules").symlink_to(MODULES)
    document = folder / "openapi.json"
    document.write_bytes(httpx.get(f"{server}/openapi.json").content)
    run(folder, program("openapi-typescript"), str(document), "--output", "events.ts")
    run(folder, program("openapi-ts"), "--silent", "--no-log-file")
    shown = [one for one in blocks_of(ROOT / "docs" / "exports.md") if one.language == "ts"]
    (folder / "shown.ts").write_text(shown[0].text.replace("http://127.0.0.1:8000", server))
    run(folder, program("tsc"))
    return folder / "built"


@pytest.fixture(scope="module")
def expected(server: str) -> dict[str, Any]:
    """What each walk should find."""
    events = httpx.get(f"{server}/v1/events?actor=IRN").json()["data"]
    groups = httpx.get(f"{server}/v1/aggregates?by=quad_class&measures=count,goldstein_mean")
    return {
        "ids": [event["id"] for event in events],
        "first": events[0]["actor"]["code"],
        "groups": [list(group.values()) for group in groups.json()["data"]],
        "meant": "IRN",
        "cited": httpx.get(f"{server}/v1/cite?actor=IRN").json()["data"]["text"],
    }


@pytest.mark.parametrize("walk", ["openapi_fetch", "hey_api"])
def test_a_typed_client_walks_through_a_server(
    built: Path, server: str, expected: dict[str, Any], walk: str
) -> None:
    printed = run(built, needed("node"), f"{walk}.js", server)
    assert json.loads(printed) == expected


def test_the_client_that_is_shown_reads_every_page(built: Path, expected: dict[str, Any]) -> None:
    printed = run(built, needed("node"), "shown.js")
    assert printed.split() == expected["ids"]
