"""Charts say what they show and what they do not, and are pictures in any browser."""

import csv
import io
import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from dataset.building.rows import build
from dataset.charts.ticks import GAP, ticks
from dataset.declarations.periods import PERIODS
from support.aggregate_queries import groups_of
from support.paging import pages_of
from support.paths import ROOT
from support.rich_store import client_on, commit

OPENAPI = json.loads((ROOT / "openapi" / "openapi.json").read_text("utf-8"))
PROBLEM = "application/problem+json"
SVG, CSV, JSON = "image/svg+xml", "text/csv", "application/json"
NAMESPACE = "{http://www.w3.org/2000/svg}"
FORMULA = "<script>alert(1)</script> $x^2$ \x01"


def chart(client: FlaskClient, query: str) -> TestResponse:
    """Get a chart."""
    answer = client.get(f"/v1/aggregates.svg?{query}")
    assert answer.status_code == 200, answer.text
    assert answer.content_type == SVG
    return answer


def elements(answer: TestResponse, name: str) -> list[ElementTree.Element]:
    """Give the elements of a chart."""
    return list(ElementTree.fromstring(answer.data).iter(f"{NAMESPACE}{name}"))


def texts(answer: TestResponse) -> list[str]:
    """Give all that is written in a chart."""
    return ["".join(element.itertext()) for element in elements(answer, "text")]


def says(answer: TestResponse, part: str) -> bool:
    """Tell whether something is written in a chart, for those who see it and those who do not."""
    (description,) = elements(answer, "desc")
    return any(part in text for text in texts(answer)) and part in str(description.text)


def dated(number: int, day: str, **values: Any) -> Any:
    """Build an event of one day."""
    given = {"id": f"seed:{number}", "dataset": "seed", "date": day, "date_end": day}
    return build({**given, **values}, "gdelt")


def test_a_chart_says_what_was_asked(client: FlaskClient) -> None:
    answer = chart(client, "by=month,actor_country&measures=count,goldstein_mean&involves=IRN")
    written = texts(answer)
    title = "How many events; Mean of the Goldstein values, by month and actor_country"
    assert title in [written[0], *(element.text for element in elements(answer, "title"))]
    assert {"involves=IRN", "actor_country", "Iran", "2024-04"} <= set(written)
    assert any("-10 (conflict) to 10 (cooperation)" in text for text in written)
    assert any(text.startswith("cameo-events · all datasets · revision 1 ·") for text in written)
    cite = "as_of=1&by=month,actor_country&involves=IRN&measures=count,goldstein_mean"
    assert f"http://localhost/v1/cite?{cite}" in written


def test_every_series_has_its_own_line_and_its_name(rich: FlaskClient) -> None:
    answer = chart(rich, "by=month,quad_class")
    groups = groups_of(rich, "by=quad_class&labels=true")
    names = {group["quad_class_label"] for group in groups}
    assert names - {None} <= set(texts(answer))
    strokes = {
        (element.get("stroke"), element.get("stroke-dasharray"))
        for element in elements(answer, "path")
        if element.get("stroke-width") == "1.6"
    }
    assert len(strokes) >= len(names - {"None"})


def test_more_than_eight_series_are_told(rich: FlaskClient) -> None:
    groups = [group for group in groups_of(rich, "by=month,id") if group["month"]]
    answer = chart(rich, "by=month,id")
    assert says(answer, f"8 of {len(groups)} series shown, those with most events")
    assert says(answer, f"the others have {len(groups) - 8} events.")


def test_the_largest_series_are_those_with_most_events(own_store: Path) -> None:
    days = [f"2031-05-{number:02}" for number in range(1, 29)]
    rows = [
        dated(100 + at, day, place_country=f"{'FRA' if at else 'DEU'}")
        for at, day in enumerate(days)
    ]
    more = [dated(200 + at, "2031-05-05", place_admin1=f"a{at}") for at in range(9)]
    commit(own_store, [*rows, *more])
    query = "by=day,place_country,place_admin1&measures=goldstein_mean&date_from=2031-01-01"
    answer = chart(client_on(own_store), query)
    assert "France · no place_admin1" in texts(answer)
    assert says(answer, "8 of 11 series shown")


