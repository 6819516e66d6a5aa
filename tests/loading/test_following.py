"""GDELT is followed: what appears at the source is loaded, once and whole, whatever goes wrong."""

import io
import resource
import signal
import zipfile
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from api.commands.main import main
from dataset.inputs.gdelt_slots import SLOT, ListedFile, slot_of
from dataset.loading.following import LATE, gaps
from dataset.parquet_copy.refreshing import refresh
from dataset.parquet_copy.segments import folder_of, read
from dataset.store.database import open_to_write
from dataset.store.snapshots import Store
from support.commands import run
from support.crashes import checked, is_writing
from support.followers import Follower, follower, state_of
from support.gdelt_sites import GDELT, TRANSLATION, GdeltSite, slots
from support.gdelt_stores import all_at_once, files_in, mentions_in
from support.patience import comes
from support.programs import free_port
from support.rich_store import client_on
from support.servers import serving
from support.sites import Answer, Site, serving_files
from support.stores import counts, loaded, rows_of

FIRST = datetime(2024, 6, 13, tzinfo=UTC)
FROM = ("--from", "2024-06-13")

Follow = Callable[..., AbstractContextManager[Follower]]


@pytest.fixture
def gdelt(site: Site) -> GdeltSite:
    """A site with GDELT's layout, and nothing in it yet."""
    return GdeltSite(site)


@pytest.fixture
def follow(site: Site, tmp_path: Path) -> Follow:
    """Follow the site into a store."""
    return lambda store, *arguments: follower(store, site.url, tmp_path / "cache", *arguments)


def text_of(slot: datetime) -> str:
    return f"{slot:%Y-%m-%dT%H:%M:%SZ}"


def ids(store: Path | str) -> list[str]:
    """Give the ids of all events but those of the seed dataset."""
    found = [public_id for (public_id,) in rows_of(store, ["id"])]
    return [public_id for public_id in found if not public_id.startswith("seed:")]


def is_same(store: Path | str, other: Path | str) -> bool:
    return rows_of(store) == rows_of(other) and mentions_in(store) == mentions_in(other)


NEWEST = FIRST + 12 * SLOT
NAMES = [name for slot in slots(FIRST, 13) for name in GDELT.names(slot)]


@pytest.mark.quick
@given(
    st.dictionaries(st.sampled_from(NAMES), st.integers(1, 3)),
    st.dictionaries(st.sampled_from(NAMES), st.sets(st.integers(1, 3), min_size=1)),
)
def test_every_file_is_loaded_or_waiting_or_late_or_lacking(
    listed: dict[str, int], loaded: dict[str, set[int]]
) -> None:
    files = {name: ListedFile(name, size, "") for name, size in listed.items()}
    found = gaps(GDELT, FIRST - SLOT, NEWEST, files, loaded)
    waiting = [one.name for one in found.waiting]
    done = {name for name in loaded if name not in listed or listed[name] in loaded[name]}
    assert sorted([*waiting, *found.late, *found.lacking, *done]) == sorted(NAMES)
    assert waiting == sorted(listed.keys() - done)
    assert {slot_of(name) > NEWEST - LATE for name in found.late} <= {True}
    assert {slot_of(name) <= NEWEST - LATE for name in found.lacking} <= {True}
    assert found.through <= found.complete_to <= NEWEST
    open_ones = {slot_of(name) for name in {*waiting, *found.late}}
    assert found.complete_to == min(open_ones, default=NEWEST + SLOT) - SLOT


@pytest.mark.quick
def test_what_was_lacking_for_a_week_is_settled() -> None:
    found = gaps(GDELT, FIRST, FIRST + timedelta(days=8), {}, {})
    assert found.through == FIRST + timedelta(days=1)


@pytest.mark.quick
def test_what_is_faulty_for_a_week_counts_as_lacking() -> None:
    names = GDELT.names(FIRST)
    files = {name: ListedFile(name, 1, "") for name in names}
    for days, lacking in ((6, 0), (8, 1)):
        newest = FIRST + timedelta(days=days)
        found = gaps(GDELT, FIRST - SLOT, newest, files, {names[0]: {1}}, hopeless=names)
        assert (names[1] in found.lacking) == lacking == (1 - len(found.waiting))


