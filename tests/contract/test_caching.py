"""Every answer from the store has a strong ETag that changes when, and only when, it may change."""

import logging
from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from api import create_app
from api.settings import Settings
from dataset.building.rows import build
from dataset.loading import seed
from dataset.store.database import open_to_write
from support.export_formats import CONTENT_TYPES, CSV, MEDIA_TYPES, READ
from support.paging import new_events, pages_of
from support.rich_store import RICH, client_on, commit, rows_of

PINNED = [
    *("events?limit=5", "events?sort=-tone", "events?q=iran", "events?fields=id", "events/count"),
    *("events.csv", "events.ndjson", "events.geojson", "events.csv?sort=-added&actor=IRN"),
    *("events/seed:1", "events/made:event-0", "events/made:event-2?fields=actor"),
    *("actions", "actions/19", "actors", "actors/IRN", "cite", "cite?dataset=made"),
    *("actions.csv", "actors.csv"),
    *("events?actor=none&actor_code=!none", "events?date_from=2026-12-01"),
    *("events?date_to=1901-01-01", "events/count?date_from=2026-12-01"),
]
"""What can be asked of an older revision."""


def commit_all_kinds(path: Path) -> None:
    """Commit changed events, new ones, and the first and last days of the store."""
    same = {"dataset": "made", "added": "2026-01-01T00:00:00Z", "actor_code": "FRAGOV"}
    ends = [{"id": "made:first", "date": "1900-01-01"}, {"id": "made:last", "date": "2027-01-01"}]
    commit(path, [*rows_of(2), *new_events(20), *(build(same | end, "gdelt") for end in ends)])


def at(path: str, as_of: int) -> str:
    """Give the address of a resource at a revision."""
    return f"/v1/{path}{'&' if '?' in path else '?'}as_of={as_of}"


