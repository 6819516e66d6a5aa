"""Files that no format can read are refused in one sentence that names what was found."""

import csv
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet

from dataset.errors import Unreadable
from dataset.inputs.source_files import source_files
from dataset.loaders import LOADERS
from dataset.loaders.ucdp_ged import NAMES
from dataset.loading.readers import reader_of
from support.dialects import bare, written_by
from support.gdelt_lines import gdelt_line
from support.saved_again import ROWS
from support.stores import loaded, no_fetch
from support.ucdp_files import ROWS as UCDP
from support.ucdp_files import table


def check(format: str, path: Path) -> None:
    reader_of(format, source_files([str(path)], no_fetch)[0])


def refusal(format: str, path: Path) -> str:
    with pytest.raises(Unreadable) as refused:
        check(format, path)
    return str(refused.value)


# Parquet


@pytest.mark.parametrize("format", LOADERS)
@pytest.mark.parametrize("rows", [0, 3])
def test_parquet_of_other_columns_is_refused_by_their_names(
    format: str, rows: int, tmp_path: Path
) -> None:
    path = tmp_path / "x.parquet"
    parquet.write_table(pa.table({name: ["\r\n\t\0"] * rows for name in "abcdef"}), path)
    told = refusal(format, path)
    assert told.startswith(f"x.parquet is no {format} file: it is Parquet with 6 columns (a, b, c")
    assert told.endswith(".")


@pytest.mark.parametrize("format", [format for format in LOADERS if format != "ucdp-ged"])
def test_parquet_of_another_format_names_that(format: str, tmp_path: Path) -> None:
    path = tmp_path / "x.parquet"
    parquet.write_table(pa.Table.from_pylist(list(UCDP)), path)
    check("ucdp-ged", path)
    assert "; try `cameo-events load ucdp-ged ...`." in refusal(format, path)


def test_damaged_parquet_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.parquet"
    path.write_bytes(b"PAR1 and no more")
    assert "Parquet cannot be read" in refusal("icews", path)


# Line ends


TOLD = "x.csv ends its lines with CR alone: save it with LF or CRLF."


@pytest.mark.parametrize("format", LOADERS)
def test_lines_that_end_in_cr_alone_are_refused(format: str, tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text(table(NAMES, UCDP, end="\r"), newline="")
    assert refusal(format, path) == TOLD


def test_plain_lines_that_end_in_cr_alone_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(gdelt_line().replace(b"\n", b"\r") * 2)
    assert refusal("gdelt", path) == TOLD
    names, rows, _ = ROWS["icews"]
    written_by(bare("\t"), names, rows, path)
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r"))
    assert refusal("icews", path) == TOLD


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r\r\n"])
def test_other_line_ends_are_read_and_so_is_a_cr_in_a_cell(end: str, tmp_path: Path) -> None:
    path = tmp_path / "ged241.csv"
    rows = [row | {"where_description": "a\rb\rc\rd"} for row in UCDP]
    path.write_text(table(NAMES, rows, end=end, quoting=csv.QUOTE_ALL), newline="")
    assert loaded(tmp_path / "e.sqlite", "ucdp-ged", path).outcomes["inserted"] == len(UCDP)


def test_a_record_with_a_cr_outside_of_quotes_is_quarantined_alone(tmp_path: Path) -> None:
    path = tmp_path / "ged241.csv"
    rows = [*UCDP, UCDP[0] | {"id": "7", "where_description": "a\rb\rc\rd"}]
    path.write_text(table(NAMES, rows), newline="")
    outcomes = loaded(tmp_path / "e.sqlite", "ucdp-ged", path).outcomes
    assert (outcomes["inserted"], outcomes["quarantined"]) == (len(UCDP), 1)
