"""Every list has an order: none hangs on Python's hashes, or on how an engine finds rows."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from dataset.store.engines import sqlite
from support.corpus import requests
from support.paths import ROOT
from support.rich_store import client_on

ANSWERS = """
import sys
from hashlib import blake2b

import api.middleware.request_ids
from support.corpus import requests
from support.rich_store import client_on

api.middleware.request_ids.token_hex = lambda _: "0" * 16
client = client_on(sys.argv[1], cache=sys.argv[2])
drawn = "/v1/aggregates.svg?by=month,actor_country&measures=count,tone_mean&fill=zero"
drawn += "&date_from=2024-01-01&date_to=2024-06-30"
others = [("OPTIONS", "/v1/events"), ("POST", "/v1/events"), ("GET", "/openapi.json")]
for method, request in [*others, ("GET", drawn), *(("GET", one) for one in requests())]:
    answer = client.open(request, method=method)
    told = repr((answer.status_code, list(answer.headers), answer.data))
    print(blake2b(told.encode()).hexdigest(), request)
"""


@pytest.fixture(scope="module")
def rich_backwards(
    rich_store: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[FlaskClient]:
    """A client of the rich store whose engine turns around every list that has no order."""
    with pytest.MonkeyPatch.context() as patch:
        for pragmas in (sqlite.READ_PRAGMAS, sqlite.STREAM_PRAGMAS):
            patch.setitem(pragmas, "reverse_unordered_selects", 1)
        yield client_on(rich_store, cache=str(tmp_path_factory.mktemp("cache")))


def answers_of_a_process(store: Path, cache: Path, hash_seed: str) -> list[str]:
    """Ask for everything in a process with other hashes; give a digest of each answer."""
    given = {"PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(ROOT / "tests")}
    run = [sys.executable, "-c", ANSWERS, str(store), str(cache)]
    told = subprocess.run(run, env=os.environ | given, capture_output=True, text=True, check=True)
    return told.stdout.splitlines()


def test_no_answer_hangs_on_the_hashes_of_python(rich_store: Path, tmp_path: Path) -> None:
    seeds = ("0", "1", "2")
    first, *others = [answers_of_a_process(rich_store, tmp_path / seed, seed) for seed in seeds]
    assert [set(first) - set(other) for other in others] == [set(), set()]


@pytest.mark.parametrize("request_", requests())
def test_no_answer_hangs_on_how_rows_are_found(
    rich: FlaskClient, rich_backwards: FlaskClient, request_: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.middleware.request_ids.token_hex", lambda _: "0" * 16)
    assert rich_backwards.get(request_).data == rich.get(request_).data
