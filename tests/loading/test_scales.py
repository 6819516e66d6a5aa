"""Events have the source's Goldstein value, else that of the codebook version it was coded in."""

import gzip
import io
import json
import sqlite3
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from dataset.codebook import ACTIONS
from dataset.loaders import LOADERS
from support import sample_lines as samples
from support.files_in_duckdb import BARE, IS_ACTION, IS_ACTOR, TABS, numbered
from support.gdelt_lines import gdelt_line
from support.paths import SHARED
from support.real_files import EVENTS
from support.rich_store import client_on
from support.stores import counts, loaded, rows_of

KEDS_HEADER = "date,source,target,code"
NAMED = "all_varchar = true, header = true"
DIFFERENT = ("016", "022", "163", "164", "165", "019")
"""Codes whose values differ between the columns of the codebook."""
Write = Callable[[int, str, str], str]


def keds_line(code: str, day: int = 1) -> str:
    """Write a row of KEDS."""
    return f"1992-01-{day:02},IRQ,IGOUNO,{code}"


def ndjson_line(number: int, code: str, value: str) -> str:
    event = {"id": f"mine:{number}", "dataset": "mine", "date": "2024-04-13"}
    scale = float(value) if value else None
    return json.dumps(event | {"action": {"code": code}, "goldstein": scale})


