"""The rules that make an event of what a source says are the same for all sources."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataset.building.rows import ROW_COLUMNS, build
from dataset.codebook import ACTIONS, quad_class_of
from dataset.declarations.columns import COLUMNS, VIOLENCE_TYPES
from dataset.declarations.geometry import cell_of, cells_around, grid_cell_of
from dataset.declarations.ids import shuffle_of
from dataset.errors import Refused
from dataset.store.models import Event

pytestmark = pytest.mark.quick

LEAST = {
    "id": "seed:1",
    "dataset": "seed",
    "date": "2024-04-13",
    "added": "2024-06-17T00:00:00Z",
}
NAN, INF = float("nan"), float("inf")
COUNTS = (
    *("mentions", "sources", "articles"),
    *("fatalities", "fatalities_low", "fatalities_high"),
)
MADE = [
    *("goldstein_millionths", "tone_millionths", "dyad", "place_cell"),
    *("place_priogrid_gid", "shuffle", "words"),
]
LISTS = [name for name, column in COLUMNS.items() if column.many]
DERIVED = [name for name, column in COLUMNS.items() if column.derived]
CODEBOOKS = ("gdelt", "icews", "keds")


def built(codebook: str = "gdelt", **columns: Any) -> dict[str, Any]:
    """Build an event of the least that a source must give, and more; give its columns by name."""
    return dict(zip(ROW_COLUMNS, build({**LEAST, **columns}, codebook), strict=True))


def test_what_the_source_lacks_is_missing() -> None:
    row = built()
    given_or_made = {*LEAST, *MADE, *LISTS, "date_end", "date_precision"}
    assert {name: row[name] for name in LEAST} == LEAST
    assert all(row[name] is None for name in row.keys() - given_or_made)
    assert all(row[name] == "" for name in LISTS)


def test_a_row_holds_every_stored_column_but_those_of_the_revision() -> None:
    of_the_revision = {"key", "revision", "load", "loader_version"}
    assert built().keys() == Event._meta.fields.keys() - of_the_revision


def test_the_source_stays_as_it_is() -> None:
    source: dict[str, Any] = {**LEAST, "actor_code": "IRNGOV", "action_contexts": ["economic"]}
    before = {**source, "action_contexts": ["economic"]}
    build(source, "gdelt")
    assert source == before


@pytest.mark.parametrize(
    ("column", "value"),
    [
        *(("id", value) for value in (None, "", "seed", "seed:", ":1", "Seed:1", "seed:a b")),
        *(("id", value) for value in ("seed:a/b", "seed:é", "seed:1\n", "seed:" + "x" * 96)),
        ("id", "x" * 33 + ":1"),
        *(("added", value) for value in ("2024-06-17", "2024-06-17 00:00:00")),
        *(("added", value) for value in ("2024-06-17T00:00:00+02:00", "2024-06-17T00:00:00.5Z")),
        *(("date", value) for value in (None, "", "2024-02-30", "0000-01-01", "2024-00-10")),
        *(("date", value) for value in ("1799-12-31", "2101-01-01", "13.04.2024", 20241301)),
        *(("date", value) for value in ("20240413", "2024-W15-6", "0016-04-13")),
        *(("date_end", value) for value in ("2024-04-12", "2024-02-30", "2101-01-01")),
        *(("date_precision", value) for value in ("week", "Day")),
        *((f"{side}_code", "IR") for side in ("actor", "target")),
        *(("actor_code", value) for value in ("IRNG", "IRN GOV", "IRN!", "12A", "IRÑ")),
        *((f"actor_{part}", "IR") for part in ("country", "group", "ethnic")),
        *((f"target_{part}", ["GOV", "x"]) for part in ("roles", "religions")),
        ("actor_roles", "GOV"),
        ("action_contexts", "military"),
        *(
            ("action_code", value)
            for value in ("", " ", "0841]", "00", "21", "1", "01111", "1A", "---")
        ),
        *(("goldstein", value) for value in (10.1, -10.1, NAN, INF, "high")),
        *(("tone", value) for value in (NAN, INF, -INF, 100.1, "1_0")),
        *((name, value) for name in COUNTS for value in (-1, 1.5, "many", 2**63, True)),
        ("root_event", 2),
        *(("evidence_summary", value) for value in ("a\x00b", "a\ud800", 7)),
        ("actor_name", "a\x00b"),
        *(("evidence_status", value) for value in ("rumoured", "Reported")),
        *(("violence_type", value) for value in ("1", 1, "State-based", "one sided", " non-state")),
    ],
)
def test_what_makes_no_event_is_refused_by_its_column(column: str, value: object) -> None:
    with pytest.raises(Refused) as refusal:
        built(**{column: value})
    assert refusal.value.column == column
    assert refusal.value.reason
    assert str(refusal.value) == f"{column}: {refusal.value.reason}"


@pytest.mark.parametrize(
    "column",
    [
        *("actor_code", "action_root", "evidence_status", "tone", "added", "mentions"),
        *("fatalities", "violence_type"),
    ],
)
def test_an_empty_text_is_a_missing_value(column: str) -> None:
    assert built(**{column: ""})[column] is None


@pytest.mark.parametrize(
    ("column", "given_code", "stored"),
    [
        ("actor_code", "irngov", "IRNGOV"),
        ("target_country", "irn", "IRN"),
        ("actor_ethnic", "kur", "KUR"),
        ("actor_roles", ["gov", "GOV", "mil"], "GOV;MIL"),
        ("place_country", "irn", "IRN"),
    ],
)
def test_codes_are_upper_case(column: str, given_code: object, stored: str) -> None:
    assert built(**{column: given_code})[column] == stored


@pytest.mark.parametrize("column", ["actor_cuntry", *DERIVED, "key", "words"])
def test_a_column_that_is_not_the_source_s_is_refused(column: str) -> None:
    with pytest.raises(Refused) as refusal:
        built(**{column: "1"})
    assert refusal.value.column == column


@pytest.mark.parametrize("dataset", ["gdelt", "see", "seeds", "SEED", None, ""])
def test_an_id_of_another_dataset_is_refused(dataset: str | None) -> None:
    with pytest.raises(Refused) as refusal:
        built(dataset=dataset)
    assert refusal.value.column in ("id", "dataset")


@pytest.mark.parametrize(
    "column", [name for name, one in COLUMNS.items() if one.kind in ("text", "term") and one.stored]
)
def test_a_blank_text_is_missing_and_the_others_lose_their_margins(column: str) -> None:
    assert built(**{column: " \n"})[column] is None
    assert built(**{column: " Al Akhbar\n"})[column] == "Al Akhbar"


@pytest.mark.parametrize("column", COUNTS)
@pytest.mark.parametrize("count", [0, 1, 2**31 - 1])
def test_counts_are_kept(column: str, count: int) -> None:
    assert built(**{column: count})[column] == count


@pytest.mark.parametrize("value", VIOLENCE_TYPES)
def test_types_of_violence_are_kept(value: str) -> None:
    assert built(violence_type=value)["violence_type"] == value


@pytest.mark.parametrize(("value", "stored"), [(True, 1), (False, 0), (1, 1), (0, 0), (None, None)])
def test_truth_is_stored_as_0_or_1(value: bool | int | None, stored: int | None) -> None:
    assert built(root_event=value)["root_event"] == stored


@pytest.mark.parametrize("column", ["goldstein", "tone", "place_latitude", "place_longitude"])
def test_there_is_no_negative_zero(column: str) -> None:
    row = built(**{"place_latitude": 1, "place_longitude": 1, column: -0.0})
    assert str(row[column]) == "0.0"


# Dates


@pytest.mark.parametrize("day", ["1800-01-01", "2024-02-29", "2100-12-31"])
def test_the_days_of_three_centuries_are_taken(day: str) -> None:
    row = built(date=day)
    assert (row["date"], row["date_end"]) == (day, day)


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ({}, ("2024-04-13", "day")),
        ({"date_end": "2024-04-13"}, ("2024-04-13", "day")),
        ({"date_end": "2024-04-14"}, ("2024-04-14", "interval")),
        ({"date_end": "2024-04-30", "date_precision": "month"}, ("2024-04-30", "month")),
        ({"date_precision": "month"}, ("2024-04-13", "month")),
    ],
)
def test_the_end_and_the_precision_of_a_date_are_completed(
    columns: dict[str, str], expected: tuple[str, str]
) -> None:
    row = built(**columns)
    assert (row["date_end"], row["date_precision"]) == expected


def test_an_interval_is_no_day() -> None:
    with pytest.raises(Refused) as refusal:
        built(date_end="2024-04-14", date_precision="day")
    assert refusal.value.column == "date_precision"


# Actors


@pytest.mark.parametrize(
    ("code", "parts"),
    [
        ("AFGGOVTAL", ("AFG", "TAL", "GOV", None, "")),
        ("PSEREBHMS", ("PSE", "HMS", "REB", None, "")),
        ("IGOMOSOIC", (None, "OIC", "IGO", None, "MOS")),
        ("TURKURREB", ("TUR", None, "REB", "KUR", "")),
        ("IRNGOVMIL", ("IRN", None, "GOV;MIL", None, "")),
        ("QQQ", (None, None, "", None, "")),
    ],
)
@pytest.mark.parametrize("side", ["actor", "target"])
def test_a_code_alone_is_decoded(side: str, code: str, parts: tuple[str | None, ...]) -> None:
    row = built(**{f"{side}_code": code})
    names = ("country", "group", "roles", "ethnic", "religions")
    assert tuple(row[f"{side}_{name}"] for name in names) == parts
    assert row[f"{side}_code"] == code


@pytest.mark.parametrize(
    ("part", "value", "stored"),
    [
        ("country", "USA", "USA"),
        ("country", None, None),
        ("group", "HEZ", "HEZ"),
        ("roles", ["MIL", "GOV", "MIL"], "MIL;GOV"),
        ("roles", (), ""),
        ("ethnic", "KUR", "KUR"),
        ("religions", ["MOS", "SHI"], "MOS;SHI"),
    ],
)
def test_parts_that_the_source_gives_stand_instead_of_decoded_ones(
    part: str, value: object, stored: str | None
) -> None:
    row = built(**{"actor_code": "AFGGOVTAL", f"actor_{part}": value})
    expected: dict[str, Any] = dict.fromkeys(("country", "group", "ethnic")) | {
        "roles": "",
        "religions": "",
    }
    expected[part] = stored
    assert {name: row[f"actor_{name}"] for name in expected} == expected


def test_the_parts_of_one_side_do_not_touch_the_other() -> None:
    row = built(actor_code="IRNGOV", actor_country="USA", target_code="ISRMIL")
    assert (row["actor_country"], row["target_country"]) == ("USA", "ISR")
    assert (row["actor_roles"], row["target_roles"]) == ("", "MIL")


@pytest.mark.parametrize(
    ("actor", "target", "dyad"),
    [
        ("ISR", "IRN", "IRN,ISR"),
        ("IRNMIL", "ISRGOV", "IRN,ISR"),
        ("IRN", "IRN", "IRN,IRN"),
        ("IRN", None, None),
        (None, "IRN", None),
        ("GOV", "IRN", None),
    ],
)
def test_a_dyad_is_the_two_countries_in_code_order(
    actor: str | None, target: str | None, dyad: str | None
) -> None:
    assert built(actor_code=actor, target_code=target)["dyad"] == dyad


# Actions


@pytest.mark.parametrize("code", [*ACTIONS, "106", "199", "2099"])
def test_a_well_formed_action_gives_its_root_and_quad_class(code: str) -> None:
    row = built(action_code=code, quad_class=9)
    assert row["action_code"] == code
    assert (row["action_root"], row["quad_class"]) == (code[:2], quad_class_of(code))


@pytest.mark.parametrize(
    ("given_class", "stored"), [(1, 1), (4, 4), (0, None), (5, None), (None, None)]
)
def test_without_an_action_the_quad_class_is_the_source_s(
    given_class: int | None, stored: int | None
) -> None:
    assert built(quad_class=given_class)["quad_class"] == stored


@pytest.mark.parametrize("codebook", [*CODEBOOKS, "none"])
@pytest.mark.parametrize("code", ["195", "0332", "1056", "042", "106", "2099"])
def test_the_codebook_decides_the_goldstein_value(code: str, codebook: str) -> None:
    known = ACTIONS.get(code)
    expected = known.goldstein.get(codebook) if known else None
    row = built(codebook, action_code=code)
    assert row["goldstein"] == expected
    assert row["goldstein_millionths"] == (None if expected is None else round(expected * 10**6))


def test_the_codebooks_do_not_agree_so_that_it_matters_which_is_asked() -> None:
    values = [tuple(one.goldstein.get(name) for name in CODEBOOKS) for one in ACTIONS.values()]
    assert any(gdelt != icews for gdelt, icews, _ in values if None not in (gdelt, icews))


@pytest.mark.parametrize("value", [-10.0, -0.5, 0.0, 3.4, 10.0, 7])
def test_the_goldstein_value_of_the_source_is_kept(value: float) -> None:
    row = built(action_code="195", goldstein=value)
    assert (row["goldstein"], row["goldstein_millionths"]) == (value, round(value * 1_000_000))


def test_the_plover_type_is_that_of_the_code_unless_the_source_has_one() -> None:
    assert built(action_code="195")["action_plover"] == ACTIONS["195"].plover
    assert built(action_code="195", action_plover="PROTEST")["action_plover"] == "PROTEST"
    assert built(action_code="2099")["action_plover"] is None
    assert built()["action_plover"] is None


def test_contexts_are_joined_in_their_order() -> None:
    assert built(action_contexts=["military", "economic"])["action_contexts"] == "military;economic"


@given(st.floats(-100, 100))
def test_tone_is_stored_in_whole_millionths_too(tone: float) -> None:
    row = built(tone=tone)
    assert row["tone"] == tone
    assert abs(row["tone_millionths"] - tone * 1_000_000) <= 0.5


# Places

PLACE = {"place_name": "Tehran", "place_country": "IRN", "place_admin1": "Tehran"}


@pytest.mark.parametrize(
    "point",
    [
        (91, 0),
        (-90.01, 0),
        (0, 180.01),
        (0, -181),
        (NAN, 0),
        (0, NAN),
        (INF, 0),
        (0, -INF),
        (35.0, None),
        (None, 51.0),
        (None, None),
        ("35,69", 51.0),
        ("north", "east"),
    ],
)
def test_a_faulty_point_costs_the_point_and_nothing_else(
    point: tuple[object, object],
) -> None:
    row = built(**PLACE, place_latitude=point[0], place_longitude=point[1])
    nowhere = ("place_latitude", "place_longitude", "place_cell", "place_priogrid_gid")
    assert [row[name] for name in nowhere] == [None] * 4
    assert {name: row[name] for name in PLACE} == PLACE


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("place_precision", "village"),
        ("place_precision", ""),
        ("place_country", "Iran"),
        ("place_country", "IR"),
        ("place_country", "QQQQ"),
        ("place_name", "a\x00b"),
        ("place_admin1", "a\ud800"),
    ],
)
def test_a_faulty_part_of_a_place_costs_that_part_and_nothing_else(column: str, value: str) -> None:
    row = built(**{**PLACE, "place_latitude": 35.0, "place_longitude": 51.0, column: value})
    kept = PLACE.keys() - {column}
    assert row[column] is None
    assert {name: row[name] for name in kept} == {name: PLACE[name] for name in kept}
    assert (row["place_latitude"], row["place_longitude"]) == (35.0, 51.0)


@pytest.mark.parametrize("latitude", [-90, -0.5, 0, 31.5, 90])
@pytest.mark.parametrize("longitude", [-180, -0.5, 0, 34.75, 180])
def test_the_whole_globe_is_taken(latitude: float, longitude: float) -> None:
    row = built(place_latitude=latitude, place_longitude=longitude)
    found = (row["place_latitude"], row["place_longitude"])
    assert found == (latitude, longitude)
    assert all(isinstance(number, float) for number in found)


@pytest.mark.parametrize(
    ("point", "cell"),
    [
        ((-90, -180), 0),
        ((-89.5, -179.5), 0),
        ((-90, -179), 1),
        ((-89, -180), 360),
        ((0, 0), 90 * 360 + 180),
        ((-0.1, -0.1), 89 * 360 + 179),
        ((31.5, 34.75), 121 * 360 + 214),
    ],
)
def test_a_cell_is_one_degree_wide_and_360_make_a_row(
    point: tuple[float, float], cell: int
) -> None:
    assert built(place_latitude=point[0], place_longitude=point[1])["place_cell"] == cell


@pytest.mark.parametrize("latitude", [-90.0, 0.0, 31.5, 89.9])
@pytest.mark.parametrize("longitude", [-180.0, -179.9, 0.0, 179.9, 180.0])
def test_every_cell_is_in_the_row_of_its_latitude(latitude: float, longitude: float) -> None:
    row = built(place_latitude=latitude, place_longitude=longitude)
    assert row["place_cell"] // 360 == int(latitude + 90)


@pytest.mark.parametrize(
    ("point", "cell"),
    [
        ((-90, -180), 1),
        ((-89.5001, -179.5001), 1),
        ((-90, -179.5), 2),
        ((-89.5, -180), 721),
        ((0, 0), 180 * 720 + 361),
        ((-0.1, -0.1), 179 * 720 + 360),
        ((31.5, 34.75), 175390),
        ((90, 180), 360 * 720),
        ((90, -180), 359 * 720 + 1),
        ((-90, 180), 720),
    ],
)
def test_a_grid_cell_is_half_a_degree_wide_and_720_make_a_row(
    point: tuple[float, float], cell: int
) -> None:
    assert built(place_latitude=point[0], place_longitude=point[1])["place_priogrid_gid"] == cell


@given(st.floats(-90, 90), st.floats(-180, 180))
def test_the_one_degree_cell_of_a_place_is_around_its_grid_cell(
    latitude: float, longitude: float
) -> None:
    assert cell_of(latitude, longitude) in cells_around(grid_cell_of(latitude, longitude))


# What is made for searching


def test_names_and_summary_can_be_searched() -> None:
    row = built(
        actor_name="Ebrahim Raïsi",
        target_name="Straße",
        place_name="Tehran",
        evidence_summary="The Straße of Raïsi.",
        evidence_note="unseen",
        evidence_publisher="unseen",
    )
    assert row["words"] == " ebrahim raisi strasse tehran the strasse of raisi "


def test_an_event_without_text_has_no_words() -> None:
    assert built()["words"] == ""


@given(st.integers(0, 2**50))
def test_the_order_of_samples_depends_on_the_id_alone(number: int) -> None:
    row = built(id=f"seed:{number}", date="2020-01-01", action_code="195")
    assert row["shuffle"] == shuffle_of(f"seed:{number}")
