"""Former and new states become countries when they are loaded, by KEDS, Phoenix and ICEWS."""

from pathlib import Path

import pytest

from dataset.loaders import icews, phoenix
from support.parsing import parser_of
from support.sample_lines import ICEWS, ICEWS_HEADER, PHOENIX, line
from support.stores import loaded, rows_of

pytestmark = pytest.mark.quick

KEDS_LINES = """date,source,target,code
1981-02-03,YUG,USR,040
1981-02-04,USRGOV,SUN,036
1981-02-05,SCG,CZA,042
2013-02-06,SSDGOV,SDNMOSSUN,036
"""


def test_keds_gives_former_and_new_states_as_countries(own_store: Path, tmp_path: Path) -> None:
    file = tmp_path / "levant.csv"
    file.write_text(KEDS_LINES)
    loaded(own_store, "keds", file)
    columns = ["dataset", "actor_country", "target_country", "dyad", "target_religions"]
    found = [row[1:] for row in rows_of(own_store, columns) if row[0] == "keds"]
    assert sorted(found) == [
        ("SCG", "CZA", "CZA,SCG", ""),
        ("SSD", "SDN", "SDN,SSD", "MOS;SUN"),
        ("USR", "SUN", "SUN,USR", ""),
        ("YUG", "USR", "USR,YUG", ""),
    ]


@pytest.mark.parametrize(
    ("cells", "country", "religions", "ethnic"),
    [
        (("SSDGOV", "SSD", "GOV", ""), "SSD", (), None),
        (("SUNGOV", "SUN", "GOV", ""), "SUN", (), None),
        (("IRQSUN", "IRQ", "", "SUN"), "IRQ", ("SUN",), None),
        (("IMGSUN", "IMG", "", "SUN"), None, ("SUN",), None),
        (("USRMIL", "", "MIL", ""), "USR", (), None),
        (("YUGGOV", "YUG", "GOV", ""), "YUG", (), None),
        (("IMGYUG", "IMG", "", "YUG"), None, (), "YUG"),
    ],
)
def test_the_country_column_of_phoenix_is_a_country(
    cells: tuple[str, ...],
    country: str | None,
    religions: tuple[str, ...],
    ethnic: str | None,
) -> None:
    names = ("source", "source_entity", "source_role", "source_attribute")
    record = line(PHOENIX, **dict(zip(names, cells, strict=True)))
    event = parser_of(phoenix.LOADER, record)(record)
    found = event["actor_country"], event["actor_religions"], event["actor_ethnic"]
    assert found == (country, religions, ethnic)


@pytest.mark.parametrize(
    ("name", "country"),
    [("South Sudan", "SSD"), ("Montenegro", "MTN"), ("Kosovo", "KSV"), ("Timor-Leste", "TMP")],
)
def test_countries_that_icews_names_keep_cameos_code(name: str, country: str) -> None:
    record = line(ICEWS, source_country=name)
    event = parser_of(icews.LOADER, ICEWS_HEADER, record)(record)
    assert event["actor_country"] == country
