"""Walk through pages, and say in what order events should come."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from dataset.building.rows import build
from dataset.declarations.columns import SORTABLE
from dataset.declarations.ids import key_of
from support.rich_store import Event, cell

NUMBERS = {"seed": 1, "gdelt": 2, "made": 64}
SORTS = [sign + name for name in SORTABLE for sign in ("", "-")]
MOST_PAGES = 200


def pages_of(client: FlaskClient, url: str) -> Iterator[Any]:
    """Follow the pages from the first to the last; a walk in circles must not go on for ever."""
    for _ in range(MOST_PAGES):
        answer = client.get(url)
        assert answer.status_code == 200, answer.text
        page = answer.get_json()
        yield page
        url = page["page"]["next"]
        if url is None:
            return
    pytest.fail("The pages do not end.")


def shown(client: FlaskClient, url: str) -> list[Event]:
    """Give the events of all pages."""
    return [event for page in pages_of(client, url) for event in page["data"]]


def ids(events: list[Event]) -> list[str]:
    return [event["id"] for event in events]


def key(event: Event) -> int:
    """Give the key that breaks ties."""
    name, _, native = event["id"].partition(":")
    return key_of(NUMBERS[name], native)


def in_order(events: list[Event], sort: str) -> list[str]:
    """Sort as documented: ties by key in the same direction, missing values last both ways."""
    column, descending = sort.removeprefix("-"), sort.startswith("-")
    present = [event for event in events if cell(event, column) is not None]
    missing = [event for event in events if cell(event, column) is None]
    present.sort(key=lambda event: (cell(event, column), key(event)), reverse=descending)
    missing.sort(key=key, reverse=descending)
    return ids([*present, *missing])


def problem_of(answer: TestResponse) -> tuple[int, str, str]:
    """Give the status and media type of an error, and what it says about caching."""
    return answer.status_code, answer.content_type, answer.headers["Cache-Control"]


def next_of(client: FlaskClient, url: str) -> str:
    """Give the cursor of the second page."""
    following = client.get(url).get_json()["page"]["next"]
    return str(following.partition("cursor=")[2].partition("&")[0])


def new_events(count: int) -> list[dict[str, Any]]:
    """Build events that the store did not have, spread over its days."""
    same = {"dataset": "gdelt", "actor_code": "USA", "actor_name": "Iran", "tone": -1.25}
    added = {"added": "2025-01-01T00:00:00Z", "place_latitude": 1.0, "place_longitude": 1.0}
    return [
        build(
            {"id": f"gdelt:{1000 + n}", "date": f"2024-04-{1 + n:02}", **same, **added},
            "gdelt",
        )
        for n in range(count)
    ]
