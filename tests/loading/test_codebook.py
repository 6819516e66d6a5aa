"""The codebook's tables are sound, its contradictions stay settled, and its decoder is right."""

import re
from collections import Counter
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataset.codebook import (
    ACTIONS,
    COUNTRIES,
    COUNTRY_ISO3,
    COUNTRY_OF_ISO3,
    ETHNIC,
    GROUPS,
    ISO_COUNTRIES,
    PLOVER_CONTEXTS,
    PLOVER_MODES,
    PLOVER_QUAD_CLASSES,
    PLOVER_TYPES,
    REGIONS,
    RELIGIONS,
    ROLES,
    STATES,
    ActorParts,
    children,
    decode,
    found_together,
    is_action_code,
    is_actor_code,
    iso3_of_fips,
    iso3_of_name,
    parts,
    quad_class_of,
    same_state,
)
from dataset.codebook.tables import rows
from support.paths import ROOT
from support.real_files import EVENTS

pytestmark = pytest.mark.quick

ALPHA3 = r"[A-Z]{3}"
TABLES = {
    "actions": r"\d{2,4}",
    "countries": ALPHA3,
    "country_names": r"\S.*\S",
    "ethnic": ALPHA3,
    "fips": r"[A-Z]{2}",
    "groups": ALPHA3,
    "iso_countries": ALPHA3,
    "plover_contexts": r"[a-z_]+",
    "plover_modes": r"[A-Z]+ [a-z-]+",
    "plover_types": r"[A-Z]+",
    "religions": ALPHA3,
    "roles": ALPHA3,
}
ACTORS = {**COUNTRIES, **GROUPS, **ROLES, **ETHNIC, **RELIGIONS}


def codes_of(table: str) -> list[str]:
    width = 2 if table == "plover_modes" else 1
    return [" ".join(row[:width]) for row in rows(table)]


@pytest.mark.parametrize(("table", "shape"), TABLES.items())
def test_codes_are_well_formed_unique_and_sorted(table: str, shape: str) -> None:
    codes = codes_of(table)
    assert all(re.fullmatch(shape, code) for code in codes)
    assert len(codes) == len(set(codes))
    assert rows(table) == sorted(rows(table))


@pytest.mark.parametrize("table", TABLES)
def test_cells_hold_no_stray_blanks(table: str) -> None:
    cells = [cell for row in rows(table) for cell in row]
    assert all(cell == " ".join(cell.split()) for cell in cells)


@pytest.mark.parametrize("table", sorted(TABLES.keys() - {"country_names"}))
def test_every_code_has_a_label(table: str) -> None:
    label = {"actions": 1, "countries": 1}.get(table, -1)
    assert all(row[label] for row in rows(table))


def test_every_table_file_is_tested() -> None:
    folder = ROOT / "dataset" / "codebook"
    assert {file.stem for file in folder.glob("*.csv")} == TABLES.keys() | {
        "gleditsch_ward",
        "icews_sectors",
    }


def test_action_codes_form_a_tree_of_twenty_roots() -> None:
    roots = [action for action in ACTIONS.values() if action.parent is None]
    assert [action.code for action in roots] == [f"{number:02}" for number in range(1, 21)]
    assert all(action.parent in ACTIONS for action in ACTIONS.values() if action.parent)
    assert all(action.root == action.code[:2] for action in ACTIONS.values())


def test_children_are_the_other_side_of_parent() -> None:
    for code in ACTIONS:
        assert all(ACTIONS[child].parent == code for child in children(code))
    assert sum(len(children(code)) for code in ACTIONS) == len(ACTIONS) - 20
    assert children("195") == ("1951", "1952")
    assert children("999") == ()


@pytest.mark.parametrize(
    ("code", "quad_class"),
    [("01", 1), ("057", 1), ("06", 2), ("0999", 2), ("10", 3), ("145", 3), ("15", 4), ("2042", 4)],
)
def test_quad_class_follows_from_the_root(code: str, quad_class: int) -> None:
    assert quad_class_of(code) == quad_class


