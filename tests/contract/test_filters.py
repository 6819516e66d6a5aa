"""Every filter finds what plain Python finds in the events themselves, now and at old revisions."""

from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from dataset.codebook.vocabularies import VOCABULARIES
from dataset.declarations.filters import FILTERS
from dataset.selections.conditions import CONDITIONS
from schemas.events import EventPageQuerySchema
from schemas.filters import EventFiltersSchema
from support.filter_queries import BESIDE, QUERIES
from support.plain_filters import (
    CHOICES,
    escaped,
    found,
    held,
    is_matched,
)
from support.rich_store import RICH, Event, add_datasets, cell, commit, rows_of

pytestmark = pytest.mark.quick


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
        "actor=WBN",
        "target=WBNGOV",
        "actor_code=WBN",
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


@pytest.mark.parametrize("query", ["actor=WBN", "target=WBNGOV", "action=1061"])
def test_code_that_nobody_knows_is_refused(client: FlaskClient, query: str) -> None:
    assert client.get(f"/v1/events?{query}").status_code == 422


def test_code_of_an_older_revision_is_still_known(
    seeded: Path, own_store: Path, client_of: Callable[[Path], FlaskClient]
) -> None:
    add_datasets(own_store)
    commit(own_store, rows_of(0)[8:9])
    commit(own_store, [rows_of(1)[8]])
    answer = client_of(own_store).get("/v1/events?target=WBNGOV")
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
