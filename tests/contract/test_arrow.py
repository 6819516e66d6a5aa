"""Arrow and Parquet hold the same events in typed columns, with the receipt in their metadata."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pytest
from flask.testing import FlaskClient

from dataset.declarations.columns import COLUMNS
from dataset.exports import arrow
from support.export_formats import QUERIES, READERS, columns_of, events_of, flat
from support.rich_store import RICH, client_on

Event = dict[str, Any]


def table_of(client: FlaskClient, suffix: str, query: str) -> pa.Table:
    """Read the answer to a query in typed columns."""
    answer = client.get(f"/v1/events.{suffix}?{query}", follow_redirects=True, buffered=True)
    return READERS[suffix](answer.data)


def plain(event: Event) -> Event:
    """Give dates and times as the text that JSON has."""

    def text_of(value: Any) -> Any:
        if isinstance(value, datetime):
            return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        return value.isoformat() if isinstance(value, date) else value

    return {name: text_of(value) for name, value in event.items()}


@pytest.mark.parametrize("suffix", READERS)
@pytest.mark.parametrize("query", QUERIES)
def test_columns_hold_the_json_events(rich: FlaskClient, suffix: str, query: str) -> None:
    table = table_of(rich, suffix, query)
    columns = columns_of(query)
    expected = [flat(event, columns) for event in events_of(rich, query)]
    assert table.column_names == columns
    assert [plain(event) for event in table.to_pylist()] == expected


@pytest.mark.parametrize("suffix", READERS)
@pytest.mark.parametrize(
    ("name", "type"),
    [
        ("id", pa.string()),
        ("date", pa.date32()),
        ("date_end", pa.date32()),
        ("added", pa.timestamp("ms", "UTC")),
        ("actor_country", pa.dictionary(pa.int32(), pa.string())),
        ("action_code", pa.dictionary(pa.int32(), pa.string())),
        ("quad_class", pa.int8()),
        ("goldstein", pa.float64()),
        ("mentions", pa.int64()),
        ("root_event", pa.bool_()),
        ("evidence_summary", pa.string()),
    ],
)
def test_columns_are_typed(rich: FlaskClient, suffix: str, name: str, type: pa.DataType) -> None:
    assert table_of(rich, suffix, "").schema.field(name).type == type


@pytest.mark.parametrize("suffix", READERS)
def test_lists_are_lists(rich: FlaskClient, suffix: str) -> None:
    table = table_of(rich, suffix, "")
    lists = [name for name, column in COLUMNS.items() if column.many]
    assert {table.schema.field(name).type.value_type for name in lists} == {pa.string()}
    assert [] in table["actor_roles"].to_pylist()


@pytest.mark.parametrize("suffix", READERS)
def test_an_empty_answer_has_its_columns(rich: FlaskClient, suffix: str) -> None:
    whole, empty = (table_of(rich, suffix, query) for query in ("", "actor=none&actor_code=!none"))
    assert empty.num_rows == 0
    assert empty.schema.equals(whole.schema)


@pytest.mark.parametrize("suffix", READERS)
@pytest.mark.parametrize(
    "query",
    [f"as_of={RICH}", f"as_of={RICH}&actor=IRN&distinct=day", f"as_of={RICH}&actor=CHE&action=19"],
)
def test_metadata_has_the_receipt(rich: FlaskClient, suffix: str, query: str) -> None:
    receipt = orjson.loads(table_of(rich, suffix, query).schema.metadata[b"receipt"])
    assert receipt == rich.get(f"/v1/events?{query}").get_json()["receipt"]


@pytest.mark.parametrize("suffix", READERS)
@pytest.mark.parametrize(("size", "complete"), [(3, False), (1000, True)])
def test_a_sample_says_whether_it_is_all(
    rich: FlaskClient, suffix: str, size: int, complete: bool
) -> None:
    query = f"sample={size}&seed=1&as_of={RICH}"
    receipt = orjson.loads(table_of(rich, suffix, query).schema.metadata[b"receipt"])
    assert receipt["complete"] is complete


@pytest.mark.parametrize("suffix", READERS)
def test_many_batches_are_one_table(
    rich_store: Path, tmp_path: Path, suffix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(arrow, "BATCH", 7)
    monkeypatch.setattr(arrow, "BATCHES_OF_A_GROUP", 2)
    client = client_on(rich_store, cache=str(tmp_path))
    expected = [flat(event, list(COLUMNS)) for event in events_of(client, "")]
    assert [plain(event) for event in table_of(client, suffix, "").to_pylist()] == expected
