"""`!X` is the exact complement of `X`: for every filter and value they are everything, once."""

from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from peewee import Case, Database, Select, chunked, fn

from dataset.codebook.vocabularies import VOCABULARIES
from dataset.declarations.filters import FILTERS
from dataset.selections.conditions import CONDITIONS
from dataset.store import models
from dataset.store.database import open_to_read
from schemas.filters import EventFiltersSchema
from support.plain_filters import CHOICES, escaped, found, held
from support.rich_store import RICH, Event

CODED = [name for name in CHOICES if FILTERS[name].kind in VOCABULARIES]
REVISIONS = (RICH, RICH + 1)


@pytest.fixture(scope="module")
def database(rich_store: Path) -> Iterator[Database]:
    opened = open_to_read(str(rich_store))
    yield opened
    opened.close()


def shared_out(table: type[models.Version], name: str, code: str) -> Any:
    """Count the versions that are found by exactly one of a value and its opposite."""
    both = (EventFiltersSchema().load({name: sign + code})[name] for sign in ("", "!"))
    found = [Case(None, [(CONDITIONS[name](table, value), 1)], 0) for value in both]
    return fn.SUM(Case(None, [(found[0] + found[1] == 1, 1)], 0))


@pytest.mark.parametrize("table", [models.Event, models.Superseded])
@pytest.mark.parametrize("name", CODED)
def test_every_code_of_the_codebook_shares_out_all_versions_with_its_opposite(
    database: Database, name: str, table: type[models.Version]
) -> None:
    (everything,) = database.execute(table.select(fn.COUNT("*"))).fetchone()
    for codes in chunked([*VOCABULARIES[FILTERS[name].kind], "none"], 100):
        counts = Select([table], [shared_out(table, name, code) for code in codes])
        assert set(database.execute(counts).fetchone()) == {everything}


@pytest.mark.parametrize("name", CHOICES)
@pytest.mark.parametrize("as_of", REVISIONS)
def test_a_list_and_the_list_of_its_opposites_share_out_all_events(
    rich: FlaskClient, events_at: dict[int, list[Event]], name: str, as_of: int
) -> None:
    values = [escaped(one) for one in values_of(events_at[as_of], name)]
    lists = [*combinations([*values[:3], "none"], 2), (*values[:150], "none")]
    everything = sorted(event["id"] for event in events_at[as_of])
    for chosen in lists:
        any_of = found(rich, as_of=as_of, **{name: ",".join(chosen)})
        none_of = found(rich, as_of=as_of, **{name: ",".join(f"!{one}" for one in chosen)})
        assert sorted(any_of + none_of) == everything
        assert any_of or chosen == ("none",)


def values_of(events: list[Event], name: str) -> list[str]:
    """Give the values that a filter can find, those of most events first."""
    counts: dict[str, int] = {}
    for event in events:
        for value in held(event, name):
            counts[value] = counts.get(value, 0) + 1
    return sorted(counts, key=lambda value: (-counts[value], value))


@pytest.mark.parametrize("name", CHOICES)
@pytest.mark.parametrize("as_of", REVISIONS)
def test_a_value_within_a_list_of_others_takes_out_just_its_own(
    rich: FlaskClient, events_at: dict[int, list[Event]], name: str, as_of: int
) -> None:
    one, other = map(escaped, (values_of(events_at[as_of], name) * 2)[:2])
    both = set(found(rich, as_of=as_of, **{name: f"{one},{other}"}))
    without = set(found(rich, as_of=as_of, **{name: f"{one},{other},!{other}"}))
    assert both - without == set(found(rich, as_of=as_of, **{name: other}))


BESIDE = {"q": "iran", "bbox": "-180,-90,180,90", "date_from": "2024-04-01", "involves": "IRN"}


@pytest.mark.parametrize("name", CHOICES)
@pytest.mark.parametrize("as_of", REVISIONS)
def test_beside_other_filters_a_value_and_its_opposite_share_out_what_these_find(
    rich: FlaskClient, events_at: dict[int, list[Event]], name: str, as_of: int
) -> None:
    value = escaped(values_of(events_at[as_of], name)[0])
    for beside in ({other: text} for other, text in BESIDE.items() if other != name):
        signed = ({**beside, name: sign + value} for sign in ("", "!"))
        having, others = (found(rich, as_of=as_of, **one) for one in signed)
        assert sorted(having + others) == found(rich, as_of=as_of, **beside)