WRITTEN: dict[str, tuple[str, Write, str | None]] = {
    "gdelt": (
        "",
        lambda n, code, value: gdelt_line(c0=str(n), c26=code, c28=code[:2], c30=value).decode(),
        "gdelt",
    ),
    "icews": (
        samples.ICEWS_HEADER,
        lambda n, code, value: samples.line(samples.ICEWS, id=str(n), code=code, intensity=value),
        "icews",
    ),
    "phoenix": (
        "",
        lambda n, code, value: samples.line(
            samples.PHOENIX, id=str(n), code=code, root=code[:2], goldstein=value
        ),
        "keds",
    ),
    "keds": (KEDS_HEADER, lambda n, code, _value: keds_line(code, n), "gdelt"),
    "petrarch": (
        "",
        lambda n, code, _value: samples.PETRARCH.replace("042", code).replace(
            "01\t", f"{n:02}\t", 1
        ),
        "gdelt",
    ),
    "polecat": (
        "\t".join(samples.POLECAT),
        lambda n, _code, value: "\t".join(
            (samples.POLECAT | {"Event ID": f"a_{n}", "Intensity": value}).values()
        ),
        None,
    ),
    "csv": (
        "id,date,action_code,goldstein",
        lambda n, code, value: f"mine:{n},2024-04-13,{code},{value}",
        None,
    ),
    "ndjson": ("", ndjson_line, None),
}
"""The header of each format, how a record is written, and whose values are filled in."""


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A store that is not there yet."""
    return tmp_path / "store.sqlite"


def written(folder: Path, *lines: str, name: str = "events.txt") -> Path:
    path = folder / name
    path.write_text("".join(f"{line.rstrip()}\n" for line in lines if line), "utf-8")
    return path


def test_every_loader_that_makes_events_has_its_scale_here() -> None:
    # UCDP's events have neither action codes nor values.
    makers = {name for name, one in LOADERS.items() if one.makes == "events"}
    assert WRITTEN.keys() == makers - {"ucdp-ged"}


@pytest.mark.parametrize("format", WRITTEN)
def test_a_value_that_is_missing_is_of_the_version_that_the_source_uses(
    store: Path, tmp_path: Path, format: str
) -> None:
    header, write, scale = WRITTEN[format]
    lines = [write(n, code, "") for n, code in enumerate(DIFFERENT, 1)]
    loaded(store, format, written(tmp_path, header, *lines))
    values = dict(rows_of(store, ["action_code", "goldstein"]))
    codes = [code for code in values if code in ACTIONS]
    assert len(codes) == (0 if format == "polecat" else len(DIFFERENT))
    assert values == {code: ACTIONS[code].goldstein.get(str(scale)) for code in codes} | {
        code: None for code in values if code is None
    }


@pytest.mark.parametrize("format", sorted(WRITTEN.keys() - {"keds", "petrarch"}))
def test_a_value_of_the_source_is_kept(store: Path, tmp_path: Path, format: str) -> None:
    header, write, _ = WRITTEN[format]
    lines = [write(n, code, "1.5") for n, code in enumerate(DIFFERENT, 1)]
    loaded(store, format, written(tmp_path, header, *lines))
    assert rows_of(store, ["goldstein"]) == [(1.5,)] * len(DIFFERENT)


# KEDS: the version is told from the whole file


def keds_values(store: Path, folder: Path, codes: Iterable[str]) -> dict[str, float | None]:
    loaded(store, "keds", written(folder, KEDS_HEADER, *map(keds_line, codes)))
    return dict(rows_of(store, ["action_code", "goldstein"]))


@pytest.mark.parametrize("code", ["0357", "1641", "1642", "1643"])
def test_a_code_that_only_05b1_has_shows_05b1(store: Path, tmp_path: Path, code: str) -> None:
    values = keds_values(store, tmp_path, ["016", "163", code])
    assert values == {one: ACTIONS[one].goldstein["keds"] for one in ("016", "163", code)}


@pytest.mark.parametrize(
    "codes",
    [
        ["1641", "019"],
        ["1641", "129"],
        ["0357", "155"],
    ],
    ids=["Express accord", "Veto", "only in the manual"],
)
def test_signs_that_contradict_show_nothing(store: Path, tmp_path: Path, codes: list[str]) -> None:
    values = keds_values(store, tmp_path, ["016", *codes])
    assert (values["016"], values[codes[0]]) == (-2.0, None)


@pytest.mark.parametrize(
    "codes", [["1641", "199"], ["1641", "0841]"], ["1641", "256"], ["1641", ""]]
)
def test_what_no_version_has_is_no_sign(store: Path, tmp_path: Path, codes: list[str]) -> None:
    assert keds_values(store, tmp_path, ["016", *codes])["016"] == 3.4


def test_a_sign_may_have_lost_its_zero(store: Path, tmp_path: Path) -> None:
    assert keds_values(store, tmp_path, ["16", "43", "357"])["016"] == 3.4


def test_a_sign_counts_for_the_rows_before_it(store: Path, tmp_path: Path) -> None:
    rows = [keds_line("016", 1 + n % 28) for n in range(3_000)]
    loaded(store, "keds", written(tmp_path, *rows, keds_line("1641")))
    assert set(rows_of(store, ["action_code", "goldstein"])) == {("016", 3.4), ("1641", -7.0)}


def test_each_file_of_a_load_shows_its_own_version(store: Path, tmp_path: Path) -> None:
    old = written(tmp_path, keds_line("016", 1), keds_line("1641", 2), name="a.csv")
    new = written(tmp_path, keds_line("016", 3), keds_line("019", 4), name="b.csv")
    loaded(store, "keds", old, new)
    values = {day[-1]: value for day, value in rows_of(store, ["date", "goldstein"])}
    assert values == {"1": 3.4, "2": -7.0, "3": -2.0, "4": 3.4}


def test_the_version_is_told_inside_of_archives(store: Path, tmp_path: Path) -> None:
    text = f"{keds_line('016')}\n{keds_line('1641')}\n".encode()
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("a.csv", text.replace(b"IRQ", b"IRN"))
    (tmp_path / "a.zip").write_bytes(archive.getvalue())
    (tmp_path / "b.csv.gz").write_bytes(gzip.compress(text))
    loaded(store, "keds", tmp_path / "a.zip", tmp_path / "b.csv.gz")
    assert [value for (value,) in rows_of(store, ["goldstein"])].count(3.4) == 2


def test_who_counts_rows_refuses_to_replay_a_part_of_a_file() -> None:
    assert [name for name, one in LOADERS.items() if one.counts_rows] == ["keds", "petrarch"]


def test_a_file_that_an_older_loader_read_is_corrected_by_reading_it_again(
    store: Path, tmp_path: Path
) -> None:
    path = written(tmp_path, KEDS_HEADER, keds_line("016"), keds_line("019"), keds_line("193"))
    loaded(store, "keds", path)
    as_version_1_left_it(store)
    assert counts(loaded(store, "keds", path)) == {"updated": 2, "unchanged": 1}
    columns = ["action_code", "goldstein", "goldstein_millionths", "loader_version"]
    assert sorted(rows_of(store, columns)) == [
        ("016", -2.0, -2_000_000, 3),
        ("019", 3.4, 3_400_000, 3),
        ("193", -10.0, -10_000_000, 3),
    ]
    assert counts(loaded(store, "keds", path)) == {"unchanged": 3}
    client = client_on(store)
    (event,) = client.get("/v1/events?action=016").get_json()["data"]
    history = client.get(f"/v1/events/{event['id']}/history").get_json()["data"]
    assert sorted(one["event"]["goldstein"] for one in history) == [-2.0, 3.4]
    told = client.get("/v1/datasets/keds").get_json()["data"]
    assert "values of GDELT" in told["codebook"]


def as_version_1_left_it(store: Path) -> None:
    """Give the events the values of KEDS 0.5b1, by which version 1 of the loader went."""
    connection = sqlite3.connect(store)
    for code, value in (("016", 3.4), ("019", None)):
        connection.execute(
            "UPDATE event SET goldstein = ?, goldstein_millionths = ? WHERE action_code = ?",
            (value, value and round(value * 1e6), code),
        )
    connection.execute("UPDATE event SET loader_version = 1")
    connection.execute("UPDATE dataset SET codebook = 'CAMEO 05b1, Goldstein values of KEDS'")
    connection.commit()
    connection.close()


# The real files, read without our code


PHOENIX = " AND ".join(IS_ACTOR.format(column) for column in ("c5", "c9"))
KEDS = " AND ".join(IS_ACTOR.format(BARE.format(column)) for column in ("source", "target"))
REAL = {
    "gdelt2/20250205084500.export.CSV": ("gdelt", numbered(61), "c26", "c30", "true"),
    "gdelt1/20151207.export.CSV": ("gdelt", numbered(58), "c26", "c30", "true"),
    "phoenix/events.full.20160328_sample.txt": ("phoenix", numbered(26), "c13", "c16", PHOENIX),
    "icews/20181122-icews-events.tab": (
        "icews",
        f"{TABS}, {NAMED}",
        '"CAMEO Code"',
        "Intensity",
        "true",
    ),
}
"""Format, how DuckDB reads it, its columns of codes and values, and which records are events."""

needs_real_files = pytest.mark.skipif(
    not EVENTS.exists(), reason="the real files are not part of the project, and not beside it"
)


def stored(store: Path) -> list[Any]:
    """Count the stored events by code and value."""
    return sorted(Counter(rows_of(store, ["action_code", "goldstein"])).items())


def raw(query: str) -> list[Any]:
    """Count the records of a file by code and value, with DuckDB."""
    rows = duckdb.sql(f"SELECT code, value, count(*) FROM ({query}) GROUP BY ALL").fetchall()
    return sorted(((code, value), count) for code, value, count in rows)


@needs_real_files
@pytest.mark.parametrize("file", REAL)
def test_values_of_real_files_are_kept(store: Path, file: str) -> None:
    format, options, code, value, is_event = REAL[file]
    loaded(store, format, EVENTS / file)
    assert stored(store) == raw(
        f"""SELECT {code} AS code, {value}::DOUBLE AS value
        FROM read_csv('{EVENTS / file}', {options})
        WHERE {IS_ACTION.format(code)} AND {is_event}"""
    )


@needs_real_files
def test_turkey_has_the_values_of_gdelt(store: Path) -> None:
    file = EVENTS / "keds/turkey.cameo.csv"
    loaded(store, "keds", file)
    # GDELT's list glues 106 to the label of 1056.
    expected = raw(
        f"""SELECT code, if(code = '106', -5, GOLDSTEINSCALE::DOUBLE) AS value
        FROM read_csv('{file}', {NAMED}) LEFT JOIN
            read_csv('{SHARED}/data/codes/CAMEO.goldsteinscale.txt', {NAMED})
            ON code = CAMEOEVENTCODE
        WHERE {IS_ACTION.format("code")} AND {KEDS}"""
    )
    assert stored(store) == expected
    assert (("016", -2.0), 214) in expected