def test_events_in_no_single_period_are_told(client: FlaskClient) -> None:
    outside = sum(group["count"] for group in groups_of(client, "by=day") if group["day"] is None)
    assert says(chart(client, "by=day"), f"Not drawn: {outside} events that lie in no single day.")


def test_gaps_are_told_and_filled_if_asked(client: FlaskClient) -> None:
    assert says(chart(client, "by=month"), "Where a month is missing it has no events")
    filled = chart(client, "by=month&fill=zero&date_from=2024-01-01&date_to=2024-06-30")
    assert says(filled, "A month without events is drawn as 0 (fill=zero).")
    assert not says(filled, "is missing")


@pytest.mark.parametrize("fill", ["", "&fill=zero&date_from=2024-01-01&date_to=2024-06-30"])
@pytest.mark.parametrize("measure", ["tone_mean", "mentions_sum"])
def test_what_no_event_has_is_not_drawn(client: FlaskClient, measure: str, fill: str) -> None:
    answer = chart(client, f"by=month&measures={measure}{fill}")
    assert ("no event has a value" in texts(answer)) == (not fill or measure == "tone_mean")
    assert says(answer, f"{measure}: no value is drawn where no event has one.")


def test_a_period_without_events_is_not_one_without_values(client: FlaskClient) -> None:
    query = "by=month&measures=count,goldstein_mean&fill=zero&date_from=2024-01-01"
    assert not says(chart(client, f"{query}&date_to=2024-06-30"), "no value is drawn")


@pytest.mark.parametrize(
    ("measures", "drawn"),
    [
        ("count", "as 0"),
        ("count,goldstein_mean", "as 0, a mean as a gap"),
        ("goldstein_mean", "as a gap"),
    ],
)
def test_what_fill_draws_is_said_before_and_after(
    client: FlaskClient, measures: str, drawn: str
) -> None:
    query = f"by=month&measures={measures}"
    advice = f"; fill=zero, with date_from and date_to, draws it {drawn}."
    assert says(chart(client, query), advice)
    filled = chart(client, f"{query}&fill=zero&date_from=2024-01-01&date_to=2024-06-30")
    assert says(filled, f"A month without events is drawn {drawn} (fill=zero).")


def test_overlapping_series_are_told(rich: FlaskClient) -> None:
    answer = chart(rich, "by=month,actor_roles")
    assert says(answer, "An event counts once for each of its actor_roles")
    assert answer.headers["Cameo-Totals"] == "overlapping"


def test_what_filters_leave_out_is_told(client: FlaskClient) -> None:
    assert says(chart(client, "by=month&dyad=IRN,ISR"), "dyad leaves out events without a country")


def test_an_empty_chart_says_why(client: FlaskClient) -> None:
    answer = chart(client, "by=month&date_from=2100-01-01")
    assert "No event matches." in texts(answer)
    assert says(answer, "date_from=2100-01-01: events end on 2024-06-")


def test_a_chart_of_events_in_no_period_says_so(client: FlaskClient) -> None:
    (only,) = client.get("/v1/events?sort=date&limit=1").get_json()["data"]
    answer = chart(client, f"by=day&id={only['id']}")
    assert "No event lies in a single day." in texts(answer)


def test_values_of_the_store_are_texts_and_nothing_else(own_store: Path) -> None:
    commit(own_store, [dated(100, "2031-05-05", place_admin1=FORMULA)])
    answer = chart(client_on(own_store), "by=day,place_admin1&date_from=2031-01-01")
    assert not elements(answer, "script")
    assert FORMULA[:25] + "…" in texts(answer)
    assert FORMULA.replace("\x01", "�") in str(elements(answer, "desc")[0].text)


@pytest.mark.parametrize("words", ["<script>alert(1)</script>", "$x^2$", "]]>&amp;", "طهران 北京"])
def test_words_of_the_query_are_texts_and_nothing_else(client: FlaskClient, words: str) -> None:
    answer = client.get("/v1/aggregates.svg", query_string={"by": "month", "q": words})
    assert not elements(answer, "script")
    assert says(answer, f"q={words}")


def test_a_chart_needs_no_styles_scripts_or_other_addresses(client: FlaskClient) -> None:
    answer = chart(client, "by=month,actor_country")
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'"
    root = ElementTree.fromstring(answer.data)
    assert not {"style", "script", "image", "foreignObject"} & {
        element.tag.removeprefix(NAMESPACE) for element in root.iter()
    }
    assert not [element for element in root.iter() if element.get("style")]


