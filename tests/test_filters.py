"""Every filter finds what plain Python finds in the events themselves, now and at old revisions."""

import unicodedata
from collections.abc import Callable
from math import acos, cos, radians, sin
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from rich_store import RICH, Event, add_datasets, cell, commit, rows_of

from dataset.codebook.vocabularies import VOCABULARIES
from dataset.declarations.filters import FILTERS
from dataset.selections.conditions import CONDITIONS
from schemas.events import EventPageQuerySchema
from schemas.filters import EventFiltersSchema

BESIDE = {"sample": {"seed": 42}, "seed": {"sample": 10}}
"""What a parameter cannot go without."""
CHOICES = [name for name, item in FILTERS.items() if item.shape == "choice"]


@pytest.fixture(scope="module")
def events_at(rich: FlaskClient) -> dict[str | int, list[Event]]:
    """All events as JSON, at the newest revision and at the one before."""
    return {
        as_of: rich.get(f"/v1/events?limit=1000&as_of={as_of}").get_json()["data"]
        for as_of in (RICH, RICH + 1)
    }


def found(client: FlaskClient, **parameters: object) -> list[str]:
    """Give the sorted ids that a query finds."""
    wanted = {"limit": 1000, "fields": "id", **parameters}
    answer = client.get("/v1/events", query_string=wanted)
    assert answer.status_code == 200, answer.text
    return sorted(event["id"] for event in answer.get_json()["data"])


def held(event: Event, name: str) -> set[str]:
    """Give the values that a filter of choices looks at, as it writes them."""
    if name in ("involves", "involves_country"):
        rest = name.removeprefix("involves")
        return held(event, f"actor{rest}") | held(event, f"target{rest}")
    if name in ("actor", "target"):
        code = cell(event, f"{name}_code") or ""
        return {code[:end] for end in range(3, len(code) + 1, 3)}
    if name == "action":
        code = event["action"]["code"] or ""
        return {code[:end] for end in range(2, len(code) + 1)}
    value = cell(event, name)
    values = value if isinstance(value, list) else [] if value is None else [value]
    return {str(one).lower() if isinstance(one, bool) else str(one) for one in values}


def is_chosen(values: set[str], text: str) -> bool:
    """Any of the plain items, and none of those with `!`."""
    items = text.split(",")
    wanted = {item for item in items if not item.startswith("!")}
    excluded = {item[1:] for item in items if item.startswith("!")}
    named = {escaped(value) for value in values} or {"none"}
    return bool(not wanted or named & wanted) and not named & excluded


def is_in_range(event: Event, name: str, text: str) -> bool:
    """At least, or at most; a missing value is neither."""
    value, limit = cell(event, name[:-4]), float(text)
    return value is not None and (value >= limit if name.endswith("_min") else value <= limit)


def is_in_box(event: Event, text: str) -> bool:
    """Between the parallels and, going east from the first meridian, before the second."""
    west, south, east, north = (float(part) for part in text.split(","))
    latitude, longitude = cell(event, "place_latitude"), cell(event, "place_longitude")
    if latitude is None or not south <= latitude <= north:
        return False
    if west <= east:
        return bool(west <= longitude <= east)
    return bool(longitude >= west or longitude <= east)


