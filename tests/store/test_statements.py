"""The statements of pages are kept for equal queries; answers are the same as without that."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from peewee import SchemaManager

from api.requests import parameters
from dataset.declarations.columns import SORTABLE
from dataset.declarations.filters import FILTERS
from dataset.events.pages import columns_to_read, page_of, statement_of
from dataset.events.rows_or_columns import count_anew
from dataset.selections.known_values import resolved
from dataset.selections.selections import Selection, Sort, first_of, ordered
from dataset.store.counts import Matched
from dataset.store.database import open_to_write
from dataset.store.models import Event
from dataset.store.snapshots import Snapshot, Stamp, Store
from dataset.store.statements import Statement
from schemas.filters import EventFiltersSchema
from support.filter_queries import QUERIES
from support.rich_store import RICH

pytestmark = pytest.mark.quick

SORTS = [Sort(name, descending) for name in SORTABLE for descending in (True, False)]
KNOWN = Matched(0, "eq")


@pytest.fixture(scope="module")
def snapshot(rich_store: Path) -> Iterator[Snapshot]:
    with Store(str(rich_store)).stream() as opened:
        yield opened


def selected(snapshot: Snapshot, query: str, revision: int, **more: Any) -> Selection:
    """Select what a query of filters asks for."""
    given = dict(part.split("=", 1) for part in query.split("&") if part)
    filters = EventFiltersSchema().load({k: v for k, v in given.items() if k in FILTERS})
    return Selection(revision, resolved(snapshot, filters), **more)


@pytest.mark.parametrize("revision", [RICH, RICH + 1])
@pytest.mark.parametrize("query", QUERIES)
def test_a_kept_statement_reads_what_a_new_one_reads(
    snapshot: Snapshot, query: str, revision: int
) -> None:
    selection = selected(snapshot, query, revision)
    columns = ["id", "tone", "actor_roles"]
    first, again = (page_of(snapshot, selection, columns, 1000, KNOWN) for _ in range(2))
    expected = snapshot.rows(first_of(snapshot, selection, first.read, 1000))
    assert first.rows == again.rows == expected
    assert count_anew(snapshot, selection).matched.value == len(expected)


@pytest.mark.parametrize("sort", SORTS, ids=str)
def test_a_kept_statement_begins_at_any_position(snapshot: Snapshot, sort: Sort) -> None:
    after, shown = None, []
    for _ in range(100):
        selection = selected(snapshot, "involves=IRN", snapshot.revision, sort=sort, after=after)
        page = page_of(snapshot, selection, ["id"], 3, KNOWN)
        shown += page.rows
        after = page.next
        if after is None:
            break
    whole = Selection(snapshot.revision, selection.filters, sort)
    assert shown == snapshot.rows(ordered(snapshot, whole, columns_to_read(whole, ["id"])))


@pytest.mark.parametrize(
    ("one", "other"),
    [("actor=IRN&action=19", "action=19&actor=IRN"), ("actor=IRN,USA", "actor=USA,IRN")],
)
def test_the_statement_of_equal_queries_is_compiled_once(
    snapshot: Snapshot, one: str, other: str
) -> None:
    first, second = (statement_for(snapshot, query) for query in (one, other))
    assert first is second


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("actor=IRN", "actor=ISR"),
        ("actor=IRN", "actor=!IRN"),
        ("actor=IRN", "actor=IRN,USA"),
        ("actor=IRN", "actor=none"),
        ("q=iran", "q=iran*"),
        ("actor_roles=GOV", "actor_roles=MIL"),
        ("bbox=1,1,2,2", "bbox=1,1,3,3"),
    ],
)
def test_other_queries_have_other_statements(snapshot: Snapshot, one: str, other: str) -> None:
    assert statement_for(snapshot, one) != statement_for(snapshot, other)


def test_one_revision_is_read_in_two_ways(snapshot: Snapshot) -> None:
    as_newest = replace(snapshot, revision=RICH, stamp=Stamp("newest"))
    texts = {statement_for(one, "actor=IRN", RICH)[0] for one in (snapshot, as_newest)}
    assert len(texts) == 2


def statement_for(snapshot: Snapshot, query: str, revision: int | None = None) -> Statement:
    selection = selected(snapshot, query, revision or snapshot.revision)
    return statement_of(snapshot, selection, columns_to_read(selection, ["id"]), 6)


@pytest.mark.parametrize("query", QUERIES)
def test_a_query_is_answered_the_same_the_second_time(rich: FlaskClient, query: str) -> None:
    parameters.parameters_of.cache_clear()
    first, second = (rich.get(f"/v1/events?{query}&limit=5") for _ in range(2))
    assert (first.status, first.data) == (second.status, second.data)
    assert first.headers.get("ETag") == second.headers.get("ETag")


def test_an_invalid_query_is_refused_each_time(rich: FlaskClient) -> None:
    answers = [rich.get("/v1/events?limit=0&actor=iran") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [422, 422]
    assert answers[0].json["errors"] == answers[1].json["errors"]


def test_what_was_asked_cannot_be_changed(rich: FlaskClient) -> None:
    rich.get("/v1/events?actor=IRN")
    known = parameters.parameters_of(queries_of_events(), b"actor=IRN")
    with pytest.raises(TypeError):
        known.arguments["actor"] = None  # type: ignore[index]


def queries_of_events() -> Any:
    """Give the schema of pages of events."""
    return EventFiltersSchema


def test_weighed_indexes_do_not_change_the_answer(growing: Path, rich: FlaskClient) -> None:
    database = open_to_write(str(growing))
    SchemaManager(Event, database).drop_indexes()
    SchemaManager(Event, database).create_indexes()
    database.weigh()
    database.close()
    with Store(str(growing)).stream() as weighed:
        for query in QUERIES:
            selection = selected(weighed, query, weighed.revision)
            expected = rich.get(f"/v1/events/count?{query}").json
            assert (
                page_of(weighed, selection, ["id"], 1000).counted.matched.value == expected["count"]
            )
