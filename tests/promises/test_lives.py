"""Whatever is loaded, retracted, restored, undone and dropped: the store holds what a plain model
says, its feed tells the same, and no revision of before changes."""

import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dataset.store.database import open_to_write
from support.crashes import checked
from support.lives import FILES, LIVES, File, Life, held, replayed
from support.postgres_server import Server
from support.stores import counts

ANSWERS = (
    "/v1/events/count",
    "/v1/events/count?q=alpha",
    "/v1/aggregates?by=dataset,actor_country&measures=count,tone_mean",
    "/v1/aggregates.csv?by=day",
    "/v1/events.csv?fields=id,date,actor_name,added",
)


@contextmanager
def begun_on_sqlite(seeded: Path, folder: Path) -> Iterator[Life]:
    """Begin a life on SQLite."""
    path = Path(shutil.copy(seeded, folder / "store.sqlite"))
    with closing(open_to_write(str(path))) as database:
        yield Life(str(path), database, folder)
    checked(path)


def lived(life: Life, acts: list[tuple[str, Any]]) -> None:
    """Live a life; check each step of it."""
    for kind, what in acts:
        life.act(kind, what)
        assert life.seen[life.revision] == life.model.holds(), (kind, what)
    for revision, state in life.seen.items():
        assert held(life.client, f"&as_of={revision}") == state
        assert last_date(life, revision) >= max((added for added, _ in state.values()), default="")
    assert replayed(life.client) == life.model.holds()


def last_date(life: Life, revision: int) -> str:
    """Give the day at which a page of a revision begins, in digits."""
    with life.store.snapshot() as snapshot:
        return str(snapshot.last_date_of(revision)).replace("-", "")


OLD, NEW = ("20240501", "ALPHA"), ("20240502", "BETA")
BOTH_UNDONE = [
    ("load", ((1, OLD),)),
    ("load", ((1, NEW),)),
    ("undo", 2),
    ("undo", 3),
]
DROPPED_TWICE = [
    ("load", ((1, OLD), (2, OLD))),
    ("whole", ((2, NEW),)),
    ("drop", "gdelt"),
    ("undo", 3),
    ("load", ((1, OLD),)),
]
SOURCE_IS_AHEAD = [
    ("load", ((1, OLD),)),
    ("retract", 1),
    ("load", ((1, NEW),)),
    ("undo", 3),
    ("load", ((1, NEW),)),
    ("restore", 1),
    ("undo", 4),
]
RESTORED = [
    ("load", ((1, OLD),)),
    ("load", ((1, NEW),)),
    ("retract", 1),
    ("restore", 1),
    ("undo", 3),
    ("load", ((1, OLD),)),
    ("undo", 2),
    ("load", ((1, OLD),)),
]
RESTORED_AHEAD = [
    ("load", ((1, OLD),)),
    ("retract", 1),
    ("load", ((1, NEW),)),
    ("restore", 1),
    ("load", ((1, ("20240502", "GAMMA")),)),
    ("undo", 4),
    ("undo", 3),
]
"""Rare turns of a life, which chance may miss."""


@settings(max_examples=30, deadline=None)
@given(acts=LIVES)
@example(acts=BOTH_UNDONE)
@example(acts=DROPPED_TWICE)
@example(acts=SOURCE_IS_AHEAD)
@example(acts=RESTORED)
@example(acts=RESTORED_AHEAD)
def test_a_store_is_what_a_plain_model_says(
    seeded: Path, tmp_path_factory: pytest.TempPathFactory, acts: list[tuple[str, Any]]
) -> None:
    with begun_on_sqlite(seeded, tmp_path_factory.mktemp("life")) as life:
        lived(life, acts)


@settings(max_examples=5, deadline=None)
@given(acts=LIVES)
@example(acts=BOTH_UNDONE)
@example(acts=DROPPED_TWICE)
@example(acts=SOURCE_IS_AHEAD)
@example(acts=RESTORED)
@example(acts=RESTORED_AHEAD)
def test_so_it_is_on_postgresql(
    postgres: Server,
    seeded_postgres: str,
    tmp_path_factory: pytest.TempPathFactory,
    acts: list[tuple[str, Any]],
) -> None:
    url = postgres.database(seeded_postgres)
    with closing(open_to_write(url)) as database:
        life = Life(url, database, tmp_path_factory.mktemp("life"))
        lived(life, acts)
    postgres.drop(url)


def answers(life: Life) -> list[Any]:
    """Give what a store answers, without what tells of revisions."""
    found = [life.client.get(path) for path in ANSWERS]
    return [one.json.get("data", one.json.get("count")) if one.json else one.data for one in found]


@settings(max_examples=15, deadline=None)
@given(acts=LIVES, wrong=FILES, kind=st.sampled_from(["load", "whole"]), then=FILES)
def test_a_load_and_its_undo_are_as_if_neither_had_been(
    seeded: Path,
    tmp_path_factory: pytest.TempPathFactory,
    acts: list[tuple[str, Any]],
    wrong: File,
    kind: str,
    then: File,
) -> None:
    with (
        begun_on_sqlite(seeded, tmp_path_factory.mktemp("with")) as life,
        begun_on_sqlite(seeded, tmp_path_factory.mktemp("without")) as other,
    ):
        for one in (life, other):
            for act in acts:
                one.act(*act)
        before = answers(life)
        life.act("undo", life.act(kind, wrong).number)
        assert answers(life) == before == answers(other)
        assert counts(life.act("load", then)) == counts(other.act("load", then))
        assert answers(life) == answers(other)


@settings(max_examples=30, deadline=None)
@given(files=st.lists(FILES, min_size=2, max_size=5), chance=st.randoms(use_true_random=False))
def test_the_remaining_files_give_the_store_without_the_load(
    seeded: Path, tmp_path_factory: pytest.TempPathFactory, files: list[File], chance: Random
) -> None:
    with (
        begun_on_sqlite(seeded, tmp_path_factory.mktemp("with")) as life,
        begun_on_sqlite(seeded, tmp_path_factory.mktemp("without")) as other,
    ):
        for file in files:
            life.act("load", file)
        wrong = chance.randrange(len(files))
        life.act("undo", wrong + 2)
        remaining = files[:wrong] + files[wrong + 1 :]
        for file in chance.sample(remaining, len(remaining)):
            life.act("load", file)
            other.act("load", file)
        assert answers(life) == answers(other)