@pytest.mark.parametrize("query", ["by=month", "by=day,actor_country", "by=year,quad_class"])
def test_the_same_chart_has_the_same_bytes(client: FlaskClient, query: str) -> None:
    with ThreadPoolExecutor(4) as pool:
        drawn = list(
            pool.map(lambda _: chart(client.application.test_client(), query).data, range(4))
        )
    assert len(set(drawn)) == 1


def test_a_chart_is_validated_like_other_answers(client: FlaskClient) -> None:
    answer = chart(client, "by=month&actor=IRN")
    tag = {"If-None-Match": answer.headers["ETag"]}
    head = client.head("/v1/aggregates.svg?by=month&actor=IRN")
    assert client.get("/v1/aggregates.svg?by=month&actor=IRN", headers=tag).status_code == 304
    assert (head.status_code, head.data, head.headers["ETag"]) == (200, b"", tag["If-None-Match"])
    for name in ("Query", "Revision", "Matched", "Complete", "Datasets", "Cite"):
        assert head.headers[f"Cameo-{name}"] == answer.headers[f"Cameo-{name}"]
    assert answer.headers["Cameo-Datasets"] == f"seed={answer.headers['Cameo-Matched']}"


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        (None, JSON),
        ("*/*", JSON),
        ("text/html,application/xhtml+xml,*/*;q=0.8", JSON),
        ("image/avif,image/webp,image/svg+xml,image/*,*/*;q=0.8", SVG),
        ("text/csv", CSV),
        (f"{JSON};q=0.5, {CSV}", CSV),
    ],
)
def test_the_format_is_what_the_client_accepts(
    client: FlaskClient, accept: str | None, media_type: str
) -> None:
    answer = client.get("/v1/aggregates?by=month", headers={"Accept": accept} if accept else {})
    assert (answer.status_code, answer.mimetype) == (200, media_type)
    assert answer.headers["Vary"] == "Accept, Accept-Encoding"


@pytest.mark.parametrize(("accept", "suffix"), [(CSV, "csv"), (SVG, "svg")])
def test_the_suffix_gives_the_same(client: FlaskClient, accept: str, suffix: str) -> None:
    query = "by=month,actor_country&measures=goldstein_mean"
    negotiated = client.get(f"/v1/aggregates?{query}", headers={"Accept": accept})
    assert negotiated.data == client.get(f"/v1/aggregates.{suffix}?{query}").data


def test_other_formats_are_refused(client: FlaskClient) -> None:
    answer = client.get("/v1/aggregates", headers={"Accept": "image/png"})
    assert answer.status_code == 406
    assert answer.get_json()["detail"] == f"Available formats: {JSON}, {CSV}, {SVG}."


def test_pages_of_csv_hold_every_group(rich: FlaskClient) -> None:
    url: str | None = "/v1/aggregates?by=id,root_event&limit=40"
    lines: list[list[str]] = []
    while url:
        answer = rich.get(url, headers={"Accept": CSV})
        lines += list(csv.reader(io.StringIO(answer.text, newline="")))[1:]
        url = answer.headers.get("Link", "").partition(">")[0].removeprefix("<")
    whole = rich.get("/v1/aggregates.csv?by=id,root_event").text
    assert lines == list(csv.reader(io.StringIO(whole, newline="")))[1:]
    assert len(list(pages_of(rich, "/v1/aggregates?by=id,root_event&limit=40"))) == 3


@pytest.mark.parametrize(
    ("query", "parameter", "meant"),
    [
        ("by=actor_country", "by", "month,actor_country"),
        ("by=day,week", "by", "day"),
        ("by=year,actor_country,week", "by", "year,actor_country"),
        ("", "by", None),
        ("by=day&fill=zero&date_from=1900-01-01&date_to=1990-01-01", "by", None),
    ],
)
@pytest.mark.parametrize("path", ["/v1/aggregates", "/v1/aggregates.svg"])
def test_what_cannot_be_drawn_is_said(
    client: FlaskClient, path: str, query: str, parameter: str, meant: str | None
) -> None:
    answer = client.get(f"{path}?{query}", headers={"Accept": SVG})
    assert answer.status_code == 422
    error = answer.get_json()["errors"][0]
    assert error["parameter"] == parameter
    assert meant is None or error["did_you_mean"] == meant


