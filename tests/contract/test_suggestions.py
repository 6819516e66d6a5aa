"""What is suggested for a wrong value or name is right, or nothing is suggested."""

import pytest
from flask.testing import FlaskClient

from dataset.codebook import COUNTRIES, COUNTRY_ISO3, ISO_COUNTRIES
from dataset.codebook.names import COUNTRY_NAMES, spelling
from dataset.codebook.suggestions import closest, meant
from dataset.codebook.tables import rows
from dataset.codebook.vocabularies import CLOSED_KINDS, VOCABULARIES
from dataset.declarations.aggregates import MEASURES
from dataset.declarations.columns import COLUMNS, SORTABLE
from schemas.aggregates import AggregatePageQuerySchema
from schemas.aliases import ALIASES, intended
from schemas.events import EventPageQuerySchema

pytestmark = pytest.mark.quick

COUNTRY = {
    "US": "USA",
    "us": "USA",
    "U.S.": "USA",
    "America": "USA",
    "American": "USA",
    "United States of America": "USA",
    "UK": "GBR",
    "GB": "GBR",
    "Britain": "GBR",
    "Great Britain": "GBR",
    "England": "GBR",
    "CN": "CHN",
    "People's Republic of China": "CHN",
    "IR": "IRN",
    "irn": "IRN",
    '"IRN"': "IRN",
    "IRAN": "IRN",
    "Persia": "IRN",
    "Iran (Islamic Republic of)": "IRN",
    "FR": "FRA",
    "GER": "DEU",
    "german": "DEU",
    "SUI": "CHE",
    "NED": "NLD",
    "Holland": "NLD",
    "the Netherlands": "NLD",
    "Burma": "MMR",
    "UAE": "ARE",
    "DRC": "COD",
    "Palestine": "PSE",
    "Gaza": "PSE",
    "Russian Federation": "RUS",
    "Turkey": "TUR",
    "Türkiye": "TUR",
    "Czech Republic": "CZE",
    "Ivory Coast": "CIV",
    "côte d\u2019ivoire": "CIV",
    "South Korea": "KOR",
    "North Korea": "PRK",
    "Bosnia & Herzegovina": "BIH",
    "Saudi-Arabia": "SAU",
    "St. Lucia": "LCA",
    "Romania": "ROU",
    "Israeli": "ISR",
    "Isreal": "ISR",
    "Indian": "IND",
    "Afganistan": "AFG",
    "Phillipines": "PHL",
    "Columbia": "COL",
    "Nigerian": "NGA",
}
CHAIN = {
    "IRNGOV": "IRN",
    "irn_gov": "IRN",
    "IRNGOVXYZ": "IRN",
}
NO_COUNTRY = (
    *("XQX", "QQ", "ZZ", "CHI", "MON", "EU", "Z", "", "?", "the", "GOV", "MIL"),
    *("Korea", "Iranian", "Dominican", "Romani", "Kurds", "Taliban", "Atlantis"),
    *("Austrlia", "Nigera", "Nigerien", "Irak or Iran", "Lagos", "Angora", "Ghani", "Roland"),
    *("Central America", "East Asia", "East Africa", "Northern Africa", "Republic of Iceland"),
    *("POLICE", "PRISON", "SENATE", "Islamabad", "New Mexico", "x" * 4_000),
)
MEANT = [
    *((kind, *pair) for kind in ("country", "place_country") for pair in (COUNTRY | CHAIN).items()),
    *((kind, text, None) for kind in ("country", "place_country") for text in NO_COUNTRY),
    *(("actor", *pair) for pair in COUNTRY.items() if pair[0] not in ("GER", "SUI")),
    ("country", "South Sudan", "SSD"),
    ("country", "SSD", "SSD"),
    ("country", "soviet union", "SUN"),
    ("country", "Yugoslavia", "YUG"),
    ("country", "Zaire", "COD"),
    ("country", "Montenegro", "MTN"),
    ("country", "MNE", "MNE"),
    ("country", "West Bank", "WSB"),
    ("country", "Europe", "EUR"),
    ("place_country", "South Sudan", "SSD"),
    ("place_country", "KSV", "XKX"),
    ("place_country", "West Bank", "PSE"),
    ("place_country", "Europe", None),
    ("actor", "IRNgov", "IRNGOV"),
    ("actor", "IRN_GOV", "IRNGOV"),
    ("actor", "IRN-GOV", "IRNGOV"),
    ("actor", "irn gov", "IRNGOV"),
    ("actor", "tur-kur", "TURKUR"),
    ("actor", "IRNGOVXYZ", "IRNGOV"),
    ("actor", "afgtal", "AFGTAL"),
    ("actor", "igouno", "IGOUNO"),
    ("actor", "NATO", "NAT"),
    ("actor", "hamas", "HMS"),
    ("actor", "Taleban", "TAL"),
    ("actor", "Government", "GOV"),
    ("actor", "South Sudan", "SSD"),
    ("actor", "SSDgov", "SSDGOV"),
    *(("actor", text, None) for text in ("Iranian", "IRNXQX", "Medina")),
    *(("actor", text, None) for text in ("PRISON", "commander", "Reland", "New Mexico")),
    ("group", "tal", "TAL"),
    ("group", "Taliban", "TAL"),
    ("group", "Hizbollah", "HEZ"),
    ("group", "United Nations", "UNO"),
    ("group", "Kodak", None),
    ("role", "gov", "GOV"),
    ("role", "goverment", "GOV"),
    ("role", "rebel", "REB"),
    ("role", "GVO", "GOV"),
    ("role", "MLI", "MIL"),
    ("group", "TLA", "TAL"),
    ("religion", "Muslims", "MOS"),
    ("religion", "Christianty", "CHR"),
    ("religion", "MSO", "MOS"),
    ("actor", "RIN", "IRN"),
    ("actor", "ISRGVO", "ISRGOV"),
    ("actor", "IRNMLI", "IRNMIL"),
    ("actor", "IRNMLIGOV", "IRNMILGOV"),
    ("actor", "IRNGOB", None),
    ("actor", "RINGVO", None),
    *((kind, "RIN", "IRN") for kind in ("country", "place_country")),
    *((kind, text, None) for kind in ("country", "place_country") for text in ("UKA", "IRX")),
    ("ethnic", "Kurds", "KUR"),
    ("ethnic", "kur", "KUR"),
    ("ethnic", "Iranian", "IRA"),
    ("ethnic", "KRU1", None),
    ("action", "7", "07"),
    ("action", "43", "043"),
    ("action", "043.0", "043"),
    ("action", "43.0", "043"),
    ("action", "1959", "195"),
    ("action", "0841]", "0841"),
    ("action", "Impose curfew", "1723"),
    ("action", "assasinate", "186"),
    ("action", "Expel or withdraw peacekeepers", "1661"),
    *(("action", text, None) for text in ("1234567", "0", "99", "999", "19.5", "bomb", "\u0667")),
    ("root", "7", "07"),
    ("root", "195", "19"),
    ("root", "043", "04"),
    ("root", "19.0", "19"),
    ("root", "consult", "04"),
    *(("root", text, None) for text in ("0", "21", "43", "1234567", "fighter jets")),
    ("plover", "assaults", "ASSAULT"),
    ("mode", "Martial law", "martial-law"),
    ("context", "Human rights", "human_rights"),
    ("boolean", "1", "true"),
    ("boolean", "yes", "true"),
    ("boolean", "True", "true"),
    ("boolean", "0", "false"),
    ("boolean", "no", "false"),
    ("boolean", "maybe", None),
    ("quad_class", "4.0", "4"),
    ("quad_class", "5", None),
    ("date_precision", "Days", "day"),
    ("date_precision", "week", None),
    ("place_precision", "City", "city"),
    ("evidence_status", "claim", "claimed"),
    ("evidence_status", "rumoured", None),
    ("dataset", "GDELT", "gdelt"),
    ("dataset", "my data", None),
    ("term", "Tehran", None),
    *((kind, text, "none") for kind in (*VOCABULARIES, "dataset") for text in ("NONE", "None")),
    *((kind, "null", "none") for kind in VOCABULARIES),
]

