"""What is asked wrongly is answered with a problem (RFC 9457), and changes nothing."""

import contextlib
import hashlib
import http.client
import re
import socket
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import apsw
import pytest
from flask.testing import FlaskClient
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from api import create_app
from api.openapi import specification
from api.settings import Settings
from dataset.building.rows import build
from dataset.declarations.filters import FILTERS
from dataset.store.database import open_to_write
from dataset.writes.revisions import revision
from schemas.problems import ProblemSchema
from support.figures import tally
from support.injections import PLAIN, some

MEMBERS = {"type", "title", "status", "detail", "instance", "errors"}
ERROR_MEMBERS = {"parameter", "value", "detail", "did_you_mean"}
APP = create_app(Settings(database="unused.sqlite"))
DOCUMENT = specification.document(APP)
RULES = {rule.rule: rule for rule in APP.url_map.iter_rules() if "GET" in (rule.methods or ())}
HOSTILE = (
    "",
    "%00",
    "IRN%00",
    "a%0D%0ASet-Cookie:%20a=b",
    "%1b[31m",
    "%ff",
    "%C3%28",
    "%ED%A0%80",
    "%",
    "%zz",
    "%u0041",
    "%5C",
    "%22",
    "*",
    "!",
    ",",
    "!none",
    "NaN",
    "-inf",
    "1e400",
    "9223372036854775808",
    "-9223372036854775809",
    "9" * 400,
    "%D9%A3",
    "%CD%BA",
    "%F0%9F%92%A9",
    "%E2%80%AE",
    "..%2F..%2Fetc%2Fpasswd",
    "{{7*7}}",
    "${x}",
    "<script>",
    "x" * 5_000,
    ",".join(["IRN"] * 1_000),
    ",".join(f"seed:{number}" for number in range(300)),
    "2024-02-30",
    *map(quote, PLAIN),
)
TEXTS = {name: item for name, item in FILTERS.items() if item.shape in ("choice", "words", "dyad")}
NUMBERS = [name for name, item in FILTERS.items() if item.shape == "number"]
LISTS = [
    path
    for path, item in DOCUMENT["paths"].items()
    if "cursor" in [parameter.get("name") for parameter in item["get"].get("parameters", ())]
]


def documented(rule: str) -> dict[str, Any]:
    """Give what the document says of a rule; nothing of a page for people."""
    return DOCUMENT["paths"].get(re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule), {})


def address(rule: Rule, given: dict[str, str] | None = None) -> str:
    """Give an address of a rule: with what is given, else with what the document shows."""
    shown = {
        one["name"]: str(one["example"]) for one in documented(rule.rule).get("parameters", ())
    }
    values = {**dict.fromkeys(rule.arguments, "docs.js"), **shown, **(given or {})}
    return re.sub(r"<(?:\w+:)?(\w+)>", lambda found: values[found[1]], rule.rule)


ADDRESSES = {name: address(rule) for name, rule in RULES.items()}
STRICT = [ADDRESSES[name] for name in RULES if name.startswith("/v1/") and name != "/v1/"]
QUERIES = [
    pytest.param(ADDRESSES[name], parameter["name"], id=f"{name}-{parameter['name']}")
    for name in RULES
    for parameter in documented(name).get("get", {}).get("parameters", ())
]
PATHS = [(rule, argument) for name, rule in RULES.items() for argument in sorted(rule.arguments)]


def beginning(value: str) -> str:
    """Give the beginning of a value, to name a test by."""
    return value[:30]


def checksum(path: Path) -> str:
    """Hash every event of a store."""
    with contextlib.closing(apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)) as reader:
        rows = reader.execute("SELECT * FROM event ORDER BY key").fetchall()
    return hashlib.sha256(repr(rows).encode()).hexdigest()


def problem_of(answer: TestResponse) -> dict[str, Any]:
    """Give the problem of an answer, which must be a whole one."""
    problem: dict[str, Any] = answer.get_json()
    assert answer.mimetype == "application/problem+json"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "ETag" not in answer.headers
    assert problem.keys() >= MEMBERS
    assert not ProblemSchema().validate(problem)
    assert problem["status"] == answer.status_code
    assert problem["title"] == HTTPStatus(answer.status_code).phrase
    assert problem["detail"]
    assert all(error.keys() == ERROR_MEMBERS for error in problem["errors"])
    return problem


def refused(client: FlaskClient, url: str, status: int = 422) -> dict[str, Any]:
    """Ask for what is refused, and give the problem."""
    answer = client.get(url)
    assert answer.status_code == status
    return problem_of(answer)