def etag(client: FlaskClient, url: str, **headers: str) -> str:
    """Give the ETag of an answer."""
    answer = client.get(url, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.headers["ETag"]


@pytest.mark.parametrize("path", READ)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_every_answer_from_the_store_can_be_validated(
    client: FlaskClient, path: str, method: str
) -> None:
    answer = client.open(f"/v1/{path}", method=method)
    tag, is_weak = answer.get_etag()
    assert (answer.status_code, bool(tag), is_weak) == (200, True, False)
    assert answer.headers["Cache-Control"] == "no-cache"
    assert answer.headers["Vary"] == "Accept, Accept-Encoding"


@pytest.mark.parametrize("path", READ)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("form", ["{}", "W/{}", '"other", {}', 'W/"other",W/{} , "more"'])
def test_client_that_has_the_answer_gets_a_304(
    client: FlaskClient, path: str, method: str, form: str
) -> None:
    known = client.get(f"/v1/{path}").headers
    headers = {"If-None-Match": form.format(known["ETag"])}
    answer = client.open(f"/v1/{path}", method=method, headers=headers)
    assert (answer.status_code, answer.data) == (304, b"")
    kept = ("ETag", "Cache-Control", "Vary")
    assert [answer.headers[name] for name in kept] == [known[name] for name in kept]
    assert not {"Content-Type", "Content-Length"} & set(answer.headers.keys())


@pytest.mark.parametrize("path", READ)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_asterisk_stands_for_any_answer_there_is(
    client: FlaskClient, path: str, method: str
) -> None:
    known = client.get(f"/v1/{path}").headers
    answer = client.open(f"/v1/{path}", method=method, headers={"If-None-Match": "*"})
    assert (answer.status_code, answer.data) == (304, b"")
    assert answer.headers["ETag"] == known["ETag"]


@pytest.mark.parametrize("path", READ)
@pytest.mark.parametrize("form", ['"other"', "", 'W/"0"', "{bare}", '"{bare}x"'])
def test_client_that_has_another_answer_gets_this_one(
    client: FlaskClient, path: str, form: str
) -> None:
    answer = client.get(f"/v1/{path}")
    bare = answer.headers["ETag"].strip('"')
    again = client.get(f"/v1/{path}", headers={"If-None-Match": form.format(bare=f"-{bare}")})
    assert (again.status_code, again.data) == (200, answer.data)


@pytest.mark.parametrize("as_of", [1, RICH, RICH + 1])
def test_pinned_answer_may_be_kept_for_a_day(rich: FlaskClient, as_of: int) -> None:
    answer = rich.get(f"/v1/events?as_of={as_of}")
    headers = {"If-None-Match": answer.headers["ETag"]}
    for same in (answer, rich.get(f"/v1/events?as_of={as_of}", headers=headers)):
        assert same.headers["Cache-Control"] == "public, max-age=86400"
        assert same.headers["Vary"] == "Accept, Accept-Encoding"


@pytest.mark.parametrize("path", PINNED)
def test_pinned_answer_never_changes(growing: Path, path: str) -> None:
    client = client_on(growing)
    before = client.get(at(path, RICH))
    commit_all_kinds(growing)
    after = client.get(at(path, RICH))
    assert (before.status_code, after.data) == (200, before.data)
    assert after.headers["ETag"] == before.headers["ETag"]
    assert after.headers["Cache-Control"] == "public, max-age=86400"


@pytest.mark.parametrize("path", PINNED)
def test_unpinned_answer_is_another_at_every_revision(growing: Path, path: str) -> None:
    client = client_on(growing)
    before = etag(client, f"/v1/{path}")
    commit_all_kinds(growing)
    again = client.get(f"/v1/{path}", headers={"If-None-Match": before})
    assert again.status_code == 200
    assert again.headers["ETag"] != before


@pytest.mark.parametrize("path", ["events?limit=5", "events?limit=5&date_from=2024-01-01"])
def test_later_pages_of_a_walk_never_change(growing: Path, path: str) -> None:
    client = client_on(growing)
    url = client.get(f"/v1/{path}").get_json()["page"]["next"]
    before = client.get(url)
    commit_all_kinds(growing)
    assert client.get(url).data == before.data
    headers = {"If-None-Match": before.headers["ETag"]}
    assert client.get(url, headers=headers).status_code == 304


def test_etag_differs_by_resource_and_query(client: FlaskClient) -> None:
    queries = ["sort=-added", "sort=added", "fields=id", "actor=IRN", "actor=!IRN", "as_of=1"]
    queries += ["actor_code=IRN", "target=IRN", "actor=IRN&fields=id", "q=iran", "q=iran*"]
    bulk = [f"events.{suffix}?{query}" for suffix in MEDIA_TYPES for query in queries]
    paths = [*READ, *bulk, *(f"events?{query}" for query in [*queries, "limit=5", "limit=6"])]
    tags = [etag(client, f"/v1/{path}") for path in paths]
    assert len(set(tags)) == len(paths)


def test_etag_differs_by_page(client: FlaskClient) -> None:
    first = "/v1/events?limit=10"
    following = [page["page"]["next"] for page in pages_of(client, first)]
    tags = {etag(client, url) for url in [first, *following[:-1]]}
    assert len(tags) == len(following) == 6


@pytest.mark.parametrize("query", ["", "?limit=5"])
def test_etag_differs_by_media_type(client: FlaskClient, query: str) -> None:
    tags = [etag(client, f"/v1/events{query}", Accept=kind) for kind in CONTENT_TYPES]
    assert len(set(tags)) == len(CONTENT_TYPES)
    assert etag(client, f"/v1/events{query}") == etag(client, f"/v1/events{query}", Accept="*/*")


@pytest.mark.parametrize("path", ["events", "events.csv", "cite", "actions", "datasets/seed"])
def test_etag_differs_by_public_address(seeded: Path, path: str) -> None:
    addresses = ("", "https://events.example.org", "https://events.example.org/cameo")
    tags = {
        etag(create_app(Settings(str(seeded), public_url=url)).test_client(), f"/v1/{path}")
        for url in addresses
    }
    hosts = {"Host": "localhost:8001"}
    assert len(tags | {etag(client_on(seeded), f"/v1/{path}", **hosts)}) == 4


def test_public_address_makes_the_host_irrelevant(seeded: Path) -> None:
    settings = Settings(str(seeded), public_url="https://events.example.org")
    client = create_app(settings).test_client()
    answers = [client.get("/v1/events?limit=1", headers={"Host": host}) for host in ("a", "b")]
    assert answers[0].data == answers[1].data
    assert answers[0].headers["ETag"] == answers[1].headers["ETag"]


def test_etag_differs_by_store(client: FlaskClient, tmp_path: Path) -> None:
    database = open_to_write(str(tmp_path / "other.sqlite"))
    seed.load(database)
    database.close()
    assert etag(client, "/v1/events") != etag(client_on(tmp_path / "other.sqlite"), "/v1/events")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("events?actor=IRN&limit=5", "events?limit=5&actor=IRN"),
        ("events?actor=IRN,ISR", "events?actor=ISR,IRN,ISR"),
        ("events.csv?fields=id,date", "events.csv?fields=date"),
        ("events/count?dyad=IRN,ISR", "events/count?dyad=ISR,IRN"),
        ("events?goldstein_min=1.50&limit=05", "events?limit=5&goldstein_min=1.5"),
        ("cite?sort=date&actor=IRN", "cite?actor=IRN&sort=date"),
    ],
)
def test_etag_does_not_depend_on_order_and_spelling(
    client: FlaskClient, one: str, other: str
) -> None:
    first, second = client.get(f"/v1/{one}"), client.get(f"/v1/{other}")
    assert first.headers["ETag"] == second.headers["ETag"]
    assert first.data == second.data


