"""The coded article keeps to the rules of its coding, and the article itself stays out."""

import hashlib
import re
import tomllib
from importlib import resources
from pathlib import Path
from typing import Any

import marshmallow as ma
import pytest
from flask.testing import FlaskClient

from dataset.building.rows import ROW_COLUMNS, build
from dataset.codebook import ACTIONS, decode
from dataset.loading.seed import CODEBOOK, events_of
from schemas.events import EventSchema
from support.paths import ROOT, SHARED

CODED: dict[str, Any] = tomllib.loads(
    resources.files("dataset.loading").joinpath("article.toml").read_text("utf-8")
)
PARAGRAPHS: list[dict[str, Any]] = CODED["paragraph"]
EVENTS = [
    {**event, "paragraph": paragraph["number"]}
    for paragraph in PARAGRAPHS
    for event in paragraph.get("event", ())
]
ROWS = [dict(zip(ROW_COLUMNS, build(source, CODEBOOK), strict=True)) for source in events_of(CODED)]
BY_SUMMARY = {row["evidence_summary"]: row for row in ROWS}
SIDES = ("actor", "target")
ROLES = [(event, event[side]["code"]) for event in EVENTS for side in SIDES]
ARTICLE = SHARED / "seed" / "article.txt"
TALIBAN = {"AFGINSTAL", "AFGGOVTAL", "AFGTAL"}
LONGEST_RUN = 7

needs_article = pytest.mark.skipif(
    not ARTICLE.exists(), reason="the article is not part of the project, and not beside it"
)


def id_of(value: object) -> str:
    """Name a test by the number of its event or paragraph."""
    return str(value.get("id", value.get("number"))) if isinstance(value, dict) else str(value)


each_event = pytest.mark.parametrize("event", EVENTS, ids=id_of)
each_role = pytest.mark.parametrize(("event", "code"), ROLES, ids=id_of)


def last_day(event: dict[str, Any]) -> str:
    """Give the last day of an event."""
    return str(event.get("date_end", event["date"]))


# The whole


def test_there_are_as_many_events_as_the_article_tells() -> None:
    assert 45 <= len(EVENTS) <= 55


def test_events_are_numbered_in_their_order() -> None:
    assert [event["id"] for event in EVENTS] == list(range(1, len(EVENTS) + 1))


def test_every_paragraph_is_coded() -> None:
    numbers = [paragraph["number"] for paragraph in PARAGRAPHS]
    assert numbers == list(range(1, CODED["document"]["paragraphs"] + 1))
    assert all(paragraph.get("event") or paragraph.get("left_out") for paragraph in PARAGRAPHS)


@pytest.mark.parametrize("paragraph", PARAGRAPHS, ids=id_of)
def test_what_was_left_out_has_a_reason(paragraph: dict[str, Any]) -> None:
    for one in paragraph.get("left_out", ()):
        assert one.keys() == {"statement", "reason"}
        assert one["statement"].strip().endswith(".")
        assert len(one["reason"].split()) >= 3


def test_no_sentence_tells_two_events() -> None:
    assert len({event["summary"] for event in EVENTS}) == len(ROWS) == len(EVENTS)


def test_left_out_statements_are_served_with_their_reasons(client: FlaskClient) -> None:
    served = client.get("/v1/documents/seed-article").get_json()["data"]
    left_out = [
        {"paragraph": paragraph["number"], **one}
        for paragraph in PARAGRAPHS
        for one in paragraph.get("left_out", ())
    ]
    assert served["left_out"] == left_out
    assert served["count"] == len(EVENTS)


# Actions


@each_event
def test_the_action_is_in_the_codebook_with_a_goldstein_value(event: dict[str, Any]) -> None:
    assert CODEBOOK in ACTIONS[event["action"]].goldstein
    assert BY_SUMMARY[event["summary"]]["goldstein"] == ACTIONS[event["action"]].goldstein[CODEBOOK]


def counterparts(event: dict[str, Any], action: str) -> list[dict[str, Any]]:
    """Find the same deed from the other side."""
    same = ("paragraph", "date", "date_precision", "status")
    return [
        other
        for other in EVENTS
        if other["action"] == action
        and (other["actor"], other["target"]) == (event["target"], event["actor"])
        and all(other[name] == event[name] for name in same)
        and last_day(other) == last_day(event)
        and other.get("place") == event.get("place")
        and other.get("attributed_to") == event.get("attributed_to")
    ]


@pytest.mark.parametrize(
    "event", [one for one in EVENTS if one["action"] in ("041", "042", "043", "044")], ids=id_of
)
def test_calls_meetings_and_visits_go_both_ways(event: dict[str, Any]) -> None:
    other_way = {"041": "041", "044": "044", "042": "043", "043": "042"}[event["action"]]
    assert len(counterparts(event, other_way)) == 1


def test_there_are_calls_meetings_and_visits() -> None:
    assert {"041", "042", "043", "044"} <= {event["action"] for event in EVENTS}


# Actors


@each_role
def test_actor_codes_are_known_in_all_their_parts(event: dict[str, Any], code: str) -> None:
    assert decode(code).unknown == ()


