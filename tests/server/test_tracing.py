"""What a service tells of its requests: ids, headers, logs, figures."""

import ast
import json
import logging
import os
import re
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gunicorn
import httpx
import pytest
from flask.testing import FlaskClient

from api import create_app
from api.middleware.headers import FOR_SCRIPTS, PROTECTIVE, READABLE
from api.middleware.logs import Line
from api.settings import Settings
from dataset.store.database import SCHEMA_VERSION
from support.programs import free_port
from support.servers import start, stop, wait_until_up

EVERYTHING = ["/", "/docs", "/openapi.json", "/static/docs.js", "/healthz", "/metrics", "/nowhere"]
EVERYTHING += ["/v1/events", "/v1/events.csv", "/v1/events?limit=0", "/v1/aggregates", "/v1/fields"]


# Headers


@pytest.mark.parametrize("path", EVERYTHING)
def test_every_answer_protects_its_readers(client: FlaskClient, path: str) -> None:
    with client.get(path) as answer:
        assert PROTECTIVE.keys() <= set(answer.headers.keys())
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        is_page = answer.mimetype == "text/html"
        policy = answer.headers["Content-Security-Policy"]
        assert (policy == "default-src 'none'; frame-ancestors 'none'") is not is_page


@pytest.mark.parametrize(
    "origin", ["https://a.test", "null", "https://events.example.org.evil.test"]
)
@pytest.mark.parametrize(
    "path", ["/v1/events", "/v1/events.csv", "/v1/events?limit=0", "/v1/nowhere"]
)
def test_scripts_of_all_sites_may_read_without_credentials(
    client: FlaskClient, path: str, origin: str
) -> None:
    answer = client.get(path, headers={"Origin": origin})
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in answer.headers
    assert "Origin" not in answer.headers.get("Vary", "")
    assert set(answer.headers["Access-Control-Expose-Headers"].split(", ")) == set(READABLE)


@pytest.mark.parametrize(
    ("path", "more", "status"),
    [
        ("/v1//events", {}, 308),
        ("/v1/events.parquet", {}, 307),
        ("/v1/events?q=%ff", {}, 400),
        ("/v1/events", {"method": "POST"}, 405),
        ("/v1/events", {"headers": {"Accept": "image/png"}}, 406),
        ("/v1/events", {"headers": {"If-Match": '"x"'}}, 412),
        ("/v1/events", {"data": b"x"}, 413),
        (f"/v1/events?q={'a' * 8_000}", {}, 414),
        ("/v1/events.parquet?as_of=1", {"headers": {"Range": "bytes=99999999-"}}, 416),
        ("/v1/broken", {}, 500),
    ],
)
def test_scripts_may_read_what_went_wrong(
    seeded: Path, path: str, more: dict[str, Any], status: int
) -> None:
    app = create_app(Settings(database=str(seeded)))
    app.add_url_rule("/v1/broken", view_func=lambda: 1 / 0)
    answer = app.test_client().open(path, **more)
    assert answer.status_code == status
    assert FOR_SCRIPTS.items() <= dict(answer.headers).items()


def test_a_script_may_ask_beforehand(client: FlaskClient) -> None:
    asked = {"Origin": "https://a.test", "Access-Control-Request-Method": "GET"}
    asked["Access-Control-Request-Headers"] = "if-none-match"
    answer = client.options("/v1/events", headers=asked)
    assert (answer.status_code, answer.data) == (204, b"")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Access-Control-Allow-Methods"] == "GET, HEAD"
    assert answer.headers["Access-Control-Allow-Headers"] == "if-none-match"
    assert answer.headers["Access-Control-Max-Age"] == "86400"


def test_a_script_may_not_write(client: FlaskClient) -> None:
    asked = {"Origin": "https://a.test", "Access-Control-Request-Method": "POST"}
    assert "Access-Control-Allow-Methods" not in client.options("/v1/events", headers=asked).headers


@pytest.mark.parametrize("path", ["/", "/docs", "/metrics"])
def test_pages_and_figures_are_not_for_other_sites(client: FlaskClient, path: str) -> None:
    assert "Access-Control-Allow-Origin" not in client.get(path).headers


# Ids


@pytest.mark.parametrize("path", EVERYTHING)
def test_every_answer_has_an_id_of_its_own(client: FlaskClient, path: str) -> None:
    ids = {client.get(path, buffered=True).headers["X-Request-Id"] for _ in range(3)}
    assert len(ids) == 3


def test_a_problem_names_its_request(client: FlaskClient) -> None:
    answer = client.get("/nowhere")
    assert answer.get_json()["request_id"] == answer.headers["X-Request-Id"]


