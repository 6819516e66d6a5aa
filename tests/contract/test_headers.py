"""Headers are documented where they are sent, and nowhere else."""

from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from support.document import DOCUMENT, OPERATIONS
from support.rich_store import client_on

OF_ALL = {
    *("Access-Control-Allow-Origin", "Access-Control-Expose-Headers", "Content-Length"),
    *("Content-Security-Policy", "Content-Type", "Cross-Origin-Resource-Policy", "Date"),
    *("RateLimit", "RateLimit-Policy"),
    *("Referrer-Policy", "X-Content-Type-Options", "X-Frame-Options", "X-Request-Id"),
}
"""The headers of every answer, or of every one under a rate limit."""
NOT_STORED = {"Cache-Control"}
"""What forbids to keep an answer that is not from the store."""
AT_TIMES = {"Cameo-Datasets", "Cameo-Place-Precision", "Cameo-Totals", "Link"}
"""The headers that only some answers of an operation have."""
PARQUET = "/v1/events.parquet"
OTHERS: dict[int, tuple[str, dict[str, str]]] = {
    206: (f"{PARQUET}?as_of=1", {"Range": "bytes=0-7"}),
    304: ("/v1/events", {"If-None-Match": "*"}),
    307: (PARQUET, {}),
    400: ("/v1/events?cursor=x", {}),
    404: ("/v1/events/seed:999", {}),
    406: ("/v1/events", {"Accept": "image/png"}),
    412: ("/v1/events", {"If-Match": '"another"'}),
    414: (f"/v1/events?q={'a' * 8_000}", {}),
    416: (f"{PARQUET}?as_of=1", {"Range": "bytes=100000000-"}),
    422: ("/v1/events?actor_country=IRAN", {}),
}
"""How to come by an answer that is no plain success."""


def documented(path: str, status: int) -> set[str]:
    """Name the headers that an operation has by its documentation."""
    answer = OPERATIONS[path]["responses"][str(status)]
    if "$ref" in answer:
        answer = DOCUMENT["components"]["responses"][answer["$ref"].rpartition("/")[2]]
    return set(answer.get("headers", {}))


def check(path: str, answer: TestResponse) -> None:
    """Compare the headers that an answer has with those that are documented."""
    answer.close()
    sent, told = set(answer.headers.keys()), documented(path, answer.status_code)
    assert sent - told <= OF_ALL | (set() if "ETag" in sent else NOT_STORED)
    assert told - sent <= AT_TIMES


@pytest.mark.parametrize("path", OPERATIONS)
def test_a_success_has_the_headers_that_are_documented(client: FlaskClient, path: str) -> None:
    address, query = path, {}
    for given in OPERATIONS[path]["parameters"]:
        if given["in"] == "path":
            address = address.replace(f"{{{given['name']}}}", str(given["example"]))
        elif given.get("required"):
            query[given["name"]] = given["schema"]["examples"][0]
    check(path, client.get(address, query_string=query, follow_redirects=True))


@pytest.mark.parametrize("status", OTHERS)
def test_another_answer_has_the_headers_that_are_documented(
    client: FlaskClient, status: int
) -> None:
    address, headers = OTHERS[status]
    answer = client.get(address, headers=headers)
    path = address.partition("?")[0].replace("seed:999", "{event_id}")
    assert answer.status_code == status
    check(path, answer)


def test_who_asks_too_often_is_told_when_to_go_on(seeded: Path) -> None:
    client = client_on(seeded, rate_limit="1 per minute")
    answers = [client.get("/v1/events") for _ in range(2)]
    assert answers[-1].status_code == 429
    check("/v1/events", answers[-1])


def test_an_answer_of_a_missing_store_says_when_to_ask_again(tmp_path: Path) -> None:
    answer = client_on(tmp_path / "missing.sqlite").get("/v1/events")
    assert answer.status_code == 503
    check("/v1/events", answer)
