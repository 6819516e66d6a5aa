"""Clients that generators make in TypeScript compile strictly, and walk through a real server."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from support.readers import ADDRESS
from support.typed_clients import compile_all, generated, shown, walk

pytestmark = pytest.mark.clients


@pytest.fixture(scope="module")
def folder(server: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of walks that were compiled with clients of the document that is served."""
    folder = tmp_path_factory.mktemp("typescript")
    generated(folder, server)
    (folder / "shown.ts").write_text(shown().replace(ADDRESS, server))
    compile_all(folder)
    return folder


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


@pytest.mark.parametrize("name", ["openapi_fetch", "hey_api"])
def test_a_typed_client_walks_through_a_server(
    folder: Path, server: str, expected: dict[str, Any], name: str
) -> None:
    assert json.loads(walk(folder, name, server)) == expected


def test_the_client_that_is_shown_reads_every_page(folder: Path, expected: dict[str, Any]) -> None:
    assert walk(folder, "shown").split() == expected["ids"]
