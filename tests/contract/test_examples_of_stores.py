"""The served document has examples of what the store holds, and none of what it lacks."""

from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from benchmarks import gdelt_like
from dataset.store.database import open_to_write
from dataset.writes.purges import purge
from support.document import DOCUMENT
from support.rich_store import client_on
from support.stores import loaded


@pytest.fixture(scope="module")
def foreign(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    """A client of a store that has events, but none of the seed dataset."""
    folder = tmp_path_factory.mktemp("foreign")
    file = folder / "20241211113000.export.CSV"
    file.write_bytes(b"".join(gdelt_like.lines(300)))
    loaded(folder / "store.sqlite", "gdelt", file)
    return client_on(folder / "store.sqlite")


def parameters(document: dict[str, Any], path: str) -> dict[str, dict[str, Any]]:
    """Give the parameters of an operation by name."""
    item = document["paths"][path]
    given = item.get("parameters", []) + item["get"].get("parameters", [])
    return {one["name"]: one for one in given}


def test_every_example_of_a_filter_finds_an_event_of_the_store(foreign: FlaskClient) -> None:
    given = parameters(foreign.get("/openapi.json").get_json(), "/v1/events/count")
    examples = {name: one["schema"].get("examples", [None])[0] for name, one in given.items()}
    found = {
        name: foreign.get("/v1/events/count", query_string={name: value}).get_json()["count"]
        for name, value in examples.items()
        if value is not None
    }
    assert all(found.values())
    assert {"dyad", "actor", "q", "near", "bbox", "dataset", "date_from", "tone_min"} <= {*found}


def test_a_path_leads_to_an_event_of_the_store(foreign: FlaskClient) -> None:
    document = foreign.get("/openapi.json").get_json()
    event = parameters(document, "/v1/events/{event_id}")["event_id"]["example"]
    assert foreign.get(f"/v1/events/{event}").status_code == 200
    assert f"/v1/events/{event}/history" in document["info"]["description"]
    name = parameters(document, "/v1/datasets/{name}")["name"]["example"]
    assert foreign.get(f"/v1/datasets/{name}").status_code == 200


def test_what_the_store_lacks_has_no_example(foreign: FlaskClient) -> None:
    document = foreign.get("/openapi.json").get_json()
    assert "example" not in parameters(document, "/v1/documents/{document_id}")["document_id"]
    given = parameters(document, "/v1/events")
    assert "examples" not in given["fatalities_min"]["schema"]


@pytest.mark.parametrize("path", ["/v1/actions", "/v1/actors"])
def test_the_codebook_keeps_its_examples(foreign: FlaskClient, path: str) -> None:
    document = foreign.get("/openapi.json").get_json()
    assert parameters(document, path)["q"] == parameters(DOCUMENT, path)["q"]


def test_an_empty_store_says_no_example(tmp_path: Path) -> None:
    path = tmp_path / "empty.sqlite"
    open_to_write(str(path)).close()
    document = client_on(path).get("/openapi.json").get_json()
    assert "examples" not in parameters(document, "/v1/events")["dyad"]["schema"]


def test_a_store_that_cannot_be_read_has_the_document_as_it_is(tmp_path: Path) -> None:
    assert client_on(tmp_path / "missing.sqlite").get("/openapi.json").get_json() == DOCUMENT


def test_the_examples_follow_the_store(growing: Path) -> None:
    before = client_on(growing).get("/openapi.json")
    database = open_to_write(str(growing))
    purge(database, "seed:31")
    database.close()
    after = client_on(growing).get("/openapi.json")
    assert parameters(before.get_json(), "/v1/events")["id"]["schema"]["examples"] == ["seed:31"]
    assert parameters(after.get_json(), "/v1/events")["id"]["schema"]["examples"] != ["seed:31"]
    assert before.headers["ETag"] != after.headers["ETag"]
