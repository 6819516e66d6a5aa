"""Lines that PETRARCH writes become events, with ids made of their values."""

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataset.building.rows import RowBuilder
from dataset.errors import Refused
from dataset.loaders import keds
from dataset.loaders.petrarch import LOADER
from support.parsing import parser_of
from support.sample_lines import PETRARCH

pytestmark = pytest.mark.quick

EVENT = ("20150801", "USAGOV", "IRN", "042")
ISSUES, SENTENCES = "NAMED_TERROR_GROUP,1", "55bc00000000000000000001_3"


def parsed(*cells: str) -> dict[str, Any]:
    row = "\t".join(cells)
    return dict(parser_of(LOADER, PETRARCH)(row))


def said(event: dict[str, Any]) -> list[Any]:
    return [event[f"evidence_{name}"] for name in ("story", "sentence", "url", "publisher", "note")]


def test_a_line_becomes_an_event() -> None:
    assert parsed(*PETRARCH.split("\t")) == {
        "id": "petrarch:20150801-USAGOV-IRN-042-1",
        "dataset": "petrarch",
        "date": "2015-08-01",
        "added": None,
        "actor_code": "USAGOV",
        "action_code": "042",
        "action_remarks": (),
        "target_code": "IRN",
        "evidence_story": "55bc00000000000000000001",
        "evidence_sentence": 3,
        "evidence_publisher": "example_world",
        "evidence_url": "http://news.example/a",
        "evidence_note": "one of 2 sentences",
    }


@pytest.mark.parametrize(
    ("further", "url", "publisher"),
    [
        (["AFP"], None, "AFP"),
        (["NULL"], None, ""),
        (["http://news.example/a", "AFP"], "http://news.example/a", "AFP"),
        (["AFP", "MET"], None, "AFP"),
        (["AFP", "THE MINISTER", "IRAN"], None, "AFP"),
        (["http://news.example/a", "AFP", "---", "---", "MET"], "http://news.example/a", "AFP"),
        (["AFP", "A", "B", "MET", "C", "D"], None, "AFP"),
    ],
)
@pytest.mark.parametrize("issues", ["", ISSUES])
def test_the_address_comes_before_the_publisher(
    further: list[str], url: str | None, publisher: str, issues: str
) -> None:
    event = parsed(*EVENT, issues, SENTENCES, *further)
    assert said(event)[2:4] == [url, publisher]


@pytest.mark.parametrize(
    ("sentences", "story", "sentence", "note"),
    [
        ("AFP_ENG_20050101.0001_12", "AFP_ENG_20050101.0001", 12, None),
        ("a_0;b_1;c_2", "a", 0, "one of 3 sentences"),
        ("DEMO", "DEMO", None, None),
        ("", None, None, None),
    ],
)
def test_the_first_sentence_is_its_evidence(
    sentences: str, story: str | None, sentence: int | None, note: str | None
) -> None:
    found = said(parsed(*EVENT, "", sentences, "AFP"))
    assert found == [story, sentence, None, "AFP", note]


@pytest.mark.parametrize(("written", "code"), [("---GOV", "GOV"), ("---", ""), ("USA---", "USA")])
def test_dashes_stand_for_parts_that_are_not_known(written: str, code: str) -> None:
    event = parsed("20150801", written, "IRN", "042", "", SENTENCES, "AFP")
    assert (event["actor_code"], event["id"]) == (code, f"petrarch:20150801-{code}-IRN-042-1")
    assert RowBuilder(LOADER.codebook).from_columns(event)


def test_ids_are_made_as_those_of_keds() -> None:
    row = "\t".join(EVENT)
    native = parser_of(keds.LOADER, row)(row)["id"].removeprefix("keds:")
    assert parsed(*EVENT, "", SENTENCES, "AFP")["id"] == f"petrarch:{native}"


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        (("20150801", "USAGOV", "IRN", "---", "", SENTENCES, "AFP"), "action_code"),
        (("20150801", "USAGO", "IRN", "042", "", SENTENCES, "AFP"), "actor_code"),
        (("201508", "USAGOV", "IRN", "042", "", SENTENCES, "AFP"), "date"),
        ((*EVENT, "", SENTENCES), None),
    ],
)
def test_what_is_no_event_is_refused(cells: tuple[str, ...], column: str | None) -> None:
    with pytest.raises(Refused) as refused:
        parsed(*cells)
    assert refused.value.column == column


@given(st.lists(st.text(), min_size=7, max_size=13))
def test_no_text_breaks_the_parser(cells: list[str]) -> None:
    with suppress(Refused):
        parsed(*cells)