def error_of(client: FlaskClient, url: str) -> dict[str, Any]:
    """Ask for what is refused for one reason, and give it."""
    (error,) = refused(client, url)["errors"]
    return error


@pytest.fixture(scope="module", autouse=True)
def _nothing_changes(seeded: Path) -> Iterator[None]:
    before = checksum(seeded)
    yield
    assert checksum(seeded) == before


@pytest.fixture(scope="module")
def client_of_two(seeded: Path, tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    """A client of a store with a second revision, so that revision 1 is history."""
    path = tmp_path_factory.mktemp("two") / "two.sqlite"
    path.write_bytes(seeded.read_bytes())
    database = open_to_write(str(path))
    seed = {"id": "seed:1", "dataset": "seed", "date": "2024-01-01"}
    with revision(database, "load") as change:
        change.write_events([build({**seed, "added": "2025-01-01T00:00:00Z"}, "gdelt")], 1, 1)
    database.close()
    return create_app(Settings(database=str(path))).test_client()


# Parameters


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("limti", "limit"),
        ("LIMIT", "limit"),
        ("actor_contry", "actor_country"),
        ("datefrom", "date_from"),
        ("xyzzyplugh", None),
    ],
)
def test_an_unknown_parameter_is_named_with_what_may_have_been_meant(
    client: FlaskClient, given: str, meant: str | None
) -> None:
    problem = refused(client, f"/v1/events?{given}=5")
    (error,) = problem["errors"]
    assert (error["parameter"], error["value"], error["did_you_mean"]) == (given, "5", meant)
    assert given in problem["detail"]
    assert problem["instance"] == "/v1/events"


@pytest.mark.parametrize("path", STRICT)
def test_an_unknown_parameter_is_refused_everywhere(client: FlaskClient, path: str) -> None:
    first, *_ = refused(client, f"{path}?nonsense=1")["errors"]
    assert first["parameter"] == "nonsense"


@pytest.mark.parametrize("name", HOSTILE, ids=beginning)
def test_an_unreadable_name_is_refused(client: FlaskClient, name: str) -> None:
    answer = client.get(f"/v1/events?{name}=1")
    assert answer.status_code in (400, 422)
    problem_of(answer)


@pytest.mark.parametrize("query", ["limit=1&limit=2", "actor=IRN&actor=IRN", "q=a&limit=1&q="])
def test_a_repeated_parameter_is_refused(client: FlaskClient, query: str) -> None:
    error = error_of(client, f"/v1/events?{query}")
    assert error["parameter"] == query.partition("=")[0]
    assert "once" in error["detail"]


def test_every_wrong_parameter_is_named(client: FlaskClient) -> None:
    problem = refused(client, "/v1/events?limit=0&date_from=x&sort=y&actor_country=Z&nonsense=1")
    named = {error["parameter"] for error in problem["errors"]}
    assert named == {"limit", "date_from", "sort", "actor_country", "nonsense"}


@pytest.mark.parametrize("name", ["date_from", "date_to"])
@pytest.mark.parametrize(
    "day",
    [
        "20240101",
        "2024-W01-1",
        "2024-02-30",
        "2023-02-29",
        "0000-01-01",
        "2024-13-01",
        "2024-1-1",
        "2024-01-01T00:00:00",
        "2024-01-01 ",
        "\u0662024-01-01",
        "today",
        "",
    ],
)
def test_an_impossible_date_is_refused(client: FlaskClient, name: str, day: str) -> None:
    error = error_of(client, f"/v1/events?{name}={quote(day)}")
    assert (error["parameter"], error["value"]) == (name, day)


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize(
    "limit",
    ["0", "-1", "1001", "1e3", "1_000", " 1 ", "+1", "1.0", "0x10", "\u0663", "10 ", "", "1" * 20],
)
def test_an_impossible_limit_is_refused(client: FlaskClient, path: str, limit: str) -> None:
    error = error_of(client, f"{path}?limit={quote(limit)}")
    assert (error["parameter"], error["value"]) == ("limit", limit)


@pytest.mark.parametrize("name", NUMBERS)
@pytest.mark.parametrize(
    "number",
    ["NaN", "nan", "inf", "-Infinity", "1e400", "1e3", "0x1", "1,5", "--1", "1_0", "", "\u0663"],
)
def test_what_is_no_number_is_refused(client: FlaskClient, name: str, number: str) -> None:
    error = error_of(client, f"/v1/events?{name}={quote(number)}")
    assert (error["parameter"], error["value"]) == (name, number)


