"""The clients that docs/exports.md shows, asking for all events of a dataset."""

import os
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

from support.documents import Block
from support.paths import ROOT
from support.readers import ADDRESS, PROGRAMS, running

PAGE = ROOT / "docs" / "exports.md"
ASKED = "actor=IRN"
APART = {"python": "{}", "r": "{}", "js": "{{\n{}}}\n", "sh": "{}"}
"""How several blocks of a language stand in one program."""


def reading() -> Iterator[Block]:
    """Give the blocks that read whole results."""
    for block in running(PAGE):
        if f"?{ASKED}" in block.text or "iran." in block.text:
            yield block


def asked_of(text: str, server: str, dataset: str) -> str:
    """Let a client ask a server for a dataset, in as few pages as can be."""
    text = text.replace(ADDRESS, server).replace(ASKED, f"dataset={dataset}")
    text = text.replace('actor: "IRN"', f'dataset: "{dataset}"').replace("limit: 10", "limit: 1000")
    return text.replace("limit=10", "limit=1000").replace("iran.", f"{dataset}.")


def run(block: Block, server: str, datasets: Sequence[str], folder: Path) -> str:
    """Run a block for each dataset, all in one program; give what it printed."""
    parts = [asked_of(block.text, server, one) for one in datasets]
    text = "\n".join(APART[block.language].format(part) for part in parts)
    command = [*PROGRAMS[block.language](), text]
    environment = {**os.environ, "RUST_BACKTRACE": "0"}
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=600
    )
    assert done.returncode == 0, f"{block.name}: {done.stdout}{done.stderr[-3000:]}"
    return done.stdout
