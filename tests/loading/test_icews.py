"""ICEWS lines become events: sectors and country names become codes."""

from contextlib import suppress
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataset.building.reports import Remark
from dataset.building.rows import RowBuilder
from dataset.building.sections import Columns
from dataset.codebook import COUNTRY_ISO3
from dataset.errors import Refused, Skipped
from dataset.loaders.actions import Codes
from dataset.loaders.cells import cameo_country
from dataset.loaders.icews import LOADER
from support.parsing import parser_of
from support.sample_lines import ICEWS, ICEWS_HEADER, line

pytestmark = pytest.mark.quick

STAMP = "2019-02-18T00:00:00Z"


def parsed(codes: Codes | None = None, **changes: str) -> Columns:
    parse = parser_of(LOADER, ICEWS_HEADER, stamp=STAMP, codes=codes or Codes())
    return cast(Columns, parse(line(ICEWS, **changes)))


def test_a_line_becomes_an_event() -> None:
    assert parsed() == {
        "id": "icews:31000001-20190212",
        "dataset": "icews",
        "date": "2019-02-12",
        "added": STAMP,
        "actor_code": "MTNGOVMIL",
        "actor_name": "Coast Guard (Freedonia)",
        "actor_country": "MTN",
        "actor_group": None,
        "actor_roles": ("MIL", "GOV"),
        "actor_ethnic": None,
        "actor_religions": ("MOS", "SUN"),
        "actor_remarks": (),
        "action_code": "042",
        "action_remarks": (),
        "goldstein": "1.9",
        "target_code": "IGODEV",
        "target_name": "Harbour Workers' Fund",
        "target_country": None,
        "target_group": None,
        "target_roles": ("IGO", "DEV"),
        "target_ethnic": "KUR",
        "target_religions": (),
        "target_remarks": (),
        "place_name": "Bar",
        "place_country": "MNE",
        "place_admin1": "Bar Municipality",
        "place_latitude": "42.1",
        "place_longitude": "19.1",
        "place_precision": "city",
        "evidence_story": "49000001",
        "evidence_sentence": "3",
        "evidence_publisher": "The Freedonia Post",
    }


def test_an_event_is_built_of_it() -> None:
    assert RowBuilder(LOADER.codebook).from_columns(parsed())


def test_a_header_again_is_no_record() -> None:
    with pytest.raises(Skipped):
        parser_of(LOADER, ICEWS_HEADER)(ICEWS_HEADER)


def test_a_file_without_a_header_is_read_by_position() -> None:
    assert parser_of(LOADER, line(ICEWS), stamp=STAMP)(line(ICEWS)) == parsed()


def test_a_bare_quote_and_a_cr_in_a_name_mean_nothing() -> None:
    assert parsed(source='Committee "on')["actor_name"] == 'Committee "on'


def test_na_of_r_is_missing() -> None:
    event = parsed(source_sectors="NA", source_country="NA", city="NA", district="NA")
    assert (event["actor_code"], event["actor_roles"]) == (None, ())
    assert (event["place_name"], event["place_precision"]) == ("Bar Municipality", "region")


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Russian Federation", "RUS"),
        ("Kosovo", "KSV"),
        ("Timor-Leste", "TMP"),
        ("Romania", "ROU"),
        ("Occupied Palestinian Territory", "PSE"),
        ("South Sudan", "SSD"),
        ("Netherlands Antilles", "ANT"),
        ("Freedonia", None),
        ("", None),
    ],
)
def test_countries_are_cameos(name: str, code: str | None) -> None:
    assert parsed(source_country=name)["actor_country"] == code


def test_every_country_of_cameo_has_one_code() -> None:
    assert all(cameo_country(iso3) in COUNTRY_ISO3 for iso3 in COUNTRY_ISO3.values())


@pytest.mark.parametrize(
    ("sectors", "country", "code"),
    [
        ("", "Iran", "IRN"),
        ("Police,Government", "Iran", "IRNGOVCOP"),
        ("Police,Municipal Divisions,Police", "Iran", "IRNCOP"),
        ("Far Left,Never heard of", "Iran", "IRN"),
        ("Human Rights IGOs,Legal", "", "NGOHRI"),
        ("Media,Global Health IGOs", "", "IGOHLHMED"),
        ("Separatists,International Terrorists,International Dissident", "", "IMGINTSEP"),
        ("Media", "", "MED"),
        ("Jewish", "", None),
        ("", "", None),
    ],
)
def test_actor_codes_are_composed(sectors: str, country: str, code: str | None) -> None:
    assert parsed(source_sectors=sectors, source_country=country)["actor_code"] == code


def test_an_actor_code_has_ten_parts_at_most() -> None:
    sectors = "Police,Judicial,Army,Parties,Rebel,Insurgents,Separatists,Labor,Media,Elite,Business"
    event = parsed(source_sectors=sectors, source_country="Iran")
    assert len(event["actor_code"]) == 30
    assert len(event["actor_roles"]) == 11


@pytest.mark.parametrize(
    ("code", "text", "expected"),
    [
        ("10", "Make statement", "010"),
        ("10", "Demand", "10"),
        ("19", "Express accord", "019"),
        ("20", "Make an appeal or request", "020"),
        ("20", "Use unconventional mass violence", "20"),
        ("2", "Appeal", "02"),
        ("43", "Host a visit", "043"),
        ("40.0", "Consult", "040"),
        ("841", "Return, release person(s)", "0841"),
    ],
)
def test_the_text_tells_whether_a_zero_was_lost(code: str, text: str, expected: str) -> None:
    event = parsed(code=code, text=text)
    became = [] if expected == code else [("mended", code.removesuffix(".0"), expected)]
    assert event["action_code"] == expected
    assert [(one.kind, one.code, one.became) for one in event["action_remarks"]] == became


