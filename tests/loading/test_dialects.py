"""A file gives the same events in whatever dialect it was saved."""

import gzip
from pathlib import Path

import pytest

from dataset.errors import Unreadable
from dataset.loaders import LOADERS, gdelt_columns, gdelt_mentions
from dataset.loading.replays import replay
from dataset.store.database import open_to_write
from support.dialects import (
    WITH_HEADER,
    WITHOUT_HEADER,
    Write,
    as_json_lines,
    bare,
    delimited,
    written_by,
)
from support.gdelt_lines import GDELT_CELLS, gdelt1_line, gdelt_line
from support.rich_store import client_on
from support.stores import counts, loaded, rows_of

V1, V2 = list(gdelt_columns.V1), list(gdelt_columns.V2)


def cells(line: bytes) -> list[str]:
    return line.decode().rstrip("\n").split("\t")


ROWS = [
    GDELT_CELLS,
    cells(gdelt_line(c0="1002", c26="043", c27="043", c28="04", c36="", c5="", c7="", c12="")),
    cells(gdelt_line(c0="1003", c6='the "Guards", and others', c60="BBC Monitoring")),
    cells(gdelt_line(c0="1004", **{f"c{n}": "" for n in range(51, 59)})),
]
ROWS_OF_V1 = [cells(gdelt1_line()), cells(gdelt1_line(c0="1002", c57=""))]


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> dict[int, list[tuple[object, ...]]]:
    """What the files of the source itself become, by the number of their columns."""
    found = {}
    for rows in (ROWS, ROWS_OF_V1):
        folder = tmp_path_factory.mktemp("expected")
        loaded(
            folder / "e.sqlite",
            "gdelt",
            written_by(bare("\t", header=False), (), rows, folder / "a.tsv"),
        )
        found[len(rows[0])] = rows_of(folder / "e.sqlite")
    return found


@pytest.mark.parametrize("rows", [ROWS, ROWS_OF_V1], ids=["2.0", "1.0"])
@pytest.mark.parametrize(
    "write",
    [*WITH_HEADER.values(), *WITHOUT_HEADER.values()],
    ids=[*(f"header, {name}" for name in WITH_HEADER), *WITHOUT_HEADER],
)
def test_gdelt_is_the_same_in_every_dialect(
    tmp_path: Path,
    expected: dict[int, list[tuple[object, ...]]],
    write: Write,
    rows: list[list[str]],
) -> None:
    names = V2 if len(rows[0]) == len(V2) else V1
    path = written_by(write, names, rows, tmp_path / "a.csv")
    done = loaded(tmp_path / "e.sqlite", "gdelt", path)
    assert counts(done) == {"inserted": len(rows)}
    assert done.skipped == (write in WITH_HEADER.values() and path.read_bytes()[:1] not in b"{P")
    assert rows_of(tmp_path / "e.sqlite") == expected[len(names)]


@pytest.mark.parametrize("header", [True, False])
def test_tabs_may_have_quotes_only_where_they_are_needed(tmp_path: Path, header: bool) -> None:
    # Events have a blank for a tab.
    words = ["two\nlines", 'a "word"\nand a\ttab', "one line", '5" gun']
    rows = [cells(gdelt_line(c0=str(n))) for n in range(len(words))]
    for row, word in zip(rows, words, strict=True):
        row[6] = word
    path = written_by(delimited("\t"), V2, rows, tmp_path / "a.csv")
    if not header:
        path.write_bytes(path.read_bytes().partition(b"\n")[2])
    assert counts(loaded(tmp_path / "e.sqlite", "gdelt", path)) == {"inserted": len(words)}
    names = [name for (name,) in rows_of(tmp_path / "e.sqlite", ["actor_name"])]
    assert names == ["two\nlines", 'a "word"\nand a tab', "one line", '5" gun']


