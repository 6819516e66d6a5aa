"""The table of ICEWS sectors covers them all, with codes that the codebook has."""

import json

import pytest

from dataset.codebook import ETHNIC, GROUPS, RELIGIONS, ROLES
from dataset.codebook.sectors import SECTORS
from dataset.codebook.tables import rows
from support.paths import SHARED

SECTOR_COLUMNS = ("role", "ethnic", "religion", "group")
TABLES = dict(zip(SECTOR_COLUMNS, (ROLES, ETHNIC, RELIGIONS, GROUPS), strict=True))
DICTIONARY = SHARED / "data" / "codes" / "icews.sectors.json"


def test_every_code_is_in_the_codebook() -> None:
    assert [row for row in rows("icews_sectors") if row[2] and row[2] not in TABLES[row[1]]] == []


def test_every_column_is_known_and_no_row_comes_twice() -> None:
    table = [tuple(row) for row in rows("icews_sectors")]
    assert {column for _, column, _ in table} <= set(SECTOR_COLUMNS)
    assert len(table) == len(set(table))


def test_sectors_are_sorted_without_stray_blanks() -> None:
    names = [sector for sector, _, _ in rows("icews_sectors")]
    assert names == sorted(names)
    assert all(name == " ".join(name.split()) for name in names)


def test_a_sector_without_a_code_has_no_other_row() -> None:
    names = [sector for sector, _, _ in rows("icews_sectors")]
    empty = [sector for sector, _, code in rows("icews_sectors") if not code]
    assert [sector for sector in empty if names.count(sector) > 1] == []


@pytest.mark.skipif(not DICTIONARY.exists(), reason="the ICEWS dictionary is not here")
def test_every_sector_of_the_dictionary_is_covered() -> None:
    known = json.loads(DICTIONARY.read_text())
    assert known.keys() - SECTORS.keys() == set()
    assert SECTORS.keys() - known.keys() == {"State Owned Enterprises"}


@pytest.mark.parametrize(
    ("sector", "codes"),
    [
        ("Police", "COP"),
        ("Navy Mechanized (Ships, Tanks, Planes)", "MIL"),
        ("Judicial", "JUD"),
        ("Legislative / Parliamentary", "LEG"),
        ("Parties", "PTY"),
        ("Government Major Party (In Government)", "GOV PTY"),
        ("Opposition Minor Party (Out Of Government)", "OPP PTY"),
        ("Rebel", "REB"),
        ("Insurgents", "INS"),
        ("Separatists", "SEP"),
        ("Medical / Health", "HLH"),
        ("Human Rights IGOs", "NGO HRI"),
        ("Global Human Rights IGOs", "IGO HRI"),
        ("Agricultural MNCs", "MNC AGR"),
        ("International Insurgents", "IMG INS"),
        ("Catholic", "CHR CTH"),
        ("Kurd (Ethnic Group)", "KUR"),
        ("Far Left", ""),
        ("Unspecified", ""),
    ],
)
def test_sectors_mean_what_they_say(sector: str, codes: str) -> None:
    assert " ".join(code for _, code in SECTORS[sector]) == codes
