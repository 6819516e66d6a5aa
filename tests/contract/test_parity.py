"""The same requests have the same answers on every engine, to the byte."""

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from support.corpus import requests
from support.rich_store import client_on

REQUESTS = requests()
MOST_PAGES = 4


@pytest.fixture(scope="session")
def rich_elsewhere(rich_postgres: str) -> Iterator[FlaskClient]:
    """A client of an application on the copy of the rich store."""
    client = client_on(rich_postgres)
    yield client
    client.application.extensions["store"].close()


@pytest.fixture(autouse=True)
def _same_request_ids(monkeypatch: pytest.MonkeyPatch) -> None:
    """Chance is the only other thing in which answers may differ."""
    monkeypatch.setattr("api.middleware.request_ids.token_hex", lambda _: "0" * 16)


def answers_of(client: FlaskClient, request: str) -> Iterator[tuple[int, dict[str, str], bytes]]:
    """Give an answer, with the pages that follow it."""
    for _ in range(MOST_PAGES):
        answer = client.get(request)
        yield answer.status_code, dict(answer.headers), answer.data
        page = ((answer.is_json and answer.json) or {}).get("page") or {}
        if not page.get("next"):
            return
        request = page["next"].removeprefix("http://localhost")


def test_neither_engine_reads_what_the_other_kept(
    rich: FlaskClient, rich_elsewhere: FlaskClient
) -> None:
    caches = [client.application.extensions["results"] for client in (rich, rich_elsewhere)]
    assert caches[0].folder != caches[1].folder


def test_the_corpus_has_500_requests() -> None:
    assert len(REQUESTS) >= 500


@pytest.mark.parametrize("request_", REQUESTS)
def test_both_engines_give_the_same_answer(
    rich: FlaskClient, rich_elsewhere: FlaskClient, request_: str
) -> None:
    found = list(answers_of(rich_elsewhere, request_))
    assert found == list(answers_of(rich, request_))
    assert max(status for status, _, _ in found) < 500
