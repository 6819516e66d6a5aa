"""What this service exports comes back as it was, and what was spoilt on the way is refused."""

import csv
import io
import json
from contextlib import suppress
from typing import Any

import orjson
import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from dataset.building.rows import ROW_COLUMNS, build
from dataset.building.sections import Columns
from dataset.declarations.columns import COLUMNS
from dataset.errors import Refused, Unreadable
from dataset.events.rows import nested
from dataset.loaders.exported_csv import LOADER as CSV
from dataset.loaders.exported_ndjson import LOADER as NDJSON
from support.parsing import parser_of
from support.sample_lines import CSV as CSV_FILE
from support.sample_lines import NDJSON as NDJSON_LINE

KEPT = tuple(name for name in COLUMNS if name != "revision")
ALL = ",".join(COLUMNS)


def event_of(source: Columns) -> Any:
    """Build a source, and write it as the JSON event that it would be exported as."""
    return orjson.loads(orjson.dumps(nested(KEPT, ROW_COLUMNS)(*build(source, None))))


def in_csv(record: str, header: str = "id,date,action_code", **file: Any) -> Columns:
    return parser_of(CSV, header, **file)(record)


def in_json(record: str, **file: Any) -> Columns:
    return parser_of(NDJSON, record, **file)(record)


def with_member(path: str, value: Any) -> str:
    event: dict[str, Any] = {"id": "seed:1", "date": "2024-04-13"}
    part, _, inner = path.partition(".")
    event[part] = {inner: value} if inner else value
    return orjson.dumps(event).decode()


def test_ndjson_comes_back_as_it_was(rich: FlaskClient) -> None:
    lines = rich.get("/v1/events.ndjson").text.splitlines()
    exported = [orjson.loads(line) for line in lines]
    for event in exported:
        del event["revision"]
    assert [event_of(in_json(line)) for line in lines] == exported


def test_csv_comes_back_as_it_was(rich: FlaskClient) -> None:
    exported = [orjson.loads(line) for line in rich.get("/v1/events.ndjson").text.splitlines()]
    for event in exported:
        del event["revision"]
    text = rich.get(f"/v1/events.csv?fields={ALL}").get_data(as_text=True)
    header, *records = (written(row) for row in csv.reader(io.StringIO(text, newline="")))
    assert [event_of(in_csv(record, header)) for record in records] == exported


def written(row: list[str]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="").writerow(row)
    return text.getvalue()


def test_nulls_are_not_filled_in() -> None:
    event = event_of(
        in_csv(
            "seed:1,2024-04-13,IRNMIL,,,", "id,date,actor_code,actor_country,actor_roles,goldstein"
        )
    )
    assert event["actor"]["country"] is None
    assert event["actor"]["roles"] == []


def test_a_null_part_is_null_in_all_of_its_columns() -> None:
    source = in_json(with_member("actor", None))
    assert source["actor_code"] is None
    assert source["actor_roles"] == ()


def test_some_of_the_columns_are_enough() -> None:
    assert in_csv("seed:1,2024-04-13,195") == {
        "id": "seed:1",
        "dataset": "seed",
        "date": "2024-04-13",
        "action_code": "195",
        "added": None,
    }


@pytest.mark.parametrize(
    "parse",
    [
        lambda **file: in_csv("a:1:2,2024-04-13,", **file),
        lambda **file: in_json('{"id":"a:1:2","date":"2024-04-13"}', **file),
    ],
)
def test_another_dataset_stands_in_the_id_too(parse: Any) -> None:
    source = parse(dataset="own")
    assert (source["id"], source["dataset"]) == ("own:1:2", "own")


def test_a_part_of_an_event_is_its_oldest_version() -> None:
    stamp = "2024-01-01T00:00:00Z"
    assert in_csv("seed:1,2024-04-13,195", stamp=stamp)["added"] is None
    assert in_csv("seed:1,2024-04-13,", "id,date,added", stamp=stamp)["added"] is None


