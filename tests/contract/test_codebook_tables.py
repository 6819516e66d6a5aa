"""The codebook as a tree, and as tables."""

import csv
import io
from typing import Any

import pytest
from flask.testing import FlaskClient

from dataset.catalogue import code_tables
from support.paging import shown

pytestmark = pytest.mark.quick

COLUMNS = {"actions": code_tables.ACTIONS, "actors": code_tables.ACTORS}
QUERIES = [
    *("actions", "actions?parent=none", "actions?parent=19&dataset=gdelt", "actions?q=aid&depth=2"),
    *("actors", "actors?q=iran&as_of=2", "actors?parent=IRN", "actors?depth=1&dataset=seed"),
]


def table(client: FlaskClient, query: str) -> tuple[list[str], list[dict[str, str]]]:
    """Give the header and the lines of a table of codes."""
    path, _, asked = query.partition("?")
    answer = client.get(f"/v1/{path}.csv?{asked}")
    assert (answer.status_code, answer.content_type) == (200, "text/csv; charset=utf-8")
    reader = csv.DictReader(io.StringIO(answer.text, newline=""))
    lines = list(reader)
    assert answer.headers["Cameo-Matched"] == str(len(lines))
    return list(reader.fieldnames or ()), lines


def cell(value: Any) -> str:
    """Write a member as a cell."""
    if isinstance(value, list):
        return ";".join(cell(one) for one in value)
    if isinstance(value, dict):
        return str(value["code"])
    return "" if value is None else str(value)


def flat(code: dict[str, Any]) -> dict[str, str]:
    """Write a code as a line; the names of events have no place in it."""
    scales = code.get("goldstein", {})
    parts = {name: value for name, value in code.items() if name not in ("goldstein", "names")}
    return {name: cell(value) for name, value in parts.items()} | {
        f"goldstein_{name}": cell(value) for name, value in scales.items()
    }


@pytest.mark.parametrize("query", QUERIES)
def test_a_table_holds_what_the_list_holds(rich: FlaskClient, query: str) -> None:
    header, lines = table(rich, query)
    assert header == list(COLUMNS[query.partition("?")[0]])
    assert lines == [flat(one) for one in shown(rich, f"/v1/{query}")]
    assert lines


def test_an_empty_table_has_its_header(rich: FlaskClient) -> None:
    assert table(rich, "actions?q=nothing") == (list(code_tables.ACTIONS), [])


@pytest.mark.parametrize("path", ["actions", "actors"])
def test_the_tree_is_the_same_upwards_and_downwards(rich: FlaskClient, path: str) -> None:
    codes = {one["code"]: one for one in shown(rich, f"/v1/{path}?limit=1000")}
    for code, one in codes.items():
        below = sorted(other for other in codes if codes[other]["parent"] == code)
        assert one["children"] == below
    assert any(one["children"] for one in codes.values())


@pytest.mark.parametrize("code", ["actions/19", "actions/195", "actors/IRN", "actors/IRNGOV"])
@pytest.mark.parametrize("more", ["", "&dataset=gdelt&as_of=2"])
def test_a_parent_lists_its_children(rich: FlaskClient, code: str, more: str) -> None:
    path, _, parent = code.partition("/")
    listed = shown(rich, f"/v1/{path}?parent={parent}{more}")
    one = rich.get(f"/v1/{code}?{more[1:]}").get_json()["data"]
    assert sorted(child["code"] for child in listed) == one["children"]
    assert {child["parent"] for child in listed} <= {parent}


@pytest.mark.parametrize("path", ["actions", "actors"])
def test_codes_without_a_parent_are_those_of_depth_1(rich: FlaskClient, path: str) -> None:
    assert shown(rich, f"/v1/{path}?parent=none") == shown(rich, f"/v1/{path}?depth=1")


def test_several_parents_are_asked_for_at_once(client: FlaskClient) -> None:
    both = shown(client, "/v1/actions?parent=19,20")
    each = [shown(client, f"/v1/actions?parent={code}") for code in ("19", "20")]
    assert both == [*each[0], *each[1]]


def test_a_parent_without_children_says_so(client: FlaskClient) -> None:
    (reason,) = client.get("/v1/actors?parent=QQQ").get_json()["receipt"]["empty_because"]
    assert (reason["filter"], reason["matches_alone"]) == ("parent=QQQ", 0)


@pytest.mark.parametrize("query", ["actions?parent=99", "actors?parent=iran", "actors.csv?limit=3"])
def test_what_is_no_parent_is_refused(client: FlaskClient, query: str) -> None:
    assert client.get(f"/v1/{query}").status_code == 422
