"""`/v1/fields` tells of every column what really can be done with it."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from dataset.declarations.columns import COLUMNS
from dataset.declarations.filters import FILTERS
from support.document import OPERATIONS

NAMES = {one["name"] for one in OPERATIONS["/v1/events"]["parameters"]}
TYPES: dict[str, type | tuple[type, ...]] = {
    "boolean": bool,
    "integer": int,
    "number": (int, float),
    "string": str,
    "date": str,
    "datetime": str,
}


@pytest.fixture(scope="module")
def described(rich: FlaskClient) -> dict[str, dict[str, Any]]:
    data = rich.get("/v1/fields?limit=1000").get_json()["data"]
    return {one["name"]: one for one in data}


def written(operator: str, example: str) -> str:
    """Write what an operator asks for."""
    return {"not": f"!{example}", "missing": "none"}.get(operator, example)


def suffix(operator: str) -> str:
    """Give how the names of an operator's filters end."""
    return f"_{operator}" if operator in ("min", "max", "from", "to") else ""


def test_every_column_is_described_in_order(described: dict[str, Any]) -> None:
    assert list(described) == list(COLUMNS)


@pytest.mark.parametrize("name", COLUMNS)
def test_every_operator_can_be_used(rich: FlaskClient, described: Any, name: str) -> None:
    field = described[name]
    assert field["filterable"] == bool(field["filters"]) == bool(field["operators"])
    for operator in field["operators"]:
        used = [one for one in field["filters"] if one.endswith(suffix(operator))]
        assert used
        for one in used:
            value = written(operator, FILTERS[one].example)
            wanted = FILTERS[one].example if FILTERS[one].shape != "choice" else value
            answer = rich.get("/v1/events", query_string={one: wanted, "limit": 1})
            assert answer.status_code == 200, answer.text


@pytest.mark.parametrize("name", COLUMNS)
def test_what_is_said_of_a_column_is_what_the_service_does(
    rich: FlaskClient, described: Any, name: str
) -> None:
    field = described[name]
    sorted_by = rich.get(f"/v1/events?sort={name}&limit=1").status_code
    grouped_by = rich.get(f"/v1/aggregates?by={name}&limit=1").status_code
    chosen = rich.get(f"/v1/events?fields={name}&limit=1").status_code
    assert field["sortable"] == (sorted_by == 200)
    assert field["groupable"] == (grouped_by == 200)
    assert chosen == 200
    assert set(field["filters"]) <= NAMES


def values_at(events: list[Any], path: str) -> list[Any]:
    """Give the values at a path in events."""
    for part in path.split("."):
        events = [event[part] for event in events if event is not None]
    return events


@pytest.mark.parametrize("name", COLUMNS)
def test_values_have_the_type_that_is_told(rich: FlaskClient, described: Any, name: str) -> None:
    field = described[name]
    events = rich.get("/v1/events?limit=1000").get_json()["data"]
    values = [*values_at(events, field["path"]), field["example"]]
    found = [one for value in values for one in (value if field["list"] else [value]) or []]
    known = [one for one in found if one is not None]
    assert known or name in ("action_mode", "evidence_story", "evidence_publisher")
    assert all(isinstance(one, TYPES[field["type"]]) for one in known)
    assert field["nullable"] or len(known) == len(found)


def test_every_filter_acts_on_columns_that_say_so(described: dict[str, Any]) -> None:
    told = {one for field in described.values() for one in field["filters"]}
    assert told == FILTERS.keys()
