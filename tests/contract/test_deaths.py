"""Deaths are added up within one dataset alone: several count the same dead twice."""

import pytest
from flask.testing import FlaskClient

from dataset.declarations.aggregates import MEASURES

pytestmark = pytest.mark.quick

DEATHS = [name for name, measure in MEASURES.items() if measure.of_one_dataset]
PATHS = ("/v1/aggregates", "/v1/aggregates.csv", "/v1/cite")
SEVERAL = ["", "dataset=gdelt,made", "dataset=!seed", "dataset=none", "dataset=gdelt,none"]
ONE = ["dataset=gdelt", "dataset=gdelt,gdelt", "dataset=made&as_of=2"]


def test_the_three_estimates_are_added_up() -> None:
    assert DEATHS == ["fatalities_sum", "fatalities_low_sum", "fatalities_high_sum"]


@pytest.mark.parametrize("measure", DEATHS)
@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("filters", SEVERAL)
def test_deaths_of_several_datasets_are_not_added_up(
    rich: FlaskClient, path: str, filters: str, measure: str
) -> None:
    answer = rich.get(f"{path}?by=month&measures=count,{measure}&{filters}")
    assert answer.status_code == 422
    (error,) = answer.get_json()["errors"]
    assert (error["parameter"], error["value"]) == ("measures", measure)
    assert "one dataset" in error["detail"]
    assert "the same dead twice" in error["detail"]
    assert "dataset= with one name" in error["detail"]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("query", [*(f"by=month&{one}" for one in ONE), "by=month,dataset"])
def test_deaths_of_each_dataset_are(rich: FlaskClient, path: str, query: str) -> None:
    answer = rich.get(f"{path}?{query}&measures={','.join(DEATHS)}")
    assert answer.status_code == 200


def test_where_nobody_counted_the_dead_their_sum_is_null(rich: FlaskClient) -> None:
    query = "by=dataset,violence_type&measures=count,fatalities_low_sum"
    groups = rich.get(f"/v1/aggregates?{query}&as_of=2").get_json()["data"]
    sums = {tuple(one.values())[:2]: one["fatalities_low_sum"] for one in groups}
    assert sums["seed", None] is None
    assert [total for (_, kind), total in sums.items() if kind == "non-state"] == [0]
    assert sorted(total for total in sums.values() if total) == [3, 9, 12]


def test_more_deaths_are_added_up_than_one_event_can_have(rich: FlaskClient) -> None:
    query = "dataset=gdelt,made&by=dataset&measures=fatalities_sum"
    groups = rich.get(f"/v1/aggregates?{query}").get_json()["data"]
    events = rich.get("/v1/events?limit=1000&fatalities_min=0&fields=dataset,fatalities").get_json()
    for group in groups:
        deaths = [one["fatalities"] for one in events["data"] if one["dataset"] == group["dataset"]]
        assert group["fatalities_sum"] == sum(deaths)
    assert max(group["fatalities_sum"] for group in groups) > 2**31