def test_too_many_points_say_how_many_are_drawn(client: FlaskClient) -> None:
    query = "fill=zero&date_from=1900-01-01&date_to=1990-01-01"
    detail = client.get(f"/v1/aggregates.svg?by=day&{query}").get_json()["detail"]
    assert "more than 20000 points; narrow the dates, or group by week or month" in detail
    assert chart(client, f"by=week&{query}")


WITHOUT = """
import sys
from importlib.abc import MetaPathFinder

class Missing(MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name.partition(".")[0] == "matplotlib":
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Missing())
from api import create_app
from api.settings import Settings

client = create_app(Settings(database=sys.argv[1])).test_client()
for path in sys.argv[2:]:
    answer = client.get(path, headers={"Accept": "image/svg+xml, application/json;q=0.5"})
    print(answer.status_code, answer.content_type, answer.headers["Cache-Control"], answer.text)
"""


def test_without_matplotlib_the_rest_works(seeded: Path) -> None:
    paths = ["/v1/aggregates.svg?by=month", "/v1/aggregates?by=month", "/v1/aggregates.csv"]
    command = [sys.executable, "-c", WITHOUT, str(seeded), *paths]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    first, second, third, *_ = run.stdout.splitlines()
    example = OPENAPI["components"]["responses"]["NOT_IMPLEMENTED"]["content"][PROBLEM]["example"]
    for line in (first, second):
        assert line.startswith(f"501 {PROBLEM} no-store")
        assert json.loads(line.partition("no-store")[2])["detail"] == example["detail"]
    assert third.startswith("200 text/csv")


@pytest.mark.parametrize("days", [1, 2, 9, 40, 100, 400, 1500, 9000, 100_000])
@pytest.mark.parametrize("period", PERIODS)
def test_marks_of_the_axis_are_few_and_true(period: str, days: int) -> None:
    kind, day = PERIODS[period], date(2019, 12, 29)
    first, last = (
        kind.first(kind.label(kind.number(one))).toordinal() for one in (day, day + timedelta(days))
    )
    marks = ticks(period, first, last, 88)
    assert marks
    assert sum(len(label) + GAP for _, label in marks) <= 88
    for at, label in marks:
        assert first <= at <= last
        assert label in {one.label(one.number(date.fromordinal(at))) for one in PERIODS.values()}


def test_series_are_named_by_labels(client: FlaskClient) -> None:
    query = "by=month,actor_country,quad_class"
    assert "Iran · verbal cooperation" in texts(chart(client, query))
    assert "IRN · 1" in texts(chart(client, f"{query}&labels=false"))


def test_series_of_equal_labels_have_their_codes_too(rich: FlaskClient) -> None:
    named = texts(chart(rich, "by=year,actor_country&actor_country=SUN"))
    assert {"Soviet Union (SUN)", "Soviet Union (USR)"} <= set(named)


def test_shares_are_drawn(rich: FlaskClient) -> None:
    answer = chart(rich, "by=month&dataset=gdelt&measures=share")
    assert (answer.status_code, "events for 1,000" in answer.text) == (200, True)


DEATHS = "by=month&measures=fatalities_sum"


@pytest.mark.parametrize("filters", ["", "&dataset=gdelt,made"])
def test_deaths_of_several_datasets_are_not_drawn(rich: FlaskClient, filters: str) -> None:
    answer = rich.get(f"/v1/aggregates.svg?{DEATHS}{filters}")
    assert (answer.status_code, answer.content_type) == (422, PROBLEM)
    assert "needs one dataset" in answer.get_json()["detail"]


def test_a_chart_of_deaths_names_what_it_counts(rich: FlaskClient) -> None:
    answer = chart(rich, f"{DEATHS}&dataset=made&as_of=2")
    assert any("Sum of the deaths (best estimate), by month" in text for text in texts(answer))
    assert "deaths" in " ".join(texts(answer)).partition("fatalities_sum")[2]


def test_a_chart_says_that_events_may_have_no_direction(rich: FlaskClient) -> None:
    assert says(chart(rich, "by=month,actor_country"), "events have no direction")
    assert not says(chart(rich, "by=month,dyad"), "events have no direction")