def test_tabs_without_quotes_stay_so_if_all_records_are_whole(tmp_path: Path) -> None:
    rows = [cells(gdelt_line(c0="1", c6='"A', c16="x")), cells(gdelt_line(c0="2", c6='B"'))]
    path = written_by(bare("\t"), V2, rows, tmp_path / "a.csv")
    assert counts(loaded(tmp_path / "e.sqlite", "gdelt", path)) == {"inserted": 2}
    names = [name for (name,) in rows_of(tmp_path / "e.sqlite", ["actor_name"])]
    assert names == ['"A', 'B"']


def test_names_of_bigquery_and_of_the_codebook_are_known(tmp_path: Path) -> None:
    names = [name.replace("Fullname", "FullName").replace("SQLDATE", "Day") for name in V2]
    path = written_by(delimited(","), names, ROWS, tmp_path / "a.csv")
    assert counts(loaded(tmp_path / "e.sqlite", "gdelt", path)) == {"inserted": len(ROWS)}
    (name,) = rows_of(tmp_path / "e.sqlite", ["place_name"])[0]
    assert name == "Israel"


@pytest.mark.parametrize("day", ["20240413", "2024-04-13", "4/13/2024", "04/13/2024"])
def test_days_are_read_as_programs_write_them(tmp_path: Path, day: str) -> None:
    rows = [cells(gdelt_line(c1=day))]
    path = written_by(delimited(","), V2, rows, tmp_path / "a.csv")
    loaded(tmp_path / "e.sqlite", "gdelt", path)
    assert [str(day) for (day,) in rows_of(tmp_path / "e.sqlite", ["date"])] == ["2024-04-13"]


def test_whole_numbers_that_pandas_made_floats_are_whole(tmp_path: Path) -> None:
    floats = {"c25": "1.0", "c26": "43.0", "c28": "4.0", "c29": "1.0", "c31": "5.0", "c51": "1.0"}
    path = written_by(delimited(","), V2, [cells(gdelt_line(**floats))], tmp_path / "a.csv")
    done = loaded(tmp_path / "e.sqlite", "gdelt", path)
    columns = ["action_code", "quad_class", "mentions", "root_event", "place_precision"]
    assert rows_of(tmp_path / "e.sqlite", columns) == [("043", 1, 5, 1, "country")]
    assert done.report["mended_codes"] == [
        {"column": "action_code", "code": "43", "mended": "043", "count": 1}
    ]


# A part of the columns


def test_a_part_of_the_columns_is_enough_for_an_event(tmp_path: Path) -> None:
    names = "SQLDATE,GLOBALEVENTID,EventCode,Actor1Code,DATEADDED"
    text = f"{names}\n20240413,7,043,IRNMIL,20240414001500\n"
    (tmp_path / "a.csv").write_text(text)
    assert counts(loaded(tmp_path / "e.sqlite", "gdelt", tmp_path / "a.csv")) == {"inserted": 1}
    columns = ["id", "actor_code", "actor_country", "target_code", "added"]
    assert rows_of(tmp_path / "e.sqlite", columns) == [
        ("gdelt:7", "IRNMIL", "IRN", None, "2024-04-14T00:15:00Z")
    ]


@pytest.mark.parametrize("order", [1, -1])
def test_a_part_of_an_event_never_takes_the_place_of_the_whole(tmp_path: Path, order: int) -> None:
    (tmp_path / "whole.tsv").write_bytes(gdelt_line(c0="7"))
    text = "SQLDATE,GLOBALEVENTID,EventCode,DATEADDED\n20240413,7,195,20240413120000\n"
    (tmp_path / "part.csv").write_text(text)
    for name in ["part.csv", "whole.tsv"][::order]:
        loaded(tmp_path / "e.sqlite", "gdelt", tmp_path / name)
    assert rows_of(tmp_path / "e.sqlite", ["actor_code"]) == [("IRNMIL",)]


def test_a_header_without_what_an_event_needs_is_refused_by_name(tmp_path: Path) -> None:
    names = [name for name in V2 if name != "EventCode"]
    rows = [[cell for at, cell in enumerate(row) if V2[at] != "EventCode"] for row in ROWS]
    path = written_by(delimited(","), names, rows, tmp_path / "a.csv")
    with pytest.raises(Unreadable, match="EventCode"):
        loaded(tmp_path / "e.sqlite", "gdelt", path)


