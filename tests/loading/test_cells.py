"""What cells of several formats have in common is read in all the ways that sources write it."""

import pytest

from dataset.errors import Refused
from dataset.loaders.cells import day_of

pytestmark = pytest.mark.quick

MIDNIGHTS = ("", " 00:00", " 00:00:00", " 00:00:00.000", "T00:00:00", "T00:00:00Z")


@pytest.mark.parametrize("midnight", MIDNIGHTS)
@pytest.mark.parametrize("day", ["20190212", "2019-02-12", "2019/02/12", "02/12/2019", "2/12/2019"])
def test_a_day_is_read_however_it_is_written(day: str, midnight: str) -> None:
    assert day_of(day + midnight) == "2019-02-12"


@pytest.mark.parametrize(
    "text", ["", "2019", "12.02.2019", "2019-02-12 10:00:00", "2/12/19", "2019/2", "2019-2-12"]
)
def test_what_is_no_day_is_refused(text: str) -> None:
    with pytest.raises(Refused, match="is not a day like"):
        day_of(text)
