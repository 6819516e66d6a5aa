"""ICEWS lines become events: sectors and country names become codes."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataset.building.rows import build
from dataset.building.sections import Columns
from dataset.codebook import COUNTRY_ISO3
from dataset.errors import Refused
from dataset.loaders.base import FileContext
from dataset.loaders.cells import cameo_country
from dataset.loaders.icews import LOADER
from support.sample_lines import ICEWS, ICEWS_HEADER, line

STAMP = "2019-02-18T00:00:00Z"


def parsed(**changes: str) -> Columns:
    return LOADER.parser(FileContext("daily.tab", STAMP), ICEWS_HEADER)(line(ICEWS, **changes))


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
        "action_code": "042",
        "goldstein": "1.9",
        "target_code": "IGODEV",
        "target_name": "Harbour Workers' Fund",
        "target_country": None,
        "target_group": None,
        "target_roles": ("IGO", "DEV"),
        "target_ethnic": "KUR",
        "target_religions": (),
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
    assert build(parsed(), LOADER.codebook)


def test_the_header_is_no_event() -> None:
    assert LOADER.header(ICEWS_HEADER)
    assert not LOADER.header(line(ICEWS))


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
        ("43", "Host a visit", "043"),
        ("841", "Return, release person(s)", "0841"),
        ("0841]", "Return, release person(s)", "0841]"),
        ("", "", ""),
    ],
)
def test_the_label_tells_whether_a_zero_was_lost(code: str, text: str, expected: str) -> None:
    assert parsed(code=code, text=text)["action_code"] == expected


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
        ({"code": "10", "text": "Something else"}, "action_code"),
        ({"source": "a\tb"}, None),
    ],
)
def test_what_is_no_event_is_refused(changes: dict[str, str], column: str | None) -> None:
    with pytest.raises(Refused) as refused:
        parsed(**changes)
    assert refused.value.column == column


def test_the_number_of_columns_is_told() -> None:
    with pytest.raises(Refused, match=r"it has 2 columns, not 20\."):
        LOADER.parser(FileContext("daily.tab"), ICEWS_HEADER)("a\tb")


@given(st.lists(st.text(), min_size=20, max_size=20))
def test_no_text_breaks_the_parser(cells: list[str]) -> None:
    with suppress(Refused):
        LOADER.parser(FileContext("daily.tab"), ICEWS_HEADER)("\t".join(cells))
