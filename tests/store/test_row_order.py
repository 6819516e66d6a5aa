"""Rows out of their order, or missing, are noticed before what follows them is given on."""

from collections.abc import Iterator

import pyarrow as pa
import pytest

from dataset.parquet_copy.orders import BLOCK, checked
from dataset.parquet_copy.segments import Damaged

PLACES = [0, 3, BLOCK - 1, BLOCK, BLOCK + 9, 4 * BLOCK, 4 * BLOCK + 1]
COUNTS = [(0, 3), (1, 2), (4, 2)]


def batches(places: list[int], size: int) -> Iterator[pa.RecordBatch]:
    """Yield rows that are named by their places, some at a time."""
    table = pa.table({"name": [str(place) for place in places], "place": places})
    yield from table.to_batches(size)


def given(places: list[int], size: int, counts: list[tuple[int, int]] = COUNTS) -> list[int]:
    """Give the places of what is given on; the last is -1 if the rest is refused."""
    found: list[int] = []
    try:
        for batch in checked(batches(places, size), counts):
            assert batch.column_names == ["name"]
            found += map(int, batch.column(0).to_pylist())
    except Damaged:
        found.append(-1)
    return found


@pytest.mark.parametrize("size", range(1, 8))
def test_rows_in_order_are_given_on(size: int) -> None:
    assert given(PLACES, size) == PLACES


def test_no_rows_are_none() -> None:
    assert given([], 1, []) == []


@pytest.mark.parametrize("size", range(1, 9))
@pytest.mark.parametrize("place", range(len(PLACES)))
@pytest.mark.parametrize("shift", range(-1, len(PLACES)))
def test_nothing_follows_what_is_out_of_place(size: int, place: int, shift: int) -> None:
    """A row is missing (-1), there twice, or elsewhere."""
    places = PLACES[:place] + PLACES[place + 1 :]
    if shift >= 0:
        places.insert(shift, PLACES[place])
    found = given(places, size)
    if places == PLACES:
        assert found == PLACES
    else:
        assert found.pop() == -1
        assert found == PLACES[: len(found)]


@pytest.mark.parametrize("place", range(len(PLACES)))
def test_a_row_that_comes_twice_is_refused(place: int) -> None:
    found = given(sorted([*PLACES, PLACES[place]]), 2)
    assert found.pop() == -1
    assert found == PLACES[: len(found)]


def test_a_row_of_a_block_that_has_none_is_refused() -> None:
    assert given([*PLACES, 9 * BLOCK], 9) == [-1]
