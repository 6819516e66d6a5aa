"""Every filter on a selective column is served by an index; of the others it is said why not."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from peewee import fn

from dataset.declarations.filters import FILTERS
from dataset.selections.known_values import resolved
from dataset.selections.selections import Selection, branches, first_of, ordered
from dataset.store.snapshots import Snapshot, Store
from schemas.filters import EventFiltersSchema
from support.stores import explained

pytestmark = pytest.mark.quick

SERVED = {
    "id=seed:31": ["PRIMARY KEY"],
    "id=seed:31,seed:1": ["PRIMARY KEY"],
    "q=taliban hamas": ["VIRTUAL TABLE", "PRIMARY KEY"],
    "dyad=IRN,ISR": ["event_dyad"],
    "dyad=SUN,USA": ["event_dyad"],
    "dyad=SUN,USR": ["event_dyad"],
    "actor=SUN": ["event_actor_code"],
    "involves=USRGOV": ["event_actor_code", "event_target_code"],
    "actor_country=SUN": ["event_actor_country"],
    "involves_country=SUN": ["event_actor_country", "event_target_country"],
    "actor=IRN": ["event_actor_code"],
    "actor=IRNGOV,ISR": ["event_actor_code"],
    "target=ISR": ["event_target_code"],
    "involves=IRN": ["event_actor_code", "event_target_code"],
    "involves_country=IRN": ["event_actor_country", "event_target_country"],
    "involves_country=IRN,USA": ["event_actor_country", "event_target_country"],
    "action=19": ["event_action_root"],
    "action=195,0841": ["event_action_root"],
    "date_from=2024-04-13": ["event_date", "event_long"],
    "date_to=2024-04-13": ["event_date"],
    "bbox=44,25,54,35": ["event_place_cell"],
    "bbox=175,-20,-175,-10": ["event_place_cell"],
    "near=31.5,34.75,250": ["event_place_cell"],
    "place_priogrid_gid=175390": ["event_place_cell"],
    "place_priogrid_gid=175390,175391": ["event_place_cell"],
    "dataset=seed": ["event_dataset"],
    "actor_code=IRNMIL": ["event_actor_code"],
    "target_code=ISR": ["event_target_code"],
    "actor_country=IRN": ["event_actor_country"],
    "actor_country=IRN,none": ["event_date"],
    "target_country=ISR": ["event_target_country"],
    "actor_group=TAL": ["event_actor_group"],
    "target_group=TAL,HMS": ["event_target_group"],
    "actor_ethnic=KUR": ["event_actor_ethnic"],
    "target_ethnic=KUR,PAL": ["event_target_ethnic"],
    "action_root=19": ["event_action_root"],
    "action_code=195": ["event_action_root"],
    "action_mode=visit": ["event_action_mode"],
    "quad_class=4": ["event_quad_class"],
    "place_country=ISR": ["event_place_country"],
    "violence_type=one-sided": ["event_violence_type"],
    "violence_type=state-based,non-state": ["event_violence_type"],
    "place_admin1=Tehran": ["event_place_admin1"],
    "place_admin1=Tehran,!none": ["event_place_admin1"],
    "evidence_document=seed-article": ["event_evidence_document"],
    "actor_name=israel": ["event_actor_name"],
    "target_name=ISRAEL,Taliban": ["event_target_name"],
    "involves_name=Israel": ["event_actor_name", "event_target_name"],
}
"""What is asked for, and the indexes that find it."""

FEW_VALUES = "it has few values: a page of one is full soon, in the order of its index"
LISTED = "lists are one text: any event may hold the value"
RANGE = "a limit keeps many events: a page is full soon, in the order of its index"
RESIDUAL = {
    "action_plover": FEW_VALUES,
    "date_precision": FEW_VALUES,
    "evidence_status": FEW_VALUES,
    "place_precision": FEW_VALUES,
    "root_event": FEW_VALUES,
    **dict.fromkeys(("actor_roles", "target_roles", "action_contexts"), LISTED),
    **dict.fromkeys(("actor_religions", "target_religions"), LISTED),
    **{name: RANGE for name in FILTERS if name.endswith(("_min", "_max"))},
}
"""The filters that no index serves, and why not; `/v1/changes` asks for revisions by an index."""


@pytest.fixture(scope="module")
def snapshot(rich_store: Path) -> Iterator[Snapshot]:
    with Store(str(rich_store)).snapshot() as opened:
        yield opened


def plans(snapshot: Snapshot, query: str) -> Iterator[list[str]]:
    """Give how SQLite reads a page of a query, and how it counts what a query finds."""
    filters = EventFiltersSchema().load(dict([query.split("=", 1)]))
    selection = Selection(snapshot.revision, resolved(snapshot, filters))
    counts = [branch.select(fn.COUNT("*")) for branch in branches(snapshot, selection, ["key"])]
    page = ordered(snapshot, selection, ["key", "date", "evidence_url"]).limit(101)
    for statements in ([page], counts):
        yield [step for one in statements for step in explained(snapshot, one)]


@pytest.mark.parametrize("query", SERVED)
def test_a_selective_filter_is_served_by_its_index(snapshot: Snapshot, query: str) -> None:
    for steps in plans(snapshot, query):
        assert steps
        for index in SERVED[query]:
            assert any(index in step for step in steps)
        assert all(any(index in step for index in SERVED[query]) for step in steps)


def test_a_page_of_an_older_revision_begins_at_its_last_day(snapshot: Snapshot) -> None:
    older = Selection(snapshot.revision - 1)
    steps = explained(snapshot, first_of(snapshot, older, ["key", "date", "evidence_url"], 101))
    assert "SEARCH t1 USING INDEX event_date (date<?)" in steps


@pytest.mark.parametrize("name", RESIDUAL)
def test_a_page_of_any_other_filter_is_read_in_its_order(snapshot: Snapshot, name: str) -> None:
    example = FILTERS[name].example
    page, _ = plans(snapshot, f"{name}={example}")
    assert page == ["SCAN t1 USING INDEX event_date"]


def test_of_every_filter_it_is_said_which_index_serves_it() -> None:
    served = {query.partition("=")[0] for query in SERVED}
    assert served | RESIDUAL.keys() == FILTERS.keys()
    assert not served & RESIDUAL.keys()