def test_known_actions_have_their_quad_class() -> None:
    assert all(action.quad_class == quad_class_of(code) for code, action in ACTIONS.items())


@pytest.mark.parametrize("text", ["01", "010", "1951", "20", "2099"])
def test_action_codes_are_recognised(text: str) -> None:
    assert is_action_code(text)


@pytest.mark.parametrize(
    "text", ["", "1", "00", "21", "0841]", "19510", "---", "19\n", "1 9", "\u0661\u0662"]
)
def test_other_texts_are_no_action_codes(text: str) -> None:
    assert not is_action_code(text)


def test_goldstein_values_are_on_the_scale() -> None:
    for action in ACTIONS.values():
        assert action.goldstein.keys() <= {"gdelt", "icews", "keds"}
        assert all(-10 <= value <= 10 for value in action.goldstein.values())


@pytest.mark.parametrize(
    ("code", "goldstein"),
    [
        ("016", {"gdelt": -2.0, "icews": -5.0, "keds": 3.4}),
        ("022", {"gdelt": 3.2, "icews": 3.4, "keds": 3.4}),
        ("164", {"gdelt": -7.0, "icews": -6.5, "keds": -7.0}),
        ("165", {"gdelt": -6.5, "icews": -7.0, "keds": -7.0}),
        ("106", {"gdelt": -5.0, "icews": -5.0, "keds": -5.0}),
        ("1213", {"icews": -4.0, "keds": -4.0}),
        ("1951", {}),
    ],
)
def test_each_codebook_keeps_its_goldstein_values(code: str, goldstein: dict[str, float]) -> None:
    assert ACTIONS[code].goldstein == goldstein


@pytest.mark.parametrize(
    ("code", "label"),
    [
        ("01", "Make public statement"),
        ("106", "Demand meeting, negotiation"),
        ("1056", "Demand de-escalation of military engagement"),
        ("125", "Reject proposal to meet, discuss, or negotiate"),
        ("1213", "Reject judicial cooperation"),
        ("138", "Threaten with military force, not specified below"),
        ("183", "Conduct suicide, car, or other non-military bombing, not specified below"),
        ("195", "Employ aerial weapons, not specified below"),
    ],
)
def test_garbled_labels_are_settled(code: str, label: str) -> None:
    assert ACTIONS[code].label == label


def test_the_misprint_of_183_is_no_code() -> None:
    assert "1883" not in ACTIONS


def test_plover_words_of_actions_are_known() -> None:
    modes = {(type_, mode) for type_, mode, _ in rows("plover_modes")}
    for action in ACTIONS.values():
        assert action.plover in {None, *PLOVER_TYPES}
        assert action.mode is None or (action.plover, action.mode) in modes
        assert set(action.contexts) <= PLOVER_CONTEXTS.keys()


def test_only_statements_and_appeals_have_no_plover_type() -> None:
    assert {action.root for action in ACTIONS.values() if not action.plover} == {"01", "02"}


@pytest.mark.parametrize(
    ("code", "plover", "mode", "contexts"),
    [
        ("08", "CONCEDE", None, ()),
        ("0813", "RETREAT", None, ("legal",)),
        ("1124", "ACCUSE", "allege", ("military", "legal")),
        ("1712", "ASSAULT", "destroy", ("human_security",)),
        ("175", "ASSAULT", None, ("pro_autocracy", "military")),
        ("176", "COERCE", "cyber", ("cyber",)),
        ("186", "ASSAULT", "targeted", ()),
    ],
)
def test_plover_contradictions_are_settled(
    code: str, plover: str, mode: str | None, contexts: tuple[str, ...]
) -> None:
    action = ACTIONS[code]
    assert (action.plover, action.mode, action.contexts) == (plover, mode, contexts)


