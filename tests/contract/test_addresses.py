"""Addresses that people guess, and what may be done with those that there are."""

from pathlib import Path

import httpx
import pytest
from flask import Flask
from flask.testing import FlaskClient

from api import create_app
from api.settings import Settings
from support.document import OPERATIONS

OTHERS = ["/", "/docs", "/openapi.json", "/metrics", "/static/docs.js", "/favicon.ico"]


def paths() -> list[str]:
    """List a path of each operation, with the examples of what stands in it."""
    found = []
    for path, operation in OPERATIONS.items():
        for given in operation["parameters"]:
            path = path.replace(f"{{{given['name']}}}", str(given.get("example")))
        found.append(path)
    return found


@pytest.mark.parametrize("path", [*paths(), *OTHERS])
def test_options_names_the_methods_and_nothing_else(client: FlaskClient, path: str) -> None:
    answer = client.options(path)
    assert (answer.status_code, answer.data) == (204, b"")
    assert answer.headers["Allow"] == "GET, HEAD, OPTIONS"
    assert {"Content-Type", "Content-Length"}.isdisjoint(answer.headers.keys())


def test_a_connection_goes_on_after_options(server: str) -> None:
    with httpx.Client(base_url=server) as client:
        for path in ("/v1/events", "/healthz"):
            assert (client.options(path).status_code, client.get(path).status_code) == (204, 200)


def test_options_of_nothing_is_a_404(client: FlaskClient) -> None:
    assert client.options("/v1/nowhere").status_code == 404


def test_what_cannot_be_done_names_the_methods_in_order(client: FlaskClient) -> None:
    assert client.post("/v1/events").headers["Allow"] == "GET, HEAD, OPTIONS"


@pytest.mark.parametrize(
    ("guessed", "meant", "title"),
    [
        ("/docs/", "/docs", "cameo-events"),
        ("/v1", "/", "cameo-events"),
        ("/v1/", "/", "cameo-events"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_guess_leads_to_the_page(
    client: FlaskClient, guessed: str, meant: str, title: str, method: str
) -> None:
    answer = client.open(guessed, method=method)
    assert (answer.status_code, answer.location) == (308, f"http://localhost{meant}")
    assert "Content-Type" not in answer.headers
    assert title in client.get(answer.location).text


def test_a_guess_leads_to_the_address_that_clients_see(seeded: Path) -> None:
    settings = Settings(database=str(seeded), public_url="https://events.example.org/cameo")
    app: Flask = create_app(settings)
    told = app.test_client().get("/docs/").location
    assert told == "https://events.example.org/cameo/docs"


@pytest.mark.parametrize("more", ["/", "//"])
@pytest.mark.parametrize("path", paths())
def test_a_slash_too_many_is_a_404_that_says_so(client: FlaskClient, path: str, more: str) -> None:
    answer = client.get(f"{path}{more}?limit=1")
    assert (answer.status_code, answer.content_type) == (404, "application/problem+json")
    assert answer.get_json()["detail"] == f"There is nothing at {path}{more}; did you mean {path}?"


@pytest.mark.parametrize("path", ["/nowhere/", "/v1/nowhere/", "/v1/events/a/b/"])
def test_a_slash_behind_nothing_is_a_plain_404(client: FlaskClient, path: str) -> None:
    assert "did you mean" not in client.get(path).get_json()["detail"]
