"""The OpenAPI document: current, valid, complete, and true of the running service."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openapi_spec_validator import validate

from api.pages.routes import GUESSED
from support.document import DOCUMENT, OPERATIONS
from support.export_formats import rows_in
from support.filter_queries import BESIDE
from support.paths import ROOT

NOT_IN_SEED = ("mentions", "sources", "articles", "tone", "fatalities")
"""Columns that the seed dataset leaves empty: a limit on them runs, but finds nothing."""
EMPTY_IN_SEED = ("/mentions", "/quarantine", "/releases")
"""Lists of what the seed dataset does not have."""

NEEDS = {"fill": {"by": "month", "date_from": "2024-01-01", "date_to": "2024-06-30"}}
"""Parameters that an example needs beside it."""


def needed_at(path: str) -> dict[str, Any]:
    """Give the first example of each parameter that an operation cannot go without."""
    given = OPERATIONS.get(path, {}).get("parameters", [])
    required = [one for one in given if one["in"] == "query" and one.get("required")]
    return {one["name"]: one["schema"]["examples"][0] for one in required}


def examples() -> Iterator[tuple[str, str | None, str]]:
    """Yield each operation, alone and with each documented parameter: path, name, value."""
    for path, operation in OPERATIONS.items():
        parameters = operation["parameters"]
        for given in parameters:
            if given["in"] == "path":
                path = path.replace(f"{{{given['name']}}}", str(given["example"]))
        yield path, None, ""
        for given in parameters:
            for value in given["schema"].get("examples", []):
                text = value if isinstance(value, str) else json.dumps(value)
                yield path, given["name"], text


@pytest.mark.parametrize(("path", "name", "value"), list(examples()))
def test_every_example_runs_on_the_seed_dataset(
    client: FlaskClient, path: str, name: str | None, value: str
) -> None:
    beside = NEEDS.get(name, {}) | BESIDE.get(name, {}) | needed_at(path)
    query = beside | ({name: value} if name else {})
    answer = client.get(path, query_string=query, follow_redirects=True, buffered=True)
    assert answer.status_code == 200
    if not (name or "").startswith(NOT_IN_SEED) and not path.endswith(EMPTY_IN_SEED):
        assert rows_in(answer) > 0


def test_the_committed_document_is_current(app: Flask) -> None:
    assert app.test_client().get("/openapi.json").json == DOCUMENT


def test_the_document_is_valid() -> None:
    validate(DOCUMENT)


def test_every_route_is_documented(app: Flask) -> None:
    rules = {re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule) for rule in app.url_map.iter_rules()}
    pages = {
        *GUESSED,
        "/",
        "/docs",
        "/docs/assets/{name}",
        "/favicon.ico",
        "/metrics",
        "/openapi.json",
        "/static/{filename}",
    }
    assert rules - pages == DOCUMENT["paths"].keys()


def test_operation_ids_are_unique_names() -> None:
    names = [operation["operationId"] for operation in OPERATIONS.values()]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[a-z]+([A-Z][a-z]*)*", name) for name in names)


@pytest.mark.parametrize("path", OPERATIONS)
def test_every_operation_is_described(path: str) -> None:
    operation = OPERATIONS[path]
    assert operation["summary"].endswith(".")
    assert {"200", "400", "422", "503"} <= operation["responses"].keys()
    for given in operation["parameters"]:
        assert given["description"]
        assert given["schema"]["type"]
        assert given["name"] == "cursor" or given["schema"].get("examples") or given.get("example")


@pytest.mark.parametrize("name", DOCUMENT["components"]["schemas"])
def test_every_member_is_described(name: str) -> None:
    for member, schema in DOCUMENT["components"]["schemas"][name]["properties"].items():
        assert schema.get("description"), f"{name}.{member} has no description"


@pytest.mark.parametrize("name", DOCUMENT["components"]["schemas"])
def test_answers_may_gain_members(name: str) -> None:
    assert DOCUMENT["components"]["schemas"][name].get("additionalProperties", True) is not False


@pytest.fixture(scope="session")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a Python client that a generator makes from the document."""
    folder = tmp_path_factory.mktemp("generated") / "client"
    generator = str(Path(sys.executable).with_name("openapi-python-client"))
    document = str(ROOT / "openapi" / "openapi.json")
    command = [generator, "generate", "--path", document, "--output-path", str(folder)]
    subprocess.run(command, check=True, capture_output=True)
    return folder


SCRIPT = """
from cameo_events_client import Client
from cameo_events_client.api.codebook import get_actor
from cameo_events_client.api.events import count_events, get_event, list_events

client = Client(base_url={url!r}, raise_on_unexpected_status=True)
page = list_events.sync(client=client, dyad="IRN,ISR", limit=2)
print([event.id for event in page.data], page.receipt.matched.value)
print(get_event.sync(page.data[0].id, client=client).data.actor.country)
print(count_events.sync(client=client, actor="IRN").count)
print(get_actor.sync("IRNGOVMIL", client=client).data.roles[1].label)
print(list_events.sync(client=client, actor_country="IRAN").errors[0].did_you_mean)
"""


@pytest.mark.clients
def test_a_generated_client_works(generated: Path, server: str, client: FlaskClient) -> None:
    page = client.get("/v1/events?dyad=IRN,ISR&limit=2").json
    count = client.get("/v1/events/count?actor=IRN").json["count"]

    run = subprocess.run(
        [sys.executable, "-c", SCRIPT.format(url=server)],
        cwd=generated,
        capture_output=True,
        text=True,
        check=False,
    )

    ids, country = [event["id"] for event in page["data"]], page["data"][0]["actor"]["country"]
    assert run.stdout.splitlines() == [f"{ids} 4", country, str(count), "Military", "IRN"], (
        run.stderr
    )
