"""Slots: a thread is left for short answers, and long ones wait in turn."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest
from flask import Flask

from api import create_app
from api.middleware.slots import Slot, Slots
from api.settings import Settings

LONG = (
    "/v1/events?distinct=day",
    "/v1/events?sample=5&seed=1",
    "/v1/events?q=iran",
    "/v1/events?sort=goldstein",
    "/v1/events?actor_roles=MIL",
    "/v1/events/count?distinct=day",
    "/v1/changes?actor_country=IRN",
    "/v1/aggregates?by=actor_country",
    "/v1/aggregates.csv?by=target_country",
    "/v1/aggregates.svg?by=month",
    "/v1/events.parquet?as_of=1",
    "/v1/events.ndjson",
)
SHORT = (
    "/v1/events",
    "/v1/events?dyad=IRN,ISR&date_from=2024-01-01",
    "/v1/events/seed:1",
    "/v1/events/count?actor=IRN",
    "/v1/changes",
    "/v1/fields",
    "/v1/datasets",
    "/",
)


def app_of(store: Path, cache: Path, **settings: int) -> Flask:
    return create_app(Settings(str(store), str(cache), query_seconds=1, **settings))


@pytest.fixture
def full(seeded: Path, tmp_path: Path) -> Flask:
    """An application whose only slot is taken."""
    app = app_of(seeded, tmp_path, threads=2)
    app.extensions["slots"].ask(is_export=False)
    return app


def given(slots: list[Slot]) -> list[bool]:
    return [slot.is_given for slot in slots]


def test_slots_are_given_in_the_order_in_which_they_were_asked_for() -> None:
    slots = Slots(2, 1)
    asked = [slots.ask(is_export=False) for _ in range(4)]
    assert given(asked) == [True, True, False, False]
    slots.release(asked[1])
    slots.release(asked[2])
    assert given(asked) == [True, False, False, True]


def test_who_gives_up_asks_no_more() -> None:
    slots = Slots(1, 1)
    asked = [slots.ask(is_export=False) for _ in range(3)]
    slots.release(asked[1])
    slots.release(asked[0])
    assert given(asked) == [False, False, True]


def test_a_slot_is_given_back_once() -> None:
    slots = Slots(1, 1)
    first = slots.ask(is_export=True)
    slots.release(first)
    slots.release(first)
    assert given([slots.ask(is_export=True) for _ in range(2)]) == [True, False]


def test_exports_leave_slots_for_others() -> None:
    slots = Slots(3, 1)
    exports = [slots.ask(is_export=True) for _ in range(2)]
    assert given([*exports, slots.ask(is_export=False)]) == [True, False, True]
    slots.release(exports[0])
    assert given(exports) == [False, True]


@pytest.mark.parametrize("path", LONG)
def test_what_may_be_long_waits_for_a_slot(full: Flask, path: str) -> None:
    refused = full.test_client().get(path)
    assert (refused.status_code, refused.mimetype) == (503, "application/problem+json")
    assert int(refused.headers["Retry-After"]) > 0


@pytest.mark.parametrize("path", SHORT)
def test_what_is_short_by_its_plan_waits_for_none(full: Flask, path: str) -> None:
    assert full.test_client().get(path).status_code == 200


@pytest.mark.parametrize("path", LONG[-5:-1])
def test_what_is_there_or_known_waits_for_none(full: Flask, tmp_path: Path, path: str) -> None:
    client = app_of(Path(full.extensions["store"].url), tmp_path).test_client()
    made = client.get(path, buffered=True)
    known = {"If-None-Match": made.headers["ETag"]}
    assert full.test_client().get(path, headers=known).status_code == 304
    if "aggregates.svg" not in path and "aggregates.csv" not in path:
        assert full.test_client().get(path, buffered=True).status_code == 200


def test_a_slot_is_free_again_however_an_answer_ends(seeded: Path, tmp_path: Path) -> None:
    client = app_of(seeded, tmp_path, exports=1).test_client()
    for _ in range(3):
        client.get("/v1/events.csv").close()
        assert len(client.get("/v1/events.csv").text.splitlines()) == 56
        assert client.head("/v1/events.csv").status_code == 200
        client.get("/v1/events.csv?limit=3")
        client.get("/v1/events.csv", headers={"If-None-Match": "*"})
        client.get("/v1/aggregates.svg?by=actor_country")
        client.get("/v1/aggregates?by=day&date_from=0001-01-01&date_to=9999-12-31&fill=zero")


def test_an_export_has_its_slot_until_it_is_sent(seeded: Path, tmp_path: Path) -> None:
    app = app_of(seeded, tmp_path, exports=2)
    with ExitStack() as stack:
        for _ in range(2):
            stack.enter_context(app.test_client().get("/v1/events.csv"))
        assert app.test_client().get("/v1/events.ndjson").status_code == 503
        assert app.test_client().get("/v1/aggregates?by=id").status_code == 200
    assert app.test_client().get("/v1/events.ndjson", buffered=True).status_code == 200


def test_who_asks_for_what_is_being_made_waits_for_it(seeded: Path, tmp_path: Path) -> None:
    app = app_of(seeded, tmp_path)
    with ThreadPoolExecutor(8) as pool:
        asked = pool.map(lambda _: app.test_client().get("/v1/aggregates?by=id"), range(24))
        assert [answer.status_code for answer in asked] == [200] * 24
    assert len(list(tmp_path.rglob("*.sqlite"))) == 1
