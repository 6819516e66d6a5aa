"""Commands that measure write their figures into the documents."""

from datetime import date
from pathlib import Path

from benchmarks.figures import COLUMNS, Figure, row_of
from support.documents import write_figures, write_rows
from support.paths import ROOT


def test_figures_are_written_into_the_rows_of_their_tests(tmp_path: Path) -> None:
    page = tmp_path / "promises.md"
    page.write_text("| a | `test_a` | 1 kill |\n| b | `test_b` | old |\n", "utf-8")
    write_figures(
        page,
        {"one": {"kills": 2, "torn": 0, "slowest_s": 1.061}, "two": {"kills": 5}},
        {"one": {"test_b"}, "two": {"test_b"}},
    )
    assert page.read_text("utf-8") == (
        "| a | `test_a` | 1 kill |\n| b | `test_b` | kills 2 to 5, torn 0, slowest 1.06 s |\n"
    )


def test_rows_are_replaced_or_added_to_a_table(tmp_path: Path) -> None:
    page = tmp_path / "performance.md"
    before = "Last run: long ago\n\n| what | events | ours |\n| a | 10 | 1 ms |\n\nEnd.\n"
    page.write_text(before, "utf-8")
    rows = {("a", "10"): "| a | 10 | 2 ms |", ("a", "20"): "| a | 20 | 3 ms |"}
    write_rows(page, "today", rows)
    after = "| what | events | ours |\n| a | 10 | 2 ms |\n| a | 20 | 3 ms |\n\nEnd.\n"
    assert page.read_text("utf-8") == f"Last run: today\n\n{after}"


def test_the_benchmarks_write_the_table_that_the_documents_show() -> None:
    text = (ROOT / "docs" / "performance.md").read_text("utf-8")
    assert f"| {' | '.join(COLUMNS)} |" in text
    figure = Figure("a page", "ms", 1.0, 2.0, 1.5, times=True)
    key, row = row_of(figure, 1_000_000, date(2026, 1, 2))
    assert key == ("a page", "1,000,000")
    assert row == "| a page | 1,000,000 | 1 ms | 2 ms | 2x | >= 1.5x | yes | 2026-01-02 |"


def test_a_table_without_figures_stays_as_it_is(tmp_path: Path) -> None:
    page = tmp_path / "promises.md"
    text = (ROOT / "docs" / "promises.md").read_text("utf-8")
    page.write_text(text, "utf-8")
    write_figures(page, {}, {})
    assert page.read_text("utf-8") == text