@pytest.mark.parametrize("as_of", ["0", "2", "9" * 19, "9" * 25, "none-such"])
@pytest.mark.parametrize("path", ["/v1/events", "/v1/events/seed:1", "/v1/actions"])
def test_a_revision_that_is_not_there_is_refused(
    client: FlaskClient, path: str, as_of: str
) -> None:
    error = error_of(client, f"{path}?as_of={as_of}")
    assert (error["parameter"], error["value"]) == ("as_of", as_of)


@pytest.mark.parametrize(
    "box",
    [
        "1,2,3",
        "1,2,3,4,5",
        "a,b,c,d",
        "44,25,64,",
        "-181,0,0,1",
        "0,0,180.1,1",
        "0,-91,1,1",
        "0,0,1,90.5",
        "0,2,1,1",
        "NaN,0,1,1",
        "0,0,1e1,1",
        "44;25;64;40",
    ],
)
def test_a_faulty_box_is_refused(client: FlaskClient, box: str) -> None:
    error = error_of(client, f"/v1/events?bbox={box}")
    assert (error["parameter"], error["value"]) == ("bbox", box)


@pytest.mark.parametrize(
    ("name", "value", "meant"),
    [
        ("actor_country", "IRAN", "IRN"),
        ("actor_country", "irn", "IRN"),
        ("actor_country", "XQX", None),
        ("involves", "IRNXQX", None),
        ("actor", "IR", None),
        ("action", "0841]", None),
        ("action", "1959", "195"),
        ("action_root", "21", None),
        ("action_plover", "ASSAULTS", "ASSAULT"),
        ("actor_roles", "gov", "GOV"),
        ("place_country", "QQQ", None),
        ("quad_class", "5", None),
        ("root_event", "1", None),
        ("evidence_status", "claim", "claimed"),
        ("date_precision", "days", "day"),
        ("dataset", "sead", "seed"),
        ("id", "seed 1", None),
    ],
)
def test_an_unknown_code_is_refused_with_what_may_have_been_meant(
    client: FlaskClient, name: str, value: str, meant: str | None
) -> None:
    error = error_of(client, f"/v1/events?{name}={quote(value)}")
    assert (error["parameter"], error["value"]) == (name, value)
    assert meant is None or error["did_you_mean"] == meant


@pytest.mark.parametrize("query", ["dyad=IRN", "dyad=IRN,ISR,USA", "dyad=IRN,", "dyad=IRN,XQX"])
def test_a_faulty_dyad_is_refused(client: FlaskClient, query: str) -> None:
    assert error_of(client, f"/v1/events?{query}")["parameter"] == "dyad"


@pytest.mark.parametrize(
    ("query", "meant"),
    [("sort=dates", "date"), ("sort=--date", "-date"), ("fields=id,actor_cuntry", "actor_country")],
)
def test_an_unknown_column_is_refused(client: FlaskClient, query: str, meant: str) -> None:
    assert error_of(client, f"/v1/events?{query}")["did_you_mean"] == meant


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize("text", ["%00", "a%00b", "a%0Ab", "%1b[0m", "%7f", "%20"])
def test_control_characters_and_blanks_are_refused(
    client: FlaskClient, name: str, text: str
) -> None:
    assert error_of(client, f"/v1/events?{name}={text}")["parameter"] == name


@pytest.mark.parametrize("name", [name for name, item in TEXTS.items() if item.shape == "choice"])
def test_a_list_of_a_thousand_values_is_refused(client: FlaskClient, name: str) -> None:
    values = ",".join([TEXTS[name].example] * 1_000)
    answer = client.get(f"/v1/events?{name}={values}")
    assert answer.status_code in (414, 422)
    problem_of(answer)


@pytest.mark.parametrize("text", ["\u037a", "\uff9e", "_", "*", "...", "a " * 1_000], ids=beginning)
def test_text_without_words_or_with_too_many_is_refused(client: FlaskClient, text: str) -> None:
    assert error_of(client, f"/v1/events?q={quote(text)}")["parameter"] == "q"


# Addresses


@pytest.mark.parametrize("text", ["%ff", "%C3%28", "%ED%A0%80", "%F8%88%80%80%80"])
@pytest.mark.parametrize("place", ["?q={}", "?{}=1", "/{}", "/seed:1?fields=id&{}"])
def test_broken_utf8_is_a_400_wherever_it_stands(
    client: FlaskClient, server: str, place: str, text: str
) -> None:
    path = "/v1/events" + place.format(text)
    refused(client, path, 400)
    status, media_type, _ = answer_of(server, f"GET {path} HTTP/1.1\r\nHost: a\r\n\r\n".encode())
    assert (status, media_type) == (400, "application/problem+json")


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/v1/events?q=%zz", 200),
        ("/v1/events?q=iran%", 200),
        ("/v1/events?limit=%zz", 422),
        ("/v1/events?%zz=1", 422),
        ("/v1/events/%zz", 404),
        ("/v1/events/seed%3", 404),
        ("/%zz", 404),
    ],
)
def test_broken_percent_signs_stand_for_themselves(
    client: FlaskClient, path: str, status: int
) -> None:
    answer = client.get(path)
    assert answer.status_code == status
    assert status == 200 or problem_of(answer)


