"""PostgreSQL is written as SQLite is: the same loads leave the same rows."""

from pathlib import Path
from typing import Any

import pytest
import samples
from loads import gdelt_line, loaded, rows_of
from rich_store import client_on

from dataset.database import open_to_write
from dataset.engines import postgres as postgres_engine
from dataset.models import LoadFile, Mention, Quarantined, SeenCode, Superseded, field
from dataset.writes import NAMES

FILES: dict[str, list[bytes]] = {
    "gdelt": [
        gdelt_line() + gdelt_line(c0="1002", c26="0841]") + gdelt_line(c0="x\x00y"),
        gdelt_line(c31="99", c59="20240501000000") + gdelt_line(c0="1003", c6="Zoë"),
    ],
    "icews": [f"{samples.ICEWS_HEADER}\n{samples.line(samples.ICEWS)}\n".encode()],
    "phoenix": [f"{samples.line(samples.PHOENIX)}\n".encode()],
    "keds": [f"date,source,target,code\n{samples.KEDS}\n{samples.KEDS}\n".encode()],
    "polecat": [("\t".join(samples.POLECAT) + "\n" + samples.line(samples.POLECAT)).encode()],
    "csv": [samples.CSV.encode(), b"id,date\r\nseed:a\x00b,2024-04-13\r\n"],
    "ndjson": [samples.NDJSON.encode(), b'{"id":"seed:2","mine":"\\u0000"}\n{"id":'],
    "gdelt-mentions": [
        b"1001\t20240413120000\t20240413121500\t1\tbbc.co.uk\thttps://x.test\t1\t-1\t5\t9\t1\t60\t"
        b"2000\t-4.5\t\t\n"
    ],
}
"""Files of each format, with records that are refused."""
KEYS: dict[type, list[str]] = {
    Superseded: ["key", "revision"],
    Quarantined: ["load", "n"],
    LoadFile: ["load", "n"],
    Mention: ["key", "n"],
    SeenCode: ["kind", "code"],
}


def everything(store: Path | str) -> list[Any]:
    """Give all rows that hang on no clock and no chance."""
    database = open_to_write(str(store))
    found: list[Any] = [rows_of(store, NAMES)]
    for table, keys in KEYS.items():
        query = table.select().order_by(*(field(table, name) for name in keys))
        found.append(database.execute(query).fetchall())
    database.close()
    return found


@pytest.fixture
def written(own_store: Path, postgres_store: str, tmp_path: Path) -> tuple[Path, str]:
    """Two stores, one on each engine, into which the same files of all formats were loaded."""
    for format, contents in FILES.items():
        for n, content in enumerate(contents):
            path = tmp_path / f"{format}-{n}"
            path.write_bytes(content)
            outcomes = [loaded(store, format, path) for store in (own_store, postgres_store)]
            assert outcomes[0] == outcomes[1]
    return own_store, postgres_store


def test_loads_of_every_format_leave_the_same_rows(written: tuple[Path, str]) -> None:
    ours, theirs = map(everything, written)
    assert theirs == ours
    assert all(ours)


def test_what_was_loaded_is_shown_alike(written: tuple[Path, str]) -> None:
    clients = [client_on(store) for store in written]
    for path in ("events?limit=1000", "loads/2/quarantine", "events/gdelt:1001/mentions"):
        ours, theirs = (client.get(f"/v1/{path}").get_json()["data"] for client in clients)
        assert (path, theirs) == (path, ours)


def test_a_large_load_drops_the_indexes_of_a_new_store_alone(
    postgres_store: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dataset.revisions.LARGE", 5)
    dropped: list[bool] = []
    drop = postgres_engine.Postgres.drop_words
    monkeypatch.setattr(
        postgres_engine.Postgres, "drop_words", lambda self: (dropped.append(True), drop(self))
    )
    for first in (1, 5001):
        lines = (gdelt_line(c0=str(n)) for n in range(first, first + 1500))
        (tmp_path / f"{first}").write_bytes(b"".join(lines))
        loaded(postgres_store, "gdelt", tmp_path / f"{first}")
    assert dropped == [True]
    assert client_on(postgres_store).get("/v1/events/count?q=iran").json["count"] > 3000