def test_events_of_which_version_is_not_known_ask_for_their_dataset(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("SQLDATE,GLOBALEVENTID,EventCode\n20240413,7,043\n")
    with pytest.raises(Unreadable, match=r"--dataset gdelt.* or .*--dataset gdelt1"):
        loaded(tmp_path / "e.sqlite", "gdelt", tmp_path / "a.csv")
    done = loaded(tmp_path / "e.sqlite", "gdelt", tmp_path / "a.csv", dataset="gdelt1")
    assert counts(done) == {"inserted": 1}


# What fits, and what does not


def test_a_well_cut_record_with_a_bad_value_is_quarantined_even_alone(tmp_path: Path) -> None:
    (tmp_path / "a.tsv").write_bytes(gdelt_line(c1="20241341"))
    done = loaded(tmp_path / "e.sqlite", "gdelt", tmp_path / "a.tsv")
    assert counts(done) == {"quarantined": 1}


OTHERS = {
    "prose": "It was a dark and stormy night.\n" * 300,
    "commas": "a,b,c,d,e\n" * 100_000,
    "seven cells": "a\tb\tc\td\te\tf\tg\n" * 300,
    "web page": "<!doctype html><html><body>503</body></html>\n",
    "JSON": '{"error": "not found"}\n',
    "JSON list": '[{"error": "not found"}]\n',
    "header alone": "name,surname\n",
    "GDELT reduced": "Date\tSource\tTarget\tCAMEOCode\tNumEvents\n20120101\tUSA\tIRN\t010\t3\n",
}
TABLES = sorted(name for name, loader in LOADERS.items() if loader.table)


@pytest.mark.parametrize("format", TABLES)
@pytest.mark.parametrize("text", OTHERS.values(), ids=OTHERS)
def test_a_file_of_which_nothing_fits_is_refused_and_leaves_nothing(
    tmp_path: Path, format: str, text: str
) -> None:
    (tmp_path / "a.csv").write_text(text)
    found = "(it begins with|it is|its header) .*"
    with pytest.raises(Unreadable, match=rf"a\.csv is no {format} file: {found} should have"):
        loaded(tmp_path / "e.sqlite", format, tmp_path / "a.csv")
    client = client_on(tmp_path / "e.sqlite")
    assert client.get("/v1/loads").get_json()["data"][1:] == []


def test_one_record_of_the_first_200_is_enough(tmp_path: Path) -> None:
    (tmp_path / "a.tsv").write_bytes(b"x\ty\n" * 199 + gdelt_line())
    done = loaded(tmp_path / "e.sqlite", "gdelt", tmp_path / "a.tsv")
    assert counts(done) == {"inserted": 1, "quarantined": 199}


def test_a_header_whose_rows_have_other_columns_is_refused(tmp_path: Path) -> None:
    path = written_by(delimited(","), V2, [["1", "20240413", "043"]], tmp_path / "a.csv")
    with pytest.raises(Unreadable, match=r"its header has 61 columns, but none .* has 3"):
        loaded(tmp_path / "e.sqlite", "gdelt", path)


def test_a_header_that_comes_again_is_skipped(tmp_path: Path) -> None:
    once = delimited(",")(V2, ROWS[:1]) + delimited(",")(V2, ROWS[1:2])
    (tmp_path / "a.csv").write_bytes(once)
    done = loaded(tmp_path / "e.sqlite", "gdelt", tmp_path / "a.csv")
    assert (counts(done), done.skipped) == ({"inserted": 2}, 2)


def test_packed_files_are_read_in_other_dialects_too(tmp_path: Path) -> None:
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(delimited(";")(V2, ROWS)))
    done = loaded(tmp_path / "e.sqlite", "gdelt", tmp_path / "a.csv.gz")
    assert counts(done) == {"inserted": len(ROWS)}


