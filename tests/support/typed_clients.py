"""Generate clients in TypeScript from the document of a server, compile and run them."""

import os
import shutil
import subprocess
from pathlib import Path

import httpx
import pytest

from support.documents import blocks_of
from support.paths import ROOT
from support.programs import needed

WALKS = ROOT / "tests" / "support" / "typescript"
MODULES = ROOT / ".venv" / "typescript" / "node_modules"
"""The generators and the compiler (see the Makefile)."""


def generated(folder: Path, server: str) -> None:
    """Make the clients of a server's document in a folder, beside programs that use them."""
    shutil.copytree(WALKS, folder, dirs_exist_ok=True)
    (folder / "node_modules").symlink_to(MODULES)
    (folder / "openapi.json").write_bytes(httpx.get(f"{server}/openapi.json").content)
    _run(folder, _program("openapi-typescript"), "openapi.json", "--output", "events.ts")
    _run(folder, _program("openapi-ts"), "--silent", "--no-log-file")


def compile_all(folder: Path) -> None:
    """Compile all programs of a folder strictly."""
    _run(folder, _program("tsc"))


def walk(folder: Path, name: str, *arguments: str) -> str:
    """Run a program that was compiled; give what it printed."""
    return _run(folder / "built", needed("node"), f"{name}.js", *arguments)


def shown() -> str:
    """Give the program that docs/exports.md shows."""
    blocks = blocks_of(ROOT / "docs" / "exports.md")
    return next(block.text for block in blocks if block.language == "ts")


def _run(folder: Path, *command: str) -> str:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def _program(name: str) -> str:
    needed("node")
    if not MODULES.exists():
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)("run `make test-all`")
    return str(MODULES / ".bin" / name)
