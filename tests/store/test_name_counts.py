"""The counts of codes and names are true whatever was done to a store, on each engine."""

from contextlib import closing
from pathlib import Path

from dataset.loading.undoing import undo
from dataset.store.database import open_to_write
from dataset.store.engines.base import Engine
from dataset.store.models import NameCount, NameWord
from dataset.writes.dataset_drops import drop_dataset
from dataset.writes.purges import purge
from dataset.writes.retractions import restore, retract
from support.gdelt_lines import gdelt_line
from support.name_counts import check_counts, stored
from support.stores import load_into


def put(database: Engine, path: Path, **names: str) -> None:
    """Load events, each with the name of its actor, given by native id (`n1`)."""
    path.write_bytes(b"".join(gdelt_line(c0=n[1:], c6=name) for n, name in names.items()))
    load_into(database, "gdelt", path)


def names_in(database: Engine) -> set[str]:
    """Give the names of actors that are counted, or were, and those that have words."""
    is_actor = (NameCount.kind == "actor_name") & (NameCount.dataset == "gdelt")
    counted = {
        name for (name,) in database.execute(NameCount.select(NameCount.name).where(is_actor))
    }
    worded = {name for (name,) in database.execute(NameWord.select(NameWord.name))}
    assert counted <= worded
    return {name for name in worded if name.startswith("SOME")}


def test_a_new_store_counts_the_seed(any_store: str) -> None:
    with closing(open_to_write(any_store)) as database:
        check_counts(database)
        assert stored(database)["actor_code", "IRNMIL", "", "seed"]


def test_counts_follow_what_is_done(any_store: str, tmp_path: Path) -> None:
    path = tmp_path / "a.CSV"
    with closing(open_to_write(any_store)) as database:
        put(database, path, n1="SOMEBODY", n2="SOMEBODY", n3="SOME ÉLAN")
        check_counts(database)
        for act in (
            lambda: retract(database, "gdelt:1", "wrong"),
            lambda: restore(database, "gdelt:1"),
            lambda: undo(database, 2),
            lambda: put(database, path, n1="SOMEBODY", n2="SOME OTHER"),
            lambda: drop_dataset(database, "gdelt"),
            lambda: drop_dataset(database, "gdelt", purge=True),
        ):
            act()
            check_counts(database)
        assert names_in(database) == set()


def test_a_purge_erases_only_names_that_no_other_event_has(any_store: str, tmp_path: Path) -> None:
    with closing(open_to_write(any_store)) as database:
        put(database, tmp_path / "a.CSV", n1="SOMEBODY", n2="SOMEBODY", n3="SOME ÉLAN", n4="SOME X")
        retract(database, "gdelt:2", "wrong")
        retract(database, "gdelt:4", "wrong")
        for n in (1, 3, 4):
            purge(database, f"gdelt:{n}")
            check_counts(database)
        assert names_in(database) == {"SOMEBODY"}


def test_nothing_is_counted_that_was_only_tried(any_store: str, tmp_path: Path) -> None:
    with closing(open_to_write(any_store)) as database:
        put(database, tmp_path / "a.CSV", n1="SOMEBODY")
        before = stored(database)
        undo(database, 2, dry_run=True)
        assert stored(database) == before
