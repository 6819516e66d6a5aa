"""Exports of a copy with several row groups are those of rows, to the byte and in their order."""

import logging
import os
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow.parquet as pq
import pytest

from benchmarks.gdelt_like import FIRST_ID
from benchmarks.gdelt_like import lines as gdelt_lines
from dataset.codebook import COUNTRIES
from dataset.declarations.columns import COLUMNS
from dataset.declarations.filters import Choice
from dataset.events.completeness import holds_all
from dataset.events.rows_or_columns import copy_in_order
from dataset.exports import csv_by_sql, parquet
from dataset.parquet_copy import refreshing
from dataset.parquet_copy.segments import Copy
from dataset.selections.selections import OLDEST_FIRST, Selection
from dataset.store import counts
from dataset.store.snapshots import Store
from support.figures import tally
from support.large_store import make_large
from support.parquet_store import refreshed, retract, twins
from support.real_files import EVENTS, files_of
from support.stores import loaded

ROWS = 190_000
REAL = {"gdelt2": "gdelt", "keds": "keds", "icews": "icews"}
FIELDS = {
    "all": tuple(COLUMNS),
    "label": ("id", "date", "action_label"),
    "no-label": ("id", "action_code", "evidence_url"),
}
LATE = f"gdelt:{FIRST_ID + 9_005}"


def any_of(*values: Any) -> Choice:
    """Want any of some values."""
    return Choice(values, ())


FILTERS: dict[str, dict[str, Any]] = {
    "none": {},
    **{f"root-{root:02}": {"action_root": any_of(f"{root:02}")} for root in range(1, 21)},
    **{f"class-{number}": {"quad_class": any_of(number)} for number in range(1, 5)},
    **{f"actor-{code}": {"actor_country": any_of(code)} for code in ("USA", "ISR", "TUR")},
    "most-roots": {"action_root": any_of(*(f"{root:02}" for root in range(1, 18)))},
    "many-countries": {"actor_country": any_of(*sorted(COUNTRIES)[:100])},
    "not-a-country": {"actor_country": Choice((), ("USA",))},
    "no-country": {"target_country": any_of(None)},
    "either-country": {"involves_country": any_of("USA", "TUR")},
    "rare-labels": {"action_code": any_of("0256", "1823", "1311", "0841")},
    "subtrees": {"action": any_of("02", "18")},
    "mentions": {"mentions_min": 12},
    "tone": {"tone_max": -5.0},
    "scale": {"goldstein_min": 5.0, "root_event": any_of(True)},
    "since": {"date_from": "2019-01-01"},
    "until": {"date_to": "2018-12-10", "quad_class": any_of(4)},
}


class Pair(NamedTuple):
    """A store with a copy, the same store without, and the last revision of the first segment."""

    copied: Path
    plain: Path
    last: int


def make_pair(path: Path) -> Pair:
    """Add three revisions to a store: one to its first segment, one to another, one to neither.

    Each ends versions of the first segment, whose events alone lie in their order.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(refreshing, "MERGED", 0)
        for seed, first in ((2, FIRST_ID + 9_000), (3, FIRST_ID + 15_000)):
            changed = path.with_name(f"{seed}.export.CSV")
            with changed.open("wb") as file:
                file.writelines(gdelt_lines(8_000, seed, first))
            loaded(path, "gdelt", changed)
            segments = refreshed(path).copy.segments
    assert len(segments) == 2
    retract(path, LATE)
    return Pair(path, Path(shutil.copy(path, path.with_name("plain.sqlite"))), segments[0].last)


@pytest.fixture(scope="module")
def synthetic(tmp_path_factory: pytest.TempPathFactory) -> Pair:
    """Events that are like GDELT's."""
    return make_pair(make_large(tmp_path_factory.mktemp("synthetic"), ROWS))


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Pair:
    """Events of real files, which differ more from day to day."""
    if not EVENTS.exists():
        pytest.skip("the real files are not part of the project, and not beside it")
    path = tmp_path_factory.mktemp("real") / "real.sqlite"
    for folder, format in REAL.items():
        loaded(path, format, *files_of(folder))
    return make_pair(path)


@pytest.fixture(params=["synthetic", "real"])
def pair(request: pytest.FixtureRequest) -> Pair:
    """Each pair in turn."""
    found: Pair = request.getfixturevalue(request.param)
    return found


