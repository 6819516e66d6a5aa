"""Records are cut from a stream exactly, whatever stands in it, in constant memory."""

import csv
import io
import sys
import tracemalloc
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataset.inputs.csv_records import FARTHEST, csv_records
from dataset.inputs.dialects import QUOTED_TABS
from dataset.inputs.records import KEPT, LONGEST, NUL, TOO_LONG, UNCLOSED, line_records

WAYS = pytest.mark.parametrize("cut", [line_records, csv_records])
ENDS = st.sampled_from([b"\n", b"\r\n"])
TEXTS = st.binary(max_size=30).map(lambda text: text.translate(None, b'\r\n\0"'))
CELLS = st.text('ab,"\n', max_size=12).map(lambda text: text.replace('"', '""'))
BOM = b"\xef\xbb\xbf"


class Endless(io.RawIOBase):
    """So many bytes of one line, which stand nowhere."""

    def __init__(self, size: int) -> None:
        self.left = size

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
        count = min(len(buffer), self.left)
        buffer[:count] = b"x" * count
        self.left -= count
        return count


def cut_all(cut: Callable[[Any], Iterator[Any]], text: bytes) -> list[tuple[Any, ...]]:
    return [tuple(record) for record in cut(io.BytesIO(text))]


@given(st.lists(st.tuples(TEXTS, ENDS)))
def test_lines_that_are_joined_are_what_went_in(parts: list[tuple[bytes, bytes]]) -> None:
    # A BOM is dropped; these texts may begin with one by chance.
    text = b"".join(line + end for line, end in parts).removeprefix(BOM)
    shown = {line - 1: raw for line, raw, _ in line_records(io.BytesIO(text))}
    joined = b"".join(shown.get(number, b"") + parts[number][1] for number in range(len(parts)))
    assert joined == text


@given(st.lists(st.lists(CELLS, min_size=1, max_size=3), max_size=20), ENDS)
def test_quoted_records_that_are_joined_are_what_went_in(rows: list[list[str]], end: bytes) -> None:
    written = [",".join(f'"{cell}"' for cell in row).encode() for row in rows]
    records = cut_all(csv_records, b"".join(row + end for row in written))
    starts = [1 + sum(row.count(b"\n") + 1 for row in written[:n]) for n in range(len(written))]
    assert records == [(line, row, None) for line, row in zip(starts, written, strict=True)]


@given(st.binary(max_size=200))
def test_no_byte_of_a_text_is_lost_without_a_record(text: bytes) -> None:
    kept = b"".join(raw for _, raw, _ in line_records(io.BytesIO(text)))
    ends = b"\r\n"
    assert kept.translate(None, ends) == text.removeprefix(BOM).translate(None, ends)


@given(st.text('a"\n', max_size=60))
def test_an_open_quote_loses_no_line(text: str) -> None:
    kept = b"".join(raw for _, raw, _ in csv_records(io.BytesIO(text.encode())))
    assert kept.replace(b"\n", b"") == text.encode().replace(b"\n", b"")


@WAYS
def test_a_line_ends_with_lf_or_crlf_or_the_file(cut: Any) -> None:
    records = cut_all(cut, b"a\nb\r\nc\rd\ne")
    assert records == [(1, b"a", None), (2, b"b", None), (3, b"c\rd", None), (4, b"e", None)]


@WAYS
def test_empty_lines_are_no_records_but_count(cut: Any) -> None:
    assert cut_all(cut, b"\n\r\na\n\n\nb\n\n") == [(3, b"a", None), (6, b"b", None)]


@WAYS
@pytest.mark.parametrize("text", [b"", BOM, b"\n", BOM + b"\r\n"])
def test_a_text_without_records_gives_none(cut: Any, text: bytes) -> None:
    assert cut_all(cut, text) == []


@WAYS
def test_a_bom_is_dropped_at_the_start_only(cut: Any) -> None:
    assert cut_all(cut, BOM + b"a\n" + BOM + b"b") == [(1, b"a", None), (2, BOM + b"b", None)]


@WAYS
def test_a_nul_byte_is_a_fault(cut: Any) -> None:
    assert cut_all(cut, b"a\0b\nc\n") == [(1, b"a\0b", NUL), (2, b"c", None)]


@WAYS
@pytest.mark.parametrize("start", [b"", BOM])
@pytest.mark.parametrize("end", [b"", b"\n", b"\r\n"])
@pytest.mark.parametrize("size", [LONGEST - 1, LONGEST])
def test_a_line_may_be_as_long_as_the_longest(
    cut: Any, size: int, end: bytes, start: bytes
) -> None:
    assert cut_all(cut, start + b"x" * size + end) == [(1, b"x" * size, None)]


@WAYS
@pytest.mark.parametrize("start", [b"", BOM])
@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
@pytest.mark.parametrize("more", [*range(1, 16), LONGEST - 1, LONGEST, 9 * LONGEST])
def test_a_longer_line_is_one_fault(cut: Any, more: int, end: bytes, start: bytes) -> None:
    records = cut_all(cut, start + b"x" * (LONGEST + more) + end + b"next")
    assert records == [(1, b"x" * KEPT, TOO_LONG), (2, b"next", None)]


