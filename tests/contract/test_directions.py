"""An answer by actor or target that may hold events without a direction says so."""

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from dataset.building.rows import build
from dataset.declarations.aggregates import KEYS
from dataset.declarations.filters import FILTERS
from dataset.events.directions import NOTE, selects, undirected
from dataset.store.models import Event
from dataset.store.snapshots import Store
from support.rich_store import RICH, client_on, commit
from support.stores import explained

pytestmark = pytest.mark.quick

BY_SIDE = [name for name in FILTERS if name.partition("_")[0] in ("actor", "target")]
KEYS_BY_SIDE = [name for name in KEYS if name.partition("_")[0] in ("actor", "target")]


def is_noted(client: FlaskClient, url: str) -> bool:
    """Tell whether the receipt of an answer has the note."""
    answer = client.get(url)
    assert answer.status_code == 200, answer.text
    return NOTE in answer.get_json()["receipt"]["notes"]


def test_the_note_names_what_looks_at_both_sides() -> None:
    assert "dyad" in NOTE
    assert "involves" in NOTE


@pytest.mark.parametrize("name", BY_SIDE)
@pytest.mark.parametrize("path", ["/v1/events", "/v1/events/count", "/v1/changes"])
def test_a_filter_of_one_side_is_noted(rich: FlaskClient, path: str, name: str) -> None:
    since = "&since=0" if path.endswith("changes") else ""
    assert is_noted(rich, f"{path}?{name}=!none{since}")


@pytest.mark.parametrize("name", KEYS_BY_SIDE)
def test_groups_of_one_side_are_noted(rich: FlaskClient, name: str) -> None:
    assert is_noted(rich, f"/v1/aggregates?by=month,{name}&limit=1")


@pytest.mark.parametrize(
    "url",
    [
        *("/v1/events", "/v1/events?dyad=IRN,ISR", "/v1/events?involves=IRN"),
        *("/v1/events?involves_country=IRN", "/v1/events?q=iran", "/v1/events/seed:1"),
        *("/v1/aggregates?by=dyad", "/v1/aggregates?by=month,quad_class", "/v1/actors?q=iran"),
    ],
)
def test_what_looks_at_both_sides_is_not(rich: FlaskClient, url: str) -> None:
    assert not is_noted(rich, url)


@pytest.mark.parametrize(
    ("filters", "noted"),
    [
        ("dataset=seed", False),
        ("dataset=!gdelt,!made", False),
        ("dataset=none", False),
        ("dataset=seed,made", True),
        ("dataset=!made", True),
        ("violence_type=one-sided", False),
        ("violence_type=none", False),
        ("violence_type=one-sided,none", False),
        ("violence_type=!state-based,!non-state", False),
        ("violence_type=!state-based", True),
        ("violence_type=!none", True),
        ("violence_type=non-state", True),
        ("as_of=1", False),
        (f"as_of={RICH}", True),
        ("date_from=2100-01-01", True),
    ],
)
def test_filters_that_leave_no_such_event_leave_the_note_out(
    rich: FlaskClient, filters: str, noted: bool
) -> None:
    assert is_noted(rich, f"/v1/events?actor=IRN&limit=1&{filters}") == noted


def test_a_store_without_such_events_notes_nothing(client: FlaskClient) -> None:
    assert not is_noted(client, "/v1/events?actor=IRN")


def test_an_answer_of_a_revision_never_changes_its_notes(own_store: Path) -> None:
    client, url = client_on(own_store), "/v1/events?target_country=ISR&limit=1"
    assert not is_noted(client, url)
    event = {"id": "seed:900", "dataset": "seed", "date": "2024-05-05"}
    commit(own_store, [build({**event, "violence_type": "non-state"}, None)])
    assert is_noted(client, url)
    assert not is_noted(client, f"{url}&as_of=1")
    commit(own_store, [build({**event, "added": "2024-01-01T00:00:00Z"}, None)])
    assert not is_noted(client, url)
    assert is_noted(client, f"{url}&as_of=2")


@pytest.mark.parametrize("revision", [RICH, RICH + 1])
def test_the_datasets_are_found_in_one_index(rich_store: Path, revision: int) -> None:
    store = Store(str(rich_store))
    with store.snapshot() as snapshot:
        assert undirected(snapshot, revision) == ("gdelt", "made")
        for query in selects(snapshot, revision):
            (search, *_) = explained(snapshot, query)
            searched = "SEARCH t1 USING COVERING INDEX event_violence_type"
            assert searched in search or query.model is not Event
    store.close()
