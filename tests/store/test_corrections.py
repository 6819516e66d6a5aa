"""Events are taken back, brought back, removed for good; revisions are named."""

from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from click.testing import CliRunner, Result
from flask.testing import FlaskClient

from api.commands.main import main
from dataset.store.database import open_to_read, open_to_write
from dataset.store.snapshots import Store
from support.gdelt_lines import gdelt_line
from support.postgres_server import Server
from support.rich_store import client_on
from support.stores import counts, loaded, rows_of, sums_of

Stored = Callable[[str], bytes]
GONE = "/v1/events/gdelt:1001"


@pytest.fixture
def store(any_store: str, tmp_path: Path) -> str:
    """A store with two events of GDELT beside the seed dataset, at revision 2."""
    path = tmp_path / "a.tsv"
    path.write_bytes(gdelt_line(c6="Ebenezer") + gdelt_line(c0="1002"))
    loaded(any_store, "gdelt", path)
    return any_store


@pytest.fixture
def stored(request: pytest.FixtureRequest) -> Stored:
    """Give all bytes that a store has on disk."""

    def found(store: str) -> bytes:
        if "://" not in store:
            return Path(store).read_bytes()
        server: Server = request.getfixturevalue("postgres")
        return server.stored(store)

    return found


@pytest.fixture
def again(tmp_path: Path) -> Path:
    """A newer version of the first of them, not loaded yet."""
    path = tmp_path / "newer.tsv"
    path.write_bytes(gdelt_line(c6="Ebenezer", c31="99", c59="20240501000000"))
    return path


@pytest.fixture
def reader(store: str) -> FlaskClient:
    """A client of the store."""
    return client_on(store)


def command(store: str, *arguments: str) -> Result:
    """Run a command on a store."""
    return CliRunner().invoke(main, [*arguments, "--database", str(store)])


def test_a_retracted_event_is_gone_with_its_reason(store: str, reader: FlaskClient) -> None:
    asked = ("retract", "gdelt:1001", "--reason", "counted twice", "--successor", "gdelt:1002")
    done = command(store, *asked)
    assert done.output == "The event gdelt:1001 is retracted as of revision 3.\n"
    problem = reader.get(GONE).get_json()
    assert (problem["status"], problem["successor"]) == (410, "gdelt:1002")
    assert "counted twice" in problem["detail"]
    assert reader.get(f"{GONE}?as_of=2").status_code == 200
    assert reader.get("/v1/events/count?q=ebenezer").get_json()["count"] == 0


def test_no_load_brings_a_retracted_event_back(store: str, again: Path) -> None:
    command(store, "retract", "gdelt:1001", "--reason", "counted twice")
    assert counts(loaded(store, "gdelt", again)) == {"retracted": 1}
    assert len(rows_of(store)) == 56


def test_a_restored_event_is_there_as_it_was(store: str, reader: FlaskClient, again: Path) -> None:
    before = reader.get(GONE).get_json()["data"]
    command(store, "retract", "gdelt:1001", "--reason", "counted twice")
    assert command(store, "restore", "gdelt:1001").exit_code == 0
    restored = reader.get(GONE).get_json()["data"]
    assert restored == before | {"revision": 4}
    assert reader.get("/v1/events/count?q=ebenezer").get_json()["count"] == 1
    assert counts(loaded(store, "gdelt", again)) == {"updated": 1}


def test_a_purged_event_leaves_nothing_but_its_id(
    store: str, stored: Stored, reader: FlaskClient, again: Path
) -> None:
    loaded(store, "gdelt", again)
    assert b"ebenezer" in stored(store).lower()
    etag = reader.get("/v1/events?as_of=1").headers["ETag"]
    assert command(store, "purge", "gdelt:1001", "--yes").exit_code == 0
    problem = reader.get(f"{GONE}?as_of=2").get_json()
    assert (problem["status"], problem["reason"]) == (410, "purged")
    assert reader.get("/v1/events?as_of=1").headers["ETag"] != etag
    assert b"ebenezer" not in stored(store).lower()
    assert counts(loaded(store, "gdelt", again)) == {"retracted": 1}


def statistics_of(store: str) -> bytes:
    """Give the statistics that PostgreSQL keeps of columns and indexes, as text."""
    database = open_to_read(store)
    rows = database.execute_sql("SELECT most_common_vals, histogram_bounds FROM pg_stats")
    found = str(rows.fetchall()).lower().encode()
    database.close()
    return found


def test_statistics_keep_nothing_of_a_purged_event(
    postgres: Server, postgres_store: str, tmp_path: Path, again: Path
) -> None:
    loaded(postgres_store, "gdelt", again)
    for name in ("analyzed", "analyzed again"):
        open_to_write(postgres_store).tidy()
        path = tmp_path / name
        path.write_bytes(gdelt_line(c0="1002"))
        loaded(postgres_store, "gdelt", path)
    assert b"ebenezer" in statistics_of(postgres_store)
    done = command(postgres_store, "purge", "gdelt:1001", "--yes")
    assert (done.exit_code, b"ebenezer" in postgres.stored(postgres_store).lower()) == (0, False)


