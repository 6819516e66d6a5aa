"""ICEWS and POLECAT are the same in whatever dialect their files were saved again."""

from pathlib import Path
from typing import Any

import pytest

from dataset.loaders import polecat
from support.dialects import Write, bare, delimited, written_by
from support.saved_again import ROWS, WRITERS, events_of
from support.stores import counts, loaded, refused, rows_of


@pytest.mark.parametrize("format", ROWS)
@pytest.mark.parametrize("write", WRITERS.values(), ids=WRITERS)
def test_a_file_is_the_same_in_every_dialect(tmp_path: Path, write: Write, format: str) -> None:
    names, rows, by_source = ROWS[format]
    expected = events_of(format, written_by(by_source, names, rows, tmp_path / "source.tab"))
    assert len(expected) == 20
    path = written_by(write, names, rows, tmp_path / "again.tab")
    assert events_of(format, path) == expected


SPELLINGS = {
    "upper case": str.upper,
    "underscores": lambda name: name.replace(" ", "_"),
    "dots": lambda name: name.replace(" ", "."),
    "together": lambda name: name.replace(" ", ""),
    "blanks around": lambda name: f" {name} ",
}


@pytest.mark.parametrize("format", ROWS)
@pytest.mark.parametrize("delimiter", list("\t,;"), ids=repr)
@pytest.mark.parametrize("spell", SPELLINGS.values(), ids=SPELLINGS)
def test_a_header_may_be_spelled_in_many_ways(
    tmp_path: Path, spell: Any, delimiter: str, format: str
) -> None:
    names, rows, by_source = ROWS[format]
    expected = events_of(format, written_by(by_source, names, rows, tmp_path / "source.tab"))
    spelled = [spell(name) for name in names]
    path = written_by(delimited(delimiter), spelled, rows, tmp_path / "again.csv")
    assert events_of(format, path) == expected


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1"])
def test_polecat_is_utf_8_or_latin_1(tmp_path: Path, encoding: str) -> None:
    row = [cell.replace("Šavnik", "Cañón") for cell in ROWS["polecat"][1][1]]
    text = bare("\t", missing="None")(polecat.STANDARD, [row]).decode()
    (tmp_path / "a.txt").write_text(text, encoding)
    loaded(tmp_path / "e.sqlite", "polecat", tmp_path / "a.txt")
    assert rows_of(tmp_path / "e.sqlite", ["place_name"]) == [("Cañón",)]


def test_repeated_and_missing_ids_of_polecat_are_accounted_for(tmp_path: Path) -> None:
    first, second, third, *_ = ROWS["polecat"][1]
    rows = [first, first, [first[0], *second[1:]], ["", *third[1:]]]
    path = written_by(bare("\t", missing="None"), polecat.STANDARD, rows, tmp_path / "a.txt")
    done = loaded(tmp_path / "e.sqlite", "polecat", path)
    expected = {"inserted": 1, "unchanged": 1, "outdated": 1, "quarantined": 1}
    assert counts(done) == expected
    assert refused(tmp_path / "e.sqlite", 1)[0][:3] == (5, "id", "it is missing.")


@pytest.mark.parametrize("more", [["Headline"], ["Headline", "Feed"], ["", ""]])
def test_a_header_of_polecat_may_name_more_columns_than_there_are(
    tmp_path: Path, more: list[str]
) -> None:
    names, rows, by_source = ROWS["polecat"]
    text = by_source(names, rows).decode()
    (tmp_path / "source.txt").write_text(text)
    head, body = text.split("\n", 1)
    head = head.replace("Intensity", "Event Intensity")
    (tmp_path / "again.txt").write_text("\t".join([head, *more]) + "\n" + body)
    again = events_of("polecat", tmp_path / "again.txt")
    assert again == events_of("polecat", tmp_path / "source.txt")
