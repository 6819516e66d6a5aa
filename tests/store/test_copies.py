"""A store is copied between engines with all its versions, and goes on after it was killed."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from flask.testing import FlaskClient

from api.commands.main import main
from dataset.maintenance import copies
from dataset.maintenance.copies import copy
from dataset.store.engines import engine_of
from dataset.store.engines.base import Engine
from dataset.store.models import Event
from support.commands import UNUSABLE
from support.paging import pages_of
from support.postgres_server import Server
from support.rich_store import client_on, commit
from support.rich_store import rows_of as built
from support.stores import sums_of

IMPOSSIBLE = 1


@pytest.fixture(params=["sqlite", "postgresql"])
def new(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database that is not made yet, on each engine."""
    if request.param == "sqlite":
        yield str(tmp_path / "new.sqlite")
        return
    server: Server = request.getfixturevalue("postgres")
    url = server.database()
    yield url
    server.drop(url)


def copied(source: Path | str, target: str) -> Result:
    """Run the command that copies a store."""
    return CliRunner().invoke(main, ["copy", str(source), target])


def test_a_copy_tells_of_every_table(rich_store: Path, new: str) -> None:
    done = copied(rich_store, new)
    assert done.exit_code == 0
    assert [line.split()[0] for line in done.output.splitlines()] == [
        *(table._meta.table_name for table in copies.COPIED),
        "The",
    ]
    assert sums_of(new)[:2] == sums_of(rich_store)[:2]


def test_a_copy_of_a_copy_is_the_same_store(
    rich_postgres: str, rich: FlaskClient, new: str
) -> None:
    copy(rich_postgres, new)
    for path in ("/v1/events?q=iran&as_of=2", "/v1/changes?since=1", "/v1/events.csv"):
        ours, theirs = rich.get(path), client_on(new).get(path)
        assert (theirs.data, theirs.headers["ETag"]) == (ours.data, ours.headers["ETag"])


def test_a_walk_goes_on_at_the_copy(rich_store: Path, rich: FlaskClient, new: str) -> None:
    copy(str(rich_store), new)
    pages = list(pages_of(rich, "/v1/events?limit=40"))
    middle = pages[0]["page"]["next"].removeprefix("http://localhost")
    assert list(pages_of(client_on(new), middle)) == pages[1:]


def test_a_copy_can_be_written(rich_store: Path, new: str) -> None:
    copy(str(rich_store), new)
    told = CliRunner().invoke(main, ["retract", "seed:7", "--reason", "x", "--database", new])
    assert told.output == "The event seed:7 is retracted as of revision 4.\n"
    assert client_on(new).get("/v1/events/seed:7").status_code == 410


def killed_after(source: Path, target: str, rows: int) -> bool:
    """Copy in a process that is killed at a row; tell whether it came so far."""
    process = os.fork()
    if not process:
        left = iter(range(rows))
        streamed = copies._streamed

        def dying(database: Engine, query: Any) -> Iterator[Any]:
            for row in streamed(database, query):
                if next(left, None) is None:
                    os.kill(os.getpid(), 9)
                yield row

        copies.BATCH, copies._streamed = 25, dying
        copy(str(source), target)
        os._exit(0)
    return os.WIFSIGNALED(os.waitpid(process, 0)[1])


def test_a_copy_that_is_killed_goes_on(rich_store: Path, new: str) -> None:
    killed = 0
    while killed_after(rich_store, new, 90 * (killed + 1)):
        killed += 1
        told = client_on(new).get("/v1/events")
        assert told.status_code == 503
    assert killed > 3
    assert sums_of(new)[:-1] == sums_of(rich_store)[:-1]


def begun(source: Path, target: str) -> None:
    """Begin a copy, and leave it."""
    assert killed_after(source, target, 30)


def test_a_copy_that_is_not_whole_is_no_store(rich_store: Path, new: str) -> None:
    begun(rich_store, new)
    for command in (["release", "a"], ["init"], ["migrate"]):
        told = CliRunner().invoke(main, [*command, "--database", new])
        assert told.exit_code in (IMPOSSIBLE, UNUSABLE)
        assert "not whole" in told.output or "no whole store" in told.output


def test_a_copy_does_not_go_on_from_another_state(growing: Path, new: str) -> None:
    begun(growing, new)
    commit(growing, built(2))
    told = copied(growing, new)
    assert (told.exit_code, "an earlier state of the source" in told.output) == (IMPOSSIBLE, True)


def test_a_store_is_not_copied_over(rich_store: Path, any_store: str) -> None:
    before = sums_of(any_store)
    told = copied(rich_store, any_store)
    assert (told.exit_code, "holds a store already" in told.output) == (IMPOSSIBLE, True)
    assert sums_of(any_store) == before


def test_a_copy_that_differs_is_told(rich_store: Path, new: str) -> None:
    begun(rich_store, new)
    database = engine_of(new).to_write(new, 5)
    database.execute(Event.update(words="x"))
    database.close()
    told = copied(rich_store, new)
    assert (told.exit_code, "is not the same: table event" in told.output) == (IMPOSSIBLE, True)
    assert client_on(new).get("/v1/events").status_code == 503


def test_there_must_be_a_store_to_copy(tmp_path: Path, new: str) -> None:
    told = copied(tmp_path / "none.sqlite", new)
    assert (told.exit_code, "There is no store" in told.output) == (UNUSABLE, True)