def test_a_purge_tells_that_statistics_are_not_the_users(postgres: Server, again: Path) -> None:
    url = postgres.database()
    postgres.execute("CREATE ROLE writer LOGIN")
    with psycopg.connect(url) as owner:
        owner.execute("GRANT ALL ON SCHEMA public TO writer")
    theirs = url.replace("test@", "writer@")
    command(theirs, "init")
    loaded(theirs, "gdelt", again)
    done = command(theirs, "purge", "gdelt:1001", "--yes")
    postgres.drop(url)
    assert done.exit_code == 1
    assert "is purged as of revision 3" in done.output
    assert "pg_statistic" in done.output


def test_a_purge_tells_of_a_reader_who_may_still_see_the_event(
    postgres_store: str, again: Path
) -> None:
    loaded(postgres_store, "gdelt", again)
    with Store(postgres_store).snapshot():
        done = command(postgres_store, "purge", "gdelt:1001", "--yes")
    assert done.exit_code == 1
    assert "Readers still hold the database as it was." in done.output
    assert command(postgres_store, "purge", "gdelt:1001", "--yes").exit_code == 0


def test_a_purge_tells_of_results_that_it_could_not_remove(
    own_store: Path, tmp_path: Path, again: Path
) -> None:
    loaded(own_store, "gdelt", again)
    in_the_way = tmp_path / "cache" / "results" / "a-b.sqlite"
    in_the_way.mkdir(parents=True)
    asked = ("purge", "gdelt:1001", "--yes", "--cache", str(tmp_path / "cache"))
    done = command(str(own_store), *asked)
    assert done.exit_code == 1
    assert "is purged as of revision 3" in done.output
    assert str(in_the_way) in done.output
    assert b"ebenezer" not in own_store.read_bytes().lower()
    in_the_way.rmdir()
    assert command(str(own_store), *asked).exit_code == 0


def test_a_retracted_event_can_be_purged(store: str, stored: Stored, reader: FlaskClient) -> None:
    command(store, "retract", "gdelt:1001", "--reason", "counted twice")
    assert command(store, "purge", "gdelt:1001", "--yes").exit_code == 0
    assert reader.get(f"{GONE}/history").status_code == 410
    assert b"ebenezer" not in stored(store).lower()


def test_a_purge_asks_first(store: str, reader: FlaskClient) -> None:
    done = CliRunner().invoke(main, ["purge", "gdelt:1001", "--database", str(store)], input="n\n")
    assert done.exit_code == 1
    assert reader.get(GONE).status_code == 200


def test_a_release_names_the_newest_revision_or_any_other(store: str, reader: FlaskClient) -> None:
    assert command(store, "release", "2026.1").output == "Release 2026.1 is revision 2.\n"
    assert command(store, "release", "first", "--revision", "1").exit_code == 0
    assert reader.get(f"{GONE}?as_of=2026.1").get_json()["receipt"]["release"] == "2026.1"
    assert reader.get(f"{GONE}?as_of=first").status_code == 404
    named = [one["name"] for one in reader.get("/v1/releases").get_json()["data"]]
    assert sorted(named) == ["2026.1", "first"]
    assert reader.get("/v1/events/count").get_json()["receipt"]["revision"] == 4


IMPOSSIBLE = [
    (("retract", "gdelt:9", "--reason", "x"), "The store has no event gdelt:9."),
    (("retract", "nowhere:9", "--reason", "x"), "no dataset 'nowhere'"),
    (("retract", "gdelt:1001", "--reason", " "), "A retraction needs a reason."),
    (("retract", "gdelt:1001", "--reason", "x", "--successor", "gdelt:1001"), "succeed itself"),
    (("retract", "gdelt:1001", "--reason", "x", "--successor", "gdelt:9"), "no event gdelt:9"),
    (("restore", "gdelt:1001"), "has not ended: there is nothing to restore"),
    (("restore", "gdelt:9"), "Nothing is left of the event gdelt:9, or it never was."),
    (("purge", "gdelt:9", "--yes"), "The store has no event gdelt:9."),
    (("release", "2026"), "'2026' is no release name"),
    (("release", "a b"), "'a b' is no release name"),
    (("release", "a", "--revision", "9"), "There is no revision 9; the newest is 2."),
    (("load", "--replay", "9"), "There is no load 9"),
    (("load", "--replay", "2"), "Nothing is left to read again"),
    (("quarantine", "9"), "There is no load 9."),
]


@pytest.mark.parametrize(("arguments", "reason"), IMPOSSIBLE)
def test_what_cannot_be_done_is_said_and_changes_nothing(
    store: str, arguments: tuple[str, ...], reason: str
) -> None:
    before = sums_of(store)
    done = command(store, *arguments)
    assert done.exit_code == 1
    assert reason in done.output
    assert sums_of(store) == before


def test_a_release_is_given_once(store: str) -> None:
    command(store, "release", "2026.1")
    done = command(store, "release", "2026.1")
    assert (done.exit_code, "given for good" in done.output) == (1, True)


def test_the_text_index_stays_true_through_all_of_it(
    own_store: Path, tmp_path: Path, again: Path
) -> None:
    store, first = str(own_store), tmp_path / "first.tsv"
    first.write_bytes(gdelt_line(c6="Ebenezer"))
    loaded(store, "gdelt", first)
    command(store, "retract", "gdelt:1001", "--reason", "x")
    command(store, "restore", "gdelt:1001")
    loaded(store, "gdelt", again)
    command(store, "purge", "gdelt:1001", "--yes")
    database = open_to_write(str(store))
    check = "INSERT INTO event_words (event_words, rank) VALUES ('integrity-check', 1)"
    database.execute_sql(check)
    database.close()