@pytest.mark.parametrize(
    ("code", "text"),
    [("0841]", "Return, release person(s)"), ("43", "Praise or endorse"), ("190", "Consult")],
)
def test_a_code_that_the_text_does_not_tell_stays(code: str, text: str) -> None:
    event = parsed(code=code, text=text)
    assert (event["action_code"], event["action_remarks"]) == (code, ())


def test_all_codes_of_the_file_tell_whether_a_zero_was_lost() -> None:
    codes = Codes({"43": 2, "841": 1, "190": 7})
    assert parsed(codes, code="43", text="")["action_code"] == "043"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Consult", "040"),
        ("CONSULT", "040"),
        (" Use  conventional military force", "190"),
        ("Meet at a 'third' location", "044"),
        ("Carry out car bombing", "1832"),
        ("Express intent to de-escalate military engagement", "0356"),
        ("Protest", "14"),
    ],
)
@pytest.mark.parametrize("missing", ["", " ", "NA", "NULL"])
def test_a_missing_code_follows_from_the_text(text: str, code: str, missing: str) -> None:
    event = parsed(code=missing, text=text)
    remark = Remark("from_text", "action_code", " ".join(text.split()), code)
    assert (event["action_code"], event["action_remarks"]) == (code, (remark,))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "it is missing, and so is its text."),
        ("Do harm", "it is missing, and the event's text 'Do harm' is the label of no code."),
    ],
)
def test_a_code_is_never_guessed(text: str, reason: str) -> None:
    with pytest.raises(Refused, match=reason) as refused:
        parsed(code="", text=text)
    assert refused.value.column == "action_code"


def test_unknown_sectors_are_remarked() -> None:
    event = parsed(
        source_sectors="Police,Wizards,Far Left,Wizards", target_sectors="Police,,Far Left"
    )
    assert event["actor_remarks"] == (Remark("sector", "actor_roles", "Wizards"),)
    assert event["target_remarks"] == ()


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("1/4/2017", "2017-01-04"),
        ("01/04/2017", "2017-01-04"),
        ("12/31/2017", "2017-12-31"),
        ("20170104", "2017-01-04"),
        ("20170104.0", "2017-01-04"),
        ("2017-01-04 00:00:00", "2017-01-04"),
        ("2017-01-04T00:00:00.000Z", "2017-01-04"),
        ("1/4/2017 0:00", "2017-01-04"),
    ],
)
def test_days_are_written_in_many_ways(text: str, day: str) -> None:
    event = parsed(date=text)
    assert (event["date"], event["id"]) == (day, f"icews:31000001-{day.replace('-', '')}")


@pytest.mark.parametrize(
    ("names", "name", "precision"),
    [
        (("A", "B", "C", "Iran"), "A", "city"),
        (("", "B", "C", "Iran"), "B", "region"),
        (("", "", "C", "Iran"), "C", "region"),
        (("", "", "", "Iran"), "Iran", "country"),
        (("", "", "", ""), None, None),
    ],
)
def test_the_narrowest_name_is_the_place(
    names: tuple[str, ...], name: str | None, precision: str | None
) -> None:
    cells = dict(zip(("city", "district", "province", "country"), names, strict=True))
    event = parsed(**cells)
    assert (event["place_name"], event["place_precision"]) == (name, precision)


def test_an_id_has_no_leading_zeros() -> None:
    assert parsed(id="0000042")["id"] == "icews:42-20190212"


@pytest.mark.parametrize(
    ("changes", "column"),
    [
        ({"id": "3.1e7"}, "id"),
        ({"id": ""}, "id"),
        ({"date": "2019-2-12"}, "date"),
        ({"date": "yesterday"}, "date"),
        ({"date": "1/4/17"}, "date"),
        ({"date": "2017-01-04 12:30:00"}, "date"),
        ({"code": "10", "text": "Something else"}, "action_code"),
        ({"source": "a\tb"}, None),
    ],
)
def test_what_is_no_event_is_refused(changes: dict[str, str], column: str | None) -> None:
    with pytest.raises(Refused) as refused:
        parsed(**changes)
    assert refused.value.column == column


@pytest.mark.parametrize("day", ["2/30/2017", "31/12/2017", "20170230"])
def test_an_impossible_day_makes_no_event(day: str) -> None:
    with pytest.raises(Refused) as refused:
        RowBuilder(LOADER.codebook).from_columns(parsed(date=day))
    assert refused.value.column == "date"


@pytest.mark.parametrize(("record", "told"), [("1", "1 column"), ("1\t2", "2 columns")])
def test_the_number_of_columns_is_told(record: str, told: str) -> None:
    with pytest.raises(Refused, match=rf"it has {told}, not 20\."):
        parser_of(LOADER, ICEWS_HEADER)(record)


@given(st.lists(st.text(), min_size=20, max_size=20))
def test_no_text_breaks_the_parser(cells: list[str]) -> None:
    with suppress(Refused, Skipped):
        parser_of(LOADER, ICEWS_HEADER)("\t".join(cells))