def test_etag_is_the_same_in_every_process(client: FlaskClient, seeded: Path) -> None:
    assert etag(client, "/v1/events") == etag(client_on(seeded), "/v1/events")


@pytest.mark.parametrize(
    ("method", "url", "status"),
    [
        ("GET", "/v1/events?actor=iran", 422),
        ("GET", "/v1/events?actor=XQJ", 422),
        ("GET", "/v1/events?nothing=1", 422),
        ("GET", "/v1/events?as_of=2", 422),
        ("GET", "/v1/events?cursor=x", 400),
        ("GET", "/v1/events?q=%ff", 400),
        ("GET", "/v1/events/seed:9999", 404),
        ("GET", "/v1/events/seed:9999?as_of=1", 404),
        ("GET", "/v1/actions/9999", 404),
        ("GET", "/v1/nowhere", 404),
        ("HEAD", "/v1/nowhere", 404),
        ("POST", "/v1/events", 405),
        ("DELETE", "/v1/events/seed:1", 405),
        ("GET", "/healthz", 200),
        ("GET", "/readyz", 200),
        ("GET", "/v1/following", 200),
        ("HEAD", "/readyz", 200),
        ("OPTIONS", "/v1/events", 204),
    ],
)
@pytest.mark.parametrize("condition", [None, "*", '"x"'])
def test_errors_and_probes_are_never_kept(
    client: FlaskClient, method: str, url: str, status: int, condition: str | None
) -> None:
    headers = {"If-None-Match": condition} if condition else {}
    answer = client.open(url, method=method, headers=headers)
    assert answer.status_code == status
    assert answer.headers["Cache-Control"] == "no-store"
    assert "ETag" not in answer.headers


@pytest.mark.parametrize("path", READ)
def test_answer_of_a_missing_store_is_never_kept(
    tmp_path: Path, client_of: Callable[[Path], FlaskClient], path: str
) -> None:
    answer = client_of(tmp_path / "missing.sqlite").get(f"/v1/{path}")
    assert answer.status_code == 503
    assert answer.headers["Cache-Control"] == "no-store"
    assert "ETag" not in answer.headers


def test_not_acceptable_is_never_kept(client: FlaskClient) -> None:
    answer = client.get("/v1/events", headers={"Accept": "text/html"})
    assert (answer.status_code, answer.headers["Cache-Control"]) == (406, "no-store")
    assert "ETag" not in answer.headers


def traced(
    client: FlaskClient, caplog: pytest.LogCaptureFixture, url: str, **headers: str
) -> tuple[TestResponse, list[str]]:
    """Answer a request; give the statements that ran, as peewee logs them."""
    caplog.clear()
    with caplog.at_level(logging.DEBUG, logger="peewee"):
        answer = client.get(url, headers=headers)
        answer.get_data()
    return answer, [record.getMessage() for record in caplog.records if record.name == "peewee"]


@pytest.mark.parametrize("path", [path for path in PINNED if path.startswith(("events", "cite"))])
@pytest.mark.parametrize("accept", ["*/*", f"{CSV}, */*;q=0.5"])
@pytest.mark.parametrize("as_of", ["", "as_of=2"])
def test_304_reads_no_event(
    rich: FlaskClient, caplog: pytest.LogCaptureFixture, path: str, accept: str, as_of: str
) -> None:
    url = f"/v1/{path}{'&' if '?' in path else '?'}{as_of}".rstrip("?&")
    # What was counted before is remembered.
    rich.application.extensions["store"]._memories.clear()
    answer, statements = traced(rich, caplog, url, Accept=accept)
    known = {"Accept": accept, "If-None-Match": answer.headers["ETag"]}
    again, fewer = traced(rich, caplog, url, **known)
    assert any('"event"' in statement for statement in statements)
    assert not any('"event"' in s or '"superseded"' in s for s in fewer)
    assert (again.status_code, bool(fewer)) == (304, True)


@pytest.mark.parametrize(
    "path", ["/v1/events", "/v1/events.csv", "/v1/events.parquet?as_of=1", "/v1/actions"]
)
@pytest.mark.parametrize("more", [{}, {"Range": "bytes=0-9"}])
def test_who_wants_another_answer_is_told_so(
    client: FlaskClient, path: str, more: dict[str, str]
) -> None:
    etag = client.head(path).headers["ETag"]
    refused = client.get(path, headers={"If-Match": f'"x", W/{etag}'} | more)
    assert (refused.status_code, refused.mimetype) == (412, "application/problem+json")
    assert (refused.headers["Cache-Control"], "ETag" in refused.headers) == ("no-store", False)
    for given in (etag, f'"x", {etag}', "*"):
        answer = client.get(path, headers={"If-Match": given} | more, buffered=True)
        assert answer.status_code in (200, 206)