def test_a_file_that_is_damaged_at_its_source_holds_up_nothing(
    gdelt: GdeltSite, follow: Follow, own_store: Path
) -> None:
    first, *_, last = slots(FIRST, 7 * 96 + 1)
    name = GDELT.names(first)[0]
    gdelt.site.files[f"/gdeltv2/{name}"] = damaged = b"Service unavailable\n"
    gdelt.announce({name: damaged})
    gdelt.publish(last)
    with follow(own_store, *FROM) as one:
        assert one.has_said(f"{name} ")
        assert one.has_noted(missing_slots=3, outcome="up_to_date")
    assert name in {one["file"] for one in state_of(own_store)["feeds"][0]["lacking"]}


def test_what_appears_is_loaded_as_it_appears(
    gdelt: GdeltSite, follow: Follow, any_store: str, seeded: Path, tmp_path: Path
) -> None:
    with follow(any_store, *FROM) as one:
        for slot in slots(FIRST, 4):
            gdelt.publish(slot)
            assert one.is_done(text_of(slot))
        assert one.end() == 0
    assert set(files_in(any_store).values()) == {1}
    assert is_same(any_store, all_at_once(seeded, tmp_path, gdelt.contents))


def test_a_store_without_gdelt_is_followed_from_now_on(
    gdelt: GdeltSite, follow: Follow, own_store: Path
) -> None:
    for slot in slots(FIRST, 3):
        gdelt.publish(slot)
    with follow(own_store) as one:
        assert one.is_done(text_of(slot))
    assert sorted(files_in(own_store)) == GDELT.names(slot)
    assert state_of(own_store)["feeds"][0]["first"] == text_of(slot)


def test_a_store_with_gdelt_is_followed_from_where_it_ends(
    gdelt: GdeltSite, follow: Follow, own_store: Path, tmp_path: Path
) -> None:
    times = slots(FIRST, 5)
    for slot in times:
        gdelt.publish(slot)
    by_hand = tmp_path / GDELT.names(times[2])[0]
    by_hand.write_bytes(gdelt.contents[by_hand.name])
    loaded(own_store, "gdelt", by_hand)
    with follow(own_store) as one:
        assert one.is_done(text_of(times[-1]))
    wanted = [name for slot in times[2:] for name in GDELT.names(slot)]
    assert files_in(own_store) == Counter(wanted)


def test_an_event_file_of_that_name_but_other_content_does_not_count(
    gdelt: GdeltSite, follow: Follow, own_store: Path, tmp_path: Path
) -> None:
    gdelt.publish(FIRST)
    wrong = tmp_path / GDELT.names(FIRST)[0]
    other = GdeltSite(Site(), events=1)
    wrong.write_bytes(other.files_of(FIRST + SLOT)[GDELT.names(FIRST + SLOT)[0]])
    loaded(own_store, "gdelt", wrong)
    with follow(own_store) as one:
        assert one.is_done(text_of(FIRST))
    assert files_in(own_store)[wrong.name] == 2
    assert len(ids(own_store)) == 3


def test_a_late_file_is_told_apart_from_one_that_never_comes(
    gdelt: GdeltSite, follow: Follow, own_store: Path, seeded: Path, tmp_path: Path
) -> None:
    late, hole, *others = slots(FIRST, 8)
    gdelt.publish(others[0], without="mentions")
    with follow(own_store, *FROM) as one:
        assert one.has_noted(missing_slots=3, lacking_slots=0, outcome="up_to_date")
        found = state_of(own_store)["feeds"][0]["missing"]
        assert {file["reason"] for file in found} == {"late"}
        for slot in others[1:]:
            gdelt.publish(slot)
        gdelt.publish_late(late)
        gdelt.publish_late(others[0])
        assert one.is_done(text_of(others[-1]))
    feed = state_of(own_store)["feeds"][0]
    assert (feed["missing"], feed["lacking_slots"]) == ([], 1)
    assert [file["file"] for file in feed["lacking"]] == GDELT.names(hole)
    assert is_same(own_store, all_at_once(seeded, tmp_path, gdelt.contents))


def test_what_the_source_lacked_is_loaded_if_it_comes_after_all(
    gdelt: GdeltSite, follow: Follow, own_store: Path
) -> None:
    hole, *_, last = slots(FIRST, 200)
    gdelt.publish(last)
    with follow(own_store, *FROM) as one:
        assert one.has_noted(lacking_slots=196)
        gdelt.publish_late(hole)
        assert comes(lambda: files_in(own_store)[GDELT.names(hole)[1]] == 1)
        assert one.has_noted(lacking_slots=195)


