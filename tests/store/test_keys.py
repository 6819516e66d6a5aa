"""The key of an event: 63 bits, made of its dataset and its id, the same at every load."""

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataset.declarations.ids import (
    DATASET_NUMBERS,
    FIRST_FREE_NUMBER,
    LAST_NUMBER,
    NATIVE_BITS,
    PUBLIC_ID,
    VALUE_BITS,
    key_of,
    shuffle_of,
)
from dataset.errors import Impossible
from dataset.store.database import open_to_write
from dataset.store.models import Dataset
from dataset.writes.revisions import next_dataset_number

NUMBERS = st.integers(1, LAST_NUMBER)
NUMERIC = st.integers(0, 2**VALUE_BITS - 1).map(str)
DAYS = st.dates(date(1800, 1, 1), date(2100, 12, 31))
DATED = st.builds(lambda number, day: f"{number}-{day:%Y%m%d}", st.integers(0, 2**24 - 1), DAYS)
ANY_ID = st.from_regex(r"[A-Za-z0-9._~:-]{1,95}", fullmatch=True)


def form_of(native: str) -> int:
    """Give the form under which a key holds a native id."""
    return key_of(1, native) >> VALUE_BITS & 0b11


@given(NUMBERS, ANY_ID | NUMERIC | DATED)
def test_a_key_has_63_bits_and_the_dataset_in_the_upper_ten(number: int, native: str) -> None:
    key = key_of(number, native)
    assert 0 < key < 2**63
    assert key >> NATIVE_BITS == number
    assert key == key_of(number, native)


@given(NUMBERS, st.integers(0, 2**VALUE_BITS - 1))
def test_a_whole_number_is_kept_as_it_is(number: int, native: int) -> None:
    assert key_of(number, str(native)) & (2**NATIVE_BITS - 1) == native


@given(st.sets(NUMERIC | DATED | NUMERIC.map("0{}".format), min_size=2, max_size=200))
def test_no_two_numbers_or_dated_numbers_meet(natives: set[str]) -> None:
    assert len({key_of(4, native) for native in natives}) == len(natives)


@given(st.integers(0, 2**24 - 1), DAYS, st.integers(0, 2**24 - 1), DAYS)
def test_dated_numbers_meet_only_if_they_are_equal(
    one: int, day: date, other: int, other_day: date
) -> None:
    keys = {
        key_of(4, f"{number}-{when:%Y%m%d}") for number, when in ((one, day), (other, other_day))
    }
    assert len(keys) == len({(one, day), (other, other_day)})


@given(NUMERIC, DATED, NUMBERS, NUMBERS)
def test_datasets_never_meet(number: str, dated: str, one: int, other: int) -> None:
    meet = one == other
    assert (key_of(one, number) == key_of(other, number)) == meet
    assert (key_of(one, dated) == key_of(other, dated)) == meet
    assert key_of(one, number) != key_of(other, dated)


@pytest.mark.parametrize("native", ["34089900-20190312", "0-19950101", "34092523-20190315"])
def test_the_ids_of_icews_are_packed_and_not_hashed(native: str) -> None:
    assert form_of(native) == form_of("1-20190312")


@pytest.mark.parametrize("native", ["0", "410412347", "1274032177", str(2**VALUE_BITS - 1)])
def test_the_ids_of_gdelt_are_kept_and_not_hashed(native: str) -> None:
    assert form_of(native) == form_of("1")


@pytest.mark.parametrize(
    "native", ["01", "00", str(2**VALUE_BITS), "1701787_v0.1.0", "1-2019031", "1-20190312-1", "-1"]
)
def test_any_other_id_is_hashed(native: str) -> None:
    assert form_of(native) == form_of("text") not in (form_of("1"), form_of("1-20190312"))


@pytest.mark.parametrize(
    ("native", "key"),
    [
        ("0", 0x20000000000000),
        ("7", 0x20000000000007),
        ("2251799813685247", 0x27FFFFFFFFFFFF),
        ("text", 0x36BF9AFD1141C0),
    ],
)
def test_keys_are_the_same_for_ever(native: str, key: int) -> None:
    assert key_of(1, native) == key


@pytest.mark.parametrize(
    ("public_id", "shuffle"), [("seed:1", 954464361), ("gdelt:410412347", 1030045220)]
)
def test_the_order_of_samples_is_the_same_for_ever(public_id: str, shuffle: int) -> None:
    assert shuffle_of(public_id) == shuffle


@given(ANY_ID)
def test_the_order_of_samples_has_31_bits(public_id: str) -> None:
    assert 0 <= shuffle_of(public_id) < 2**31


def test_the_order_of_samples_is_evenly_spread() -> None:
    low = sum(shuffle_of(f"seed:{number}") < 2**30 for number in range(10_000))
    assert 4_700 < low < 5_300


@given(st.from_regex(PUBLIC_ID, fullmatch=True))
def test_every_id_that_is_taken_keeps_to_the_contract(public_id: str) -> None:
    assert re.fullmatch(r"[A-Za-z0-9._~:-]{1,128}", public_id)
    assert public_id.partition(":")[2]


# Numbers of datasets


def test_built_in_datasets_have_fixed_numbers() -> None:
    first = {"seed": 1, "gdelt": 2, "gdelt1": 3, "icews": 4, "phoenix": 5, "keds": 6, "polecat": 7}
    assert first.items() <= DATASET_NUMBERS.items()
    assert len(set(DATASET_NUMBERS.values())) == len(DATASET_NUMBERS)
    assert 0 < max(DATASET_NUMBERS.values()) < FIRST_FREE_NUMBER <= LAST_NUMBER < 2**10


def described(name: str, number: int) -> dict[str, Any]:
    """Describe a dataset with nothing but its name and number."""
    return {**dict.fromkeys(Dataset._meta.fields, 1), "name": name, "number": number}


def test_other_datasets_get_the_next_number_and_keep_it(own_store: Path) -> None:
    database = open_to_write(str(own_store))
    numbers = []
    for name in ("mine", "yours", "mine", "seed"):
        numbers.append(next_dataset_number(database, name))
        database.execute(Dataset.insert(described(name, numbers[-1])).on_conflict_ignore())
    database.close()
    assert numbers == [FIRST_FREE_NUMBER, FIRST_FREE_NUMBER + 1, FIRST_FREE_NUMBER, 1]


def test_there_is_an_end_to_the_numbers(own_store: Path) -> None:
    database = open_to_write(str(own_store))
    database.execute(Dataset.insert(described("last", LAST_NUMBER)))
    with pytest.raises(Impossible, match=str(LAST_NUMBER)):
        next_dataset_number(database, "too-many")
    database.close()