LATER = [name for name, column in COLUMNS.items() if column.since and not column.derived]
"""The columns that older exports lack."""


@pytest.mark.parametrize("missing", [[], LATER])
def test_a_whole_event_of_any_export_keeps_when_it_was_added(
    rich: FlaskClient, missing: list[str]
) -> None:
    event = orjson.loads(rich.get("/v1/events.ndjson?violence_type=!none").text.splitlines()[0])
    exported = {name: value for name, value in event.items() if name not in missing}
    source = in_json(orjson.dumps(exported).decode())
    assert source["added"] == event["added"] is not None
    del event["revision"]
    assert event_of(source) == event | dict.fromkeys(missing)


@pytest.mark.parametrize("missing", [LATER[:1], LATER[1:], ["mentions"], ["mentions", *LATER]])
def test_an_event_that_lacks_other_columns_is_a_part(rich: FlaskClient, missing: list[str]) -> None:
    names = [name for name in COLUMNS if name not in missing]
    query = f"violence_type=!none&fields={','.join(names)}"
    header, record, *_ = rich.get(f"/v1/events.csv?{query}").text.splitlines()
    assert in_csv(record, header)["added"] is None


@pytest.mark.parametrize(
    ("name", "cell", "value"),
    [
        ("mentions", "3.0", "3"),
        ("mentions", "3", "3"),
        ("fatalities_low", "12.0", "12"),
        ("violence_type", "", None),
        ("quad_class", "4.0", "4"),
        ("root_event", "True", True),
        ("root_event", "false", False),
        ("root_event", "FALSE", False),
        ("root_event", "1.0", True),
        ("root_event", "", None),
        ("goldstein", "-0.5", "-0.5"),
        ("actor_roles", "GOV;MIL", ("GOV", "MIL")),
        ("actor_roles", "", ()),
        ("actor_name", "", None),
        ("place_name", "1.0", "1.0"),
    ],
)
def test_cells_are_read_by_their_kind(name: str, cell: str, value: Any) -> None:
    assert in_csv(f"seed:1,2024-04-13,{cell}", f"id,date,{name}")[name] == value


@pytest.mark.parametrize(
    ("code", "root", "expected"),
    [("43", "4", "043"), ("43.0", "4.0", "043"), ("10", "1", "010"), ("10", "10", "10")],
)
def test_the_root_mends_codes_that_a_spreadsheet_spoilt(
    code: str, root: str, expected: str
) -> None:
    source = in_csv(f"seed:1,2024-04-13,{code},{root}", "id,date,action_code,action_root")
    assert source["action_code"] == expected
    assert source["action_root"] == expected[:2]


@pytest.mark.parametrize("record", ['seed:1,2024-04-13,"a', 'seed:1,2024-04-13,"a"b', "seed:1", ""])
def test_a_line_that_is_no_csv_is_refused(record: str) -> None:
    with pytest.raises(Refused):
        in_csv(record)


def test_a_cell_may_hold_line_ends_and_quotes() -> None:
    source = in_csv('seed:1,2024-04-13,"a ""b"",\r\nc"', "id,date,evidence_summary")
    assert source["evidence_summary"] == 'a "b",\r\nc'


@pytest.mark.parametrize(
    ("name", "cell"),
    [
        ("mentions", "3.5"),
        ("root_event", "maybe"),
        ("goldstein", "1,5"),
        ("date_end", "13/04/2024"),
    ],
)
def test_wrong_cells_are_refused_when_the_event_is_built(name: str, cell: str) -> None:
    with pytest.raises(Refused, match=name):
        build(in_csv(f'seed:1,2024-04-13,"{cell}"', f"id,date,{name}"), None)


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("id,date,actor_contry", "'actor_contry'.*nearest is actor_country"),
        ("id,date,date", "date more than once"),
        ("id,action_code", "no column date"),
        ("date,action_code", "no column id"),
        ("", "no column id"),
    ],
)
def test_a_wrong_header_makes_the_file_unreadable(header: str, said: str) -> None:
    with pytest.raises(Unreadable, match=said):
        parser_of(CSV, header)


