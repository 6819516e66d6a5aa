"""Action codes that lost their leading zero get it back where that is certain."""

from collections import Counter
from collections.abc import Iterable
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataset.codebook import ACTIONS, is_action_code
from dataset.errors import Refused
from dataset.loaders.actions import Codes, counted, mended

pytestmark = pytest.mark.quick

NONE = Codes()


def of(*codes: str) -> Codes:
    """Give the codes of a file that has each of these once."""
    return counted(Counter(codes))


# The root code of the record


@pytest.mark.parametrize(
    ("code", "root", "expected"),
    [
        ("010", "01", "010"),
        ("10", "1", "010"),
        ("10", "01", "010"),
        ("10", "10", "10"),
        ("20", "2", "020"),
        ("20", "20", "20"),
        ("1", "1", "01"),
        ("43", "4", "043"),
        ("841", "8", "0841"),
        ("190", "19", "190"),
        ("1711", "17", "1711"),
        ("106", "10", "106"),
        ("190", "18", "190"),
        ("190", "?", "190"),
        (" 42 ", " 4 ", "042"),
    ],
)
def test_the_root_code_tells_whether_a_zero_was_lost(code: str, root: str, expected: str) -> None:
    assert mended(code, root, NONE) == expected


@pytest.mark.parametrize("root", ["", "5", "?", "00"])
def test_a_root_code_that_contradicts_tells_nothing(root: str) -> None:
    with pytest.raises(Refused, match="is ambiguous"):
        mended("10", root, NONE)
    assert mended("10", root, of("043", "10")) == "10"
    assert mended("10", root, of("43", "10")) == "010"


# All codes of the file


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("43", "043"),
        ("94", "094"),
        ("10", "010"),
        ("20", "020"),
        ("841", "0841"),
        ("112", "112"),
        ("1711", "1711"),
    ],
)
def test_a_file_that_lost_its_zeros_gets_them_back(code: str, expected: str) -> None:
    assert mended(code, None, of("43", "94", "10", "20", "841", "112", "1711")) == expected


@pytest.mark.parametrize(
    ("sign", "codes"),
    [
        ("a zero was kept", ["43", "190", "043"]),
        ("a zero stands in what is no code", ["43", "190", "0841]"]),
        ("a root of one digit", ["43", "190", "4"]),
        ("no two digits beyond 20", ["20", "190", "841"]),
        ("a code that the codebook lacks", ["43", "199"]),
        ("a zero would make no code of it", ["43", "65"]),
        ("a code of WEIS", ["43", "224"]),
        ("what is no code", ["43", "145]"]),
        ("five digits", ["43", "19000"]),
    ],
)
def test_one_sign_is_enough_to_mend_nothing(sign: str, codes: list[str]) -> None:
    file = of(*codes)
    for code in ("43", "841"):
        assert mended(code, None, file) == code, sign
        assert not is_action_code(code)


@pytest.mark.parametrize("codes", [[], ["190"], ["43", "4"], ["43", "199"], ["12", "211"]])
@pytest.mark.parametrize("code", ["10", "15", "20"])
def test_two_digits_that_could_be_two_codes_are_refused(code: str, codes: list[str]) -> None:
    with pytest.raises(Refused, match="is ambiguous: it is"):
        mended(code, None, of(code, *codes))


@pytest.mark.parametrize("code", ["10", "15", "20"])
def test_two_digits_are_a_root_where_zeros_were_kept(code: str) -> None:
    assert mended(code, None, of(code, "043")) == code


def test_blank_codes_tell_nothing() -> None:
    assert mended("10", None, of("43", "10", "")) == "010"


@pytest.mark.parametrize("file", [NONE, of("43"), of("043")], ids=["none", "lost", "kept"])
@pytest.mark.parametrize("code", ["", "0841]", "---", "4a", "0", "00", "8411", "08411", "٤٣"])
def test_what_never_was_a_code_stays_as_it_is(code: str, file: Codes) -> None:
    assert mended(code, None, file) == code