def words(text: str) -> list[str]:
    """Split a text into words without accents and case."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(c for c in letters if not unicodedata.combining(c))
    return "".join(c if c.isalnum() else " " for c in plain).split()


def is_worded(event: Event, text: str) -> bool:
    """All words stand in the names and the summary; before `*`, the beginning of one."""
    names = ("actor_name", "target_name", "place_name", "evidence_summary")
    stored = {word for name in names for word in words(cell(event, name) or "")}
    *whole, last = words(text)
    ends = any(word.startswith(last) for word in stored) if text[-1] == "*" else last in stored
    return ends and stored.issuperset(whole)


def is_near(event: Event, text: str) -> bool:
    """Within a distance, by the law of cosines."""
    latitude, longitude, km = (float(part) for part in text.split(","))
    north, east = cell(event, "place_latitude"), cell(event, "place_longitude")
    if north is None:
        return False
    one, other, turn = (radians(x) for x in (latitude, north, east - longitude))
    cosine = sin(one) * sin(other) + cos(one) * cos(other) * cos(turn)
    return 6371.0088 * acos(max(-1, min(1, cosine))) <= km + 0.001


SPECIAL: dict[str, Callable[[Event, str], bool]] = {
    "bbox": is_in_box,
    "date_from": lambda event, day: event["date_end"] >= day,
    "date_to": lambda event, day: event["date"] <= day,
    "dyad": lambda event, text: (
        sorted(text.split(","))
        == sorted(cell(event, f"{side}_country") or "" for side in ("actor", "target"))
    ),
    "near": is_near,
    "q": is_worded,
}


def is_matched(event: Event, name: str, text: str) -> bool:
    """Tell whether a filter finds an event."""
    if name in CHOICES:
        return is_chosen(held(event, name), text)
    if name in SPECIAL:
        return SPECIAL[name](event, text)
    return is_in_range(event, name, text)


def escaped(value: str) -> str:
    """Write a value so that nothing in it is taken for a sign."""
    text = value.replace("\\", "\\\\").replace(",", "\\,")
    return f"\\{text}" if text.startswith("!") or text == "none" else text


def test_schema_filters_and_conditions_have_the_same_names() -> None:
    assert EventFiltersSchema().fields.keys() == FILTERS.keys() == CONDITIONS.keys()


@pytest.mark.parametrize("name", sorted(EventPageQuerySchema().fields.keys() - {"cursor"}))
def test_documented_example_runs_on_the_seed_dataset(client: FlaskClient, name: str) -> None:
    for example in EventPageQuerySchema().fields[name].metadata["examples"]:
        answer = client.get("/v1/events", query_string={name: example, **BESIDE.get(name, {})})
        assert answer.status_code == 200, answer.text


@pytest.mark.parametrize("name", [n for n in CHOICES if FILTERS[n].kind in VOCABULARIES])
def test_every_code_of_the_codebook_can_be_asked_for(client: FlaskClient, name: str) -> None:
    codes = list(VOCABULARIES[FILTERS[name].kind])
    for start in range(0, len(codes), 150):
        query = {name: ",".join(codes[start : start + 150]), "limit": 1}
        assert client.get("/v1/events", query_string=query).status_code == 200


QUERIES = """
actor=IRN
actor=IRNGOV
actor=IRN,USA
actor=!IRN
actor=none
actor=!none
actor=IRN,!IRNGOV
actor=SSD
actor=GOV
target=IRN
target=SSDGOV
target=IRN,none,!IRNGOVMIL
involves=IRN
involves=!IRN
involves=none
involves=!none,!IRQ
involves=IRN,IRQ,!ISR
action=19
action=1951
action=10
action=1061
action=08,19,!195
action=none
action=!19
dyad=IRN,ISR
dyad=ISR,IRN
dyad=USA,USA
dyad=IRN,IRQ
id=gdelt:7,seed:1,made:event-2
id=gdelt:7,seed:99999,nowhere:1
id=!gdelt:7,!nowhere:1
dataset=made
dataset=seed,gdelt,!gdelt
dataset=none
actor_code=IRN
actor_code=IRN,none
actor_country=IRN,AFG,!AFG
actor_country=!IRN,!none
involves_country=USA
involves_country=!USA,!IRN
involves_country=none
actor_group=TAL,none
actor_roles=GOV
actor_roles=GOV,!MIL
actor_roles=!GOV,!none
actor_roles=none
actor_ethnic=KUR,MON
actor_religions=MOS
actor_religions=JEW,BUD,!MOS
target_code=none,SSDGOV
target_country=!ISR
target_group=UNO
target_roles=IGO,BUS
target_ethnic=PAL
target_religions=SUN,PRO
target_religions=!none
action_code=19,190
action_root=19,08,none
action_plover=CONSULT,!ASSAULT
action_plover=!CONSULT
action_mode=drone,visit
action_mode=crowd-control
action_contexts=military
action_contexts=military,!cyber
action_contexts=!military
action_contexts=legal
quad_class=2,none
quad_class=!1,!4
root_event=true
root_event=!true
root_event=false,none
date_precision=month,year
place_country=FJI,XKX
place_country=!none,!FJI
place_admin1=Tehran,Île-de-France
place_admin1=!Tehran,!none
place_precision=region,none
evidence_document=seed-article
evidence_status=claimed,confirmed
evidence_status=!reported
goldstein_min=2.5
goldstein_max=-5
goldstein_min=-2&goldstein_max=2.5
tone_min=0
tone_max=-0.5
tone_min=0.3&tone_max=0.3
mentions_min=3
mentions_max=3
mentions_min=4&mentions_max=9
sources_min=0
sources_max=7
articles_min=250
articles_max=250
articles_min=2147483647
revision_min=2
revision_max=1
date_from=2024-04-13
date_to=2024-04-13
date_from=2024-04-13&date_to=2024-04-13
date_from=2023-06-01&date_to=2023-06-30
date_from=2024-02-29&date_to=2024-02-29
date_from=2026-05-05
date_from=2026-05-06
date_to=1979-01-01
date_to=1978-12-31
bbox=44,25,64,40
bbox=-180,-90,180,90
bbox=170,-90,-170,90
bbox=179.5,-17.5,-179.5,-16
bbox=180,-90,-180,90
bbox=-180,-20,-179,0
bbox=0,0,0,0
bbox=-10,-10,10,90
bbox=10,-90,9,90
bbox=51.42,35.69,51.42,35.69
near=-17.5,180,60
near=-16,-180,0
near=90,0,0
near=-17,179.9,200
near=31.5,34.75,250
near=0,0,20016
near=0,0,10007.6
near=89.5,123,60
q=iran
q=IRAN taliban
q=taliban iran
q=raissi
q=Raïssi
q=RAISS*
q=raiss
q=ebrahim rai*
q=strasse
q=STRASSE teheran
q=zurich
q=zür*
q=北京
q=北*
q=طهران
q=under_score
q=score 100
q=o'brien
q=li-brien
q=line quoted 2
q=nowhere
q=s*
actor=IRN&action=19&date_from=2024-01-01
involves=IRN&bbox=-180,-90,180,90&q=iran
dataset=!seed&place_country=none&quad_class=none&actor=none
q=iran&date_from=2024-05-01&date_to=2024-05-31&actor_roles=none
""".strip().splitlines()


@pytest.mark.parametrize("query", QUERIES)
@pytest.mark.parametrize("as_of", [RICH, RICH + 1])
def test_filter_finds_what_plain_python_finds(
    rich: FlaskClient, events_at: dict[int, list[Event]], query: str, as_of: int
) -> None:
    filters = dict(part.split("=", 1) for part in query.split("&"))
    expected = [
        event["id"]
        for event in events_at[as_of]
        if all(is_matched(event, name, text) for name, text in filters.items())
    ]
    assert found(rich, as_of=as_of, **filters) == sorted(expected)


@pytest.mark.parametrize("name", FILTERS)
def test_every_filter_is_compared_with_plain_python(name: str) -> None:
    assert any(part.startswith(f"{name}=") for query in QUERIES for part in query.split("&"))


@pytest.mark.parametrize("name", CHOICES)
@pytest.mark.parametrize("as_of", [RICH, RICH + 1])
def test_a_value_and_its_opposite_share_out_all_events(
    rich: FlaskClient, events_at: dict[int, list[Event]], name: str, as_of: int
) -> None:
    events = events_at[as_of]
    seen = {escaped(value) for event in events for value in held(event, name)}
    everything = sorted(event["id"] for event in events)
    for value in [*seen, "none"]:
        both = ({name: sign + value} for sign in ("", "!"))
        having, others = (found(rich, as_of=as_of, **one) for one in both)
        assert sorted([*having, *others]) == everything
        assert having or value == "none"


@pytest.mark.parametrize("name", CHOICES)
def test_a_list_is_all_its_values_together(
    rich: FlaskClient, events_at: dict[int, list[Event]], name: str
) -> None:
    seen = sorted({value for event in events_at[RICH + 1] for value in held(event, name)})
    some = [escaped(value) for value in seen[:5]]
    together = {one for value in [*some, "none"] for one in found(rich, **{name: value})}
    assert found(rich, **{name: ",".join([*some, "none"])}) == sorted(together)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        (r"Kyiv\, City of", {"Kyiv, City of"}),
        (r"Tehran,Kyiv\, City of", {"Kyiv, City of", "Tehran"}),
        (r"\!Kung", {"!Kung"}),
        (r"\none", {"none"}),
        (r"back\\slash", {"back\\slash"}),
        (r"\T\e\h\r\a\n", {"Tehran"}),
    ],
)
def test_backslash_takes_the_next_character_as_it_is(
    rich: FlaskClient, events_at: dict[int, list[Event]], text: str, values: set[str]
) -> None:
    events = events_at[RICH + 1]
    expected = [e["id"] for e in events if cell(e, "place_admin1") in values]
    assert found(rich, place_admin1=text) == sorted(expected)
    assert len(expected) == len(values)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("actor_country=USA,IRN", "actor_country=IRN,USA,IRN"),
        ("actor=!IRN,none,USA", "actor=USA,!IRN,none,!IRN"),
        ("dyad=ISR,IRN", "dyad=IRN,ISR"),
        ("dyad=ISR,IRN", "dyad= IRN , ISR "),
        ("quad_class=4,1", "quad_class=1, 4"),
        ("bbox=44,25,64,40", "bbox=44.0,25.00, 64,40"),
        ("near=31.5,34.75,250", "near=31.50, 34.75 ,250.0"),
        ("goldstein_min=2.5", "goldstein_min=2.50"),
        ("goldstein_max=-0", "goldstein_max=0"),
        ("mentions_min=7", "mentions_min=007"),
        ("q=taliban iran", "q= taliban  iran "),
        ("fields=target,id,date", "fields=date,target,target_code"),
        ("actor=IRN&action=19", "action=19&actor=IRN"),
    ],
)
def test_order_repeats_and_spelling_do_not_matter(
    client: FlaskClient, one: str, other: str
) -> None:
    receipts = [client.get(f"/v1/events?{query}").get_json()["receipt"] for query in (one, other)]
    assert receipts[0] == receipts[1]


@pytest.mark.parametrize(
    "query",
    [
        *("actor=!IRN,none", "dyad=IRN,ISR", "q=Raïssi teheran", "q=rai*", "bbox=170,-90,-170,90"),
        *("id=!seed:1", "root_event=!true,none", "fields=actor&sort=-tone", "action_mode=visit"),
        r"place_admin1=Kyiv\, City of,!Tehran,!\!Kung,!none,\none",
        r"place_admin1=back\\slash",
        r"place_admin1=\ Omsk",
        "tone_min=0.00001",
        "tone_max=-0.000000000000001",
        "bbox=-0.00001,0,180,90",
        "goldstein_min=999999999999999",
    ],
)
def test_canonical_query_asks_the_same_again(rich: FlaskClient, query: str) -> None:
    asked = rich.get(f"/v1/events?limit=5&{query}").get_json()
    again = rich.get(f"/v1/events?{asked['receipt']['query']}")
    assert again.status_code == 200, again.text
    assert again.get_json()["receipt"]["query"] == asked["receipt"]["query"]
    assert again.get_json()["data"] == asked["data"]


@pytest.mark.parametrize(
    ("parameter", "value", "meant"),
    [
        ("actor", "iran", "IRN"),
        ("actor", "irngov", None),
        ("actor", "IRNGO", None),
        ("actor", "XQJ", None),
        ("actor", "IRNXQJ", None),
        ("actor_code", "IR", None),
        ("involves", "Taliban", "TAL"),
        ("actor_country", "irn", "IRN"),
        ("actor_country", "Iran", "IRN"),
        ("actor_country", "IRX", None),
        ("actor_country", "IRN,usa", "USA"),
        ("actor_country", "!irn", "IRN"),
        ("actor_country", "NONE", None),
        ("involves_country", "GOV", None),
        ("target_roles", "gov", "GOV"),
        ("target_group", "tal", "TAL"),
        ("actor_ethnic", "kur", "KUR"),
        ("actor_religions", "mos", "MOS"),
        ("action", "consult", "04"),
        ("action", "4", None),
        ("action", "21", None),
        ("action", "19511", None),
        ("action", "2099", None),
        ("action_code", "1.9", None),
        ("action_root", "195", None),
        ("action_root", "4", None),
        ("action_plover", "assault", "ASSAULT"),
        ("action_plover", "ASSALT", "ASSAULT"),
        ("action_mode", "DRONE", None),
        ("action_contexts", "militry", "military"),
        ("quad_class", "5", None),
        ("quad_class", "04", None),
        ("root_event", "True", "true"),
        ("root_event", "1", None),
        ("date_precision", "days", "day"),
        ("place_country", "irn", "IRN"),
        ("place_country", "Germany", "DEU"),
        ("place_country", "QQQ", None),
        ("place_precision", "town", None),
        ("evidence_status", "Claimed", "claimed"),
        ("dataset", "sead", "seed"),
        ("dataset", "Seed", None),
        ("id", "seed 1", None),
        ("id", "seed/1", None),
        ("dyad", "IRN", None),
        ("dyad", "IRN,ISR,USA", None),
        ("dyad", "!IRN,ISR", None),
        ("dyad", "none", None),
        ("dyad", "IRN,isr", "ISR"),
        ("dyad", "IRN,IRX", None),
        ("dyad", "IRN,!ISR", None),
        ("dyad", "IRN,none", None),
        ("date_from", "13.04.2024", None),
        ("date_from", "20240413", None),
        ("date_from", "2024-4-13", None),
        ("date_to", "2024-02-30", None),
        ("date_to", "2024-04-13,2024-04-14", None),
        ("goldstein_min", "much", None),
        ("goldstein_min", "1e3", None),
        ("goldstein_min", "nan", None),
        ("goldstein_max", "1,5", None),
        ("tone_min", "inf", None),
        ("mentions_min", "2.5", None),
        ("mentions_min", "-1", None),
        ("mentions_max", "9223372036854775808", None),
        ("revision_min", "none", None),
        ("bbox", "44,25,64", None),
        ("bbox", "44,25,64,40,1", None),
        ("bbox", "44,40,64,25", None),
        ("bbox", "44,25,181,40", None),
        ("bbox", "44,-91,64,40", None),
        ("bbox", "44,25,x,40", None),
        ("near", "31.5,34.75", None),
        ("near", "31.5,34.75,-1", None),
        ("near", "31.5,34.75,20017", None),
        ("near", "91,34.75,10", None),
        ("near", "31.5,181,10", None),
        ("near", "31.5,x,10", None),
        ("near", "31.5,34.75,10km", None),
        ("q", "*", None),
        ("q", "!?", None),
        ("q", "\ufc5e", None),
        ("q", "a " * 51, None),
        ("place_admin1", "Tehran,", None),
        ("place_admin1", "!", None),
        ("place_admin1", "x" * 4_001, None),
        ("place_admin1", "a\x00b", None),
        ("actor_country", ",".join(["IRN"] * 201), None),
    ],
)
def test_wrong_value_is_refused_with_a_word_of_help(
    client: FlaskClient, parameter: str, value: str, meant: str | None
) -> None:
    answer = client.get("/v1/events", query_string={parameter: value})
    assert (answer.status_code, answer.content_type) == (422, "application/problem+json")
    (error,) = answer.get_json()["errors"]
    assert error["parameter"] == parameter
    assert error["did_you_mean"] == meant or meant is None


@pytest.mark.parametrize("value", ["!IRN,ISR", "none", "IRN,none"])
def test_a_dyad_says_that_it_takes_no_sign(client: FlaskClient, value: str) -> None:
    (error,) = client.get(f"/v1/events?dyad={value}").get_json()["errors"]
    assert error["detail"].startswith("takes no ! and no none")
    assert error["did_you_mean"] is None


@pytest.mark.parametrize("path", ["events", "events/count", "aggregates", "changes"])
@pytest.mark.parametrize("name", ["tone", "goldstein", "mentions"])
def test_limits_the_wrong_way_round_are_refused(client: FlaskClient, path: str, name: str) -> None:
    answer = client.get(f"/v1/{path}?{name}_min=5&{name}_max=1")
    assert answer.status_code == 422
    (error,) = answer.get_json()["errors"]
    assert error["parameter"] == f"{name}_max"


@pytest.mark.parametrize("name", FILTERS)
@pytest.mark.parametrize("value", ["", " "])
def test_empty_filter_is_refused(client: FlaskClient, name: str, value: str) -> None:
    answer = client.get("/v1/events", query_string={name: value})
    assert answer.status_code == 422
    assert answer.get_json()["errors"][0]["parameter"] == name


@pytest.mark.parametrize("name", FILTERS)
def test_repeated_filter_is_refused(client: FlaskClient, name: str) -> None:
    example = FILTERS[name].example
    answer = client.get("/v1/events", query_string=[(name, example), (name, example)])
    assert answer.status_code == 422
    assert answer.get_json()["errors"][0]["parameter"] == name


@pytest.mark.parametrize(
    ("written", "meant"),
    [("actor_contry", "actor_country"), ("Actor", "actor"), ("date-from", "date_from")],
)
def test_unknown_filter_is_refused(client: FlaskClient, written: str, meant: str) -> None:
    answer = client.get("/v1/events", query_string={written: "IRN"})
    assert answer.status_code == 422
    assert answer.get_json()["errors"][0]["did_you_mean"] == meant


@pytest.mark.parametrize(
    "query",
    [
        "actor=SSD",
        "target=SSDGOV",
        "actor_code=SSD",
        "action=1061",
        "action_code=1061",
        "action=106",
    ],
)
def test_code_that_only_the_store_knows_is_found(rich: FlaskClient, query: str) -> None:
    assert rich.get(f"/v1/events?{query}").get_json()["data"]


@pytest.mark.parametrize(
    ("query", "meant"),
    [
        ("actor=IRM", "IRN"),
        ("actor=IRNMLI", "IRNMIL"),
        ("target=!ISRGVO", "ISRGOV"),
        ("actor_roles=MLI", "MIL"),
        ("actor_group=TLA", "TAL"),
        ("actor=ISRXYZ", None),
        ("actor=IRQNOR", None),
        ("actor_country=MIL", None),
    ],
)
def test_a_mistyped_code_gets_the_right_one(client: FlaskClient, query: str, meant: str) -> None:
    answer = client.get(f"/v1/events?{query}")
    assert answer.status_code == 422
    assert answer.get_json()["errors"][0]["did_you_mean"] == meant


@pytest.mark.parametrize("query", ["actor=SSD", "target=SSDGOV", "action=1061"])
def test_code_that_nobody_knows_is_refused(client: FlaskClient, query: str) -> None:
    assert client.get(f"/v1/events?{query}").status_code == 422


def test_code_of_an_older_revision_is_still_known(
    seeded: Path, own_store: Path, client_of: Callable[[Path], FlaskClient]
) -> None:
    add_datasets(own_store)
    commit(own_store, rows_of(0)[8:9])
    commit(own_store, [rows_of(1)[8]])
    answer = client_of(own_store).get("/v1/events?target=SSDGOV")
    assert (answer.status_code, answer.get_json()["data"]) == (200, [])


@pytest.mark.parametrize("as_of", [RICH, RICH + 1])
@pytest.mark.parametrize(
    "text", ["a " * 50, "北" * 700, '"' * 2_000 + "a", "% _ \\ iran", "a AND b"]
)
def test_any_words_can_be_searched_for(rich: FlaskClient, text: str, as_of: int) -> None:
    answer = rich.get("/v1/events", query_string={"q": text, "as_of": as_of})
    assert answer.status_code == 200, answer.text[:200]


@pytest.mark.parametrize("as_of", [RICH, RICH + 1])
def test_the_longest_lists_work_together(rich: FlaskClient, as_of: int) -> None:
    countries = ",".join(f"!{code}" for code in list(VOCABULARIES["country"])[:200])
    query = dict.fromkeys(("involves", "actor_country", "target"), countries)
    query |= {"date_from": "2024-01-01", "as_of": str(as_of)}
    answer = rich.get("/v1/events", query_string=query)
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize("name", [n for n in FILTERS if n.endswith(("_min", "_max"))])
def test_every_number_that_events_show_can_be_asked_for(
    rich: FlaskClient, events_at: dict[int, list[Event]], name: str
) -> None:
    values = {cell(event, name[:-4]) for event in events_at[RICH + 1]} - {None}
    for value in values:
        assert found(rich, **{name: value})