def test_plover_modes_belong_to_types_and_mean_one_thing() -> None:
    assert {type_ for type_, _, _ in rows("plover_modes")} <= PLOVER_TYPES.keys()
    assert len({(mode, label) for _, mode, label in rows("plover_modes")}) == len(PLOVER_MODES)


def test_every_plover_type_has_a_quad_class() -> None:
    assert PLOVER_QUAD_CLASSES.keys() == PLOVER_TYPES.keys()
    assert set(PLOVER_QUAD_CLASSES.values()) == {1, 2, 3, 4}


@pytest.mark.parametrize(("table", "column"), [("countries", 3), ("fips", 1), ("country_names", 1)])
def test_every_iso3_is_in_iso_countries(table: str, column: int) -> None:
    assert {row[column] for row in rows(table)} <= ISO_COUNTRIES.keys() | {""}


def test_countries_have_an_iso3_and_regions_have_none() -> None:
    without = COUNTRIES.keys() - COUNTRY_ISO3.keys() - REGIONS
    assert without == {"ANT", "CSK", "CZA", "DDR", "SCG", "SUN", "USR", "YMD", "YMS", "YUG"}
    assert {kind for _, _, kind, *_ in rows("countries")} == {"country", "region"}


@pytest.mark.parametrize(
    ("code", "iso3"),
    [
        ("BAG", "IRQ"),
        ("GZS", "PSE"),
        ("IMY", "IMN"),
        ("KSV", "XKX"),
        ("MTN", "MNE"),
        ("PSE", "PSE"),
        ("ROM", "ROU"),
        ("ROU", "ROU"),
        ("TMP", "TLS"),
        ("WSB", "PSE"),
    ],
)
def test_cameo_countries_map_to_iso(code: str, iso3: str) -> None:
    assert COUNTRY_ISO3[code] == iso3


def test_what_was_added_to_cameo_is_marked() -> None:
    assert {state.source for state in STATES.values()} == {"cameo", "cameo-events"}
    assert (STATES["ROM"].source, STATES["SSD"].source) == ("cameo", "cameo-events")


def test_years_of_states_are_those_of_gleditsch_and_ward() -> None:
    listed = {row[4]: row[5:] for row in rows("gleditsch_ward") if row[4] and not row[6]}
    own = {code: [first, last] for code, _, _, _, _, first, last, _ in rows("countries")}
    assert {code: own[code] for code in listed} == listed
    assert STATES["SUN"][1:3] == STATES["USR"][1:3] == (1922, 1991)
    assert STATES["SSD"][1:3] == (2011, None)


def test_codes_of_a_state_name_each_other() -> None:
    for code in COUNTRIES:
        assert all(code in same_state(other) for other in same_state(code))
    assert same_state("SUNGOV") == ("USRGOV",)
    assert same_state("ROM") == ("ROU",)
    assert same_state("IRN") == same_state("IRQSUN") == ()


def test_only_codes_of_the_soviet_union_are_found_together() -> None:
    several = {code for code in COUNTRIES if len(found_together(code)) > 1}
    assert several == {"SUN", "USR"}
    assert found_together("USRGOV") == ("SUNGOV", "USRGOV")
    assert found_together("IRNGOV") == ("IRNGOV",)


def test_an_iso_country_has_one_code_that_events_carry() -> None:
    others = {iso3: code for iso3, code in COUNTRY_OF_ISO3.items() if iso3 != code}
    assert others == {"IMN": "IMY", "MNE": "MTN", "TLS": "TMP", "XKX": "KSV"}


@pytest.mark.parametrize(
    ("fips", "iso3"),
    [
        ("GV", "GIN"),
        ("GZ", "PSE"),
        ("KV", "XKX"),
        ("LO", "SVK"),
        ("RB", "SRB"),
        ("RI", "SRB"),
        ("VI", "VGB"),
        ("VT", "VAT"),
        ("WE", "PSE"),
        ("WZ", "SWZ"),
        ("OS", None),
        ("??", None),
    ],
)
def test_fips_codes_convert_to_iso(fips: str, iso3: str | None) -> None:
    assert iso3_of_fips(fips) == iso3