READ_AS_ANOTHER = {
    *("Bai", "Fur", "Kru", "Mon", "West Africa Monetary and Economic Union"),
    *("Burma", "Byelorussia", "Serbia and Montenegro", "Zaire"),
}
"""Peoples whose names are codes of other peoples, an organisation with two labels, and former
names of states, which most events have by the code of today."""


@pytest.mark.parametrize(("kind", "text", "code"), MEANT)
def test_what_was_meant_is_suggested_or_nothing(kind: str, text: str, code: str | None) -> None:
    assert meant(kind, text) == code


@pytest.mark.parametrize("kind", VOCABULARIES)
def test_a_code_in_lower_case_is_itself(kind: str) -> None:
    assert [meant(kind, code.lower()) for code in VOCABULARIES[kind]] == list(VOCABULARIES[kind])


@pytest.mark.parametrize("kind", sorted(VOCABULARIES.keys() - {"actor", *CLOSED_KINDS}))
def test_a_label_means_a_code_with_this_label(kind: str) -> None:
    labels = VOCABULARIES[kind]
    read = {label: labels.get(str(meant(kind, label.upper()))) for label in labels.values()}
    assert {label for label, found in read.items() if found != label} <= READ_AS_ANOTHER


def test_of_two_codes_as_near_the_one_that_the_store_holds_is_suggested() -> None:
    assert meant("country", "SUA") is None
    assert meant("country", "SUA", {"USA"}.intersection) == "USA"
    assert meant("country", "SUA", {"USA", "SAU"}.intersection) is None
    assert meant("actor", "IRNGOB", {"IRNGOV"}.intersection) == "IRNGOV"


def test_a_country_has_one_code_by_all_its_names() -> None:
    for name, iso3 in rows("country_names"):
        assert meant("place_country", name) == (iso3 or None)
        country = meant("country", name)
        assert country is None or COUNTRY_ISO3.get(country, "") == iso3


