"""Phoenix lines become events: the source's own columns say what an actor is."""

import csv
import io
import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataset.building.rows import Row, RowBuilder
from dataset.building.sections import Columns
from dataset.errors import Refused
from dataset.loaders.phoenix import LOADER
from support.parsing import parser_of, reader_of
from support.sample_lines import PHOENIX, line

pytestmark = pytest.mark.quick


def parsed(**changes: str) -> Columns:
    return dict(parser_of(LOADER, line(PHOENIX))(line(PHOENIX, **changes)))


def built(event: Columns) -> Row:
    return RowBuilder(LOADER.codebook).from_columns(event)


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
        "action_remarks": (),
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
    assert built(parsed())


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
        (("---GOV", "", "GOV", ""), None, ("GOV",)),
        (("---MUSREB", "---", "REB", "MUS"), None, ("REB",)),
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
    [("10", "1", "010"), ("10", "10", "10"), ("43", "4", "043"), (" ", " ", "")],
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
    row = built(parsed(code="010", root="01", quad_class="0"))
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
        built(parsed(source=source))


@given(st.lists(st.text(), min_size=26, max_size=26))
def test_no_text_breaks_the_parser(cells: list[str]) -> None:
    with suppress(Refused):
        parser_of(LOADER, line(PHOENIX))("\t".join(cells))


# Other writers

NAMES = {
    "Cline": (
        "eid story_date year month day source source_root source_agent source_others target "
        "target_root target_agent target_others code root_code quad_class goldstein joined_issues "
        "lat lon placename statename countryname ids urls sources"
    ),
    "R": (
        "GID Date Year Month Day Source SrcActor SrcAgent SOthAgent Target TgtActor TgtAgent "
        "TOthAgent CAMEO RootCode QuadClass Goldstein None Lat Lon Geoname AdminInfo CountryCode "
        "ID URL sourcetxt"
    ),
    "UTD": (
        "event_id date8 year month day source src_actor src_agent src_other_agent target "
        "tgt_actor tgt_agent tgt_other_agent code root_code quad_class goldstein issues latitude "
        "longitude geoname admin_info country_code id url source_text"
    ),
    "documented": (
        "EventID Date Year Month Day SourceActorFull SourceActorEntity SourceActorRole "
        "SourceActorAttribute TargetActorFull TargetActorEntity TargetActorRole "
        "TargetActorAttribute EventCode EventRootCode QuadClass GoldsteinScore Issues ActionLat "
        "ActionLong LocationName GeoCountryName GeoStateName SentenceID URLs NewsSources"
    ),
}
WRITERS = {
    writer: dict(zip(PHOENIX, names.split(), strict=True)) for writer, names in NAMES.items()
}
CLINE, BY_R, BY_UTD = WRITERS["Cline"], WRITERS["R"], WRITERS["UTD"]


def table(names: dict[str, str], sample: dict[str, str], delimiter: str = ",") -> tuple[str, str]:
    """Write a sample as a header and a record, all in quotes, as they do who save it again."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerow(["", *(names[name] for name in sample)])
    writer.writerow(["1", *sample.values()])
    header, record = text.getvalue().splitlines()
    return header, record


def read(names: dict[str, str], delimiter: str = ",", **changes: str) -> Columns:
    header, record = table(names, PHOENIX | changes, delimiter)
    return dict(parser_of(LOADER, header, record)(record))


@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
@pytest.mark.parametrize("writer", WRITERS)
def test_every_writer_gives_the_same_event(writer: str, delimiter: str) -> None:
    assert read(WRITERS[writer], delimiter) == parsed()


def test_json_gives_the_same_event() -> None:
    record = json.dumps({BY_UTD[name]: value for name, value in PHOENIX.items()})
    assert parser_of(LOADER, record)(record) == parsed()


@pytest.mark.parametrize("day", ["3/28/2016", "03/28/2016", "2016/03/28", "2016-03-28"])
def test_a_day_is_written_in_several_ways(day: str) -> None:
    assert read(CLINE, date=day) == parsed()


@pytest.mark.parametrize("writer", WRITERS)
def test_a_file_with_all_that_is_read_is_whole(writer: str) -> None:
    header, record = table(WRITERS[writer], PHOENIX)
    assert reader_of(LOADER, header, record).is_whole
    few = {name: cell for name, cell in PHOENIX.items() if name != "latitude"}
    assert not reader_of(LOADER, *table(WRITERS[writer], few)).is_whole


def test_a_mended_code_is_remarked() -> None:
    (remark,) = read(CLINE, code="42", root="4")["action_remarks"]
    assert (remark.kind, remark.code, remark.became) == ("mended", "42", "042")


def test_missing_values_are_missing() -> None:
    names = ("latitude", "longitude", "quad_class", "country", "source_role")
    event = read(BY_R, **dict.fromkeys(names, "NA"), urls="---", publishers="---")
    assert not any(event[name] for name in ("place_latitude", "place_country", "evidence_url"))
    assert built(event)


CLINES_OWN = {
    name: CLINE[name] for name in PHOENIX if CLINE[name] not in ("ids", "urls", "sources")
}


def of_cline(public_id: str, day: str, process: str = "PETRARCH2") -> Columns:
    names = CLINES_OWN | {"article": "aid", "process": "process"}
    cells = {name: PHOENIX[name] for name in CLINES_OWN}
    changes = {"id": public_id, "date": day, "article": "6238547", "process": process}
    header, record = table(names, cells | changes)
    return dict(parser_of(LOADER, header, record)(record))


@pytest.mark.parametrize(
    ("public_id", "publisher"),
    [
        ("NYT1", "NYT"),
        ("LNNYT12", "LNNYT"),
        ("SWB0012", "SWB"),
        ("FBIS0296242", "FBIS"),
        ("X1", None),
    ],
)
def test_the_historical_phoenix_names_article_and_reports(
    public_id: str, publisher: str | None
) -> None:
    event = of_cline(public_id, "1/2/1996")
    assert (event["id"], event["date"]) == (f"phoenix:{public_id}", "1996-01-02")
    assert (event["evidence_story"], event["evidence_publisher"]) == ("6238547", publisher)


@pytest.mark.parametrize("day", ["01/01/1970", "1/1/1970", "1970/01/01"])
@pytest.mark.parametrize(
    ("public_id", "process"), [("FBIS02", "x"), ("SWB1", "x"), ("1", "FBIS__v1"), ("1", "SWB__v1")]
)
def test_the_first_day_of_computers_is_no_date(public_id: str, process: str, day: str) -> None:
    with pytest.raises(Refused, match="stands for no date") as refused:
        of_cline(public_id, day, process)
    assert refused.value.column == "date"


def test_the_new_york_times_has_that_day() -> None:
    assert of_cline("NYT12", "01/01/1970", "NYT__v1")["date"] == "1970-01-01"


def test_ids_of_the_historical_phoenix_are_none_of_the_daily_files() -> None:
    daily = {"1144", "1701787_v0.1.0", "2880_v0.2.0"}
    assert not any(of_cline(name, "1/2/1996")["evidence_publisher"] for name in daily)
