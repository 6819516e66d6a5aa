"""Labels stand beside codes in groups, and in the place of codes in charts."""

import csv
import io
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from dataset.codebook.labels import LABELS
from dataset.declarations.aggregates import KEYS
from support.aggregate_queries import groups_of
from support.rich_store import client_on

pytestmark = pytest.mark.quick

PLAIN = ("day", "month", "dataset", "id", "place_admin1", "evidence_status", "place_priogrid_gid")
"""Keys whose values are no codes."""
EXAMPLES = {
    "dyad": ("IRN,ISR", "Iran \N{EN DASH} Israel"),
    "actor_code": ("IRNGOV", "Iran, Government"),
    "actor_country": ("IRN", "Iran"),
    "actor_roles": ("GOV", "Government"),
    "target_religions": ("SUN", "Sunni"),
    "action_root": ("19", "Fight"),
    "place_country": ("FJI", "Fiji"),
    "quad_class": (2, "material cooperation"),
}


def test_every_key_of_codes_has_labels() -> None:
    assert LABELS.keys() <= set(KEYS)
    assert not LABELS.keys() & set(PLAIN)
    assert {name for name in KEYS if name.endswith(("_code", "_country"))} <= LABELS.keys()


@pytest.mark.parametrize("key", LABELS)
def test_each_label_stands_after_its_key(rich: FlaskClient, key: str) -> None:
    groups = groups_of(rich, f"by=month,{key},dataset&labels=true")
    assert {tuple(one) for one in groups} == {("month", key, f"{key}_label", "dataset", "count")}
    for one in groups:
        assert one[f"{key}_label"] == LABELS[key](one[key])
    plain = groups_of(rich, f"by=month,{key},dataset")
    assert [{name: one[name] for name in plain[0]} for one in groups] == plain


@pytest.mark.parametrize("key", EXAMPLES)
def test_labels_are_the_codebooks(rich: FlaskClient, key: str) -> None:
    code, label = EXAMPLES[key]
    found = {one[key]: one[f"{key}_label"] for one in groups_of(rich, f"by={key}&labels=true")}
    assert found[code] == label
    assert found.get(None) is None


@pytest.mark.parametrize(("key", "path"), [("actor_code", "actors"), ("action_code", "actions")])
def test_labels_are_those_of_the_lists_of_codes(rich: FlaskClient, key: str, path: str) -> None:
    for group in groups_of(rich, f"by={key}&labels=true"):
        if group[key]:
            code = rich.get(f"/v1/{path}/{group[key]}").get_json().get("data", {})
            assert group[f"{key}_label"] == code.get("label")


def test_several_keys_have_labels_each(rich: FlaskClient) -> None:
    query = "by=actor_roles,action_root,quad_class&measures=count,goldstein_mean&sort=-count"
    groups = groups_of(rich, f"{query}&labels=true&limit=7")
    lines = list(
        csv.DictReader(io.StringIO(rich.get(f"/v1/aggregates.csv?{query}&labels=true").text))
    )
    assert [list(one) for one in lines] == [list(one) for one in groups]
    shown = [
        {name: "" if cell is None else str(cell) for name, cell in one.items()} for one in groups
    ]
    assert lines == shown


@pytest.mark.parametrize("path", ["aggregates", "aggregates.csv"])
def test_without_labels_there_are_none(rich: FlaskClient, path: str) -> None:
    asked = f"/v1/{path}?by=actor_country"
    assert "_label" not in rich.get(asked).text
    assert rich.get(f"{asked}&labels=false").text.count("_label") == 0
    assert "actor_country_label" in rich.get(f"{asked}&labels=true").text


def test_labels_group_nothing_anew(rich_store: Path, tmp_path: Path) -> None:
    client = client_on(rich_store, cache=str(tmp_path))
    for labels in ("", "&labels=true", "&labels=false"):
        client.get(f"/v1/aggregates?by=actor_country{labels}")
    assert len(list(tmp_path.glob("results/*.sqlite"))) == 1


def test_an_answer_with_labels_is_another_one(client: FlaskClient) -> None:
    plain, labelled = (
        client.get(f"/v1/aggregates?by=actor_country{labels}") for labels in ("", "&labels=true")
    )
    assert plain.headers["ETag"] != labelled.headers["ETag"]


def test_other_words_are_refused(client: FlaskClient) -> None:
    answer = client.get("/v1/aggregates?by=actor_country&labels=yes")
    assert (answer.status_code, answer.get_json()["errors"][0]["did_you_mean"]) == (422, "true")
