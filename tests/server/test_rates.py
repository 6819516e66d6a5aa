"""Rate limits: one request too many is a 429, and a limiter that is down lets everybody in."""

import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from flask.testing import FlaskClient

from api import create_app
from api.settings import Settings
from support.programs import free_port, needed
from support.servers import start, stop, wait_until_up

AMOUNT = 5


def limited(store: Path, **settings: object) -> FlaskClient:
    """Make a client of a service that answers a few requests a day."""
    given = {"rate_limit": f"{AMOUNT} per day", **settings}
    return create_app(Settings(database=str(store), **given)).test_client()


def statuses(client: FlaskClient, count: int = AMOUNT + 1, **headers: str) -> list[int]:
    return [client.get("/v1/fields", headers=headers).status_code for _ in range(count)]


def test_without_a_limit_nothing_is_said_of_one(client: FlaskClient) -> None:
    assert not [name for name in client.get("/v1/fields").headers if "Limit" in name]


def test_one_request_too_many_is_a_429_that_says_when_to_go_on(seeded: Path) -> None:
    client = limited(seeded)
    answers = [client.get("/v1/fields") for _ in range(AMOUNT + 1)]
    assert [answer.status_code for answer in answers] == [200] * AMOUNT + [429]
    left = [re.fullmatch(r'"default";r=(\d);t=(\d+)', a.headers["RateLimit"]) for a in answers]
    assert [found[1] for found in left if found] == ["4", "3", "2", "1", "0", "0"]
    assert {a.headers["RateLimit-Policy"] for a in answers} == {'"default";q=5;w=86400'}
    assert answers[-1].mimetype == "application/problem+json"
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 86_400
    assert "Retry-After" not in answers[0].headers


def test_all_addresses_count_together_but_those_that_watch(seeded: Path) -> None:
    client = limited(seeded)
    for path in ("/v1/events", "/v1/events.csv", "/v1/actors", "/", "/docs"):
        assert client.get(path).status_code == 200
    assert client.get("/v1/loads").status_code == 429
    assert [client.get(path).status_code for path in ("/healthz", "/readyz", "/metrics")] == [
        200
    ] * 3


def test_whom_nobody_trusts_does_not_say_who_asks(seeded: Path) -> None:
    client = limited(seeded)
    told = [statuses(client, 1, X_Forwarded_For=f"192.0.2.{n}") for n in range(AMOUNT + 1)]
    assert told[-1] == [429]


def test_a_trusted_proxy_says_who_asks(seeded: Path) -> None:
    client = limited(seeded, trusted_proxies=1)
    one, other = {"X-Forwarded-For": "192.0.2.1"}, {"X-Forwarded-For": "192.0.2.1, 192.0.2.2"}
    assert statuses(client, **one)[-1] == 429
    assert statuses(client, **other) == [200] * AMOUNT + [429]


def test_a_network_of_ipv6_is_one_client(seeded: Path) -> None:
    client = limited(seeded, trusted_proxies=1)
    told = [statuses(client, 1, **{"X-Forwarded-For": f"2001:db8::{n}"}) for n in range(6)]
    assert told[-1] == [429]
    assert statuses(client, 1, **{"X-Forwarded-For": "2001:db8:0:1::1"}) == [200]


@pytest.mark.parametrize("other", ["192.0.2.1:5555", "[::ffff:192.0.2.1]:99", "::ffff:192.0.2.1"])
def test_a_port_makes_no_other_client(seeded: Path, other: str) -> None:
    client = limited(seeded, trusted_proxies=1)
    assert statuses(client, AMOUNT, **{"X-Forwarded-For": "192.0.2.1"}) == [200] * AMOUNT
    assert statuses(client, 1, **{"X-Forwarded-For": other}) == [429]


@pytest.mark.parametrize("last", ["unknown", "_hidden", "1.2.3.4.5", "[::1", "\xff", "1.2.3.4:x"])
def test_whoever_has_no_address_shares_one_limit(
    seeded: Path, last: str, caplog: pytest.LogCaptureFixture
) -> None:
    client = limited(seeded, trusted_proxies=1)
    names = ["garbage"] * AMOUNT + [last]
    told = [statuses(client, 1, **{"X-Forwarded-For": name}) for name in names]
    assert told == [[200]] * AMOUNT + [[429]]
    assert not caplog.records


@pytest.mark.parametrize("path", ["/nowhere", "/v1/events/a/b/c"])
def test_what_is_not_there_counts_too(seeded: Path, path: str) -> None:
    client = limited(seeded)
    assert [client.get(path).status_code for _ in range(AMOUNT)] == [404] * AMOUNT
    assert client.get(path).status_code == client.get("/v1/fields").status_code == 429


def test_what_cannot_be_done_counts_too(seeded: Path) -> None:
    client = limited(seeded)
    told = [client.post("/v1/fields").status_code for _ in range(AMOUNT + 1)]
    assert told == [405] * AMOUNT + [429]


def test_asking_beforehand_does_not_count(seeded: Path) -> None:
    client = limited(seeded)
    asked = {"Origin": "https://a.test", "Access-Control-Request-Method": "GET"}
    told = [client.options("/v1/fields", headers=asked).status_code for _ in range(AMOUNT + 1)]
    assert told == [204] * (AMOUNT + 1)
    assert statuses(client) == [200] * AMOUNT + [429]


def test_a_limiter_that_is_down_lets_everybody_in_and_is_counted(
    seeded: Path, figures: Callable
) -> None:
    client = limited(seeded, rate_limit_storage=f"memcached://127.0.0.1:{free_port()}")
    before = failures(client.get("/metrics").text)
    assert statuses(client) == [200] * (AMOUNT + 1)
    counted = failures(client.get("/metrics").text) - before
    figures("limiter down", requests=AMOUNT + 1, let_in=AMOUNT + 1, counted=int(counted))
    assert counted == AMOUNT + 1


def failures(metrics: str) -> float:
    (count,) = re.findall(
        r'^cameo_incidents_total{kind="rate_limiter_failure"} (.*)$', metrics, re.M
    )
    return float(count)


@pytest.fixture
def memcached() -> Iterator[str]:
    """The address of a memcached of our own."""
    port = free_port()
    command = [needed("memcached"), "-l", "127.0.0.1", "-p", str(port), "-u", "nobody"]
    with subprocess.Popen(command) as process:
        yield f"memcached://127.0.0.1:{port}"
        process.terminate()


def test_processes_count_together_in_memcached(
    seeded: Path, memcached: str, figures: Callable
) -> None:
    port = free_port()
    limit = {"RATE_LIMIT": "40 per day", "RATE_LIMIT_STORAGE": memcached}
    process = start(seeded, port, WORKERS="4", **limit)
    url = f"http://127.0.0.1:{port}"
    wait_until_up(url, process)
    with httpx.Client(headers={"Connection": "close"}) as client:
        told = [client.get(f"{url}/v1/fields").status_code for _ in range(60)]
    stop(process)
    figures("rate limit of 4 processes", limit=40, asked=60, let_in=told.count(200))
    assert (told.count(200), told.count(429)) == (40, 20)