@pytest.mark.parametrize(
    "path",
    ["/nope", "/v1/none", "/v2", "/v2/events", "/v1/events/", "/v1/events/a/b", "/V1/events"],
)
def test_an_unknown_address_is_a_404(client: FlaskClient, path: str) -> None:
    assert refused(client, path, 404)["instance"] == path


@pytest.mark.parametrize("folder", ["/v1/events", "/v1/actors", "/v1/datasets", "/v1/documents"])
@pytest.mark.parametrize(
    "odd",
    [
        "seed:56",
        "seed:0",
        "seed:01",
        "seed:",
        ":1",
        "other:1",
        "SEED:1",
        "seed%2F1",
        "a/b",
        "%2F",
        "..%2Fevents",
        "%20",
        " seed:1 ",
        "seed:1%00",
        "seed:1%0A",
        "seed:1;x=y",
        "ايران",
        "%F0%9F%92%A9",
        "x" * 10_000,
        "seed:" + "9" * 30,
        *map(quote, PLAIN),
    ],
    ids=beginning,
)
def test_an_odd_id_is_a_404(client: FlaskClient, folder: str, odd: str) -> None:
    refused(client, f"{folder}/{odd}", 404)


@pytest.mark.parametrize("code", ["21", "1", "19x", "0841]", "99999", "%D9%A1%D9%A9"])
def test_an_unknown_action_is_a_404(client: FlaskClient, code: str) -> None:
    refused(client, f"/v1/actions/{code}", 404)


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("path", ADDRESSES.values())
def test_nothing_can_be_written(client: FlaskClient, path: str, method: str) -> None:
    answer = client.open(path, method=method, json={"id": "seed:1"})
    assert answer.status_code == 405
    assert {"GET", "HEAD"} <= set(answer.headers["Allow"].split(", "))
    problem_of(answer)


@pytest.mark.parametrize(
    "accept",
    ["image/png", "application/xml", "application/json;q=0", "text/csv;q=0, a/b", "*/*;q=0"],
)
def test_an_unknown_media_type_is_a_406(client: FlaskClient, accept: str) -> None:
    answer = client.get("/v1/events", headers={"Accept": accept})
    assert answer.status_code == 406
    assert "application/json" in problem_of(answer)["detail"]


@pytest.mark.parametrize(
    ("path", "status"),
    [("/v1/events?limit=0", 422), ("/nope", 404), ("/v1/events/seed:99", 404), ("/?%ff", 400)],
)
def test_head_of_an_error_is_the_error_without_its_body(
    client: FlaskClient, path: str, status: int
) -> None:
    head, full = client.head(path), client.get(path)
    assert head.status_code == full.status_code == status
    assert head.data == b""
    assert head.headers.pop("X-Request-Id") != full.headers.pop("X-Request-Id")
    assert sorted(head.headers) == sorted(full.headers)


