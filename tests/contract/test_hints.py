"""What is refused gets a hint that can be followed."""

import pytest
from flask.testing import FlaskClient

pytestmark = pytest.mark.quick


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("20151027", "2015-10-27"),
        ("2015/10/27", "2015-10-27"),
        ("2015-1-7", "2015-01-07"),
        ("2015-10-27T12:00:00Z", "2015-10-27"),
        ("2015-10-27 12:00", "2015-10-27"),
        ("20151327", None),
        ("2015", None),
        ("201510", None),
        ("27.10.2015", None),
        ("2015-02-30", None),
    ],
)
@pytest.mark.parametrize("name", ["date_from", "date_to"])
def test_a_day_in_another_form_is_meant(
    client: FlaskClient, name: str, text: str, meant: str | None
) -> None:
    answer = client.get("/v1/events", query_string={name: text})
    assert answer.status_code == 422
    assert answer.json["errors"][0]["did_you_mean"] == meant


@pytest.mark.parametrize(
    ("count", "status", "hint"),
    [
        (201, 422, "Ask for a long list in parts: 100 values a time."),
        (550, 422, "Ask for a long list in parts: 100 values a time."),
        (1_000, 414, "Ask for a long list in parts: 100 ids a time."),
    ],
)
def test_too_many_ids_are_asked_for_in_parts(
    client: FlaskClient, count: int, status: int, hint: str
) -> None:
    ids = ",".join(f"seed:{number}" for number in range(1000, 1000 + count))
    answer = client.get(f"/v1/events?id={ids}")
    assert answer.status_code == status
    assert hint in answer.json["detail"]


def test_names_that_can_be_chosen_are_listed_in_a_sentence(client: FlaskClient) -> None:
    details = [
        client.get(f"/v1/aggregates?{query}").json["errors"][0]["detail"]
        for query in ("by=nothing", "measures=nothing")
    ]
    assert details[0].startswith("must hold some of day, week, month,")
    assert details[1].startswith("must hold some of count, goldstein_mean,")
