"""Aggregates and exports are, exactly, what DuckDB makes of the raw files of every source."""

import csv
import io
from collections.abc import Iterator
from decimal import ROUND_HALF_EVEN, Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from flask.testing import FlaskClient

from dataset.declarations.columns import COLUMNS
from support.files_in_duckdb import FOLDERS, KEYS, SOURCES, opened
from support.paging import shown
from support.real_files import EVENTS, files_of
from support.rich_store import client_on
from support.stores import loaded

pytestmark = pytest.mark.skipif(
    not EVENTS.exists(), reason="the real files are not part of the project, and not beside it"
)

FORMATS = {"gdelt1": "gdelt"}
"""The format of a dataset, where it has not its name."""
MILLIONTH = Decimal("0.000001")
EXACT = ("goldstein", "tone")
"""What is added up as whole millionths."""
ALL = "count,goldstein_mean,goldstein_sum,tone_mean,mentions_sum,sources_sum,articles_sum"
Groups = dict[tuple[Any, ...], list[Any]]

QUESTIONS = [
    ("gdelt", "month", ALL),
    ("gdelt", "day,action_root", ALL),
    ("gdelt", "actor_country", ALL),
    ("gdelt", "dyad,year", ALL),
    ("gdelt", "actor_country,target_country,quarter,action_code", ALL),
    ("gdelt", "week,root_event,quad_class", ALL),
    ("gdelt1", "month,action_root", ALL),
    ("gdelt1", "dyad", ALL),
    ("gdelt1", "actor_code,target_code,day", ALL),
    ("icews", "month,action_root", "count,goldstein_mean,goldstein_sum"),
    ("icews", "day,action_code", "goldstein_mean,count"),
    ("phoenix", "actor_code,target_code,action_root", "count,goldstein_mean"),
    ("phoenix", "place_country", "count,goldstein_sum"),
    ("keds", "month", "count"),
    ("keds", "year,actor_code,target_code,action_code", "count"),
]
"""Of which dataset, by which keys, which measures."""
FILTERS = {
    "": "true",
    "action=19": "action_code LIKE '19%'",
    "action=!19&date_from=2018-11-01&date_to=2024-11-30": (
        "action_code NOT LIKE '19%' AND date BETWEEN '2018-11-01' AND '2024-11-30'"
    ),
}
"""What is asked for, and the same in SQL."""


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with the real files of all sources."""
    path = tmp_path_factory.mktemp("raw") / "store.sqlite"
    for dataset in SOURCES:
        loaded(path, FORMATS.get(dataset, dataset), *files_of(FOLDERS.get(dataset, dataset)))
    return path


@pytest.fixture(scope="module")
def client(store: Path) -> FlaskClient:
    return client_on(store)


@pytest.fixture(scope="module")
def files() -> Iterator[duckdb.DuckDBPyConnection]:
    """The raw files, opened with DuckDB."""
    database = opened()
    yield database
    database.close()


def selected(name: str) -> str:
    """Write what a measure is made of: a sum, and how many events have a value."""
    column = name.rpartition("_")[0]
    if not column:
        return "count(*), count(*)"
    value = f"round_even({column} * 1000000, 0)::BIGINT" if column in EXACT else column
    return f"sum({value}), count({column})"


def measured(name: str, total: Any, known: int) -> Any:
    """Make the measure of a sum: exact, and rounded half-even where it is a mean."""
    if not known or total is None:
        return None
    exact = Decimal(total) / (known if name.endswith("_mean") else 1)
    exact *= MILLIONTH if name.rpartition("_")[0] in EXACT else 1
    return exact.quantize(MILLIONTH, ROUND_HALF_EVEN)


def expected(
    files: duckdb.DuckDBPyConnection, dataset: str, by: str, measures: str, where: str
) -> Groups:
    """Group the records of the raw files."""
    names = measures.split(",")
    keys = ", ".join(KEYS.get(key, key) for key in by.split(","))
    sums = ", ".join(map(selected, names))
    query = f"SELECT {keys}, {sums} FROM {dataset} WHERE {where} GROUP BY ALL"
    rows = files.execute(query).fetchall()
    end = len(by.split(","))
    pairs = ((row[:end], zip(names, row[end::2], row[end + 1 :: 2], strict=True)) for row in rows)
    return {key: [measured(*one) for one in found] for key, found in pairs}


def as_exact(value: Any) -> Decimal | None:
    """Read a measure of JSON or a cell of CSV as the number that is written there."""
    return None if value in (None, "") else Decimal(str(value)).quantize(MILLIONTH)


@pytest.mark.parametrize("filters", FILTERS)
@pytest.mark.parametrize(("dataset", "by", "measures"), QUESTIONS)
def test_groups_are_those_of_the_raw_files(
    client: FlaskClient,
    files: duckdb.DuckDBPyConnection,
    dataset: str,
    by: str,
    measures: str,
    filters: str,
) -> None:
    query = f"by={by}&measures={measures}&dataset={dataset}&{filters}".rstrip("&")
    groups = shown(client, f"/v1/aggregates?limit=1000&{query}")
    keys, names = by.split(","), measures.split(",")
    found = {
        tuple(one[key] for key in keys): [as_exact(one[name]) for name in names] for one in groups
    }
    assert found == expected(files, dataset, by, measures, FILTERS[filters])
    assert len(found) == len(groups)
    assert as_cells(client, query, len(keys)) == {written(key): found[key] for key in found}


def as_cells(client: FlaskClient, query: str, keys: int) -> Groups:
    """Read the groups from the CSV."""
    answer = client.get(f"/v1/aggregates.csv?{query}")
    _, *rows = csv.reader(io.StringIO(answer.text, newline=""))
    return {tuple(row[:keys]): [as_exact(cell) for cell in row[keys:]] for row in rows}


def written(key: tuple[Any, ...]) -> tuple[str, ...]:
    """Write a key as its cells."""
    truths = {"True": "true", "False": "false", "None": ""}
    return tuple(truths.get(str(value), str(value)) for value in key)


@pytest.mark.parametrize("dataset", SOURCES)
def test_what_is_no_event_is_in_quarantine(
    client: FlaskClient, files: duckdb.DuckDBPyConnection, dataset: str
) -> None:
    (load,) = [
        one for one in client.get("/v1/loads").get_json()["data"] if dataset in one["datasets"]
    ]
    query = f"SELECT count(*), count(*) FILTER (NOT is_event) FROM {dataset}_records"
    read, refused = files.execute(query).fetchone()
    count = client.get(f"/v1/events/count?dataset={dataset}").get_json()["count"]
    assert (load["read"], load["quarantined"], count) == (read, refused, read - refused)


def csv_reader(path: Path, columns: list[str], types: list[str]) -> str:
    """Read our CSV as DuckDB does when it is told the types."""
    told = ", ".join(f"'{name}': '{kind}'" for name, kind in zip(columns, types, strict=True))
    return f"SELECT {', '.join(columns)} FROM read_csv('{path}', types = {{{told}}})"


def ndjson_reader(path: Path, columns: list[str], _types: list[str]) -> str:
    """Read our NDJSON with the types that DuckDB finds."""
    members = (".".join(COLUMNS[name].path) for name in columns)
    return f"SELECT {', '.join(members)} FROM read_ndjson('{path}', sample_size = -1)"


READERS = {"csv": csv_reader, "ndjson": ndjson_reader}


@pytest.mark.parametrize("dataset", SOURCES)
@pytest.mark.parametrize("suffix", READERS)
def test_exports_are_the_raw_files(
    client: FlaskClient, files: Any, tmp_path: Path, dataset: str, suffix: str
) -> None:
    described = files.execute(f"DESCRIBE {dataset}").fetchall()
    columns, types = zip(*(row[:2] for row in described), strict=True)
    path = tmp_path / f"events.{suffix}"
    answer = client.get(f"/v1/events.{suffix}?dataset={dataset}&fields={','.join(columns)}")
    path.write_bytes(answer.data)
    export = READERS[suffix](path, list(columns), list(types))
    raw = f"SELECT {', '.join(columns)} FROM {dataset}"
    for one, other in ((export, raw), (raw, export)):
        assert files.execute(f"{one} EXCEPT ALL {other}").fetchall() == []
