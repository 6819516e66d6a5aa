"""The first `make` on a machine: it says what it does, and what it lacks in one sentence."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from support.paths import ROOT
from support.programs import needed

UNREACHABLE = {
    "PIP_CONFIG_FILE": os.devnull,
    "PIP_INDEX_URL": "http://127.0.0.1:9",
    "PIP_NO_CACHE_DIR": "1",
    "PIP_RETRIES": "0",
}
SAID = re.compile(r"Installing .* about a minute.*\nNo package index can be reached: .*\.\n")
TARGETS = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.M)


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A folder with what `make` reads before it has installed anything."""
    for name in ("Makefile", "pyproject.toml", "constraints.txt"):
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def made(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run `make` where no package can be had."""
    # These tests may themselves be run by `make`, which would tell of folders then.
    others = ("PIP_", "MAKE", "MFLAGS")
    ours = {name: text for name, text in os.environ.items() if not name.startswith(others)}
    command = [needed("make"), *arguments]
    return subprocess.run(
        command, cwd=folder, env=ours | UNREACHABLE, capture_output=True, text=True
    )


def test_without_an_index_one_sentence_says_so_each_time(clone: Path) -> None:
    for _ in range(2):
        told = made(clone, "serve")
        assert told.returncode != 0
        assert SAID.fullmatch(told.stdout)
        assert re.fullmatch(r"make: \*\*\* .*\n", told.stderr)


def test_an_interrupted_start_is_begun_anew(clone: Path) -> None:
    programs = clone / ".venv" / "bin"
    programs.mkdir(parents=True)
    (programs / "python").symlink_to(shutil.which("false") or "")
    assert SAID.fullmatch(made(clone, "serve").stdout)


def test_tests_say_first_what_they_take(clone: Path) -> None:
    first, *_ = made(clone, "--dry-run", "test").stdout.splitlines()
    assert re.fullmatch('echo "Running the tests .* minutes on two cores."', first)


def test_every_target_is_in_the_help(clone: Path) -> None:
    told = made(clone, "help").stdout
    named = re.findall(r"^make ([a-z-]+) +\w.+", told, re.M)
    assert named == [name for name in TARGETS if not name.startswith("say-")]
