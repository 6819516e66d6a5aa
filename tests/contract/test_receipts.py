"""Receipts say when the revision of an answer was committed."""

from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from dataset.store.database import open_to_write
from dataset.store.models import Revision
from support.paging import pages_of
from support.rich_store import RICH, client_on

pytestmark = pytest.mark.quick

DAYS = {number: f"2025-01-0{number}T00:00:00Z" for number in (1, RICH, RICH + 1)}


def receipt(client: FlaskClient, path: str, **query: object) -> dict[str, Any]:
    """Give the receipt of an answer."""
    answer = client.get(f"/v1/{path}", query_string=query)
    assert answer.status_code == 200, answer.text
    return dict(answer.get_json()["receipt"])


@pytest.fixture
def dated(growing: Path) -> FlaskClient:
    """A client of a store whose revisions were committed on known days."""
    database = open_to_write(str(growing))
    for number, day in DAYS.items():
        named = Revision.number == number
        database.execute(Revision.update({Revision.committed: day}).where(named))
    database.close()
    return client_on(growing)


@pytest.mark.parametrize(
    "path", ["events", "events/count", "events/seed:1", "aggregates", "changes", "cite"]
)
def test_receipt_says_when_its_revision_was_committed(dated: FlaskClient, path: str) -> None:
    assert receipt(dated, path)["committed"] == DAYS[RICH + 1]
    assert receipt(dated, path, as_of=RICH)["committed"] == DAYS[RICH]


def test_all_pages_were_committed_when_the_first_was(dated: FlaskClient) -> None:
    pages = list(pages_of(dated, f"/v1/events?limit=40&as_of={RICH}"))
    assert {page["receipt"]["committed"] for page in pages} == {DAYS[RICH]}
    assert len(pages) > 1


def test_a_store_without_any_revision_was_never_committed(tmp_path: Path) -> None:
    open_to_write(str(tmp_path / "empty.sqlite")).close()
    told = receipt(client_on(tmp_path / "empty.sqlite"), "events")
    assert (told["revision"], told["committed"]) == (0, None)
