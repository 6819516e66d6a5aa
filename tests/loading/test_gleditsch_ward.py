"""Gleditsch and Ward's numbers give the codes of countries, and UCDP's names their numbers."""

import pytest

from dataset.codebook import COUNTRY_ISO3, ISO_COUNTRIES
from dataset.codebook.gleditsch_ward import country_of_gw, gw_of_name
from dataset.codebook.tables import rows

pytestmark = pytest.mark.quick

ROWS = rows("gleditsch_ward")


@pytest.mark.parametrize(
    ("number", "cameo", "iso3"),
    [
        (2, "USA", "USA"),
        (341, "MTN", "MNE"),
        (345, "SRB", "SRB"),
        (347, "KSV", "XKX"),
        (365, "RUS", "RUS"),
        (396, None, None),
        (626, "SSD", "SSD"),
        (680, "YEM", "YEM"),
        (860, "TMP", "TLS"),
        (9999, None, None),
    ],
)
def test_a_number_gives_the_codes_of_the_country(number, cameo, iso3):
    assert country_of_gw(number) == (cameo, iso3)


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("Serbia (Yugoslavia)", 345),
        ("Russia (Soviet Union)", 365),
        ("Yemen (North Yemen)", 678),
        ("DR Congo (Zaire)", 490),
        ("Myanmar (Burma)", 775),
        ("Ivory Coast", 437),
        ("Bosnia-Herzegovina", 346),
        ("Cambodia (Kampuchea)", 811),
        ("Kingdom of eSwatini (Swaziland)", 572),
        ("Macedonia, FYR", 343),
        ("Germany", 260),
        ("Italy", 325),
        ("North Macedonia", 343),
        ("Tanzania", 510),
        ("Madagascar", 580),
        ("North Korea", 731),
        ("South Korea", 732),
        ("eSwatini (Swaziland)", 572),
        ("South Sudan", 626),
        ("South Yemen", 680),
        ("Serbia", 340),
        (" sudan ", 625),
        ("Democratic Republic of the Congo", 490),
        ("Timor-Leste", 860),
    ],
)
def test_a_name_gives_the_number(name, number):
    assert gw_of_name(name) == number


def test_an_unknown_name_gives_none():
    assert gw_of_name("Atlantis") is None


def test_numbers_are_unique_and_names_too():
    assert len({row[0] for row in ROWS}) == len(ROWS)
    names = [name for row in ROWS for name in (row[1], *filter(None, row[2].split(";")))]
    assert len(set(names)) == len(names)


def test_codes_are_those_of_the_codebook():
    for number, _, _, iso3, cameo, _, _ in ROWS:
        assert iso3 in ISO_COUNTRIES or (not iso3 and number in {"396", "397"})
        assert COUNTRY_ISO3.get(cameo, "") == iso3


def test_years_are_in_order():
    for *_, valid_from, valid_to in ROWS:
        assert not valid_to or int(valid_from) <= int(valid_to)