@pytest.fixture(autouse=True)
def _any_event_is_as_good_as_many(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small results are read from the copy as well as those above the cap."""
    monkeypatch.setattr(counts, "CAP", 0)


def copy_for(store: Store, selection: Selection) -> Copy:
    """Give the copy that answers a selection in order."""
    with store.snapshot() as snapshot:
        copy = copy_in_order(snapshot, selection)
    assert copy is not None
    return copy


def csv_of(path: Path, selection: Selection, columns: tuple[str, ...]) -> bytes:
    """Export a selection from a store as CSV."""
    store = Store(str(path))
    try:
        return b"".join(csv_by_sql.write(store, selection, columns, {}))
    finally:
        store.close()


def assert_read_from_the_copy(pair: Pair, selection: Selection) -> None:
    store = Store(str(pair.copied))
    copy_for(store, selection)
    store.close()


def assert_same_csv(pair: Pair, selection: Selection, fields: str) -> int:
    """Compare the exports of both stores; give how many events they have."""
    assert_read_from_the_copy(pair, selection)
    found = csv_of(pair.copied, selection, FIELDS[fields])
    is_same = found == csv_of(pair.plain, selection, FIELDS[fields])
    tally("exports from columns", compared=1, different=int(not is_same))
    assert is_same
    return found.count(b"\r\n") - 1


@pytest.mark.parametrize("name", FILTERS)
def test_csv_is_the_same(pair: Pair, name: str, caplog: pytest.LogCaptureFixture) -> None:
    selection = Selection(pair.last, FILTERS[name], OLDEST_FIRST)
    assert assert_same_csv(pair, selection, "label") > 0
    assert not caplog.records


@pytest.mark.parametrize("name", ["root-04", "root-19", "rare-labels", "not-a-country"])
def test_csv_of_an_earlier_revision_is_the_same(pair: Pair, name: str) -> None:
    selection = Selection(pair.last - 1, FILTERS[name], OLDEST_FIRST)
    for fields in ("label", "no-label"):
        assert_same_csv(pair, selection, fields)


@pytest.mark.parametrize("name", ["none", "class-1", "many-countries"])
def test_csv_of_all_columns_above_the_cap_is_the_same(pair: Pair, name: str) -> None:
    selection = Selection(pair.last, FILTERS[name], OLDEST_FIRST)
    assert assert_same_csv(pair, selection, "all") > 10_000


@pytest.mark.parametrize("fields", FIELDS)
@pytest.mark.parametrize("name", ["class-2", "root-19", "actor-USA", "rare-labels"])
def test_parquet_is_the_same(
    pair: Pair, name: str, fields: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    selection = Selection(pair.last, FILTERS[name], OLDEST_FIRST)
    assert_read_from_the_copy(pair, selection)
    files = [tmp_path / "copied.parquet", tmp_path / "plain.parquet"]
    for path, file in zip((pair.copied, pair.plain), files, strict=True):
        store = Store(str(path))
        parquet.write(store, selection, FIELDS[fields], {}, file)
        store.close()
    assert files[0].read_bytes() == files[1].read_bytes()
    assert not caplog.records


@pytest.mark.parametrize("limit", [1, 2_000, 2_001, 17_000])
@pytest.mark.parametrize("name", ["none", "class-1"])
def test_the_first_events_are_the_same(
    synthetic: Pair, name: str, limit: int, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    selection = Selection(synthetic.last, FILTERS[name], OLDEST_FIRST, limit=limit)
    assert assert_same_csv(synthetic, selection, "label") == limit
    files = [tmp_path / "copied.parquet", tmp_path / "plain.parquet"]
    for path, file in zip((synthetic.copied, synthetic.plain), files, strict=True):
        store = Store(str(path))
        parquet.write(store, selection, FIELDS["label"], {}, file)
        with store.snapshot() as snapshot:
            assert not holds_all(snapshot, selection, counts.Matched(0, "gte"))
            assert holds_all(snapshot, replace(selection, limit=10**6), counts.Matched(0, "gte"))
        store.close()
    assert pq.read_metadata(files[0]).num_rows == limit
    assert files[0].read_bytes() == files[1].read_bytes()
    assert not caplog.records


@pytest.mark.parametrize("later", [0, 1, 2])
@pytest.mark.parametrize("query", ["by=action_root,month", "by=day&quad_class=2", "by=dyad"])
def test_groups_of_all_segments_are_the_same(
    pair: Pair, query: str, later: int, tmp_path: Path
) -> None:
    url = f"/v1/aggregates.csv?{query}&measures=count,tone_mean&as_of={pair.last + later}"
    answers = [client.get(url, buffered=True).data for client in twins(pair.copied, tmp_path)]
    assert answers[0] == answers[1]
    assert answers[0].count(b"\r\n") > 10


def test_a_segment_is_in_order(pair: Pair) -> None:
    """Stretches of a segment follow each other: DuckDB promises that COPY keeps the order."""
    store = Store(str(pair.copied))
    copy = copy_for(store, Selection(pair.last, sort=OLDEST_FIRST))
    store.close()
    table = pq.read_table(copy.folder / copy.segments[0].versions.name, columns=["date", "key"])
    rows = list(zip(*table.to_pydict().values(), strict=True))
    assert rows == sorted(rows)


def zero_later_rows(path: Path) -> None:
    """Overwrite what lies behind three row groups with zeros; size and time stay as they were."""
    status, metadata = path.stat(), pq.read_metadata(path)
    chunk = metadata.row_group(3).column(0)
    begin = chunk.dictionary_page_offset or chunk.data_page_offset
    with path.open("r+b") as file:
        file.seek(begin)
        file.write(bytes(status.st_size - metadata.serialized_size - 8 - begin))
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


@pytest.fixture
def breaking(synthetic: Pair, tmp_path: Path) -> Pair:
    """A pair whose copy a test may break."""
    path = Path(shutil.copy(synthetic.copied, tmp_path / "store.sqlite"))
    shutil.copytree(f"{synthetic.copied}.columns", f"{path}.columns")
    return synthetic._replace(copied=path)


def test_each_event_is_there_once_if_a_segment_breaks_after_100_000_lines(
    breaking: Pair, caplog: pytest.LogCaptureFixture
) -> None:
    selection = Selection(breaking.last, {}, OLDEST_FIRST)
    store = Store(str(breaking.copied))
    copy = copy_for(store, selection)
    zero_later_rows(copy.folder / copy.segments[0].versions.name)
    sent, found = 0, []
    for piece in csv_by_sql.write(store, selection, FIELDS["all"], {}):
        found.append(piece)
        sent += 0 if caplog.records else piece.count(b"\r\n")
    store.close()
    assert sent > 100_000
    assert [one.levelno for one in caplog.records] == [logging.WARNING]
    assert b"".join(found) == csv_of(breaking.plain, selection, FIELDS["all"])
