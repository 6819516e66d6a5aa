"""POLECAT lines become events in PLOVER, whatever their header says."""

from contextlib import suppress
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataset.building.rows import RowBuilder, build
from dataset.building.sections import Columns
from dataset.errors import Refused, Skipped
from dataset.loaders.base import FileContext
from dataset.loaders.polecat import LOADER, STANDARD
from support.parsing import parser_of, reader_of
from support.sample_lines import POLECAT, line

pytestmark = pytest.mark.quick

HEADER = "\t".join(STANDARD)
STAMP = "2023-06-10T00:00:00Z"


def parsed(header: str = HEADER, end: str = "", **changes: str) -> Columns:
    named = {name.replace("_", " "): value for name, value in changes.items()}
    record = line(POLECAT, **named) + end
    return cast(Columns, parser_of(LOADER, header, record, stamp=STAMP)(record))


def test_a_line_becomes_an_event() -> None:
    assert parsed() == {
        "id": "polecat:20230601-0001-00000000abcd_2",
        "dataset": "polecat",
        "date": "2023-06-01",
        "added": STAMP,
        "actor_code": "MTNLAB",
        "actor_name": "Harbour Union",
        "actor_country": "MTN",
        "actor_roles": ("LAB", "MED"),
        "action_plover": "PROTEST",
        "action_mode": "demo",
        "action_contexts": ("election", "pro_democracy"),
        "quad_class": 4,
        "goldstein": "-5.5",
        "target_code": "SRBGOV",
        "target_name": "the ministry of health",
        "target_country": "SRB",
        "target_roles": ("GOV", "HLH"),
        "place_name": "Bar",
        "place_country": "MNE",
        "place_admin1": "Bar Municipality",
        "place_latitude": "42.1",
        "place_longitude": "19.1",
        "place_precision": "city",
        "evidence_story": "20230601-0001-00000000abcd",
        "evidence_publisher": "freedonia-post",
        "evidence_note": "more countries of actors: ALB",
    }


def test_an_event_is_built_of_it() -> None:
    assert build(parsed(), LOADER.codebook)


@pytest.mark.parametrize(
    ("header", "end"),
    [
        (HEADER.replace("Intensity", "Event Intensity"), ""),
        (f"{HEADER}\tHeadline\tFeed", ""),
        (f"{HEADER}\tHeadline", "\tA headline"),
        (f"{HEADER}\tHeadline", "\t\t"),
        (f"{HEADER}\t\t", "\t\t"),
        (f"{HEADER}\t\t", "\t"),
        (f"{HEADER}\t\t", ""),
        (HEADER, "\t\t\t"),
        (line(POLECAT), ""),
    ],
)
def test_headers_and_lines_may_differ(header: str, end: str) -> None:
    assert parsed(header, end) == parsed()


def test_columns_are_found_by_name() -> None:
    header = "\t".join(reversed(STANDARD))
    record = "\t".join(reversed(POLECAT.values()))
    assert parser_of(LOADER, header, record, stamp=STAMP)(record) == parsed()


@pytest.mark.parametrize(
    ("text", "country", "code"),
    [
        ("USA", "USA", "USALAB"),
        ("Timor-Leste", "TMP", "TMPLAB"),
        ("IGO", None, "IGOLAB"),
        ("RUS|USA", "RUS", "RUSLAB"),
        ("None", None, "LAB"),
        ("Freedonia", None, "LAB"),
    ],
)
def test_the_first_country_counts(text: str, country: str | None, code: str) -> None:
    event = parsed(Actor_Country=text)
    assert (event["actor_country"], event["actor_code"]) == (country, code)


def test_sectors_of_plover_become_roles_of_cameo() -> None:
    event = parsed(Primary_Actor_Sector="MED", Actor_Sectors="JRN; UNK; PRM; GOV|MIL; ?")
    assert event["actor_roles"] == ("HLH", "MED", "PRM", "GOV", "MIL")
    assert event["actor_code"] == "MTNHLH"


@pytest.mark.parametrize(
    ("text", "expected"),
    [("1", 1), ("2.0", 2), ("V-CONF", 3), ("Material Conflict", 4), ("0", None)],
)
def test_quad_codes_are_numbers_or_texts(text: str, expected: int | None) -> None:
    assert parsed(Quad_Code=text)["quad_class"] == expected


@pytest.mark.parametrize(
    ("feature", "city", "precision"),
    [
        ("PPLC", "None", "city"),
        ("ADM2", "None", "region"),
        ("PCLI", "None", "country"),
        ("AIRP", "Bar", None),
        ("None", "Bar", "city"),
        ("None", "None", "region"),
    ],
)
def test_the_feature_tells_the_precision(feature: str, city: str, precision: str | None) -> None:
    assert parsed(Feature_Type=feature, City=city)["place_precision"] == precision


def test_a_place_without_a_name_takes_the_narrowest() -> None:
    assert parsed(Placename="None")["place_name"] == "Bar Municipality"


@pytest.mark.parametrize(
    ("changes", "column"),
    [
        ({"Event_Date": "1 June 2023"}, "date"),
        ({"Event_Type": "None"}, "action_plover"),
    ],
)
def test_what_is_no_event_is_refused(changes: dict[str, str], column: str | None) -> None:
    with pytest.raises(Refused) as refused:
        parsed(**changes)
    assert refused.value.column == column


def test_a_record_with_a_tab_too_many_is_refused() -> None:
    record = line(POLECAT, Placename="a\tb")
    with pytest.raises(Refused, match="it has 41 columns, not 40"):
        parser_of(LOADER, HEADER, line(POLECAT), line(POLECAT), record)(record)


@pytest.mark.parametrize("separator", [";", "|", "; ", " | "])
def test_cells_list_values_in_two_ways(separator: str) -> None:
    event = parsed(
        Actor_Sectors=separator.join(("LAB", "JRN")),
        Contexts=separator.join(("election", "pro_democracy")),
        Actor_Country=separator.join(("MNE", "ALB")),
    )
    assert event == parsed()


def test_quotes_within_cells_stay() -> None:
    event = parsed(Actor_Name='"Harbour" Union', Placename='"Bar')
    assert (event["actor_name"], event["place_name"]) == ('"Harbour" Union', '"Bar')


@pytest.mark.parametrize("missing", ["", "None", "NA", "NULL"])
def test_missing_values_are_written_in_many_ways(missing: str) -> None:
    cells = {name: missing if cell == "None" else cell for name, cell in POLECAT.items()}
    assert parser_of(LOADER, HEADER, stamp=STAMP)("\t".join(cells.values())) == parsed()


def test_a_header_may_have_a_part_of_the_columns() -> None:
    reader = reader_of(LOADER, "Event ID\tEvent Date\tEvent Type")
    event = LOADER.parser(FileContext("ngecEvents.txt", reader))("5_1\t2023-06-01\tAID")
    assert not reader.is_whole
    assert (event["id"], event["action_plover"]) == ("polecat:5_1", "AID")
    assert RowBuilder(LOADER.codebook).from_columns(event)


def test_a_line_without_an_id_makes_no_event() -> None:
    with pytest.raises(Refused, match="it is missing") as refused:
        parsed(Event_ID="None")
    assert refused.value.column == "id"


@given(st.lists(st.text(), min_size=39, max_size=42))
def test_no_text_breaks_the_parser(cells: list[str]) -> None:
    with suppress(Refused, Skipped):
        parser_of(LOADER, HEADER)("\t".join(cells))