def test_a_file_with_a_wrong_checksum_is_never_loaded(
    gdelt: GdeltSite, follow: Follow, own_store: Path, seeded: Path, tmp_path: Path
) -> None:
    bad, good = slots(FIRST, 2)
    path = f"/gdeltv2/{GDELT.names(bad)[0]}"
    gdelt.publish(bad)
    right = gdelt.site.files[path]
    gdelt.site.files[path] = gdelt.files_of(good)[GDELT.names(good)[0]]
    gdelt.publish(good)
    with follow(own_store, *FROM) as one:
        assert one.has_noted(outcome="files_faulty", missing_slots=1)
        (missing,) = state_of(own_store)["feeds"][0]["missing"]
        assert (missing["file"], missing["reason"]) == (GDELT.names(bad)[0], "faulty")
        assert files_in(own_store)[GDELT.names(bad)[0]] == 0
        assert one.has_said("does not have the MD5")
        gdelt.site.files[path] = right
        assert one.is_done(text_of(good))
    assert is_same(own_store, all_at_once(seeded, tmp_path, gdelt.contents))


def test_a_source_that_is_down_is_waited_for(own_store: Path, tmp_path: Path) -> None:
    port = free_port()
    with follower(own_store, f"http://127.0.0.1:{port}", tmp_path / "cache", *FROM) as one:
        assert one.has_noted(outcome="source_unreachable", newest=None)
        with serving_files(port) as site:
            gdelt = GdeltSite(site)
            for slot in slots(FIRST, 2):
                gdelt.publish(slot)
            assert one.is_done(text_of(slot))
        assert one.has_noted(outcome="source_unreachable", newest=text_of(slot))
        with serving_files(port) as again:
            gdelt.site = again
            gdelt.publish(slot + SLOT)
            assert one.is_done(text_of(slot + SLOT))


def test_a_source_that_stumbles_is_asked_again(
    gdelt: GdeltSite, follow: Follow, own_store: Path, seeded: Path, tmp_path: Path
) -> None:
    halves = [Answer(cut=100), Answer(cut=10), Answer(cut=0)]
    gdelt.publish(FIRST)
    gdelt.site.failures = [*[Answer(status=500)] * 12, *halves, Answer(status=503), *halves]
    with follow(own_store, *FROM) as one:
        assert one.is_done(text_of(FIRST))
    assert is_same(own_store, all_at_once(seeded, tmp_path, gdelt.contents))


def test_a_list_that_names_nothing_is_a_failure_of_the_source(
    gdelt: GdeltSite, follow: Follow, own_store: Path
) -> None:
    gdelt.site.files["/gdeltv2/lastupdate.txt"] = b"Service unavailable\n"
    with follow(own_store) as one:
        assert one.has_noted(outcome="source_unreachable")
        gdelt.publish(FIRST)
        assert one.is_done(text_of(FIRST))


def test_translated_sources_are_a_feed_of_their_own(
    gdelt: GdeltSite, follow: Follow, own_store: Path, seeded: Path, tmp_path: Path
) -> None:
    times = slots(FIRST, 3)
    for slot in times:
        gdelt.publish(slot)
    gdelt.publish(times[0], TRANSLATION)
    with follow(own_store, *FROM, "--translation") as one:
        assert one.is_done(text_of(times[0]), "gdelt-translation")
        assert one.is_done(text_of(times[2]))
        gdelt.publish(times[1], TRANSLATION)
        assert one.is_done(text_of(times[1]), "gdelt-translation")
    assert len(files_in(own_store)) == 10
    assert is_same(own_store, all_at_once(seeded, tmp_path, gdelt.contents))


def test_an_archive_without_a_file_is_faulty(
    gdelt: GdeltSite, follow: Follow, own_store: Path
) -> None:
    gdelt.publish(FIRST)
    empty = io.BytesIO()
    zipfile.ZipFile(empty, "w").close()
    files = {GDELT.names(FIRST + SLOT)[0]: empty.getvalue()}
    gdelt.site.files.update({f"/gdeltv2/{name}": body for name, body in files.items()})
    gdelt.announce(files)
    with follow(own_store, *FROM) as one:
        assert one.has_noted(outcome="files_faulty", complete_to=text_of(FIRST))