def test_returns_before_its_end_do_not_make_a_long_line_short() -> None:
    records = cut_all(line_records, b"a" + b"\r" * (2 * LONGEST) + b"b\nc")
    assert [(line, fault) for line, _, fault in records] == [(1, TOO_LONG), (2, None)]


@WAYS
def test_a_line_without_end_is_read_in_constant_memory(cut: Any) -> None:
    tracemalloc.start()
    records = list(cut(io.BufferedReader(Endless(300 * LONGEST))))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [record.fault for record in records] == [TOO_LONG]
    assert peak < 10 * LONGEST


def test_a_quoted_cell_may_hold_line_ends() -> None:
    records = cut_all(csv_records, b'a,"b\n\nc"\r\nd\n')
    assert records == [(1, b'a,"b\n\nc"', None), (4, b"d", None)]


def test_a_quoted_cell_may_have_as_many_lines_as_the_limit() -> None:
    cell = b'"' + b"x\n" * (FARTHEST - 1) + b'"'
    assert cut_all(csv_records, cell + b"\nb") == [(1, cell, None), (FARTHEST + 1, b"b", None)]


@pytest.mark.parametrize("rest", [b"x\n" * FARTHEST + b'"\n', b"x\n" * 9, b"x" * LONGEST + b'"\n'])
def test_a_quote_that_is_not_closed_takes_one_line_only(rest: bytes) -> None:
    records = cut_all(csv_records, b'a\n"b\n' + rest)
    assert records[:2] == [(1, b"a", None), (2, b'"b', UNCLOSED)]
    assert len(records) == 2 + rest.count(b"\n")


def test_each_open_quote_is_found() -> None:
    records = cut_all(csv_records, (b'"a\n' + b"b\n" * FARTHEST) * 50)
    faults = [line for line, _, fault in records if fault == UNCLOSED]
    assert faults == [1 + number * (FARTHEST + 1) for number in range(50)]


def test_a_nul_byte_in_a_quoted_cell_faults_its_record_only() -> None:
    assert cut_all(csv_records, b'"a\n\0"\nb\n') == [(1, b'"a\n\0"', NUL), (3, b"b", None)]


def test_a_long_line_in_a_quoted_cell_ends_the_cell() -> None:
    records = cut_all(csv_records, b'"a\n' + b"x" * (5 * LONGEST) + b'\nb"\nc\n')
    faults = [(line, fault) for line, _, fault in records]
    assert faults == [(1, UNCLOSED), (2, TOO_LONG), (3, None), (4, None)]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@given(text=st.text('ab@"\n', max_size=60))
def test_records_are_those_that_python_reads(delimiter: str, text: str) -> None:
    text = text.replace("@", delimiter)
    expected = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    records = list(csv_records(io.BytesIO(text.encode()), delimiter))
    # Python takes a quote that is not closed for one that ends with the file.
    if UNCLOSED not in [record.fault for record in records]:
        cells = [next(csv.reader([record.text], delimiter=delimiter)) for record in records]
        assert cells == [one for one in expected if one]


@pytest.mark.parametrize(
    "record", [b'1,5" gun', b'1,5" gun,"two\nlines"', b'1,6"" gun,"a\r\nb",7"', b'"a ""b"" \nc"d"']
)
def test_a_quote_within_a_cell_opens_none(record: bytes) -> None:
    assert [raw for _, raw, _ in csv_records(io.BytesIO(record + b"\n2,b\n"))] == [record, b"2,b"]


@pytest.mark.parametrize("line", [b'a,"b",c,"d\n', b'"a\n', b'5" gun\n', b'a,"b\n', b'"a""\n'])
def test_no_line_is_looked_at_twice_for_the_end_of_a_cell(line: bytes) -> None:
    calls = Counter[str]()
    sys.setprofile(lambda _frame, kind, _called: calls.update([kind]))
    try:
        records = sum(1 for _ in csv_records(io.BytesIO(line * 20_000)))
    finally:
        sys.setprofile(None)
    assert records >= 10_000
    assert calls.total() < 100 * 20_000


@pytest.mark.parametrize(
    ("written", "cells"),
    [
        (r'"\"a\" b' + "\n" + r'c \"d\""', ['"a" b\nc "d"', "e"]),
        (r'"a \"b\"\"c\""', ['a "b""c"', "e"]),
        (r'"C:\"', ["C:\\", "e"]),
        (r'"C:\a' + "\n" + r'""b"" c"', ['C:\\a\n"b" c', "e"]),
        (r'"C:\"" c"', ['C:\\" c', "e"]),
    ],
)
def test_between_tabs_quotes_are_doubled_or_after_a_backslash(
    written: str, cells: list[str]
) -> None:
    text = f"{written}\te\nnext\n".encode()
    records = list(QUOTED_TABS.records(io.BytesIO(text)))
    assert [record.raw for record in records] == [f"{written}\te".encode(), b"next"]
    assert QUOTED_TABS.cells(records[0].text) == cells
