"""A load says which versions of events count where only the names of files date them, and why."""

from pathlib import Path
from typing import Any

import pytest

from api.commands.versions import comparisons
from dataset.loading.accounts import Account
from support.gdelt_lines import gdelt_line
from support.sample_lines import ICEWS, ICEWS_HEADER, line
from support.stores import counts, loaded

DAY, MONTH = "20220109-icews-events.tab", "202201-icews-events.tab"
STAMPS = {DAY: "2022-01-09T00:00:00Z", MONTH: "2022-01-31T00:00:00Z"}


def file_of(folder: Path, name: str, intensity: str, events: int = 1) -> Path:
    """Write a file of so many events, with an intensity of its own."""
    lines = [line(ICEWS, id=str(number), intensity=intensity) for number in range(1, events + 1)]
    path = folder / name
    path.write_text("\n".join([ICEWS_HEADER, *lines]), "utf-8")
    return path


def compared(store: Path, *files: tuple[str, str, int]) -> tuple[Account, list[dict[str, Any]]]:
    """Load files, each by itself; give the last account and its report on versions."""
    outcomes = [
        loaded(store, "icews", file_of(store.parent, name, intensity, events))
        for name, intensity, events in files
    ]
    return outcomes[-1], outcomes[-1].report["versions"]


def entry(outcome: str, added: str | None, against: str | None, count: int) -> dict[str, Any]:
    """Write an entry of the report."""
    return {"outcome": outcome, "added": added, "against": against, "count": count}


@pytest.mark.parametrize(
    ("first", "second", "events", "outcome", "sentence"),
    [
        (
            DAY,
            MONTH,
            1,
            "updated",
            "1 event has a newer version from 202201-icews-events.tab (2022-01-31, the last day of "
            "its month) than the one of 2022-01-09.",
        ),
        (
            MONTH,
            DAY,
            2,
            "outdated",
            "2 records of 20220109-icews-events.tab (2022-01-09) count as older than the versions "
            "of 2022-01-31.",
        ),
        (
            DAY,
            "events.tab",
            5,
            "outdated",
            "5 records of events.tab count as older than the versions of 2022-01-09, since the "
            "name has no day: put the day into it to have them count as newer.",
        ),
        (
            "events.tab",
            DAY,
            1,
            "updated",
            "1 event has a newer version from 20220109-icews-events.tab (2022-01-09) than the one "
            "of a file without a day in its name.",
        ),
    ],
)
def test_the_names_of_files_tell_which_version_counts(
    tmp_path: Path, first: str, second: str, events: int, outcome: str, sentence: str
) -> None:
    files = ((first, "1.0", events), (second, "2.0", events))
    account, versions = compared(tmp_path / "store.sqlite", *files)
    assert counts(account) == {outcome: events}
    assert versions == [entry(outcome, STAMPS.get(second), STAMPS.get(first), events)]
    assert list(comparisons(account)) == [sentence]


@pytest.mark.parametrize("name", [DAY, "events.tab"])
@pytest.mark.parametrize(("before", "now"), [("1.0", "2.0"), ("2.0", "1.0")])
def test_where_names_do_not_tell_the_greater_version_counts(
    tmp_path: Path, name: str, before: str, now: str
) -> None:
    account, versions = compared(tmp_path / "store.sqlite", (name, before, 3), (name, now, 3))
    outcome = "updated" if now > before else "outdated"
    assert versions == [entry(outcome, STAMPS.get(name), STAMPS.get(name), 3)]
    [sentence] = comparisons(account)
    assert sentence.startswith("3 ")
    assert ("Both files are of 2022-01-09" in sentence) == (name == DAY)
    assert sentence.endswith("Put the days into the names.") == (name != DAY)


def test_all_outcomes_of_one_load_are_explained(tmp_path: Path) -> None:
    store = tmp_path / "store.sqlite"
    compared(store, ("20220101.tab", "0.0", 4))
    names = ("events.tab", "20220102.tab", "20220104.tab", "20220103.tab")
    files = [file_of(tmp_path, name, str(at), 4) for at, name in enumerate(names, 1)]
    account = loaded(store, "icews", *files)
    assert counts(account) == {"updated": 4, "outdated": 12}
    found = [(one["outcome"], one["count"]) for one in account.report["versions"]]
    assert sorted(found) == [("outdated", 4)] * 3 + [("updated", 4)]
    assert len(list(comparisons(account))) == 4


def test_several_files_of_one_day_are_counted(tmp_path: Path) -> None:
    store = tmp_path / "store.sqlite"
    compared(store, (DAY, "0.0", 1))
    files = [file_of(tmp_path, name, "1.0") for name in ("202201.tab", "2022-Jan.tab")]
    [sentence] = comparisons(loaded(store, "icews", *files))
    assert "from 2 files (2022-01-31, the last day of its month)" in sentence


def test_what_did_not_change_needs_no_reason(tmp_path: Path) -> None:
    account, versions = compared(tmp_path / "store.sqlite", (DAY, "1.0", 2), (DAY, "1.0", 2))
    assert (counts(account), versions) == ({"unchanged": 2}, [])


def test_events_that_have_a_time_of_their_own_are_not_reported(tmp_path: Path) -> None:
    store = tmp_path / "store.sqlite"
    for mentions in ("1", "2"):
        path = tmp_path / f"{mentions}.csv"
        path.write_bytes(gdelt_line(c31=mentions))
        account = loaded(store, "gdelt", path)
    assert (counts(account), account.report["versions"]) == ({"updated": 1}, [])