# Another scheme


@pytest.mark.parametrize("name", ["gulf.weis.csv", "WEIS_1979.txt", "keds_weis.csv", "weis"])
def test_the_word_in_the_name_of_a_file_shows_weis(name: str) -> None:
    assert of("043").sign_of_weis(name) == "its name says so"


@pytest.mark.parametrize("name", ["weiss.csv", "Zweis.csv", "gulf.cameo.csv"])
def test_a_name_that_has_another_word_shows_nothing(name: str) -> None:
    assert of("043").sign_of_weis(name) is None


@pytest.mark.parametrize(
    ("codes", "is_weis"),
    [
        ({"211": 1, "223": 1, "031": 9}, True),
        ({"211": 1, "223": 1, "1711": 1}, False),
        ({"211": 1, "223": 1, "145]": 1}, True),
        ({"211": 2, "031": 1}, False),
        ({"213": 1, "224": 1, "031": 1}, False),
        ({"223": 2, "031": 97, "1711": 1}, True),
        ({"223": 1, "031": 98, "1711": 1}, False),
        ({"223": 2, "031": 96, "1711": 1}, False),
        ({}, False),
    ],
    ids=[
        "two of its codes",
        "two of its codes, but one of four digits",
        "no four digits",
        "one of its codes",
        "codes that CAMEO lacks, too",
        "more than one in a hundred",
        "one in a hundred",
        "less than a hundred",
        "no codes",
    ],
)
def test_the_codes_of_a_file_show_weis(codes: dict[str, int], is_weis: bool) -> None:
    assert bool(counted(Counter(codes)).sign_of_weis("gulf.csv")) == is_weis


def test_what_is_loaded_by_force_is_not_mended() -> None:
    lost = of("211", "212", "31", "43")
    assert (lost.lost_zeros, mended("212", None, lost)) == (True, "0212")
    forced = lost.by_force("gulf.csv")
    assert [mended(code, None, forced) for code in ("212", "31", "190")] == ["212", "31", "190"]
    assert of("43", "190").by_force("turkey.csv").lost_zeros


# The truth: what was there before the zeros were lost


def as_numbers(codes: Iterable[str]) -> list[str]:
    """Write codes as pandas does that took them for numbers."""
    return [str(int(code)) for code in codes]


def roots_among(codes: Iterable[str]) -> set[str]:
    return {code for code in codes if len(code) == 2}


@given(st.sets(st.sampled_from(sorted(ACTIONS)), min_size=1, max_size=60))
def test_no_code_becomes_another(codes: set[str]) -> None:
    # A file with roots from 10 on, but none below, looks as if its roots had lost a zero.
    if not any(root < "10" for root in roots_among(codes)):
        codes = codes - roots_among(codes)
    file = of(*as_numbers(codes))
    if file.sign_of_weis("keds.csv"):
        return
    for code, written in zip(codes, as_numbers(codes), strict=True):
        with suppress(Refused):
            found = mended(written, None, file)
            assert found == code or not is_action_code(found)


@given(st.sets(st.sampled_from([code for code in ACTIONS if len(code) > 2]), min_size=40))
def test_most_files_get_all_their_zeros_back(codes: set[str]) -> None:
    codes |= {"043", "1711"}
    file = of(*as_numbers(codes))
    assert {mended(code, None, file) for code in as_numbers(codes)} == codes


@given(st.sets(st.sampled_from(sorted(ACTIONS)), min_size=1))
def test_a_root_gives_every_zero_back(codes: set[str]) -> None:
    for code in codes:
        assert mended(str(int(code)), str(int(code[:2])), NONE) == code


@given(st.sets(st.sampled_from(sorted(ACTIONS)), min_size=1, max_size=60))
def test_codes_that_lost_nothing_stay_as_they_are(codes: set[str]) -> None:
    file = of(*codes)
    for code in codes:
        with suppress(Refused):
            assert mended(code, None, file) == code