@pytest.mark.parametrize("write", WITH_HEADER.values(), ids=WITH_HEADER)
def test_mentions_are_read_in_every_dialect(tmp_path: Path, write: Write) -> None:
    row = [*("1001", "20240413120000", "20240413121500", "1", "a.test", "http://a.test/")]
    row += [*("3", "-1", "12", "7", "1", "80", "900", "-2.5")]
    path = written_by(write, gdelt_mentions.COLUMNS, [[*row, "", ""]], tmp_path / "a.csv")
    assert counts(loaded(tmp_path / "e.sqlite", "gdelt-mentions", path)) == {"inserted": 1}


REPLAYED = {
    "commas": (delimited(","), "gdelt"),
    "semicolons, reordered": (WITH_HEADER["semicolons, reordered, snake case"], "gdelt"),
    "tabs, row names": (WITH_HEADER["tabs, row names without a name"], "gdelt"),
    "JSON lines": (WITH_HEADER["JSON lines"], "gdelt"),
    "\\x01": (WITHOUT_HEADER["\\x01"], "gdelt"),
}


@pytest.mark.parametrize(("write", "format"), REPLAYED.values(), ids=REPLAYED)
def test_what_was_refused_is_read_again_in_its_own_dialect(
    tmp_path: Path, write: Write, format: str
) -> None:
    rows = [GDELT_CELLS, cells(gdelt_line(c0="1002", c1="20241341", c6="two\nlines, one cell"))]
    if write in WITHOUT_HEADER.values() or write is WITH_HEADER["tabs, row names without a name"]:
        rows[1][6] = "one line"
    path = written_by(write, V2, rows, tmp_path / "a.csv")
    done = loaded(tmp_path / "e.sqlite", format, path)
    assert counts(done) == {"inserted": 1, "quarantined": 1}
    database = open_to_write(str(tmp_path / "e.sqlite"))
    again = replay(database, done.number)
    database.close()
    assert counts(again) == {"quarantined": 1}
    client = client_on(tmp_path / "e.sqlite")
    reasons = [
        client.get(f"/v1/loads/{number}/quarantine").get_json()["data"][0]["reason"]
        for number in (done.number, again.number)
    ]
    assert reasons[0] == reasons[1] == "'2024-13-41' is not a calendar day like 2024-04-13."


def test_a_json_record_that_lacks_what_an_event_needs_is_quarantined(tmp_path: Path) -> None:
    good = as_json_lines(V2, ROWS[:1])
    (tmp_path / "a.json").write_bytes(good + b'{"SQLDATE": "20240413"}\n{"EventCode": "043"}\n')
    done = loaded(tmp_path / "e.sqlite", "gdelt", tmp_path / "a.json")
    assert counts(done) == {"inserted": 1, "quarantined": 2}
    client = client_on(tmp_path / "e.sqlite")
    reasons = client.get("/v1/loads/1/quarantine").get_json()["data"]
    assert [one["reason"] for one in reasons] == [
        "it has no GLOBALEVENTID and no EventCode.",
        "it has no GLOBALEVENTID and no SQLDATE.",
    ]


# What would be read wrong