@pytest.mark.parametrize(
    ("proxies", "given", "is_taken"),
    [
        (1, "0123456789abcdef", True),
        (1, "0b7a4d0e-6d5c-4b8f-9b1e-2f4a6c8e0d1f", True),
        (0, "0123456789abcdef", False),
        (1, "short", False),
        (1, "x" * 65, False),
        (1, "with blank here", False),
        (1, "<script>alert", False),
        (1, "ключ-запроса", False),
    ],
)
def test_only_a_trusted_proxy_gives_ids_and_only_good_ones(
    seeded: Path, proxies: int, given: str, is_taken: bool
) -> None:
    app = create_app(Settings(database=str(seeded), trusted_proxies=proxies))
    headers = {"X-Request-Id": given.encode().decode("latin-1")}
    told = app.test_client().get("/healthz", headers=headers).headers["X-Request-Id"]
    assert (told == given) is is_taken


def test_a_trusted_proxy_says_how_it_is_asked(seeded: Path) -> None:
    told = [
        create_app(Settings(database=str(seeded), trusted_proxies=proxies))
        .test_client()
        .get("/v1/events", headers={"X-Forwarded-Proto": "https", "X-Forwarded-Host": "evil.test"})
        .get_json()["receipt"]["cite"]
        for proxies in (0, 1)
    ]
    assert [url.partition("/v1")[0] for url in told] == ["http://localhost", "https://localhost"]


@pytest.mark.parametrize(
    ("given", "proxies", "scheme"),
    [
        ("https", 1, "https"),
        ("HTTPS", 1, "https"),
        ("http", 1, "http"),
        ("https, http", 1, "http"),
        ("https, http", 2, "https"),
        ("javascript, https", 1, "https"),
        ("https, javascript", 1, "http"),
        ("javascript, https", 2, "http"),
        ("https,", 1, "https"),
        ("https", 2, "http"),
        ("javascript", 1, "http"),
        ("ftp", 1, "http"),
        ("https://evil.test", 1, "http"),
        ("wss", 1, "http"),
        ("", 1, "http"),
    ],
)
def test_links_have_no_scheme_but_those_of_the_web(
    seeded: Path, given: str, proxies: int, scheme: str
) -> None:
    client = create_app(Settings(database=str(seeded), trusted_proxies=proxies)).test_client()
    headers = {"X-Forwarded-Proto": given}
    page = client.get("/v1/events?limit=1", headers=headers)
    body = page.get_json()
    links = [body["page"]["next"], body["receipt"]["cite"], page.headers["Link"].strip("<")]
    links += [client.get("/v1/events.parquet", headers=headers).location]
    links += [client.get("/v1//events", headers=headers).location]
    assert {link.partition("://")[0] for link in links} == {scheme}


# Logs


@pytest.fixture
def logged(seeded: Path) -> Iterator[Any]:
    """Ask a real server for addresses; give the lines that it logged."""

    def ask(*paths: str, **headers: str) -> list[dict[str, Any]]:
        port = free_port()
        process = start(seeded, port, LOG="requests")
        url = f"http://127.0.0.1:{port}"
        wait_until_up(url, process)
        with httpx.Client(headers=headers) as client:
            for path in paths:
                client.get(url + path)
        lines = [line for line in stop(process).splitlines() if line.startswith("{")]
        return [one for one in map(json.loads, lines) if one.get("route") != "/healthz"]

    return ask


def test_a_request_is_a_line(logged: Any) -> None:
    pages = ["/v1/events?limit=1&actor=IRN", "/v1/events.csv", "/v1/events/seed:1", "/nowhere"]
    lines = logged(*pages)
    known = [(one["route"], one["query"], one["status"]) for one in lines]
    assert known == [
        ("/v1/events", "actor=IRN&limit=1", 200),
        ("/v1/events.csv", "", 200),
        ("/v1/events/<event_id>", "", 200),
        (None, None, 404),
    ]
    assert {one["method"] for one in lines} == {"GET"}
    assert all(re.fullmatch("[0-9a-f]{16}", one["request"]) for one in lines)
    assert all(one["ms"] > 0 and one["bytes"] > 0 and one["level"] == "info" for one in lines)


def test_no_line_tells_a_secret_or_breaks(logged: Any, seeded: Path) -> None:
    cursor = create_app(Settings(database=str(seeded))).test_client()
    following = cursor.get("/v1/events?limit=1").get_json()["page"]["next"].partition("/v1")[2]
    hostile = "/v1/events?q=a%0D%0A%7B%22status%22%3A200%7D&token=SECRET"
    headers = {"Authorization": "Bearer SECRET", "Cookie": "a=SECRET", "X-Request-Id": "SECRET12"}
    lines = logged("/v1" + following, hostile, "/SECRET%0Aforged", **headers)
    assert len(lines) == 3
    assert "SECRET" not in json.dumps(lines)
    assert "cursor" not in json.dumps(lines)
    assert lines[0]["query"] == "limit=1"


