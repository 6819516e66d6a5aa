"""The examples of errors, headers and members in the OpenAPI document are what really comes."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator
from peewee import Database

from dataset.writes.retractions import retract
from support.document import DOCUMENT, OPERATIONS
from support.rich_store import client_on

RESPONSES: dict[str, Any] = DOCUMENT["components"]["responses"]
SCHEMAS: dict[str, Any] = DOCUMENT["components"]["schemas"]
PINNED = "/v1/events.parquet?as_of=1"
REQUESTS: dict[str, tuple[str, dict[str, str]]] = {
    "BAD_REQUEST": ("/v1/events?cursor=x", {}),
    "NOT_FOUND": ("/v1/events/seed:999", {}),
    "PRECONDITION_FAILED": ("/v1/events", {"If-Match": '"another"'}),
    "NOT_ACCEPTABLE": ("/v1/events", {"Accept": "image/png"}),
    "GONE": ("/v1/events/seed:1", {}),
    "REQUEST_URI_TOO_LONG": (f"/v1/events?q={'a' * 8_000}", {}),
    "REQUESTED_RANGE_NOT_SATISFIABLE": (PINNED, {"Range": "bytes=100000000-"}),
    "UNPROCESSABLE_ENTITY": ("/v1/events?actor_country=IRAN", {}),
}
"""How to come by each documented error."""
ELSEWHERE = {
    *("REQUEST_ENTITY_TOO_LARGE", "TOO_MANY_REQUESTS"),
    *("INTERNAL_SERVER_ERROR", "SERVICE_UNAVAILABLE", "NOT_IMPLEMENTED"),
    *("NOT_MODIFIED", "TEMPORARY_REDIRECT"),
}
"""What other tests ask for, what needs a failure or a missing library, or has no body."""


@pytest.mark.parametrize("name", REQUESTS)
def test_the_example_of_an_error_is_the_error(
    database: Database, reader: FlaskClient, name: str
) -> None:
    if name == "GONE":
        retract(database, "seed:1", "coded twice", "seed:2")
    path, headers = REQUESTS[name]
    example = RESPONSES[name]["content"]["application/problem+json"]["example"]
    problem = reader.get(path, headers=headers).get_json()
    assert problem | {"request_id": example["request_id"]} == example


@pytest.mark.parametrize(
    ("name", "limit", "body"),
    [
        ("REQUEST_ENTITY_TOO_LARGE", "9 per minute", b"x"),
        ("TOO_MANY_REQUESTS", "1 per minute", b""),
    ],
)
def test_the_example_of_a_refusal_is_the_refusal(
    seeded: Path, name: str, limit: str, body: bytes
) -> None:
    client = client_on(seeded, rate_limit=limit)
    answers = [client.get("/v1/events", data=body).get_json() for _ in range(2)]
    example = RESPONSES[name]["content"]["application/problem+json"]["example"]
    assert answers[-1] | {"request_id": example["request_id"]} == example


def test_every_error_is_asked_for() -> None:
    assert RESPONSES.keys() == REQUESTS.keys() | ELSEWHERE


def test_the_example_of_a_store_that_cannot_be_read_is_the_error(tmp_path: Path) -> None:
    answer = client_on(tmp_path / "missing.sqlite").get("/v1/events")
    content = RESPONSES["SERVICE_UNAVAILABLE"]["content"]
    example = content["application/problem+json"]["example"]
    assert answer.get_json() | {"request_id": example["request_id"]} == example


CONDITIONAL = {
    "Link": "limit=1",
    "Cameo-Totals": "by=month,actor_roles",
    "Cameo-Query": "actor_country=IRN",
    "Cameo-Matched": "actor_country=IRN",
    "Cameo-Revision": "actor_country=IRN",
    "Cameo-Complete": "actor_country=IRN",
    "Cameo-Datasets": "actor_country=IRN",
    "Cameo-Place-Precision": "bbox=44,25,64,40",
    "Cameo-Cite": "actor_country=IRN",
}
"""What is asked for to get the header as in its example."""
EMPTY = ("/mentions", "/quarantine", "/releases", "/history", "/documents", "/datasets", "/loads")
"""Lists that have one page on the seed dataset."""


def documented_headers() -> Iterator[tuple[str, str, str]]:
    """Yield the headers that answers have: path, name, example."""
    for path, operation in OPERATIONS.items():
        for given in operation["parameters"]:
            if given["in"] == "path":
                path = path.replace(f"{{{given['name']}}}", str(given["example"]))
        for name, header in operation["responses"]["200"].get("headers", {}).items():
            if not (name == "Link" and path.endswith(EMPTY)):
                yield path, name, str(header["example"])


def shape_of(value: str) -> str:
    """Leave out of a header what differs from answer to answer."""
    value = re.sub(r"<.*>", "<https://…>", value.replace("no-cache", "public, max-age=86400"))
    value = re.sub(r"^[0-9]{3,}$", "40960", value.removesuffix("&as_of=1"))
    value = re.sub(r'^"[0-9a-f]{32}"$', '"0123456789abcdef0123456789abcdef"', value)
    return value.replace("http://localhost", "https://…")


@pytest.mark.parametrize(("path", "name", "example"), list(documented_headers()))
def test_the_example_of_a_header_is_the_header(
    client: FlaskClient, path: str, name: str, example: str
) -> None:
    headers = (
        {"Accept": "text/csv, application/x-bibtex;q=0.5"} if name.startswith("Cameo-") else {}
    )
    by = "by=id&" if name == "Link" and "aggregates" in path else ""
    asked = CONDITIONAL.get(name, "")
    if path in ("/v1/actions.csv", "/v1/actors.csv"):
        asked = "depth=3"
    if path.endswith(".svg") and name != "Cameo-Totals":
        by = "by=month&"
    answer = client.get(f"{path}?{by}{asked}", headers=headers, follow_redirects=True)
    answer.close()
    assert answer.status_code == 200
    assert shape_of(answer.headers[name]) == shape_of(example)


def members() -> Iterator[tuple[str, str]]:
    for schema, described in SCHEMAS.items():
        for member in described["properties"]:
            yield schema, member


@pytest.mark.parametrize(("schema", "member"), list(members()))
def test_the_examples_of_a_member_are_valid(schema: str, member: str) -> None:
    described = SCHEMAS[schema]["properties"][member]
    whole = {**described, "components": DOCUMENT["components"]}
    for example in described.get("examples", []):
        Draft202012Validator(whole).validate(example)
    assert described.get("examples") or not SIMPLE & set(described.get("type", "").split())


SIMPLE = {"string", "integer", "number", "boolean"}
