"""Phoenix lines become events: the source's own columns say what an actor is."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataset.building.rows import build
from dataset.building.sections import Columns
from dataset.errors import Refused
from dataset.loaders.base import FileContext
from dataset.loaders.phoenix import LOADER
from support.sample_lines import PHOENIX, line


def parsed(**changes: str) -> Columns:
    return LOADER.parser(FileContext("events.txt"), "")(line(PHOENIX, **changes))


def test_a_line_becomes_an_event() -> None:
    assert parsed() == {
        "id": "phoenix:1900001_v0.1.0",
        "dataset": "phoenix",
        "date": "2016-03-28",
        "added": None,
        "actor_code": "TURGOVLEG",
        "actor_country": "TUR",
        "actor_group": None,
        "actor_roles": ("GOV", "LEG"),
        "actor_ethnic": None,
        "actor_religions": (),
        "action_code": "190",
        "quad_class": "4",
        "goldstein": "-10.0",
        "target_code": "IMGMOSISI",
        "target_country": None,
        "target_group": "ISI",
        "target_roles": ("IMG",),
        "target_ethnic": None,
        "target_religions": ("MOS",),
        "place_name": "Gaziantep",
        "place_country": "TUR",
        "place_admin1": "Gaziantep",
        "place_latitude": "37.06",
        "place_longitude": "37.38",
        "place_precision": "city",
        "evidence_story": "56f000000000000000000001",
        "evidence_sentence": 1,
        "evidence_publisher": "example_world",
        "evidence_url": "http://news.example/a",
        "evidence_note": "one of 2 reports",
    }


def test_an_event_is_built_of_it() -> None:
    assert build(parsed(), LOADER.codebook)


@pytest.mark.parametrize(
    ("cells", "country", "roles"),
    [
        (("MNCUSAMED", "MNC", "", "USA;MED"), "USA", ("MNC", "MED")),
        (("IGOUNO", "IGO", "", "UNO"), None, ("IGO",)),
        (("MED", "", "", ""), None, ("MED",)),
        (("MEAREBUAF", "", "REB", "UAF"), "MEA", ("REB", "UAF")),
        (("KSVGOV", "", "GOV", ""), "KSV", ("GOV",)),
        (("CUBGOVXYZ", "CUB", "GOV", "XYZ"), "CUB", ("GOV",)),
        (("", "", "", ""), None, ()),
    ],
)
def test_actors_are_what_their_columns_say(
    cells: tuple[str, ...], country: str | None, roles: tuple[str, ...]
) -> None:
    names = ("source", "source_entity", "source_role", "source_attribute")
    event = parsed(**dict(zip(names, cells, strict=True)))
    assert (event["actor_country"], event["actor_roles"]) == (country, roles)


def test_letters_of_a_country_after_a_country_are_a_people() -> None:
    event = parsed(source="RUSCHE", source_entity="RUS", source_role="", source_attribute="CHE")
    assert (event["actor_country"], event["actor_ethnic"]) == ("RUS", "CHE")


@pytest.mark.parametrize(
    ("code", "root", "expected"),
    [("10", "1", "010"), ("10", "10", "10"), ("43", "4", "043"), (" ", " ", " ")],
)
def test_the_root_code_mends_a_lost_zero(code: str, root: str, expected: str) -> None:
    assert parsed(code=code, root=root)["action_code"] == expected


@pytest.mark.parametrize(
    ("name", "admin1", "country", "precision"),
    [
        ("Bar", "Bar Municipality", "MNE", "city"),
        ("Republic of Turkey", "", "TUR", "country"),
        ("United States", "", "USA", "country"),
        ("Russian Federation", "", "RUS", "country"),
        ("Guatemala City", "", "GTM", None),
        ("Brussels", "", "BEL", None),
        ("", "", "BEL", None),
    ],
)
def test_precision_is_said_only_where_it_is_plain(
    name: str, admin1: str, country: str, precision: str | None
) -> None:
    event = parsed(name=name, admin1=admin1, country=country)
    assert event["place_precision"] == precision


def test_the_neutral_quad_class_gives_way_to_that_of_the_root() -> None:
    row = build(parsed(code="010", root="01", quad_class="0"), LOADER.codebook)
    assert 1 in row


def test_a_story_without_a_sentence_is_a_story() -> None:
    event = parsed(sentences="56f000000000000000000001_x", urls="", publishers="")
    assert (event["evidence_story"], event["evidence_sentence"]) == (
        "56f000000000000000000001",
        None,
    )
    assert event["evidence_note"] is None


@pytest.mark.parametrize(
    ("changes", "column"),
    [
        ({"date": "2016032"}, "date"),
        ({"date": "2016-03-2x"}, "date"),
        ({"code": "10", "root": ""}, "action_code"),
        ({"name": "a\tb"}, None),
    ],
)
def test_what_is_no_event_is_refused(changes: dict[str, str], column: str | None) -> None:
    with pytest.raises(Refused) as refused:
        parsed(**changes)
    assert refused.value.column == column


@pytest.mark.parametrize("source", ["GBRGOV >201005011", "turgov1"])
def test_a_slip_of_the_dictionaries_is_no_actor(source: str) -> None:
    with pytest.raises(Refused):
        build(parsed(source=source), LOADER.codebook)


@given(st.lists(st.text(), min_size=26, max_size=26))
def test_no_text_breaks_the_parser(cells: list[str]) -> None:
    with suppress(Refused):
        LOADER.parser(FileContext("events.txt"), "")("\t".join(cells))
