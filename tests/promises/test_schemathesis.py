"""Requests made from the OpenAPI document, right and wrong ones, are answered as it says."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.document import OPERATIONS
from support.servers import serving

COMMAND = str(Path(sys.executable).with_name("schemathesis"))
NOT_CHECKED = "positive_data_acceptance"
"""OpenAPI cannot express rules between parameters or on what the store holds."""


@pytest.fixture
def any_server(any_store: str) -> Iterator[str]:
    """The address of a server on each engine in turn."""
    with serving(any_store) as url:
        yield url


@pytest.mark.soak
def test_every_operation_answers_as_documented(any_server: str, tmp_path: Path) -> None:
    run = subprocess.run(
        [
            *(COMMAND, "run", f"{any_server}/openapi.json"),
            *("--checks", "all", "--exclude-checks", NOT_CHECKED),
            *("--phases", "examples,coverage,fuzzing", "--max-examples", "10"),
            *("--seed", "1", "--workers", "2", "--generation-database", "none"),
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert f"{len(OPERATIONS)} selected" in run.stdout
