"""What many revisions cost: the same events, brought by 100,000 small loads and by two large ones.

Ten years of GDELT, followed, are 700,000 loads. So many are made here without waiting hours: two
real loads bring all events, and an update of each tenth. Then SQL spreads what they wrote over as
many revisions and loads as there are rows, as if each had come in a load of its own.
"""

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import apsw

from api import create_app
from api.settings import Settings
from benchmarks.figures import Figure, cpu_ms
from benchmarks.gdelt_like import lines
from benchmarks.stores import FOLDER
from dataset.inputs.source_files import source_files
from dataset.loading.loads import LoadJob, load
from dataset.parquet_copy.refreshing import refresh
from dataset.store.database import open_to_write
from dataset.store.snapshots import Store

EVENTS = 100_000
UPDATED = 10
"""One event of so many has a second version."""
REVISIONS = EVENTS + EVENTS // UPDATED
SMALL = 100
"""How many small loads are measured one after another."""
LATER = b"20301231000000"
SPREAD = """
CREATE TEMP TABLE moved AS
SELECT key, revision AS old, row_number() OVER made AS new, max(date) OVER made AS last_date FROM (
SELECT key, revision, date FROM event UNION ALL SELECT key, revision, date FROM superseded)
WINDOW made AS (ORDER BY revision, key);
CREATE UNIQUE INDEX temp.of_version ON moved (key, old);
UPDATE superseded SET ended =
(SELECT new FROM moved WHERE moved.key = superseded.key AND old = superseded.ended);
UPDATE superseded SET (revision, load) =
(SELECT new, new FROM moved WHERE moved.key = superseded.key AND old = superseded.revision);
UPDATE event SET (revision, load) =
(SELECT new, new FROM moved WHERE moved.key = event.key AND old = event.revision);
UPDATE revision SET number = -number;
INSERT INTO revision SELECT new, lower(hex(randomblob(8))), committed, kind,
printf('%014d.export.CSV.zip', new), moved.last_date
FROM moved, (SELECT * FROM revision WHERE number = -2);
DELETE FROM revision WHERE number < 0;
UPDATE load SET number = -number;
INSERT INTO load SELECT new, new, format, datasets, dataset, loader_version, replays, started,
finished, 1, old = 1, old = 2, 0, 0, 0, 0, report, 0, NULL FROM moved,
(SELECT * FROM load WHERE number = -2);
DELETE FROM load WHERE number < 0;
DELETE FROM load_file;
INSERT INTO load_file SELECT new, 1, printf('%014d.export.CSV.zip', new), printf('%064x', new),
1000, 1, '' FROM moved;
UPDATE dataset SET revision = 1;
"""
ASKED = {
    "page of 100": "/v1/events?limit=100",
    "page of 100, a country": "/v1/events?limit=100&actor_country=USA",
    "page of 100, `as_of` the middle": "/v1/events?limit=100&as_of={middle}",
    "page of 100, `as_of` an early one": "/v1/events?limit=100&as_of={early}",
    "page of 100 of the codebook's actions": "/v1/actions?limit=100",
    "one event's history": "/v1/events/{id}/history",
    "changes, the last 100": "/v1/changes?since={before}&limit=100",
    "changes from the middle on": "/v1/changes?since={middle}&limit=100",
    "changes of a country from the middle on": "/v1/changes?since={middle}&actor_country=USA",
    "loads, a page of 2": "/v1/loads?limit=2",
    "one load": "/v1/loads/{load}",
    "datasets": "/v1/datasets",
    "readyz": "/readyz",
    "metrics": "/metrics",
    "following": "/v1/following",
}


GOALS = dict.fromkeys((what for what in ASKED if "early" in what or "changes" in what), None)
"""Of two revisions, the early one and the changes since are nearly everything."""


