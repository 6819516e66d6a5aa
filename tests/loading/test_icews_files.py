"""Files of ICEWS are read as its years, Dataverse and R write them; codes are never guessed."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from dataset.loaders import LOADERS, icews
from dataset.loading.replays import replay
from dataset.store.database import open_to_write
from support.dialects import Table, bare, delimited, written_by
from support.parsing import parser_of
from support.real_files import EVENTS, files_of
from support.saved_again import ROWS, by_pandas, events_of
from support.stores import counts, loaded, refused, rows_of


def icews_file(path: Path, names: Sequence[str], rows: Table, delimiter: str = "\t") -> Path:
    """Write a file of ICEWS, with some of its columns in any order."""
    found = [dict(zip(icews.COLUMNS, row, strict=True)) for row in rows]
    cells = [[one.get(name, "more") for name in names] for one in found]
    return written_by(delimited(delimiter), names, cells, path)


@pytest.mark.parametrize("write", ["1/4/2017", "01/04/2017", "20170104", "2017-01-04"])
def test_days_of_2017_are_written_month_first(tmp_path: Path, write: str) -> None:
    rows = [[*row[:1], write, *row[2:]] for row in ROWS["icews"][1]]
    path = icews_file(tmp_path / "Events.2017.20201006.tab", icews.COLUMNS, rows)
    assert counts(loaded(tmp_path / "e.sqlite", "icews", path)) == {"inserted": 20}
    days = {str(day) for (day,) in rows_of(tmp_path / "e.sqlite", ["date"])}
    assert days == {"2017-01-04"}


def test_a_file_without_codes_has_those_of_its_texts(tmp_path: Path) -> None:
    names = [name for name in icews.COLUMNS if name != "CAMEO Code"]
    whole, without = tmp_path / "whole.tab", tmp_path / "without.tab"
    done = [
        loaded(tmp_path / "a.sqlite", "icews", icews_file(whole, icews.COLUMNS, ROWS["icews"][1])),
        loaded(tmp_path / "b.sqlite", "icews", icews_file(without, names, ROWS["icews"][1])),
    ]
    assert rows_of(tmp_path / "a.sqlite") == rows_of(tmp_path / "b.sqlite")
    assert done[0].report["codes_from_text"] == []
    assert done[1].report["codes_from_text"] == [
        {"text": "Consult", "code": "040", "count": 5},
        {"text": "Demand", "code": "100", "count": 5},
        {"text": "Make statement", "code": "010", "count": 5},
        {"text": "Praise or endorse", "code": "051", "count": 5},
    ]


def test_what_no_text_tells_is_quarantined(tmp_path: Path) -> None:
    names = [name for name in icews.COLUMNS if name != "CAMEO Code"]
    rows = [[*row[:5], text, *row[6:]] for row, text in zip(ROWS["icews"][1], "ab", strict=False)]
    store = tmp_path / "e.sqlite"
    path = icews_file(tmp_path / "a.tab", names, [*rows, *ROWS["icews"][1][2:]])
    assert counts(loaded(store, "icews", path)) == {"inserted": 18, "quarantined": 2}
    reasons = [(line, column, reason) for line, column, reason, _ in refused(store, 1)]
    said = "it is missing, and the event's text '{}' is the label of no code."
    assert reasons == [(2, "action_code", said.format("a")), (3, "action_code", said.format("b"))]


def test_the_export_of_the_r_package_is_read(tmp_path: Path) -> None:
    more = ["year", "yearmonth", "source_file"]
    names = [*(name.lower().replace(" ", "_") for name in icews.COLUMNS), *more]
    rows = [[*row, "2019", "201902", "events.2019.tab"] for row in ROWS["icews"][1]]
    for row in rows:
        row[1] = row[1].replace("-", "")
    path = written_by(delimited(",", missing="NA"), names, rows, tmp_path / "again.csv")
    source = written_by(bare("\t"), *ROWS["icews"][:2], tmp_path / "source.tab")
    assert events_of("icews", path) == events_of("icews", source)


def test_codes_that_lost_their_zeros_are_counted(tmp_path: Path) -> None:
    path = written_by(by_pandas, *ROWS["icews"][:2], tmp_path / "again.csv")
    done = loaded(tmp_path / "e.sqlite", "icews", path)
    assert counts(done) == {"inserted": 20}
    assert [(one["code"], one["mended"], one["count"]) for one in done.report["mended_codes"]] == [
        ("10", "010", 5),
        ("40", "040", 5),
        ("51", "051", 5),
    ]


def test_unknown_sectors_are_counted_by_record(tmp_path: Path) -> None:
    rows = [list(row) for row in ROWS["icews"][1]]
    for row in rows:
        row[3], row[9] = "Wizards,Police,Far Left", "Police"
    rows[0][9] = "Wizards"
    report = loaded(
        tmp_path / "e.sqlite", "icews", icews_file(tmp_path / "a.tab", icews.COLUMNS, rows)
    ).report
    assert report["unknown_sectors"] == [
        {"column": "actor_roles", "sector": "Wizards", "count": 20},
        {"column": "target_roles", "sector": "Wizards", "count": 1},
    ]


def test_the_quarantine_of_a_file_with_commas_can_be_replayed(tmp_path: Path) -> None:
    store, rows = tmp_path / "e.sqlite", [list(row) for row in ROWS["icews"][1]]
    rows[3][5:7] = ["Do harm", ""]
    path = icews_file(tmp_path / "a.csv", icews.COLUMNS, rows, ",")
    assert counts(loaded(store, "icews", path)) == {"inserted": 19, "quarantined": 1}
    database = open_to_write(str(store))
    assert counts(replay(database, 1)) == {"quarantined": 1}
    database.close()


@pytest.mark.skipif(not EVENTS.exists(), reason="the real files are not here")
def test_texts_of_real_files_tell_the_codes_that_these_have() -> None:
    wrong = []
    for path in files_of("icews"):
        names, *records = path.read_text("utf-8").splitlines()
        parse = parser_of(LOADERS["icews"], names, *records[:9])
        for record in records:
            cells = record.split("\t")
            code, cells[6] = cells[6], ""
            if parse("\t".join(cells))["action_code"] != code:
                wrong.append((code, cells[5]))
    assert wrong == []


def test_codes_whose_zeros_the_texts_give_back_are_no_sign_of_weis(tmp_path: Path) -> None:
    rows = [list(row) for row in ROWS["icews"][1][:2]]
    rows[0][5:7] = ["Appeal for economic cooperation", "211"]
    rows[1][5:7] = ["Appeal for military cooperation", "212"]
    path = icews_file(tmp_path / "a.csv", icews.COLUMNS, rows, ",")
    assert counts(loaded(tmp_path / "e.sqlite", "icews", path)) == {"inserted": 2}
    assert rows_of(tmp_path / "e.sqlite", ["action_code"]) == [("0211",), ("0212",)]