@pytest.mark.parametrize(
    ("event", "code"), [role for role in ROLES if decode(role[1]).group == "TAL"], ids=id_of
)
def test_the_taliban_are_coded_by_who_rules(event: dict[str, Any], code: str) -> None:
    ends_before = last_day(event) <= "2021-08-31"
    begins_after = str(event["date"]) > "2021-08-31"
    assert code == ("AFGINSTAL" if ends_before else "AFGGOVTAL" if begins_after else "AFGTAL")


def test_all_codes_of_the_taliban_are_used() -> None:
    assert {code for _, code in ROLES if code.startswith("AFG")} >= TALIBAN


@each_role
def test_nobody_acts_without_a_name(event: dict[str, Any], code: str) -> None:
    names = [event[side]["name"] for side in SIDES if event[side]["code"] == code]
    assert all(name.strip() == name and name for name in names)


# Dates, places, status


@each_event
def test_dates_lie_between_the_war_and_the_article(event: dict[str, Any]) -> None:
    assert "2001-10-07" <= str(event["date"]) <= last_day(event)
    assert last_day(event) <= str(CODED["document"]["date"]) == "2024-06-17"


@each_event
def test_a_date_is_a_day_or_says_why_not(event: dict[str, Any]) -> None:
    is_day = last_day(event) == str(event["date"])
    assert is_day == (event["date_precision"] == "day")
    assert is_day or event.get("note")


@each_event
def test_a_claim_says_whose_it_is_and_nothing_else_does(event: dict[str, Any]) -> None:
    assert event["status"] in ("reported", "claimed", "confirmed")
    assert (event["status"] == "claimed") == bool(event.get("attributed_to"))


@each_event
def test_notes_name_events_that_there_are(event: dict[str, Any]) -> None:
    named = re.findall(r"events? (\d+)", event.get("note", ""))
    assert all(1 <= int(number) <= len(EVENTS) for number in named)
    assert str(event["id"]) not in named


@each_event
def test_a_place_is_one_of_the_described_and_nothing_of_it_is_lost(event: dict[str, Any]) -> None:
    place = CODED["places"][event["place"]] if "place" in event else {}
    row = BY_SUMMARY[event["summary"]]
    parts = ("name", "country", "latitude", "longitude", "precision")
    assert {part: row[f"place_{part}"] for part in parts} == dict.fromkeys(parts) | place


def test_every_described_place_is_used() -> None:
    assert {event["place"] for event in EVENTS if "place" in event} == CODED["places"].keys()


# What is served


def test_every_event_is_served_as_it_is_documented(client: FlaskClient) -> None:
    served = client.get("/v1/events?limit=1000").get_json()["data"]
    problems = EventSchema(many=True, unknown=ma.RAISE).validate(served)
    assert problems == {}
    assert {event["id"] for event in served} == {f"seed:{event['id']}" for event in EVENTS}


@each_event
def test_an_event_is_served_as_it_is_coded(client: FlaskClient, event: dict[str, Any]) -> None:
    served = client.get(f"/v1/events/seed:{event['id']}").get_json()["data"]
    assert (served["date"], served["date_end"]) == (str(event["date"]), last_day(event))
    assert [served[side]["code"] for side in SIDES] == [event[side]["code"] for side in SIDES]
    assert [served[side]["name"] for side in SIDES] == [event[side]["name"] for side in SIDES]
    assert served["action"]["code"] == event["action"]
    assert served["evidence"]["paragraph"] == event["paragraph"]
    assert served["evidence"]["summary"] == event["summary"]
    assert served["evidence"]["status"] == event["status"]


# The article stays out


def words_of(text: str) -> list[str]:
    """Give the words of a text, whatever its punctuation."""
    return re.findall(r"\w+", text.casefold())


def runs_of(text: str) -> set[tuple[str, ...]]:
    """Give every run of seven words."""
    words = words_of(text)
    return {
        tuple(words[start : start + LONGEST_RUN]) for start in range(len(words) - LONGEST_RUN + 1)
    }


def files() -> list[Path]:
    """List all that the project consists of, but what is made by running it."""
    folders = ("api", "dataset", "schemas", "openapi")
    inside = [path for folder in folders for path in sorted((ROOT / folder).rglob("*"))]
    kept = [path for path in inside if path.is_file() and "__pycache__" not in path.parts]
    return [*kept, *sorted(ROOT.glob("*.md"))]


@needs_article
def test_the_document_is_the_article() -> None:
    content = ARTICLE.read_bytes()
    assert hashlib.sha256(content).hexdigest() == CODED["document"]["sha256"]
    assert len(content.decode().splitlines()) == CODED["document"]["paragraphs"]


@needs_article
@pytest.mark.parametrize("path", files(), ids=lambda path: str(path.relative_to(ROOT)))
def test_no_run_of_seven_words_of_the_article_is_in_the_project(path: Path) -> None:
    article = runs_of(ARTICLE.read_text("utf-8"))
    assert len(article) > 400
    assert runs_of(path.read_text("utf-8")) & article == set()


@needs_article
def test_no_run_of_seven_words_of_the_article_is_served(client: FlaskClient) -> None:
    article = runs_of(ARTICLE.read_text("utf-8"))
    for place in ("/v1/events?limit=1000", "/v1/documents", "/v1/datasets", "/openapi.json", "/"):
        assert runs_of(client.get(place).get_data(as_text=True)) & article == set(), place
