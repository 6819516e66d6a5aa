"""Loads of real files are undone; the other files give the store without them."""

import shutil
from pathlib import Path

import pytest

from dataset.loading.accounts import Account
from dataset.loading.undoing import undo
from dataset.store.database import open_to_write
from support.real_files import FORMATS, UCDP_RELEASES, every, files_of
from support.rich_store import client_on
from support.stores import counts, loaded, rows_of

FOLDERS = [*(name for name in FORMATS if every(name)), *(["ucdp-ged"] if every("ucdp-ged") else [])]
MOST = 4
"""So many files of a folder are loaded."""


def undone(store: str, number: int) -> None:
    """Undo a load."""
    database = open_to_write(store)
    undo(database, number)
    database.close()


def files(folder: str) -> list[Path]:
    """Give the smallest files of a folder."""
    return sorted(files_of(folder), key=lambda path: path.stat().st_size)[:MOST]


def put(store: str, path: Path) -> Account:
    """Load a real file."""
    version = UCDP_RELEASES.get(path.name)
    format = FORMATS.get(path.parent.name, path.parent.name)
    return loaded(store, format, path, force=True, version=version)


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_real_file_is_undone_as_if_it_had_never_been(
    folder: str, seeded: Path, any_store: str, tmp_path: Path
) -> None:
    wrong, *others = files(folder)
    plain = str(shutil.copy(seeded, tmp_path / "plain.sqlite"))
    for store, order in ((plain, others), (any_store, [wrong, *others])):
        for path in order:
            put(store, path)
    undone(any_store, 2)
    for path in reversed(others):
        put(any_store, path)
    assert rows_of(any_store) == rows_of(plain)
    first = counts(put(plain, wrong))
    assert counts(put(any_store, wrong)) == first
    assert rows_of(any_store) == rows_of(plain)


@pytest.mark.parametrize("folder", [name for name in FOLDERS if name != "gdelt2-mentions"])
def test_the_feed_tells_of_an_undo(folder: str, own_store: Path) -> None:
    for path in files(folder)[:2]:
        last = put(str(own_store), path)
    undone(str(own_store), last.number)
    client = client_on(own_store)
    found: set[str] = set()
    address = "/v1/changes?since=0&limit=1000"
    while address:
        page = client.get(address).json
        for change in page["data"]:
            (found.discard if change["type"] == "retract" else found.add)(change["id"])
        address = page["page"]["next"]
    assert found == {public_id for (public_id,) in rows_of(own_store, ["id"])}
