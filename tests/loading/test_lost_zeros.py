"""Action codes that lost their leading zero get it back where that is certain."""

import pytest

from dataset.errors import Refused
from dataset.loaders.actions import mended

pytestmark = pytest.mark.quick


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
    ],
)
def test_the_root_code_tells_whether_a_zero_was_lost(code: str, root: str, expected: str) -> None:
    assert mended(code, root) == expected


@pytest.mark.parametrize(
    ("code", "expected"),
    [("43", "043"), ("99", "099"), ("841", "0841"), ("7", "07"), ("112", "112"), ("1011", "1011")],
)
def test_what_no_root_begins_can_only_have_lost_its_zero(code: str, expected: str) -> None:
    assert mended(code) == expected


@pytest.mark.parametrize("code", ["10", "15", "20"])
def test_two_digits_that_could_be_two_codes_are_refused(code: str) -> None:
    with pytest.raises(Refused, match="is ambiguous: it is"):
        mended(code)


@pytest.mark.parametrize("code", ["", " ", "0841]", "---", "4a", "0", "00", "8411", "08411", "٤٣"])
def test_what_never_was_a_code_stays_as_it_is(code: str) -> None:
    assert mended(code) == code