def test_a_failure_of_ours_is_a_problem_that_tells_no_secrets(seeded: Path) -> None:
    app = create_app(Settings(database=str(seeded)))
    app.add_url_rule("/broken", view_func=lambda: str(1 // 0))
    problem = refused(app.test_client(), "/broken", 500)
    assert "division" not in problem["detail"]


# The real server


def answer_of(server: str, request: bytes) -> tuple[int, str, bytes]:
    """Send bytes to a server; give the status, the media type and the body of its answer."""
    parts = urlsplit(server)
    with socket.create_connection((parts.hostname, parts.port), timeout=20) as connection:
        # A server may answer, and close, before it has read all of what is too much.
        with contextlib.suppress(ConnectionError):
            connection.sendall(request)
        answer = http.client.HTTPResponse(connection)
        answer.begin()
        return answer.status, answer.headers.get_content_type(), answer.read()


def long_request(length: int) -> bytes:
    """Write a request whose query has a length."""
    return b"GET /v1/events?q=" + b"x" * (length - 2) + b" HTTP/1.1\r\nHost: a\r\n\r\n"


@pytest.mark.parametrize("length", [5_000, 7_500, 9_000, 70_000, 200_000])
def test_a_long_query_is_refused_and_the_server_goes_on(server: str, length: int) -> None:
    status, _, _ = answer_of(server, long_request(length))
    assert status in (414, 422)
    assert answer_of(server, b"GET /readyz HTTP/1.1\r\nHost: a\r\n\r\n")[0] == 200


@pytest.mark.parametrize(
    "request_bytes",
    [
        pytest.param(long_request(200_000), id="long query"),
        pytest.param(b"GET /v1/events?q=\xff HTTP/1.1\r\nHost: a\r\n\r\n", id="bytes"),
        pytest.param(b"GET /v1/events?q=a\x00b HTTP/1.1\r\nHost: a\r\n\r\n", id="NUL"),
        pytest.param(
            b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"y" * 10_000 + b"\r\n\r\n", id="header"
        ),
        pytest.param(b"GARBAGE\r\n\r\n", id="garbage"),
    ],
)
def test_what_the_server_itself_refuses_is_a_problem_too(server: str, request_bytes: bytes) -> None:
    status, media_type, _ = answer_of(server, request_bytes)
    assert 400 <= status < 500
    assert media_type == "application/problem+json"


@pytest.mark.parametrize("filler", ["x" * 3_900, "/" * 3_000], ids=["long", "longer once quoted"])
def test_the_page_after_that_of_a_long_query_is_not_too_far(
    client: FlaskClient, filler: str
) -> None:
    rest = "y" * (6_950 - len(filler) - 90)
    first = client.get(
        f"/v1/events?evidence_document=seed-article,{filler}&place_admin1=none,{rest}&limit=1"
    )
    assert first.status_code == 200
    assert client.get(first.get_json()["page"]["next"]).status_code == 200


# Everything at once


def check_all(client: FlaskClient, addresses: list[str]) -> None:
    """Ask for every address: no answer may be a failure of ours, each refusal is a problem."""
    tally("hostile values", tried=len(addresses), failures_of_ours=0)
    for url in addresses:
        answer = client.get(url, buffered=True)
        assert answer.status_code < 500, url[:200]
        assert answer.status_code < 400 or problem_of(answer)


@pytest.mark.parametrize(("path", "name"), QUERIES)
def test_no_value_of_a_parameter_breaks_the_service(
    client: FlaskClient, path: str, name: str
) -> None:
    check_all(client, [f"{path}?{name}={value}" for value in HOSTILE])


@pytest.mark.parametrize("name", FILTERS)
def test_no_value_of_a_filter_breaks_an_answer_from_history(
    client_of_two: FlaskClient, name: str
) -> None:
    check_all(client_of_two, [f"/v1/events?as_of=1&{name}={value}" for value in HOSTILE])


@pytest.mark.parametrize(("rule", "argument"), PATHS, ids=str)
def test_no_part_of_a_path_breaks_the_service(
    client: FlaskClient, rule: Rule, argument: str
) -> None:
    check_all(client, [address(rule, {argument: value}) for value in HOSTILE])


@pytest.mark.parametrize("path", ADDRESSES.values())
def test_no_parameter_name_breaks_the_service(client: FlaskClient, path: str) -> None:
    check_all(client, [f"{path}?{name}=1" for name in HOSTILE])


@pytest.mark.parametrize(("path", "name"), QUERIES)
def test_no_parameter_takes_text_for_sql(
    client: FlaskClient, seeded: Path, path: str, name: str
) -> None:
    before = checksum(seeded)
    tried = some(path + name, 20)
    check_all(client, [f"{path}?{name}={quote(text)}" for text in tried])
    changed = int(checksum(seeded) != before)
    tally("SQL injection", tried=len(tried), changed=changed)
    assert not changed


@pytest.mark.parametrize("name", TEXTS)
def test_an_injection_is_a_text_like_any_other(client: FlaskClient, name: str) -> None:
    tried = some(name, 40)
    for text in tried:
        answer = client.get(f"/v1/events/count?{name}={quote(text)}")
        # Words are what is left of a text without its signs: these may be found.
        is_literal = answer.status_code == 422 or answer.get_json()["count"] == 0 or name == "q"
        assert is_literal, text
    tally("SQL injection", tried=len(tried))


def test_every_documented_parameter_is_walked() -> None:
    operations = [(path, item["get"]) for path, item in DOCUMENT["paths"].items()]
    documented = [
        (path, one["name"])
        for path, operation in operations
        for one in operation.get("parameters", ())
    ]
    assert len(QUERIES) == len(documented) > 300
    assert len(PATHS) >= sum(path.count("{") for path, _ in operations) > 4
