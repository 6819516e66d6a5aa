"""PostgreSQL is written as SQLite is: the same loads leave the same rows."""

from pathlib import Path
from typing import Any

import httpx
import pytest
from flask.testing import FlaskClient
from peewee import PeeweeException

from dataset.building.rows import build
from dataset.store.database import open_to_read, open_to_write
from dataset.store.engines import postgres as postgres_engine
from dataset.store.models import (
    Dataset,
    LoadFile,
    Mention,
    Quarantined,
    SeenCode,
    Superseded,
    field,
)
from dataset.writes.revisions import revision
from dataset.writes.versions import VERSION_COLUMNS
from support import sample_lines as samples
from support.gdelt_lines import gdelt_line
from support.postgres_server import Server
from support.programs import free_port
from support.rich_store import client_on
from support.servers import start, stop, wait_until_up
from support.stores import counts, loaded, rows_of

FILES: dict[str, list[bytes]] = {
    "gdelt": [
        gdelt_line() + gdelt_line(c0="1002", c26="0841]") + gdelt_line(c0="x\x00y"),
        gdelt_line(c31="99", c59="20240501000000") + gdelt_line(c0="1003", c6="Zoë"),
    ],
    "icews": [f"{samples.ICEWS_HEADER}\n{samples.line(samples.ICEWS)}\n".encode()],
    "phoenix": [f"{samples.line(samples.PHOENIX)}\n".encode()],
    "keds": [f"date,source,target,code\n{samples.KEDS}\n{samples.KEDS}\n".encode()],
    "petrarch": [f"{samples.PETRARCH}\n{samples.PETRARCH}\n".encode()],
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
    Mention: ["key", "n", "revision"],
    SeenCode: ["kind", "code"],
}


def everything(store: Path | str) -> list[Any]:
    """Give all rows that hang on no clock and no chance."""
    database = open_to_write(str(store))
    found: list[Any] = [rows_of(store, VERSION_COLUMNS)]
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
    monkeypatch.setattr("dataset.writes.revisions.LARGE", 5)
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


LONG = ("word " * 600).strip()
WORDS = {
    "gdelt:1": "a short text of Zürich",
    "gdelt:2": f"{LONG} Ebenezer",
    "gdelt:3": f"{'x' * 3000} Ebenezer",
    "gdelt:4": "北京 ebenezers",
}
"""Summaries by id: some are longer than what the text index of PostgreSQL takes."""


@pytest.fixture
def wordy(any_store: str) -> FlaskClient:
    """A client of a store with texts of all lengths, on each engine."""
    database = open_to_write(any_store)
    with revision(database, "load") as change:
        described = {"name": "gdelt", "number": 2, "url": None, "revision": 0}
        texts = dict.fromkeys(("title", "description", "licence", "citation", "codebook"), "x")
        change.describe(Dataset, described | texts)
        given = {"dataset": "gdelt", "date": "2024-04-13", "added": "2024-06-17T00:00:00Z"}
        sources = ({**given, "id": one, "evidence_summary": text} for one, text in WORDS.items())
        change.write_events([build(source, "gdelt") for source in sources], 1, 1)
    database.close()
    return client_on(any_store)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("ebenezer", "23"),
        ("ebenezer*", "234"),
        ("zurich short", "1"),
        ("word ebenezer", "2"),
        ("x" * 3000, "3"),
        (f"{'x' * 2500}*", "3"),
        ("北京", "4"),
        ("北*", "4"),
        ("'quoted' & |", ""),
        ("shor", ""),
    ],
)
def test_words_are_found_in_texts_of_any_length(wordy: FlaskClient, words: str, found: str) -> None:
    query = {"q": words, "dataset": "gdelt", "sort": "date", "fields": "id"}
    shown = wordy.get("/v1/events", query_string=query).get_json()["data"]
    assert [one["id"] for one in shown] == [f"gdelt:{n}" for n in found]


@pytest.mark.parametrize("length", [500, 501])
def test_what_an_index_cannot_hold_is_refused(any_store: str, tmp_path: Path, length: int) -> None:
    term = "".join(chr(0x4E00 + (n * n) % 20_000) for n in range(length))
    path = tmp_path / "long.csv"
    path.write_text(f"id,date,action_code,evidence_document\r\nx:1,2024-04-13,195,{term}\r\n")
    expected = {"inserted": 1} if length == 500 else {"quarantined": 1}
    assert counts(loaded(any_store, "csv", path)) == expected


def test_a_stream_fetches_some_rows_at_a_time(
    postgres: Server, postgres_store: str, tmp_path: Path
) -> None:
    path = tmp_path / "many.tsv"
    path.write_bytes(b"".join(gdelt_line(c0=str(n)) for n in range(1, 10_001)))
    loaded(postgres_store, "gdelt", path)
    with client_on(postgres_store).get("/v1/events.csv", buffered=False) as answer:
        chunks = iter(answer.response)
        begun = next(chunks) + next(chunks)
        running = postgres.sessions(postgres_store)
        lines = begun.count(b"\n") + sum(chunk.count(b"\n") for chunk in chunks)
    assert lines == 10_056
    assert [query for state, query in running if state == "idle in transaction"] == [
        'FETCH FORWARD 1000 FROM "stream_0"'
    ]


def test_a_server_on_postgresql_keeps_a_connection_for_each_thread(
    postgres: Server, postgres_store: str
) -> None:
    secret = postgres_store.replace("test@", "test:secret@")
    port = free_port()
    process = start(secret, port, WORKERS="2", THREADS="2")
    url = f"http://127.0.0.1:{port}"
    wait_until_up(url, process)
    codes = {httpx.get(f"{url}/v1/events?limit={n}").status_code for n in range(1, 40)}
    states = [state for state, _ in postgres.sessions(postgres_store)]
    told = stop(process)
    assert codes == {200}
    assert 1 <= len(states) <= 4
    assert set(states) == {"idle"}
    assert "postgresql://test@127.0.0.1" in told
    assert "secret" not in told


def test_who_reads_sees_a_load_when_it_is_whole(any_store: str) -> None:
    client = client_on(any_store)
    given = {"dataset": "seed", "date": "2024-04-13", "added": "2024-06-17T00:00:00Z"}
    database = open_to_write(any_store)
    with revision(database, "load") as change:
        change.write_events(
            [build({**given, "id": f"seed:{n}"}, "gdelt") for n in range(900, 950)], 1, 1
        )
        assert client.get("/v1/events/count").json["count"] == 55
    assert client.get("/v1/events/count").json["count"] == 105
    database.close()


def test_who_reads_cannot_write(postgres_store: str) -> None:
    database = open_to_read(postgres_store)
    for statement in ("DELETE FROM event", "CREATE TABLE mine (x int)", "DROP TABLE event"):
        with pytest.raises(PeeweeException, match="read-only"):
            database.execute_sql(statement)
    database.close()


def test_texts_are_in_the_order_of_their_bytes(postgres_store: str) -> None:
    database = open_to_read(postgres_store)
    asked = "SELECT 'a' < 'B', (SELECT min(code) < max(code) FROM seen_code)"
    assert database.execute_sql(asked).fetchone() == (True, True)
    columns = database.execute_sql(
        "SELECT DISTINCT collation_name FROM information_schema.columns "
        "WHERE table_schema = 'public' AND data_type = 'text'"
    ).fetchall()
    database.close()
    assert columns == [("C",)]
