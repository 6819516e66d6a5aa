"""A question is mapped to a query without a request: it means what the same address means."""

from collections.abc import Iterator
from pathlib import Path

import marshmallow as ma
import pytest
from flask import has_app_context
from flask.testing import FlaskClient
from werkzeug.exceptions import BadRequest, RequestURITooLarge

from api.requests.questions import question_of
from dataset.events.pages import page_of
from dataset.selections.selections import NEWEST_FIRST
from dataset.store.snapshots import Snapshot, Store
from schemas.events import EventPageQuerySchema

pytestmark = pytest.mark.quick

EVENTS = (EventPageQuerySchema, "/v1/events")
QUERIES = ["", "actor=USA,IRN&limit=3", "as_of=2&limit=5&fields=date", "as_of=2024.1&action=19"]


@pytest.fixture(scope="module")
def snapshot(rich_store: Path) -> Iterator[Snapshot]:
    with Store(str(rich_store)).stream() as opened:
        yield opened


@pytest.mark.parametrize("text", QUERIES)
def test_a_question_means_what_its_address_means(
    rich: FlaskClient, snapshot: Snapshot, text: str
) -> None:
    assert not has_app_context()
    schema, path = EVENTS
    query = question_of(schema, text, path, "http://localhost").at(snapshot)
    page = page_of(snapshot, query.selection(NEWEST_FIRST), ["id"], query.limit)
    answer = rich.get(f"{path}?{text}").json
    assert query.receipt_of_events(page.counted, complete=page.next is None) == answer["receipt"]
    ids = page.read.index("id")
    assert [row[ids] for row in page.rows] == [event["id"] for event in answer["data"]]
    url = query.next_url(page.next, page.counted.matched) if page.next else None
    assert url == answer["page"]["next"]


@pytest.mark.parametrize("text", ["actor=iran", "limit=0", "actr=IRN", "actor=IRN&actor=ISR"])
def test_a_wrong_question_says_what_is_wrong(text: str) -> None:
    schema, path = EVENTS
    with pytest.raises(ma.ValidationError) as found:
        question_of(schema, text, path)
    assert list(found.value.normalized_messages()) == [text.partition("=")[0]]


def test_a_wrong_cursor_is_refused(snapshot: Snapshot) -> None:
    schema, path = EVENTS
    with pytest.raises(BadRequest):
        question_of(schema, "cursor=none", path).at(snapshot)


def test_a_question_leaves_room_for_a_cursor() -> None:
    schema, path = EVENTS
    with pytest.raises(RequestURITooLarge):
        question_of(schema, f"q={'é' * 1200}", path)
