"""KEDS lines become events, with ids made of their values."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataset.building.rows import build
from dataset.errors import Refused
from dataset.loaders.base import FileContext, Parse
from dataset.loaders.keds import LOADER
from support.sample_lines import KEDS

HEADER = "date,source,target,code"


def parser() -> Parse:
    return LOADER.parser(FileContext("turkey.csv"), HEADER)


def test_a_line_becomes_an_event() -> None:
    assert parser()(KEDS) == {
        "id": "keds:19920103-IRQ-IGOUNO-036-1",
        "dataset": "keds",
        "date": "1992-01-03",
        "added": None,
        "actor_code": "IRQ",
        "action_code": "036",
        "goldstein": None,
        "target_code": "IGOUNO",
    }


def test_an_event_is_built_and_decoded() -> None:
    assert {"IGO", "UNO"} <= set(build(parser()(KEDS), LOADER.codebook))


def test_equal_rows_are_told_apart_wherever_they_stand() -> None:
    parse = parser()
    ids = [parse(row)["id"] for row in (KEDS, "1992-01-04,IRQ,IRN,190", KEDS, KEDS)]
    assert [public_id[-1] for public_id in ids] == ["1", "1", "2", "3"]


def test_a_file_gives_the_same_ids_again() -> None:
    first, again = parser(), parser()
    assert first(KEDS)["id"] == again(KEDS)["id"]


@pytest.mark.parametrize(
    "row",
    [
        "19920103,IRQ,IGOUNO,036",
        "1992-01-03\tIRQ\tIGOUNO\t036",
        '"1992-01-03","IRQ","IGOUNO","036"',
        "1992-01-03, irq ,IGOUNO,36",
        "1992-01-03,---IRQ,IGOUNO---,036",
    ],
)
def test_the_same_event_is_written_in_several_ways(row: str) -> None:
    assert parser()(row) == parser()(KEDS)


@pytest.mark.parametrize("missing", ["", "---", " "])
def test_a_missing_actor_is_an_empty_part_of_the_id(missing: str) -> None:
    event = parser()(f"1992-01-03,{missing},IRN,190")
    assert event["id"] == "keds:19920103--IRN-190-1"
    assert build(event, LOADER.codebook)


@pytest.mark.parametrize(
    "header", [HEADER, HEADER.upper(), HEADER.replace(",", "\t"), f"\ufeff{HEADER}"]
)
def test_the_header_is_no_event(header: str) -> None:
    assert LOADER.header(header)
    assert not LOADER.header(KEDS)


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("1992-01-03,IRQ,IGOUNO,0841]", "action_code"),
        ("1992-01-03,IRQ,IGOUNO,", "action_code"),
        ("1992-01-03,IRQ,IGOUNO,10", "action_code"),
        ("1992-01-03,USGOV,IGOUNO,036", "actor_code"),
        ("1992-01-03,IRQ,I/GOUNO,036", "target_code"),
        ("3 Jan 1992,IRQ,IGOUNO,036", "date"),
        ("1992-01-03,IRQ,IGOUNO", None),
    ],
)
def test_what_is_no_event_is_refused(row: str, column: str | None) -> None:
    with pytest.raises(Refused) as refused:
        parser()(row)
    assert refused.value.column == column


@given(st.lists(st.text(), min_size=4, max_size=4))
def test_no_text_breaks_the_parser(cells: list[str]) -> None:
    with suppress(Refused):
        parser()(",".join(cells))
