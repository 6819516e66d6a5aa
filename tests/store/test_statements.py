"""Statements are written once for each shape of query, and answers are the same as without that."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from peewee import SchemaManager

from api.requests import queries
from dataset.declarations.columns import SORTABLE
from dataset.declarations.filters import FILTERS
from dataset.events.pages import columns_to_read, page_of
from dataset.events.rows_or_columns import capped_of
from dataset.selections import plans
from dataset.selections.known_values import resolved
from dataset.selections.selections import Selection, Sort, first_of, ordered
from dataset.store.counts import Matched
from dataset.store.database import open_to_write
from dataset.store.models import Event
from dataset.store.snapshots import Snapshot, Store
from schemas.filters import EventFiltersSchema
from support.filter_queries import QUERIES
from support.rich_store import RICH

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
    read = columns_to_read(selection, ["id", "tone", "actor_roles"])
    kept = plans.run(snapshot, first_of, selection, read, 1000).fetchall()
    assert kept == snapshot.rows(first_of(snapshot, selection, read, 1000))
    count = plans.run(snapshot, capped_of, selection).fetchone()[0]
    assert count == snapshot.value(capped_of(snapshot, selection)) == len(kept)


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


def test_queries_of_one_shape_share_a_statement(snapshot: Snapshot) -> None:
    forget_statements()
    for query in ("actor=IRN&dyad=IRN,ISR", "actor=ISR&dyad=AFG,USA", "actor=USA&dyad=IRN,ISR"):
        plans.run(snapshot, capped_of, selected(snapshot, query, snapshot.revision))
    assert plans.plan_of.cache_info().currsize == 1


def test_equal_queries_are_taken_apart_once(snapshot: Snapshot) -> None:
    forget_statements()
    for query in ("actor=IRN&action=19", "action=19&actor=IRN", "actor=IRN&action=18"):
        plans.run(snapshot, capped_of, selected(snapshot, query, snapshot.revision))
    assert plans.filled.cache_info().hits == 1


def test_one_revision_is_read_in_two_ways(snapshot: Snapshot) -> None:
    old = selected(snapshot, "actor=IRN", RICH)
    as_newest = replace(snapshot, revision=RICH)
    texts = {plans.statement(one, capped_of, old)[0] for one in (snapshot, as_newest)}
    assert len(texts) == 2


def forget_statements() -> None:
    plans.plan_of.cache_clear()
    plans.filled.cache_clear()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("actor=IRN", "actor=!IRN"),
        ("actor=IRN", "actor=IRN,USA"),
        ("actor=IRN", "actor=none"),
        ("q=iran", "q=iran*"),
        ("actor_roles=GOV", "actor_roles=MIL"),
        ("bbox=1,1,2,2", "bbox=1,1,3,3"),
    ],
)
def test_queries_of_other_shapes_do_not(snapshot: Snapshot, one: str, other: str) -> None:
    shapes = [
        plans.taken_apart(selected(snapshot, query, snapshot.revision), True)[0]
        for query in (one, other)
    ]
    assert shapes[0] != shapes[1]


@pytest.mark.parametrize("query", QUERIES)
def test_a_query_is_answered_the_same_the_second_time(rich: FlaskClient, query: str) -> None:
    queries.asked.cache_clear()
    forget_statements()
    first, second = (rich.get(f"/v1/events?{query}&limit=5") for _ in range(2))
    assert (first.status, first.data) == (second.status, second.data)
    assert first.headers.get("ETag") == second.headers.get("ETag")


def test_an_invalid_query_is_refused_each_time(rich: FlaskClient) -> None:
    answers = [rich.get("/v1/events?limit=0&actor=iran") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [422, 422]
    assert answers[0].json["errors"] == answers[1].json["errors"]


def test_what_was_asked_cannot_be_changed(rich: FlaskClient) -> None:
    rich.get("/v1/events?actor=IRN")
    with rich.application.test_request_context("/v1/events?actor=IRN"):
        known = queries.asked(queries_of_events(), b"actor=IRN")
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
            assert page_of(weighed, selection, ["id"], 1000).matched.value == expected["count"]