def figures(_: Path) -> Iterator[Figure]:
    """Measure answers, small loads and refreshes of the copy, of many revisions and of two."""
    few, many = FOLDER / "few-revisions.sqlite", FOLDER / "many-revisions.sqlite"
    if not many.exists():
        FOLDER.mkdir(exist_ok=True)
        _make(few, many)
    with TemporaryDirectory(dir=FOLDER) as folder:
        yield from _answers(few, many, Path(folder))
        yield from _loads(*(Path(shutil.copy(path, folder)) for path in (many, few)))


def _loads(many: Path, few: Path) -> Iterator[Figure]:
    """Measure the copy in columns made anew, then small loads with a refresh after each."""
    anew = [_once(refresh, Store(str(path))) for path in (many, few)]
    yield _figure("copy in columns, made anew", *anew, goal=1.5)
    (loads, refreshes, segments), other = (_followed(path) for path in (many, few))
    yield _figure(f"small load, mean of {SMALL}", loads, other[0], goal=1.5)
    yield _figure(f"refresh of the copy after it, mean of {SMALL}", refreshes, other[1], goal=1.5)
    yield Figure(f"segments of the copy after {SMALL} small loads", "files", segments, other[2])


def _followed(path: Path) -> tuple[float, float, int]:
    """Load one file after another; give the mean times, and how many segments the copy has."""
    raw, (line,) = path.with_name("20311231000000.export.CSV"), lines(1)
    cells, loads, refreshes = line.split(b"\t"), 0.0, 0.0
    store = Store(str(path))
    with closing(open_to_write(str(path))) as database:
        for number in range(SMALL):
            cells[0] = b"%d" % (9 * 10**9 + number)
            raw.write_bytes(b"\t".join(cells))
            job = LoadJob("gdelt", source_files([str(raw)], Path))
            loads += _once(load, database, job)
            refreshes += _once(refresh, store)
    return loads / SMALL, refreshes / SMALL, len(refresh(store).copy.segments)


def _make(few: Path, many: Path) -> None:
    building = many.with_suffix(".building")
    raw = FOLDER / "20241231000000.export.CSV"
    building.unlink(missing_ok=True)
    with closing(open_to_write(str(building))) as database:
        events = list(lines(EVENTS))
        for some in (events, map(_later, events[::UPDATED])):
            raw.write_bytes(b"".join(some))
            load(database, LoadJob("gdelt", source_files([str(raw)], Path)))
        database.tidy()
    raw.unlink()
    shutil.copy(building, few)
    with closing(apsw.Connection(str(building))) as connection:
        with connection:
            connection.execute(SPREAD)
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    building.rename(many)


def _later(line: bytes) -> bytes:
    """Give a later version of a record: more mentions, added later."""
    cells = line.rstrip(b"\n").split(b"\t")
    cells[31], cells[59] = b"999", LATER
    return b"\t".join(cells) + b"\n"


def _answers(few: Path, many: Path, folder: Path) -> Iterator[Figure]:
    for what, address in ASKED.items():
        spent = [_asked(path, address, folder) for path in (many, few)]
        yield _figure(what, *spent, goal=GOALS.get(what, 1.5))


def _figure(what: str, many: float, few: float, goal: float | None) -> Figure:
    return Figure(f"{what}, {REVISIONS:,} revisions; 2", "ms", many, few, goal, events=EVENTS)


def _asked(path: Path, address: str, folder: Path) -> float:
    client = create_app(
        Settings(database=str(path), cache=str(folder / f"{path.stem}-cache"))
    ).test_client()
    newest = client.get("/readyz").json["revision"]
    given = {
        "early": max(1, newest // 100),
        "middle": max(1, newest // 2),
        "before": newest - (100 if newest > 100 else 1),
        "load": newest,
        "id": client.get("/v1/events?limit=1").json["data"][0]["id"],
    }
    url = address.format(**given)
    assert client.get(url).status_code == 200
    return cpu_ms(client.get, url)


def _once(work: Callable[..., Any], *arguments: Any) -> float:
    began = time.process_time()
    work(*arguments)
    return (time.process_time() - began) * 1000