def test_an_empty_file_counts_as_loaded(gdelt: GdeltSite, follow: Follow, own_store: Path) -> None:
    empty, last = slots(FIRST, 2)
    gdelt.publish_empty(empty, TRANSLATION)
    gdelt.publish(last, TRANSLATION)
    for slot in (empty, last):
        gdelt.publish(slot)
    with follow(own_store, *FROM, "--translation") as one:
        assert one.is_done(text_of(last), "gdelt", "gdelt-translation")
        assert f"{TRANSLATION.names(empty)[0]}: no record; load " in one.said()
        assert "tried again" not in one.said()
    assert files_in(own_store) == dict.fromkeys(gdelt.contents, 1)
    shown = state_of(own_store)["feeds"][1]
    assert (shown["outcome"], shown["missing"], shown["lacking"]) == ("up_to_date", [], [])


def test_translated_sources_are_downloaded_by_day_too(
    gdelt: GdeltSite, own_store: Path, tmp_path: Path
) -> None:
    gdelt.publish(FIRST)
    gdelt.publish(FIRST, TRANSLATION)
    given = {"DATABASE": own_store, "GDELT_URL": gdelt.site.url, "CACHE": tmp_path / "cache"}
    day = (*FROM, "--to", "2024-06-13")
    assert run("load", "gdelt", *day, "--translation", **given).returncode == 0
    assert sorted(files_in(own_store)) == [GDELT.names(FIRST)[0], TRANSLATION.names(FIRST)[0]]


def test_two_never_follow_for_one_store(
    gdelt: GdeltSite, follow: Follow, any_store: str, tmp_path: Path
) -> None:
    gdelt.publish(FIRST)
    given = {"DATABASE": any_store, "GDELT_URL": gdelt.site.url, "CACHE": tmp_path / "other"}
    with follow(any_store) as one:
        assert one.is_done(text_of(FIRST))
        assert state_of(any_store)["running"]
        second = run("load", "gdelt", "--follow", **given)
        assert second.returncode == 1
        assert f"followed already for {any_store[:4]}" in second.stderr
        assert f"by process {one.process.pid} on " in second.stderr
        one.end(signal.SIGKILL)
    assert comes(lambda: not state_of(any_store)["running"])
    with follow(any_store) as third:
        assert comes(lambda: state_of(any_store)["running"])
        assert third.process.poll() is None


def test_a_lock_that_was_lost_with_its_connection_is_taken_anew(
    gdelt: GdeltSite, follow: Follow, postgres_store: str
) -> None:
    gdelt.publish(FIRST)
    with follow(postgres_store) as one:
        assert one.is_done(text_of(FIRST))
        database = open_to_write(postgres_store)
        held = "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'"
        assert database.execute_sql(held).fetchall()
        database.close()
        gdelt.publish(FIRST + SLOT)
        assert one.is_done(text_of(FIRST + SLOT))
        assert comes(lambda: state_of(postgres_store)["running"])


@pytest.mark.parametrize(("number", "code"), [(9, -9), (signal.SIGTERM, 0), (signal.SIGINT, 0)])
def test_one_that_ends_within_a_load_leaves_nothing_of_it(
    site: Site,
    follow: Follow,
    own_store: Path,
    seeded: Path,
    number: int,
    code: int,
    tmp_path: Path,
) -> None:
    gdelt = GdeltSite(site, events=30_000)
    small = GdeltSite(site, lines=gdelt.lines, contents=gdelt.contents)
    small.publish(FIRST)
    with follow(own_store, *FROM) as one:
        assert one.is_done(text_of(FIRST))
        before = rows_of(own_store)
        gdelt.publish(FIRST + SLOT)
        assert comes(partial(is_writing, own_store))
        assert one.end(number) == code
    assert rows_of(own_store) == before
    assert not state_of(own_store)["running"]
    with follow(own_store) as again:
        assert again.is_done(text_of(FIRST + SLOT))
    checked(own_store)
    assert set(files_in(own_store).values()) == {1}
    assert is_same(own_store, all_at_once(seeded, tmp_path, gdelt.contents))


