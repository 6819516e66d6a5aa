"""`added_min` and `added_max` limit when the source added an event, by days or instants."""

from typing import Any

import pytest
from flask.testing import FlaskClient

pytestmark = pytest.mark.quick


def count(client: FlaskClient, query: str) -> int:
    """Count the events that a query finds."""
    return int(client.get(f"/v1/events/count?{query}").json["count"])


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("added_min=2025-02-01", "added_min=2025-02-01T00:00:00Z"),
        ("added_max=2025-02-01", "added_max=2025-02-01T23:59:59Z"),
        ("added_min=2025-02-01T02:00:00%2B02:00", "added_min=2025-02-01T00:00:00Z"),
        ("added_min=2025-02-01T02:00:00+02:00", "added_min=2025-02-01T00:00:00Z"),
        ("added_min=2025-01-31T23:59:59.5Z", "added_min=2025-02-01T00:00:00Z"),
        ("added_max=2025-02-01T00:00:00.5Z", "added_max=2025-02-01T00:00:00Z"),
        ("added_max=2025-02-01T00:00Z", "added_max=2025-02-01T00:00:00Z"),
    ],
)
def test_a_time_is_a_second_in_utc(rich: FlaskClient, given: str, meant: str) -> None:
    answers = [rich.get(f"/v1/events/count?{query}").json for query in (given, meant)]
    assert answers[0] == answers[1]
    assert answers[0]["receipt"]["query"] == meant
    assert answers[0]["count"] > 0


def test_each_event_was_added_by_a_time_or_after_it_or_nobody_says(rich: FlaskClient) -> None:
    before, after = "added_max=2025-02-28T23:59:59Z", "added_min=2025-03-01"
    known = sum(
        event["added"] is not None
        for event in rich.get("/v1/events?limit=1000&fields=added").json["data"]
    )
    assert count(rich, before) + count(rich, after) == known
    notes = rich.get(f"/v1/events?{after}").json["receipt"]["notes"]
    assert "a limit on added leaves out events without it" in notes


@pytest.mark.parametrize(
    ("query", "name", "detail", "meant"),
    [
        ("added_min=20250201", "added_min", "must be a day such as", "2025-02-01"),
        ("added_min=2025-02-01T10:00:00", "added_min", "must be a day", "2025-02-01T10:00:00Z"),
        ("added_min=2025-02-30", "added_min", "is no time: day", None),
        ("added_max=yesterday", "added_max", "must be a day such as", None),
        (
            "added_min=2025-03-01&added_max=2025-02-01",
            "added_max",
            "must not be less than added_min, 2025-03-01T00:00:00Z.",
            None,
        ),
    ],
)
def test_what_is_no_time_is_refused(
    rich: FlaskClient, query: str, name: str, detail: str, meant: Any
) -> None:
    answer = rich.get(f"/v1/events?{query}")
    (error,) = answer.json["errors"]
    assert (answer.status_code, error["parameter"], error["did_you_mean"]) == (422, name, meant)
    assert error["detail"].startswith(detail)


@pytest.mark.parametrize("path", ["events.csv", "events.ndjson", "aggregates.csv", "changes"])
def test_it_is_a_filter_everywhere(rich: FlaskClient, path: str) -> None:
    query = "added_min=2025-02-01&added_max=2025-02-28"
    assert rich.get(f"/v1/{path}?{query}").status_code == 200
