"""A load counts which of its mentions wait for events that a load could still bring."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from api.commands.main import main
from support.gdelt_lines import gdelt_line, mention_line
from support.rich_store import client_on
from support.stores import loaded


def command(store: str, *arguments: str) -> None:
    """Run a command on a store."""
    done = CliRunner().invoke(main, [*arguments, "--database", store])
    assert done.exit_code == 0, done.output


@pytest.fixture
def store(any_store: str, tmp_path: Path) -> str:
    """A store of the events 1 and 2, of load 2, and of mentions of 1, 2 and 3, of load 3."""
    events, mentions = tmp_path / "a.tsv", tmp_path / "a.mentions.CSV"
    events.write_bytes(gdelt_line(c0="1") + gdelt_line(c0="2"))
    mentions.write_bytes(b"".join(map(mention_line, ("1", "2", "3"))))
    loaded(any_store, "gdelt", events)
    loaded(any_store, "gdelt-mentions", mentions)
    return any_store


def waiting(store: str) -> int:
    """Give how many mentions of load 3 wait."""
    report = client_on(store).get("/v1/loads/3").json["data"]["report"]
    return int(report["mentions_waiting"])


def test_those_of_events_that_never_came_wait(store: str) -> None:
    assert waiting(store) == 1


def test_those_of_retracted_events_do_not_wait(store: str) -> None:
    command(store, "retract", "gdelt:1", "--reason", "wrong")
    assert waiting(store) == 1
    command(store, "undo", "2")
    assert waiting(store) == 2
    command(store, "restore", "gdelt:1")
    assert waiting(store) == 2


def test_those_of_undone_events_wait(store: str) -> None:
    command(store, "undo", "2")
    assert waiting(store) == 3


def test_those_of_events_that_their_source_dropped_wait(store: str, tmp_path: Path) -> None:
    path = tmp_path / "b.tsv"
    path.write_bytes(gdelt_line(c0="2"))
    loaded(store, "gdelt", path, whole=True)
    assert waiting(store) == 2


def test_those_of_dropped_datasets_have_ended(store: str) -> None:
    command(store, "drop", "gdelt")
    assert waiting(store) == 0