@pytest.mark.parametrize("kind", ["country", "place_country"])
@pytest.mark.parametrize("letter", ["", "a", "n", "x"])
def test_a_wrong_letter_never_makes_another_country(kind: str, letter: str) -> None:
    for name in (*COUNTRIES.values(), *ISO_COUNTRIES.values()):
        wrong = [name[:at] + letter + name[at + 1 :] for at in range(len(name) * (len(name) > 4))]
        found = {meant(kind, text) for text in wrong if spelling(text) not in COUNTRY_NAMES}
        assert found <= {None, meant(kind, name)}, name


def test_two_and_three_letters_are_no_misspelt_codes() -> None:
    known = {name for name in COUNTRY_NAMES if len(name) < 4}
    letters = "aeinrsu"
    others = {a + b + c for a in letters for b in letters for c in ("", *letters)} - known
    assert {meant("country", text) for text in others} == {None}


def test_iso_alpha_2_codes_are_unique_and_win_over_fips() -> None:
    alpha2 = [short for _, short, _, _ in rows("iso_countries")]
    assert len(set(alpha2)) == len(ISO_COUNTRIES)
    assert all(short.isupper() and len(short) == 2 for short in alpha2)


def test_ioc_codes_mean_nothing_else() -> None:
    codes = {ioc for _, _, ioc, _ in rows("iso_countries") if ioc}
    assert not codes & (ISO_COUNTRIES.keys() | COUNTRIES.keys())


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("actor_contry", "actor_country"),
        ("Actor_Country", "actor_country"),
        ("goldstien", "goldstein"),
        ("country", None),
        ("countri", None),
        ("xyzzy", None),
        ("acter_country", "actor_country"),
        ("country_actor", "actor_country"),
        ("placeprecision", "place_precision"),
        ("place_presision", "place_precision"),
        ("precision", None),
        ("religion", None),
        ("role", None),
        ("documant", "evidence_document"),
        ("admin1", "place_admin1"),
        ("priogrid", "place_priogrid_gid"),
        ("gid", "place_priogrid_gid"),
        ("latitude", "place_latitude"),
        ("violence", "violence_type"),
        ("fatalities_hihg", "fatalities_high"),
    ],
)
def test_a_column_is_suggested_by_likeness(text: str, name: str | None) -> None:
    assert closest(text, COLUMNS) == name


def test_a_sort_key_is_suggested_by_likeness() -> None:
    assert closest("Goldstien", dict.fromkeys(SORTABLE, "")) == "goldstein"


@pytest.mark.parametrize(("alias", "name"), ALIASES.items())
def test_an_alias_of_a_parameter_leads_to_one_that_exists(alias: str, name: str) -> None:
    schemas = (EventPageQuerySchema(), AggregatePageQuerySchema())
    known = [schema.fields for schema in schemas if name in schema.fields]
    assert known
    assert not any(alias in fields for fields in known)
    assert all(intended(alias, fields) == name for fields in known)


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("Start-Date", "date_from"),
        ("dateTo", "date_to"),
        ("limti", "limit"),
        ("target_contry", "target_country"),
        ("Actor1", "actor"),
        ("actor2_country", "target_country"),
        ("xyzzyplugh", None),
        ("countri", "involves_country"),
        ("contry", "involves_country"),
        ("actor_contry", "actor_country"),
        ("involve_country", "involves_country"),
        ("sorce_country", "actor_country"),
        ("priogrid_gid", "place_priogrid_gid"),
        ("fatalaties_min", "fatalities_min"),
        ("fatalities", None),
        ("serch", "q"),
        ("precision", None),
        ("year", "date_from"),
        ("group_by", None),
    ],
)
def test_a_parameter_is_suggested_by_likeness(given: str, name: str | None) -> None:
    assert intended(given, EventPageQuerySchema().fields) == name


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("golstein_mean", "goldstein_mean"),
        ("tone", "tone_mean"),
        ("mentons", "mentions_sum"),
        ("fatalities", "fatalities_sum"),
        ("fatalities_hi_sum", "fatalities_high_sum"),
        ("shares", "share"),
        ("goldstein", None),
        ("mean", None),
    ],
)
def test_a_measure_is_suggested_by_its_words(given: str, name: str | None) -> None:
    assert closest(given, MEASURES) == name


@pytest.mark.parametrize(
    ("query", "meant"),
    [
        ("/v1/events?countri=IRN", "involves_country"),
        ("/v1/events?fields=actor_contry", "actor_country"),
        ("/v1/aggregates?by=actor_contry", "actor_country"),
        ("/v1/aggregates?by=admin1", "place_admin1"),
        ("/v1/aggregates?measures=golstein_mean", "goldstein_mean"),
        ("/v1/aggregates?by=actor_country&sort=-actor_contry", "-actor_country"),
        ("/v1/events?sort=-golstein", "-goldstein"),
    ],
)
def test_one_wrong_word_is_mended(client: FlaskClient, query: str, meant: str) -> None:
    answer = client.get(query)
    assert answer.status_code == 422
    assert answer.get_json()["errors"][0]["did_you_mean"] == meant


def test_an_alias_of_what_is_unknown_here_suggests_nothing() -> None:
    assert intended("page_size", ("q", "depth")) is None