@pytest.mark.parametrize(
    ("record", "said"),
    [
        ("{", "no JSON"),
        ("[]", "no JSON object"),
        ("null", "no JSON object"),
        ("[" * 100_000, "no JSON"),
        ('{"id":"a:1","x":' + "[" * 900 + "]" * 900 + "}", "no JSON"),
        ('{"id":"a:1","id":"a:2","date":"2024-04-13"}', "'id' comes twice"),
        ('{"id":"a:1","date":"2024-04-13","actor":{"code":"A","code":"B"}}', "'code' comes twice"),
        ('{"id":"a:1","actor_code":"IRN"}', "'actor_code'.*nearest is actor.code"),
        ('{"id":"a:1","actor":{"contry":"IRN"}}', "'actor.contry'.*nearest is actor.country"),
        ('{"id":"a:1","actor":"IRN"}', "actor is no object"),
        ('{"id":"\\ud800"}', "no JSON"),
        ("\ud800", "no JSON"),
        ("", "no JSON"),
    ],
)
def test_a_line_that_is_no_event_is_refused(record: str, said: str) -> None:
    with pytest.raises(Refused, match=said):
        in_json(record)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("mentions", 3.5),
        ("mentions", "3"),
        ("mentions", True),
        ("goldstein", "1"),
        ("goldstein", False),
        ("root_event", 1),
        ("actor.country", 364),
        ("actor.roles", "GOV"),
        ("actor.roles", [1]),
        ("place.name", {"a": {}}),
    ],
)
def test_a_value_of_another_type_is_refused(path: str, value: Any) -> None:
    with pytest.raises(Refused) as refused:
        in_json(with_member(path, value))
    assert refused.value.column == path.replace(".", "_")


@pytest.mark.parametrize("digits", [19, 20, 40, 5000])
def test_numbers_too_large_to_be_true_are_refused(digits: int) -> None:
    record = '{"id":"a:1","date":"2024-04-13","mentions":' + "9" * digits + "}"
    with pytest.raises(Refused, match=r"mentions|JSON"):
        build(in_json(record), None)


@pytest.mark.parametrize("blank", [" ", "\ufeff"])
def test_white_space_and_order_do_not_matter(blank: str) -> None:
    record = (
        blank
        + '{ "date": "2024-04-13", "dataset": "seed", "action": {"code": "195"}, "id": "seed:1" }'
    )
    assert in_json(record) == in_json(NDJSON_LINE)


def test_whole_numbers_may_be_written_with_a_point() -> None:
    assert in_json(with_member("mentions", 3.0))["mentions"] == 3


def test_lists_may_be_null() -> None:
    assert in_json(with_member("actor.roles", None))["actor_roles"] == ()


@given(st.text())
def test_no_text_breaks_the_parsers(text: str) -> None:
    for parse in (in_csv, in_json):
        with suppress(Refused):
            parse(text)


@given(st.text())
def test_no_header_breaks_the_parser(text: str) -> None:
    assert not CSV.looks_like([text])
    with pytest.raises(Unreadable):
        parser_of(CSV, text)


_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: (
        st.lists(inner) | st.dictionaries(st.sampled_from(["code", "roles", "name"]), inner)
    ),
)


@given(st.dictionaries(st.sampled_from(["id", "date", "actor", "mentions", "x"]), _JSON))
def test_no_json_breaks_the_parser(event: dict[str, Any]) -> None:
    with suppress(Refused):
        in_json(json.dumps(event))


def test_a_file_of_each_format_is_told() -> None:
    assert CSV.looks_like(CSV_FILE.splitlines())
    assert NDJSON.looks_like([NDJSON_LINE])