def calls_of(path: Path) -> Iterator[tuple[str, str]]:
    """Give the text of each message that gunicorn logs, and the code of its arguments."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("self.log."):
            told, *arguments = [ast.unparse(one) for one in node.args] or [""]
            yield told, " ".join(arguments)


def test_what_gunicorn_says_of_an_address_is_known_by_the_word_request() -> None:
    paths = Path(gunicorn.__file__).parent.glob("workers/*.py")
    told = {text for path in paths for text, given in calls_of(path) if re.search(r"\.uri", given)}
    assert told
    assert all("request" in text for text in told)


@pytest.mark.parametrize(
    ("message", "arguments", "told"),
    [
        ("Worker (pid:%s) was sent %s!", (7, "SIGKILL"), "Worker (pid:7) was sent SIGKILL!"),
        ("Worker (pid:%s) exited with code %s.", (7, 3), "Worker (pid:7) exited with code 3."),
        ("Error handling request %s %s", ("GET", "/SECRET"), "Error handling request"),
        ("Error handling request %s", ("/SECRET",), "Error handling request"),
        ("100 % sure", (), "100 % sure"),
    ],
)
def test_messages_of_gunicorn_have_their_arguments(
    message: str, arguments: tuple[object, ...], told: str
) -> None:
    record = logging.LogRecord("gunicorn.error", 40, "", 0, message, arguments, None)
    assert json.loads(Line().format(record))["message"] == told


def test_the_log_names_a_killed_worker_and_its_signal(seeded: Path) -> None:
    port = free_port()
    process = start(seeded, port, WORKERS="1")
    wait_until_up(f"http://127.0.0.1:{port}", process)
    (worker,) = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    os.kill(int(worker), signal.SIGKILL)
    assert process.stdout is not None
    lines = (line for line in process.stdout if line.startswith("{"))
    message = json.loads(next(lines))["message"]
    stop(process)
    assert message.startswith(f"Worker (pid:{worker}) was sent SIGKILL!")


# Figures


def figure(metrics: str, name: str) -> float:
    return sum(float(value) for value in re.findall(rf"^{re.escape(name)} (\S+)$", metrics, re.M))


def test_processes_count_together(seeded: Path, tmp_path: Path) -> None:
    port = free_port()
    process = start(seeded, port, WORKERS="4", TMPDIR=str(tmp_path))
    url = f"http://127.0.0.1:{port}"
    wait_until_up(url, process)
    for _ in range(20):
        httpx.get(f"{url}/v1/events?limit=5", headers={"Connection": "close"})
        httpx.get(f"{url}/v1/events.ndjson?dataset=seed")
        httpx.get(f"{url}/v1/events/seed:999")
    told = httpx.get(f"{url}/metrics").text
    stop(process)
    page = 'route="/v1/events",status="200"'
    assert figure(told, f'cameo_requests_total{{method="GET",{page}}}') == 20
    assert figure(told, 'cameo_rows_sent_total{kind="page"}') == 100
    assert figure(told, 'cameo_rows_sent_total{kind="whole result"}') == 20 * 55
    assert figure(told, 'cameo_request_seconds_count{route="/v1/events/<event_id>"}') == 20
    assert figure(told, "cameo_store_up") == 1
    assert figure(told, "cameo_store_load_count") == 1
    assert figure(told, "cameo_store_database_bytes") == seeded.stat().st_size
    assert not list(tmp_path.iterdir())


def test_methods_that_a_client_makes_up_are_counted_as_one(client: FlaskClient) -> None:
    name = 'cameo_requests_total{method="other",route="none",status="405"}'
    before = figure(client.get("/metrics").text, name)
    for method in ("FORGED1", "FORGED2", "get"):
        client.open("/v1/events", method=method)
    told = client.get("/metrics").text
    assert "FORGED" not in told
    assert figure(told, name) - before >= 2


def test_a_store_that_is_gone_is_a_figure(own_store: Path, client_of: Any) -> None:
    client = client_of(own_store)
    own_store.rename(own_store.with_suffix(".away"))
    told = client.get("/metrics")
    assert told.status_code == 200
    assert figure(told.text, "cameo_store_up") == 0


def test_readiness_tells_schema_size_and_room(client: FlaskClient, seeded: Path) -> None:
    told = client.get("/readyz").get_json()
    assert (told["status"], told["revision"]) == ("ready", 1)
    assert (told["schema"], told["load_count"]) == (SCHEMA_VERSION, 1)
    assert told["database_bytes"] == seeded.stat().st_size
    assert told["free_bytes"] > 0
