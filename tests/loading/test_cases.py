"""Small files of other people, which are not part of the project, have their right outcome."""

from pathlib import Path
from typing import Any

import pytest

from dataset.errors import Unreadable
from support.paths import SHARED
from support.stores import counts, loaded, rows_of

CASES = SHARED / "cases"
pytestmark = pytest.mark.skipif(
    not CASES.exists(), reason="the cases are not part of the project, and not beside it"
)

OUTCOMES: dict[str, tuple[str, dict[str, int], int, list[str], list[tuple[Any, ...]]]] = {
    "keds_stray_3digits.csv": (
        "keds",
        {"inserted": 2, "quarantined": 1},
        1,
        ["action_code"],
        [("046",), ("190",)],
    ),
    "tabari_raw.cameo": (
        "keds",
        {"inserted": 3},
        2,
        ["date", "action_code", "evidence_story", "evidence_publisher"],
        [
            ("1979-05-19", "072", "000001", "REUTERS"),
            ("1979-05-20", "046", "000013", "REUTERS"),
            ("2004-01-02", "1831", "000014", "AFP"),
        ],
    ),
    "tabari_4columns_yymmdd.txt": (
        "keds",
        {"inserted": 2},
        0,
        ["date"],
        [("1979-05-19",), ("2004-01-02",)],
    ),
    "gdelt1_space_before_actor.export.CSV": (
        "gdelt",
        {"inserted": 3},
        0,
        ["id", "target_code"],
        [("x:1", "CVL"), ("x:2", None), ("x:3", "CVL")],
    ),
    "icews_2017_slash_dates.tab": (
        "icews",
        {"inserted": 2},
        1,
        ["date", "action_code"],
        [("2017-01-04", "040"), ("2017-12-31", "040")],
    ),
    "icews_2017_no_cameo_column.tab": (
        "icews",
        {"inserted": 2},
        1,
        ["date", "action_code"],
        [("2017-01-04", "040"), ("2017-12-31", "040")],
    ),
    "icews_quoted_sectors.tab": (
        "icews",
        {"inserted": 3},
        1,
        ["actor_code", "actor_roles"],
        [("THAGOV", "GOV"), ("THAGOVCOP", "GOV;COP"), ("THAGOVCOP", "GOV;COP")],
    ),
    "icews_extra_column.csv": ("icews", {"inserted": 1}, 1, ["action_code"], [("143",)]),
    "gdelt2_header_tab.csv": ("gdelt", {"inserted": 1}, 1, ["id"], [("x:11",)]),
    "gdelt2_bigquery.csv": (
        "gdelt",
        {"inserted": 1},
        1,
        ["id", "place_name"],
        [("x:12", "Tehran, Tehran, Iran")],
    ),
    "gdelt2_excel_semicolon.csv": ("gdelt", {"inserted": 1}, 1, ["id"], [("x:13",)]),
    "gdelt_hive_ctrl_a.txt": ("gdelt", {"inserted": 1}, 0, ["id"], [("x:15",)]),
    "phoenix_cline.csv": (
        "phoenix",
        {"inserted": 1},
        1,
        ["date", "actor_code", "action_code", "target_code"],
        [("1975-01-02", "USAGOV", "042", "VNM")],
    ),
    "phoenix_south_sudan.txt": (
        "phoenix",
        {"inserted": 3},
        0,
        ["actor_country"],
        [("KEN",), ("SSD",), ("SUN",)],
    ),
    "keds_yugoslavia_ussr.csv": (
        "keds",
        {"inserted": 3},
        1,
        ["actor_country", "target_country"],
        [("SSD", "UGA"), ("USR", "YUG"), ("YUG", "USR")],
    ),
}
"""The format, the outcomes, how many records are none, and columns of what is stored, sorted."""


@pytest.mark.parametrize("name", OUTCOMES)
def test_a_file_has_its_right_outcome(tmp_path: Path, name: str) -> None:
    format, outcomes, skipped, columns, expected = OUTCOMES[name]
    done = loaded(tmp_path / "e.sqlite", format, CASES / name, dataset="x")
    assert (counts(done), done.skipped) == (outcomes, skipped)
    found = [
        tuple(value if value is None else str(value) for value in row)
        for row in rows_of(tmp_path / "e.sqlite", columns)
    ]
    assert sorted(found, key=str) == expected


def test_weis_is_refused_by_its_name(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="in WEIS"):
        loaded(tmp_path / "e.sqlite", "keds", CASES / "keds_weis.csv", dataset="x")
    assert rows_of(tmp_path / "e.sqlite", ["id"]) == []


def test_words_that_gave_a_code_are_counted(tmp_path: Path) -> None:
    path = CASES / "icews_2017_no_cameo_column.tab"
    done = loaded(tmp_path / "e.sqlite", "icews", path, dataset="x")
    assert done.report["codes_from_text"] == [{"text": "Consult", "code": "040", "count": 2}]


def test_a_month_is_its_last_day(tmp_path: Path) -> None:
    for name in ("20220109-icews-events.tab", "202201-icews-events.tab"):
        done = loaded(tmp_path / "e.sqlite", "icews", CASES / name, dataset="x")
    assert counts(done) == {"updated": 1}
    assert done.report["versions"] == [
        {
            "outcome": "updated",
            "added": "2022-01-31T00:00:00Z",
            "against": "2022-01-09T00:00:00Z",
            "count": 1,
        }
    ]
