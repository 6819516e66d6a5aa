"""Receipts say when their revision was committed, and how many events lie in no single period."""

from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from dataset.declarations.periods import PERIODS
from dataset.store.database import open_to_write
from dataset.store.models import Revision
from support.paging import pages_of
from support.rich_store import RICH, client_on

pytestmark = pytest.mark.quick

DAYS = {number: f"2025-01-0{number}T00:00:00Z" for number in (1, RICH, RICH + 1)}


def receipt(client: FlaskClient, path: str, **query: object) -> dict[str, Any]:
    """Give the receipt of an answer."""
    answer = client.get(f"/v1/{path}", query_string=query or None)
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


@pytest.mark.parametrize("path", ["aggregates?by=year", "aggregates?by=year,dyad&limit=1"])
def test_groups_say_how_many_events_lie_in_no_single_period(client: FlaskClient, path: str) -> None:
    told = receipt(client, path)
    assert (told["no_period"], told["matched"]["value"]) == (27, 55)


FILTERS = ["", "dataset=seed", "actor=none", "date_from=2024-04-13", "distinct=day", "id=none"]


@pytest.mark.parametrize("filters", FILTERS)
@pytest.mark.parametrize("period", PERIODS)
def test_they_are_the_group_without_a_period(rich: FlaskClient, period: str, filters: str) -> None:
    answer = rich.get(f"/v1/aggregates?limit=1000&by={period}&{filters}").get_json()
    outside = [group["count"] for group in answer["data"] if group[period] is None]
    assert answer["receipt"]["no_period"] == sum(outside)


@pytest.mark.parametrize("more", ["", ",quad_class", ",actor_roles", ",actor_roles,target_roles"])
@pytest.mark.parametrize("filters", FILTERS)
def test_each_event_is_counted_once(rich: FlaskClient, filters: str, more: str) -> None:
    alone = receipt(rich, f"aggregates?by=month&{filters}")
    told = receipt(rich, f"aggregates?by=month{more}&{filters}")
    members = ("matched", "no_period", "datasets", "place_precision")
    assert [told[name] for name in members] == [alone[name] for name in members]


def test_an_event_must_lie_in_one_of_each_period(rich: FlaskClient) -> None:
    told = [receipt(rich, f"aggregates?by={by}")["no_period"] for by in ("day", "year", "day,year")]
    assert told[0] == told[2] > told[1]


@pytest.mark.parametrize("by", ["", "by=dyad", "by=actor_country,dataset"])
def test_groups_without_periods_do_not_tell(client: FlaskClient, by: str) -> None:
    assert "no_period" not in receipt(client, f"aggregates?{by}")


def test_all_pages_of_groups_tell(rich: FlaskClient) -> None:
    pages = list(pages_of(rich, "/v1/aggregates?by=day,actor_code&limit=20"))
    assert len({page["receipt"]["no_period"] for page in pages}) == 1
    assert len(pages) > 1