@pytest.mark.parametrize(
    ("name", "iso3"),
    [
        ("American Samoa", "ASM"),
        ("Antarctica", "ATA"),
        ("British Virgin Islands", "VGB"),
        ("Jersey", "JEY"),
        ("Kosovo", "XKX"),
        ("Mayotte", "MYT"),
        ("Timor-Leste", "TLS"),
        ("Netherlands Antilles", None),
        ("Atlantis", None),
    ],
)
def test_country_names_convert_to_iso(name: str, iso3: str | None) -> None:
    assert iso3_of_name(name) == iso3


@pytest.mark.parametrize(
    ("code", "table", "label"),
    [
        ("CEM", GROUPS, "Monetary and Economic Community of Central Africa (CEMAC)"),
        ("WTO", GROUPS, "World Trade Organization (WTO)"),
        ("UIS", ROLES, "Unidentified State Actor"),
        ("ARA", ETHNIC, "Arab"),
        ("ARB", ETHNIC, "Arab"),
        ("COL", COUNTRIES, "Colombia"),
    ],
)
def test_duplicates_and_misprints_are_settled(code: str, table: dict[str, str], label: str) -> None:
    assert table[code] == label


def test_no_group_is_also_a_role_or_a_country() -> None:
    assert not GROUPS.keys() & (ROLES.keys() | COUNTRIES.keys())


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("USAJUD", ActorParts("USA", roles=("JUD",))),
        ("IRNMIL", ActorParts("IRN", roles=("MIL",))),
        ("AFGTAL", ActorParts("AFG", "TAL")),
        ("AFGINSTAL", ActorParts("AFG", "TAL", ("INS",))),
        ("AFGGOVTAL", ActorParts("AFG", "TAL", ("GOV",))),
        ("PSEREBHMS", ActorParts("PSE", "HMS", ("REB",))),
        ("LBNREBHEZ", ActorParts("LBN", "HEZ", ("REB",))),
        ("IMGMOSALQ", ActorParts(None, "ALQ", ("IMG",), None, ("MOS",))),
        ("IGOMOSOIC", ActorParts(None, "OIC", ("IGO",), None, ("MOS",))),
        ("MNCUSAMED", ActorParts("USA", roles=("MNC", "MED"))),
        ("IGOEUREEC", ActorParts("EUR", "EEC", ("IGO",))),
        ("TURKURREB", ActorParts("TUR", roles=("REB",), ethnic="KUR")),
        ("CHRPRO300", ActorParts(religions=("CHR", "PRO"), unknown=("300",))),
        ("SCGSRB", ActorParts("SCG", unknown=("SRB",))),
    ],
)
def test_codes_are_taken_apart(code: str, expected: ActorParts) -> None:
    assert decode(code) == expected


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("SHN", ActorParts("SHN")),
        ("JPNSHN", ActorParts("JPN", religions=("SHN",))),
        ("MOS", ActorParts(religions=("MOS",))),
        ("COP", ActorParts(roles=("COP",))),
        ("REL", ActorParts(roles=("REL",))),
        ("IGOUNOREFHCR", ActorParts(None, "UNO", ("IGO", "REF"), unknown=("HCR",))),
        ("IGOWAFBUSWASGOV", ActorParts("WAF", "WAS", ("IGO", "BUS", "GOV"))),
        ("DZAREBGIA", ActorParts("DZA", "GIA", ("REB",))),
        ("USAWAS", ActorParts("USA", ethnic="WAS")),
        ("USAREBWASCVL", ActorParts("USA", None, ("REB", "CVL"), "WAS")),
        ("UKRREBRUS", ActorParts("UKR", None, ("REB",), "RUS")),
        ("IRQNOR", ActorParts("IRQ", unknown=("NOR",))),
        ("BUDMAH223", ActorParts(religions=("BUD",), unknown=("MAH", "223"))),
        ("COPGOVCOP", ActorParts(roles=("COP", "GOV"))),
        ("SSDGOV", ActorParts("SSD", roles=("GOV",))),
        ("SUNGOV", ActorParts("SUN", roles=("GOV",))),
        ("USRGOV", ActorParts("USR", roles=("GOV",))),
        ("IRQSUN", ActorParts("IRQ", religions=("SUN",))),
        ("IMGSUN", ActorParts(roles=("IMG",), religions=("SUN",))),
        ("MOSSUN", ActorParts(religions=("MOS", "SUN"))),
        ("YUG", ActorParts("YUG")),
        ("CHNYUG", ActorParts("CHN", ethnic="YUG")),
    ],
)
def test_position_settles_what_is_ambiguous(code: str, expected: ActorParts) -> None:
    assert decode(code) == expected


