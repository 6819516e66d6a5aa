"""The made exports of GDELT have its format, its codes and its skew."""

import gzip
from collections import Counter
from datetime import date, datetime
from itertools import pairwise, starmap
from operator import le, ne
from pathlib import Path

import pytest
from click.testing import CliRunner

from benchmarks.gdelt_like import FIRST_ID, lines, main, with_faults
from dataset.codebook import ACTIONS, decode, iso3_of_fips
from dataset.codebook.tables import rows as codebook_rows

ROWS = 20_000
PLACES = (35, 43, 51)

Cells = list[str]


@pytest.fixture(scope="module")
def events() -> list[Cells]:
    return [line.decode().removesuffix("\n").split("\t") for line in lines(ROWS)]


def test_a_line_has_61_columns_and_ends_once(events: list[Cells]) -> None:
    assert len(events) == ROWS
    assert {len(cells) for cells in events} == {61}
    assert all(line.endswith(b"\n") and line.count(b"\n") == 1 for line in lines(100))


def test_the_same_seed_makes_the_same_lines() -> None:
    assert list(lines(500)) == list(lines(500, seed=1))
    assert list(lines(500)) != list(lines(500, seed=2))


@pytest.mark.parametrize("rows", [0, 1, 7, 1000])
def test_there_are_as_many_lines_as_asked_for(rows: int) -> None:
    numbers = [int(line.split(b"\t")[0]) for line in lines(rows, first_id=5)]
    assert numbers == list(range(5, 5 + rows))


def test_what_an_action_code_says_is_said_of_it(events: list[Cells]) -> None:
    for code, base, root, quad_class, goldstein in (cells[26:31] for cells in events):
        action = ACTIONS[code]
        assert (base, root) == (code[:3], action.root)
        assert int(quad_class) == action.quad_class
        assert float(goldstein) == action.goldstein["gdelt"]


@pytest.mark.parametrize("first", [5, 15])
def test_the_columns_of_an_actor_agree_with_its_code(events: list[Cells], first: int) -> None:
    for code, name, country, group, ethnic, *rest in {(*e[first : first + 10],) for e in events}:
        found = decode(code.upper())
        assert bool(code) == bool(name)
        assert (country, group) == (found.country or "", found.group or "")
        assert ethnic == (found.ethnic or "").lower()
        assert [part for part in rest if part] == [*found.religions, *found.roles]


def test_ids_ascend_with_the_time_of_addition(events: list[Cells]) -> None:
    added = [cells[59] for cells in events]
    assert [int(cells[0]) for cells in events] == list(range(FIRST_ID, FIRST_ID + ROWS))
    assert all(starmap(le, pairwise(added)))
    assert {time[10:] for time in added} == {"0000", "1500", "3000", "4500"}


def test_events_are_added_in_ten_years_and_most_on_their_day(events: list[Cells]) -> None:
    days = [
        [datetime.strptime(text[:8], "%Y%m%d").date() for text in (e[1], e[59])] for e in events
    ]
    assert days[0][1] == date(2015, 2, 19)
    assert date(2025, 2, 17) <= days[-1][1] <= date(2025, 2, 18)
    assert all(happened <= added for happened, added in days)
    assert 0.95 < sum(happened == added for happened, added in days) / ROWS < 0.99


def test_the_other_columns_of_a_date_agree_with_it(events: list[Cells]) -> None:
    for day, month, year, fraction in (cells[1:5] for cells in events):
        assert (month, year) == (day[:6], day[:4])
        assert float(fraction) == pytest.approx(
            int(year) + (int(day[4:6]) * 30 - 30 + int(day[6:])) / 365, abs=0.0001
        )


@pytest.mark.parametrize("first", PLACES)
def test_a_place_is_on_earth_and_in_a_country(events: list[Cells], first: int) -> None:
    countries = {fips for fips, _, _ in codebook_rows("fips")}
    for kind, *cells in {(*e[first : first + 8],) for e in events} - {("0", *[""] * 7)}:
        _, country, admin1, _, latitude, longitude, feature = cells
        assert kind in set("12345")
        assert country in countries
        assert admin1.startswith(country)
        assert abs(float(latitude)) <= 90
        assert abs(float(longitude)) <= 180
        assert feature


def test_codes_and_places_are_as_skewed_as_in_the_news(events: list[Cells]) -> None:
    countries = Counter(iso3_of_fips(cells[53]) for cells in events)
    actors, codes = (Counter(cells[nth] for cells in events) for nth in (5, 26))
    assert 0.2 < countries["USA"] / ROWS < 0.35
    assert len(countries) > 150
    assert 0.06 < actors[""] / ROWS < 0.13
    assert {"USAGOV", "IGOUNO", "MNCUSA", "GBRGOV"} < actors.keys()
    assert codes["010"] > 5 * codes["120"] > 0
    assert 0.5 < sum(cells[25] == "1" for cells in events) / ROWS < 0.67


def test_pairs_of_countries_have_a_long_tail(events: list[Cells]) -> None:
    pairs = Counter((cells[7], cells[17]) for cells in events if cells[7] and cells[17])
    once = sum(number == 1 for number in pairs.values())
    assert pairs.most_common(1)[0][0] == ("USA", "USA")
    assert once > len(pairs) / 3


def test_events_of_a_story_share_its_address_and_tone(events: list[Cells]) -> None:
    stories = Counter(cells[60] for cells in events)
    tones = {(cells[60], cells[34]) for cells in events}
    assert len(tones) == len(stories) < ROWS / 3
    assert max(stories.values()) > 10


def test_some_lines_are_faulty_if_asked_for() -> None:
    sound = list(lines(2000))
    faulty = list(with_faults(sound, 0.1))
    assert faulty == list(with_faults(sound, 0.1))
    assert 100 < sum(map(ne, sound, faulty)) < 300
    assert {line.count(b"\t") for line in faulty} == {59, 60, 61}


@pytest.mark.parametrize("name", ["made.export.CSV", "made.export.CSV.gz"])
def test_the_command_writes_a_file(tmp_path: Path, name: str) -> None:
    made = CliRunner().invoke(main, ["--rows", "50", "--output", str(tmp_path / name)])
    content = (tmp_path / name).read_bytes()
    plain = gzip.decompress(content) if name.endswith(".gz") else content
    assert made.exit_code == 0
    assert plain == b"".join(lines(50))