def test_a_header_whose_names_are_not_known_is_not_read_by_position(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("date,recipient,initiator,event\n2001-01-01,ISR,USA,042\n")
    with pytest.raises(Unreadable, match=r"looks like a header .* lacks source, target and code"):
        loaded(tmp_path / "e.sqlite", "keds", tmp_path / "a.csv")


def test_names_of_tables_before_those_of_columns_are_no_part_of_these(tmp_path: Path) -> None:
    names = [f"gdelt.{name.lower()}" for name in reversed(V2)]
    rows = [list(reversed(row)) for row in ROWS]
    path = written_by(bare("\t", missing="\\N"), names, rows, tmp_path / "a.tsv")
    assert counts(loaded(tmp_path / "e.sqlite", "gdelt", path)) == {"inserted": len(ROWS)}
    assert rows_of(tmp_path / "e.sqlite", ["actor_code"])[0] == ("IRNMIL",)


@pytest.mark.parametrize(("share", "kept"), [(1.0, False), (0.05, True)])
def test_a_file_with_the_day_first_is_refused_whole(
    tmp_path: Path, share: float, kept: bool
) -> None:
    firsts = round(share * 40)
    days = [f"{13 + n % 15}/4/2024" for n in range(firsts)]
    days += [f"{1 + n % 12}/4/2024" for n in range(40 - firsts)]
    rows = [cells(gdelt_line(c0=str(n), c1=day)) for n, day in enumerate(days, 1)]
    path = written_by(delimited(","), V2, rows, tmp_path / "a.csv")
    if kept:
        done = loaded(tmp_path / "e.sqlite", "gdelt", path)
        assert counts(done) == {"inserted": 40 - firsts, "quarantined": firsts}
        return
    with pytest.raises(Unreadable, match=r"a\.csv has its days first: 40 of 40"):
        loaded(tmp_path / "e.sqlite", "gdelt", path)
    assert rows_of(tmp_path / "e.sqlite", ["id"]) == []


def test_decimal_commas_are_read_between_semicolons(tmp_path: Path) -> None:
    row = cells(gdelt_line(c30="-4,5", c34="-2,25", c56="31,5", c57="34,75"))
    path = written_by(delimited(";"), V2, [row], tmp_path / "a.csv")
    loaded(tmp_path / "e.sqlite", "gdelt", path)
    columns = ["goldstein", "tone", "place_latitude", "place_longitude"]
    assert rows_of(tmp_path / "e.sqlite", columns) == [(-4.5, -2.25, 31.5, 34.75)]


@pytest.mark.parametrize("missing", ["NaN", "nan", "None", "null", "N/A"])
def test_what_programs_write_for_missing_values_is_no_value(
    tmp_path: Path, expected: dict[int, list[tuple[object, ...]]], missing: str
) -> None:
    path = written_by(delimited(",", missing=missing), V2, ROWS, tmp_path / "a.csv")
    assert counts(loaded(tmp_path / "e.sqlite", "gdelt", path)) == {"inserted": len(ROWS)}
    assert rows_of(tmp_path / "e.sqlite") == expected[len(V2)]


@pytest.mark.parametrize("write", [as_json_lines, WITH_HEADER["Parquet"]])
def test_records_with_names_ask_for_the_dataset_too(tmp_path: Path, write: Write) -> None:
    names = ["GLOBALEVENTID", "SQLDATE", "EventCode"]
    path = written_by(write, names, [["7", "20240413", "043"]], tmp_path / "a.json")
    with pytest.raises(Unreadable, match=r"--dataset gdelt.* or .*--dataset gdelt1"):
        loaded(tmp_path / "e.sqlite", "gdelt", path)


@pytest.mark.parametrize("write", [as_json_lines, delimited(",")])
def test_codes_of_actors_alone_are_decoded(tmp_path: Path, write: Write) -> None:
    names = ["GLOBALEVENTID", "SQLDATE", "EventCode", "Actor1Code", "DATEADDED"]
    rows = [["7", "20240413", "043", "IRNMIL", "20240414001500"]]
    loaded(tmp_path / "e.sqlite", "gdelt", written_by(write, names, rows, tmp_path / "a.json"))
    columns = ["actor_code", "actor_country", "actor_roles"]
    assert rows_of(tmp_path / "e.sqlite", columns) == [("IRNMIL", "IRN", "MIL")]


def test_texts_that_r_quotes_between_tabs_are_unquoted(
    tmp_path: Path, expected: dict[int, list[tuple[object, ...]]]
) -> None:
    quoted = [
        [cell if not cell or cell[0] in "-0123456789" else f'"{cell}"' for cell in row]
        for row in (ROWS[0], ROWS[1], ROWS[3])
    ]
    path = written_by(bare("\t", header=False), V2, quoted, tmp_path / "a.tsv")
    assert counts(loaded(tmp_path / "e.sqlite", "gdelt", path)) == {"inserted": 3}
    assert set(rows_of(tmp_path / "e.sqlite")) < set(expected[len(V2)])