def test_a_full_disk_is_waited_for(
    site: Site, follow: Follow, own_store: Path, seeded: Path, tmp_path: Path
) -> None:
    gdelt = GdeltSite(site, events=2_000)
    gdelt.publish(FIRST)
    with follow(own_store, *FROM) as one:
        assert one.is_done(text_of(FIRST))
        before = rows_of(own_store)
        # A file that may not grow any more is, for its writer, on a full disk.
        limit = own_store.stat().st_size // 2
        _, most = resource.prlimit(one.process.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(one.process.pid, resource.RLIMIT_FSIZE, (limit, most))
        gdelt.publish(FIRST + SLOT)
        assert one.has_said("cannot be written")
        assert rows_of(own_store) == before
        resource.prlimit(one.process.pid, resource.RLIMIT_FSIZE, (most, most))
        assert one.is_done(text_of(FIRST + SLOT))
    assert is_same(own_store, all_at_once(seeded, tmp_path, gdelt.contents))


def test_a_store_that_another_writes_to_is_waited_for(
    gdelt: GdeltSite, follow: Follow, own_store: Path
) -> None:
    database = open_to_write(str(own_store))
    with follow(own_store) as one:
        assert one.has_said("Following gdelt")
        with database.atomic():
            gdelt.publish(FIRST)
            assert one.has_said("Another command is writing to it")
        assert one.is_done(text_of(FIRST))
    database.close()


def test_what_a_restored_backup_lacks_is_loaded_again(
    gdelt: GdeltSite, follow: Follow, own_store: Path, tmp_path: Path
) -> None:
    gdelt.publish(FIRST)
    backup = tmp_path / "events.backup"
    with follow(own_store) as one:
        assert one.is_done(text_of(FIRST))
        assert run("backup", str(backup), DATABASE=own_store).returncode == 0
        gdelt.publish(FIRST + SLOT)
        assert one.is_done(text_of(FIRST + SLOT))
        whole = rows_of(own_store)
        assert comes(
            lambda: run("restore-backup", str(backup), "--yes", DATABASE=own_store).returncode == 0
        )
        assert comes(lambda: rows_of(own_store) == whole)
        assert one.is_done(text_of(FIRST + SLOT))


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_stop_while_it_catches_up_loses_no_beginning(
    gdelt: GdeltSite, follow: Follow, any_store: str, number: int
) -> None:
    times = slots(FIRST, 20)
    for feed in (GDELT, TRANSLATION):
        for slot in times:
            gdelt.publish(slot, feed)
    name = GDELT.names(FIRST)[0]
    right = gdelt.site.files[f"/gdeltv2/{name}"]
    gdelt.site.files[f"/gdeltv2/{name}"] = right[::-1]
    with follow(any_store, *FROM, "--translation") as one:
        assert one.has_said("; load 3.")
        one.end(number)
    assert [one["first"] for one in state_of(any_store)["feeds"]] == [text_of(FIRST)] * 2
    gdelt.site.files[f"/gdeltv2/{name}"] = right
    with follow(any_store, "--translation") as again:
        assert again.is_done(text_of(times[-1]), "gdelt", "gdelt-translation")
    assert files_in(any_store) == dict.fromkeys(gdelt.contents, 1)


def test_where_it_begins_is_noted_before_the_source_answers(
    own_store: Path, tmp_path: Path
) -> None:
    arguments = (own_store, f"http://127.0.0.1:{free_port()}", tmp_path / "cache")
    with follower(*arguments, *FROM, "--translation") as one:
        assert one.has_noted(outcome="source_unreachable", first=text_of(FIRST))
        assert one.has_said(f"gdelt-translation is followed from {text_of(FIRST)} on.")


def test_its_progress_is_shown_while_it_catches_up(
    gdelt: GdeltSite, follow: Follow, own_store: Path
) -> None:
    times = slots(FIRST, 40)
    for slot in times:
        gdelt.publish(slot)
    with follow(own_store, *FROM) as one:
        assert one.has_said("; load 18.")
        one.end(signal.SIGKILL)
    feed = state_of(own_store)["feeds"][0]
    assert (feed["first"], feed["outcome"]) == (text_of(FIRST), "catching_up")
    assert feed["complete_to"] >= text_of(times[6])
    assert feed["missing_slots"] <= 32


@pytest.mark.parametrize("purge", [(), ("--purge", "--yes")], ids=["drop", "purge"])
def test_what_was_dropped_comes_again_from_a_slot_on(
    gdelt: GdeltSite, follow: Follow, any_store: str, purge: tuple[str, ...]
) -> None:
    times = slots(FIRST, 3)
    for slot in times:
        gdelt.publish(slot)
    with follow(any_store, *FROM) as one:
        assert one.is_done(text_of(times[-1]))
        before = rows_of(any_store)
        one.end()
    assert run("drop", "gdelt", "--dry-run", DATABASE=any_store).returncode == 0
    assert state_of(any_store)["feeds"][0]["first"] == text_of(FIRST)
    assert run("drop", "gdelt", *purge, DATABASE=any_store).returncode == 0
    (feed,) = state_of(any_store)["feeds"]
    assert (feed["first"], feed["outcome"], feed["dropped"]) == (None, "dropped", 8)
    with follow(any_store, *FROM) as again:
        assert again.is_done(text_of(times[-1]))
        assert rows_of(any_store) == before
        assert run("drop", "gdelt", *purge, DATABASE=any_store).returncode == 0
        assert comes(lambda: rows_of(any_store) == before)
        assert again.is_done(text_of(times[-1]))
    assert set(files_in(any_store).values()) == {3}


@pytest.mark.parametrize("purge", [(), ("--purge", "--yes")], ids=["drop", "purge"])
def test_what_was_dropped_is_told_where_it_does_not_come_again(
    gdelt: GdeltSite, follow: Follow, any_store: str, purge: tuple[str, ...]
) -> None:
    times = slots(FIRST, 3)
    for slot in times:
        gdelt.publish(slot)
    with follow(any_store, *FROM) as one:
        assert one.is_done(text_of(times[-1]))
    assert run("drop", "gdelt", *purge, DATABASE=any_store).returncode == 0
    with follow(any_store) as again:
        assert again.is_done(text_of(times[-1]))
        assert again.has_said(f"gdelt is followed from {text_of(times[-1])} on. Revision 8 dropped")
    (feed,) = state_of(any_store)["feeds"]
    assert (feed["first"], feed["dropped"]) == (text_of(times[-1]), 8)
    assert len(ids(any_store)) == 2


def test_a_file_whose_load_was_undone_is_named_until_it_is_loaded(
    gdelt: GdeltSite, follow: Follow, any_store: str, tmp_path: Path
) -> None:
    times = slots(FIRST, 3)
    for slot in times:
        gdelt.publish(slot)
    name = GDELT.names(times[1])[0]
    file = tmp_path / name
    file.write_bytes(gdelt.contents[name])
    with follow(any_store, *FROM) as one:
        assert one.is_done(text_of(times[-1]))
        assert counts(loaded(any_store, "gdelt", file)) == {"unchanged": 2}
        assert state_of(any_store)["feeds"][0]["undone"] == []
        assert f"{name}: 2 inserted; load 4." in one.said()
        assert run("undo", "4", DATABASE=any_store).returncode == 0
        (feed,) = state_of(any_store)["feeds"]
        assert feed["undone"] == [{"slot": text_of(times[1]), "file": name}]
        assert feed["complete_to"] == text_of(times[-1])
        assert counts(loaded(any_store, "gdelt", file)) == {"inserted": 2}
        assert state_of(any_store)["feeds"][0]["undone"] == []


def test_an_undone_file_that_another_load_brought_whole_is_not_named(
    gdelt: GdeltSite, follow: Follow, own_store: Path, tmp_path: Path
) -> None:
    gdelt.publish(FIRST)
    wrong = tmp_path / GDELT.names(FIRST)[0]
    other = GdeltSite(Site(), events=1)
    wrong.write_bytes(other.files_of(FIRST + SLOT)[GDELT.names(FIRST + SLOT)[0]])
    loaded(own_store, "gdelt", wrong)
    with follow(own_store) as one:
        assert one.is_done(text_of(FIRST))
    assert run("undo", "2", DATABASE=own_store).returncode == 0
    assert state_of(own_store)["feeds"][0]["undone"] == []


def test_the_copy_in_columns_follows(gdelt: GdeltSite, follow: Follow, own_store: Path) -> None:
    store, folder = Store(str(own_store)), folder_of(str(own_store))
    assert folder
    refresh(store)
    for slot in slots(FIRST, 10):
        gdelt.publish(slot)

    def is_followed() -> bool:
        copy = read(folder)
        with store.snapshot() as snapshot:
            return copy is not None and copy.last == snapshot.revision == 21

    with follow(own_store, *FROM) as one:
        assert one.is_done(text_of(slot))
        assert comes(is_followed)
    store.close()


def test_nothing_is_kept_of_files_that_are_loaded(
    gdelt: GdeltSite, follow: Follow, own_store: Path, tmp_path: Path
) -> None:
    for slot in slots(FIRST, 3):
        gdelt.publish(slot)
    with follow(own_store, *FROM) as one:
        assert one.is_done(text_of(slot))
    left = [path.name for path in (tmp_path / "cache" / "following").iterdir()]
    assert not [name for name in left if "CSV" in name or "masterfile" in name]


def test_a_look_changes_no_answer_about_data(
    gdelt: GdeltSite, follow: Follow, own_store: Path
) -> None:
    gdelt.publish(FIRST)
    client = client_on(own_store)
    with follow(own_store) as one:
        assert one.is_done(text_of(FIRST))
        addresses = ("/v1/events", "/v1/loads", "/v1/events?as_of=1")
        before = [client.get(url).headers["ETag"] for url in addresses]
        gdelt.site.files["/gdeltv2/lastupdate.txt"] = b""
        assert one.has_noted(outcome="source_unreachable")
        assert [client.get(url).headers["ETag"] for url in addresses] == before


def test_a_server_shows_how_far_it_is(gdelt: GdeltSite, follow: Follow, any_store: str) -> None:
    now = datetime.now(UTC)
    newest = now - (now - datetime(2024, 1, 1, tzinfo=UTC)) % SLOT
    with serving(any_store) as url:
        assert httpx.get(f"{url}/v1/following").json() == {"data": {"running": False, "feeds": []}}
        assert "cameo_following" not in httpx.get(f"{url}/metrics").text
        gdelt.publish(newest - 2 * SLOT)
        with follow(any_store) as one:
            assert one.is_done(text_of(newest - 2 * SLOT))
            gdelt.publish(newest)
            assert one.has_noted(newest=text_of(newest), outcome="up_to_date")
            answer = httpx.get(f"{url}/v1/following")
            assert answer.headers["Cache-Control"] == "no-store"
            assert answer.json()["data"]["running"]
            (feed,) = answer.json()["data"]["feeds"]
            assert feed["complete_to"] == text_of(newest - 2 * SLOT)
            assert 1_800 <= feed["lag_seconds"] < 3_600
            figures = httpx.get(f"{url}/metrics").text
            assert 'cameo_following_missing_slots{feed="gdelt"} 1.0' in figures
            assert 'cameo_following_lag_seconds{feed="gdelt"}' in figures
            assert "cameo_following_up 1.0" in figures


@pytest.mark.parametrize(
    "arguments",
    [
        ["gdelt-mentions", "--follow"],
        ["gdelt", "--follow", "a.zip"],
        ["gdelt", "--follow", "--to", "2024-06-13"],
        ["gdelt", "--follow", "--dry-run"],
        ["gdelt", "--follow", "--from", "2999-01-01"],
        ["gdelt", "--follow", "--from", "2014-01-01"],
        ["gdelt", "--every", "3", "a.zip"],
        ["gdelt", "--every", "60", "--from", "2024-06-13", "--to", "2024-06-13"],
        ["gdelt", "--translation", "a.zip"],
        ["gdelt", "--translation", "--daily", "--from", "2024-06-13", "--to", "2024-06-13"],
    ],
)
def test_what_does_not_go_together_is_said(own_store: Path, arguments: list[str]) -> None:
    done = CliRunner().invoke(main, ["load", *arguments, "--database", str(own_store)])
    assert (done.exit_code, "Error: " in done.output) == (2, True)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--follow", "--from", "2999-01-01"], "`--from`: the day 2999-01-01 is in the future"),
        (["--from", "2999-01-01", "--to", "2999-01-02"], "The last day 2999-01-02 is in the"),
        (["--every", "3", "a.zip"], "`--every` goes with `--follow`."),
        (["--follow", "a.zip"], "With `load gdelt --follow` go only `--from`, `--translation` and"),
    ],
)
def test_the_option_that_is_wrong_is_named(
    own_store: Path, arguments: list[str], said: str
) -> None:
    done = CliRunner().invoke(main, ["load", "gdelt", *arguments, "--database", str(own_store)])
    assert said in done.output