@pytest.mark.parametrize("text", ["IRN", "IRNGOV", "CHRPRO300", "ZZZ"])
def test_actor_codes_are_recognised(text: str) -> None:
    assert is_actor_code(text)


@pytest.mark.parametrize("text", ["", "IR", "USGOV", "kur", "---", "300", "IRN GOV", "IRN\n"])
def test_other_texts_are_no_actor_codes(text: str) -> None:
    assert not is_actor_code(text)


def chains() -> st.SearchStrategy[str]:
    part = st.sampled_from(sorted(ACTORS)) | st.from_regex(r"[A-Z0-9]{3}", fullmatch=True)
    return st.lists(part, min_size=1, max_size=8).map("".join)


def said(found: ActorParts) -> list[str]:
    single = [part for part in (found.country, found.group, found.ethnic) if part]
    return [*single, *found.roles, *found.religions, *found.unknown]


@given(chains())
def test_decoding_loses_and_invents_no_part(code: str) -> None:
    assert Counter(said(decode(code))) == Counter(set(parts(code)))


@given(chains())
def test_decoding_repeats_no_role_or_religion(code: str) -> None:
    found = decode(code)
    assert len(set(found.roles)) == len(found.roles)
    assert len(set(found.religions)) == len(found.religions)


@given(st.text())
def test_decoding_never_raises(text: str) -> None:
    assert "".join(sorted(said(decode(text)))) == "".join(sorted(set(parts(text))))


def gdelt_actors() -> Iterator[tuple[ActorParts, ActorParts]]:
    for file in sorted([*EVENTS.glob("gdelt1/*"), *EVENTS.glob("gdelt2/*")]):
        for line in file.read_text(encoding="utf-8", errors="replace").splitlines():
            cells = line.upper().split("\t")
            for start in (5, 15):
                if cells[start]:
                    yield decode(cells[start]), own_columns(cells[start + 2 : start + 10])


def own_columns(cells: list[str]) -> ActorParts:
    country, group, ethnic, *rest = (cell or None for cell in cells)
    religions, roles = (tuple(dict.fromkeys(filter(None, some))) for some in (rest[:2], rest[2:]))
    return ActorParts(country, group, roles, ethnic, religions)


@pytest.mark.skipif(not EVENTS.is_dir(), reason="needs the GDELT files of ../shared")
@pytest.mark.parametrize(
    ("part", "floor"),
    [
        ("country", 0.997),
        ("group", 0.999),
        ("roles", 0.992),
        ("ethnic", 0.999),
        ("religions", 0.9998),
    ],
)
def test_decoder_agrees_with_the_columns_of_gdelt(part: str, floor: float) -> None:
    agreed = [getattr(ours, part) == getattr(theirs, part) for ours, theirs in gdelt_actors()]
    assert len(agreed) > 40_000
    assert sum(agreed) / len(agreed) >= floor
