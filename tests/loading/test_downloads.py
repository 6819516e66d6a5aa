"""Files are fetched from a server that fails, stops midway and changes its files."""

import hashlib
import multiprocessing
import re
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataset.errors import Unreadable
from dataset.inputs.downloads import Downloads
from dataset.inputs.gdelt_downloads import between, fetched
from dataset.inputs.kept_downloads import name_of
from dataset.inputs.source_files import source_files
from dataset.inputs.transfers import Missing, shown
from support.sites import BYTES, Answer, Site, fetch_in_process

LATER = "Wed, 01 Jan 2020 00:00:00 GMT"
OTHER = BYTES[::-1]
DAY = date(2024, 6, 13)


@pytest.fixture
def reports() -> list[str]:
    return []


@pytest.fixture
def downloads(tmp_path: Path, reports: list[str]) -> Iterator[Downloads]:
    with Downloads(tmp_path / "cache", reports.append, pause=0) as downloads:
        yield downloads


@pytest.fixture
def again(tmp_path: Path) -> Iterator[Downloads]:
    """The same folder, as a later command uses it."""
    with Downloads(tmp_path / "cache", print, pause=0) as downloads:
        yield downloads


def md5(body: bytes) -> str:
    return hashlib.md5(body).hexdigest()


def left_in(folder: Path) -> set[str]:
    return {path.suffix for path in folder.iterdir()}


def test_a_file_is_fetched_and_nothing_else_is_left(site: Site, downloads: Downloads) -> None:
    path = downloads.fetch(f"{site.url}/a.zip")
    assert path.read_bytes() == BYTES
    assert left_in(path.parent) == {".zip", ".json"}


@pytest.mark.parametrize("modified", [None, LATER])
def test_a_file_that_did_not_change_is_not_sent_again(
    site: Site, downloads: Downloads, again: Downloads, modified: str | None
) -> None:
    site.modified = modified
    if modified:
        site.etag = lambda _: None
    copies = [one.fetch(f"{site.url}/a.zip").read_bytes() for one in (downloads, again)]
    header = "If-Modified-Since" if modified else "If-None-Match"
    assert copies == [BYTES, BYTES]
    assert site.asked_for(header) == [None, modified or site.etag(BYTES)]


def test_a_file_that_changed_is_fetched_anew(
    site: Site, downloads: Downloads, again: Downloads
) -> None:
    downloads.fetch(f"{site.url}/a.zip")
    site.files["/a.zip"] = OTHER
    assert again.fetch(f"{site.url}/a.zip").read_bytes() == OTHER


def test_a_file_with_a_known_md5_is_not_asked_for_again(
    site: Site, downloads: Downloads, again: Downloads
) -> None:
    downloads.fetch(f"{site.url}/a.zip", md5(BYTES))
    assert again.fetch(f"{site.url}/a.zip", md5(BYTES).upper()).read_bytes() == BYTES
    assert len(site.asked) == 1


def test_a_copy_that_was_changed_is_fetched_anew(
    site: Site, downloads: Downloads, again: Downloads
) -> None:
    downloads.fetch(f"{site.url}/a.zip", md5(BYTES)).write_bytes(b"damaged")
    assert again.fetch(f"{site.url}/a.zip", md5(BYTES)).read_bytes() == BYTES


def test_a_wrong_md5_is_tried_once_more(
    site: Site, downloads: Downloads, reports: list[str]
) -> None:
    site.failures = [Answer(body=OTHER)]
    assert downloads.fetch(f"{site.url}/a.zip", md5(BYTES)).read_bytes() == BYTES
    assert "does not match its MD5" in reports[0]


def test_an_md5_that_stays_wrong_is_an_error_and_nothing_is_kept(
    site: Site, downloads: Downloads, tmp_path: Path
) -> None:
    with pytest.raises(Unreadable, match="does not have the MD5"):
        downloads.fetch(f"{site.url}/a.zip", md5(OTHER))
    assert len(site.asked) == 2
    assert left_in(tmp_path / "cache") == set()


def test_a_file_that_breaks_off_is_resumed(
    site: Site, downloads: Downloads, reports: list[str]
) -> None:
    site.failures = [Answer(cut=4000), Answer(cut=3000)]
    assert downloads.fetch(f"{site.url}/a.zip").read_bytes() == BYTES
    assert site.asked_for("Range") == [None, "bytes=4000-", "bytes=7000-"]
    assert len(reports) == 2


def test_a_later_command_resumes_what_an_earlier_one_left(
    site: Site, downloads: Downloads, again: Downloads
) -> None:
    site.failures = [Answer(cut=2000) for _ in range(5)]
    site.files["/a.zip"] = BYTES * 2
    with pytest.raises(Unreadable, match="in 5 tries"):
        downloads.fetch(f"{site.url}/a.zip")
    assert again.fetch(f"{site.url}/a.zip").read_bytes() == BYTES * 2
    assert site.asked_for("Range")[-1] == "bytes=10000-"


def test_a_file_is_resumed_by_its_date_where_its_etag_is_weak(
    site: Site, downloads: Downloads
) -> None:
    site.etag, site.modified = lambda _: 'W/"1"', LATER
    site.failures = [Answer(cut=4000)]
    assert downloads.fetch(f"{site.url}/a.zip").read_bytes() == BYTES
    assert site.asked_for("If-Range") == [None, LATER]


def test_a_file_without_version_starts_anew(site: Site, downloads: Downloads) -> None:
    site.etag = lambda _: None
    site.failures = [Answer(cut=4000)]
    assert downloads.fetch(f"{site.url}/a.zip").read_bytes() == BYTES
    assert site.asked_for("Range") == [None, None]


def test_a_server_without_ranges_starts_anew(site: Site, downloads: Downloads) -> None:
    site.ranges = False
    site.failures = [Answer(cut=4000)]
    assert downloads.fetch(f"{site.url}/a.zip").read_bytes() == BYTES
    assert site.asked_for("Range") == [None, "bytes=4000-"]


def test_a_file_that_changed_midway_is_not_mixed(
    site: Site, downloads: Downloads, again: Downloads
) -> None:
    site.failures = [Answer(cut=100) for _ in range(5)]
    with pytest.raises(Unreadable):
        downloads.fetch(f"{site.url}/a.zip")
    site.files["/a.zip"] = OTHER
    assert again.fetch(f"{site.url}/a.zip").read_bytes() == OTHER


@pytest.mark.parametrize(
    "answer",
    [
        Answer(status=416),
        Answer(headers={"Content-Range": "bytes 0-9999/10000"}),
        Answer(headers={"Content-Range": "nonsense"}),
    ],
)
def test_a_range_that_is_not_the_one_asked_for_starts_anew(
    site: Site, downloads: Downloads, answer: Answer
) -> None:
    site.failures = [Answer(cut=4000), answer]
    assert downloads.fetch(f"{site.url}/a.zip").read_bytes() == BYTES
    assert site.asked_for("Range") == [None, "bytes=4000-", None]


def test_a_resumed_file_of_another_length_than_stated_starts_anew(
    site: Site, downloads: Downloads
) -> None:
    longer = Answer(headers={"Content-Range": "bytes 4000-9999/12000"})
    site.failures = [Answer(cut=4000), longer]
    assert downloads.fetch(f"{site.url}/a.zip").read_bytes() == BYTES
    assert site.asked_for("Range") == [None, "bytes=4000-", "bytes=10000-", None]


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_what_may_pass_is_tried_again(
    site: Site, downloads: Downloads, reports: list[str], status: int
) -> None:
    site.failures = [Answer(status=status)] * 4
    assert downloads.fetch(f"{site.url}/a.zip").read_bytes() == BYTES
    assert [f"the server answered {status}" in report for report in reports] == [True] * 4


def test_what_does_not_pass_is_given_up_after_five_tries(site: Site, downloads: Downloads) -> None:
    site.failures = [Answer(status=503)] * 9
    with pytest.raises(
        Unreadable, match=r"a\.zip could not be downloaded in 5 tries \(the server answered 503\)"
    ):
        downloads.fetch(f"{site.url}/a.zip")
    assert len(site.asked) == 5


@pytest.mark.parametrize("status", [204, 304, 400, 401, 403, 405, 451])
def test_what_will_not_pass_is_not_tried_again(
    site: Site, downloads: Downloads, status: int
) -> None:
    site.failures = [Answer(status=status)]
    with pytest.raises(Unreadable, match=f"answered {status}"):
        downloads.fetch(f"{site.url}/a.zip")
    assert len(site.asked) == 1


@pytest.mark.parametrize("status", [404, 410])
def test_what_is_not_there_is_missing(site: Site, downloads: Downloads, status: int) -> None:
    site.failures = [Answer(status=status)]
    with pytest.raises(Missing, match=re.escape(f"{site.url}/a.zip")):
        downloads.fetch(f"{site.url}/a.zip")


@pytest.mark.parametrize(
    ("wanted", "waits"),
    [("0.5", "0.001"), ("3600", "0.06"), ("Fri, 01 Jan 2100 00:00:00 GMT", "0.06")],
)
def test_a_server_that_asks_for_a_pause_gets_it_up_to_a_limit(
    site: Site, tmp_path: Path, reports: list[str], wanted: str, waits: str
) -> None:
    site.failures = [Answer(status=429, headers={"Retry-After": wanted})]
    with Downloads(tmp_path, reports.append, pause=0.001) as downloads:
        downloads.fetch(f"{site.url}/a.zip")
    assert f"trying again in {waits} s" in reports[0]


def test_pauses_become_longer(site: Site, tmp_path: Path, reports: list[str]) -> None:
    site.failures = [Answer(status=500)] * 4
    with Downloads(tmp_path, reports.append, pause=0.001) as downloads:
        downloads.fetch(f"{site.url}/a.zip")
    pauses = [report.split()[-2] for report in reports]
    assert pauses == ["0.001", "0.002", "0.004", "0.008"]


def test_a_server_that_is_not_there_is_an_error(downloads: Downloads, reports: list[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as one:
        port = one.getsockname()[1]
    with pytest.raises(Unreadable, match="could not be downloaded"):
        downloads.fetch(f"http://127.0.0.1:{port}/a.zip")
    assert len(reports) == 4


def test_a_server_that_says_nothing_is_not_waited_for(tmp_path: Path) -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as silent,
        Downloads(tmp_path, print, pause=0, seconds_to_wait=0.05) as downloads,
        pytest.raises(Unreadable, match="timed out"),
    ):
        downloads.fetch(f"http://127.0.0.1:{silent.getsockname()[1]}/a.zip")


def test_redirects_are_followed(site: Site, downloads: Downloads) -> None:
    site.failures = [Answer(status=302, headers={"Location": "/a.zip"})]
    assert downloads.fetch(f"{site.url}/old.zip").read_bytes() == BYTES


@pytest.mark.parametrize("target", ["ftp://127.0.0.1/a", "file:///etc/passwd", "data:,a"])
def test_redirects_lead_to_http_only(site: Site, downloads: Downloads, target: str) -> None:
    site.failures = [Answer(status=302, headers={"Location": target})]
    with pytest.raises(Unreadable, match="cannot be fetched"):
        downloads.fetch(f"{site.url}/a.zip")
    assert len(site.asked) == 1


def test_redirects_in_a_circle_end(site: Site, downloads: Downloads) -> None:
    site.failures = [Answer(status=302, headers={"Location": "/a.zip"})] * 50
    with pytest.raises(Unreadable, match="redirects"):
        downloads.fetch(f"{site.url}/a.zip")


def test_secrets_of_an_address_are_not_shown(site: Site, downloads: Downloads) -> None:
    site.failures = [Answer(status=403)]
    address = site.url.replace("//", "//me:password@") + "/a.zip?key=token"
    with pytest.raises(Unreadable) as error:
        downloads.fetch(address)
    assert f"{site.url}/a.zip" in str(error.value)
    assert not re.search("password|token", str(error.value))


@given(st.lists(st.text("ab./\\%2eF?#\0 é~", max_size=300), min_size=2, max_size=2, unique=True))
def test_names_of_copies_neither_collide_nor_leave_the_folder(ends: list[str]) -> None:
    addresses = [f"http://127.0.0.1/{end}" for end in ends]
    names = [name_of(address) for address in addresses]
    same = addresses[0].partition("#")[0] == addresses[1].partition("#")[0]
    assert (names[0] == names[1]) is same
    assert all(re.fullmatch(r"[0-9a-f]{32}-[A-Za-z0-9._-]{0,100}", name) for name in names)


def test_a_copy_is_an_input_with_the_name_of_its_address(site: Site, downloads: Downloads) -> None:
    site.files["/a.csv"] = BYTES
    [one] = source_files([f"{site.url}/a.csv"], downloads.fetch)
    assert (one.name, one.bytes) == ("a.csv", len(BYTES))


def test_threads_that_want_one_file_get_it_whole(site: Site, tmp_path: Path) -> None:
    def fetch(_: int) -> bytes:
        with Downloads(tmp_path, print, pause=0) as downloads:
            return downloads.fetch(f"{site.url}/a.zip", md5(BYTES)).read_bytes()

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(fetch, range(16))) == [BYTES] * 16
    assert len(site.asked) == 1


def test_processes_that_want_one_file_get_it_whole(site: Site, tmp_path: Path) -> None:
    site.files["/a.zip"] = BYTES * 200
    site.failures = [Answer(cut=10**6)]
    asked = (tmp_path, f"{site.url}/a.zip", md5(BYTES * 200))
    with multiprocessing.get_context("spawn").Pool(3) as pool:
        assert pool.starmap(fetch_in_process, [asked] * 6) == [True] * 6
    assert len(site.asked) == 2
    assert left_in(tmp_path) == {".zip", ".json"}


def quarters(count: int = 96, kind: str = "export") -> list[str]:
    midnight = datetime(2024, 6, 13, tzinfo=UTC)
    times = [midnight + number * timedelta(minutes=15) for number in range(count)]
    return [f"{moment:%Y%m%d%H%M%S}.{kind}.CSV.zip" for moment in times]


def publish(site: Site, listed: list[str], given: list[str]) -> None:
    lines = [f"{len(name)} {md5(name.encode())} http://gdelt.org/gdeltv2/{name}" for name in listed]
    site.files = {f"/gdeltv2/{name}": name.encode() for name in given}
    site.files["/gdeltv2/masterfilelist.txt"] = "\n".join(["", "odd", *lines, ""]).encode()


@pytest.mark.parametrize("kind", ["export", "mentions"])
def test_a_day_has_96_files(kind: str) -> None:
    remotes = between("http://h/", DAY, DAY, kind, daily=False)
    assert [one.url for one in remotes] == [
        f"http://h/gdeltv2/{name}" for name in quarters(96, kind)
    ]


def test_the_first_day_has_four_files() -> None:
    first = date(2015, 2, 18)
    names = [one.name for one in between("http://h", first, first, "export", daily=False)]
    assert [name[8:14] for name in names] == ["230000", "231500", "233000", "234500"]


def test_today_has_the_files_of_the_time_that_is_past() -> None:
    before = datetime.now(UTC)
    names = [one.name for one in between("", before.date(), before.date(), "export", daily=False)]
    assert f"{before:%Y%m%d}000000.export.CSV.zip" == names[0]
    assert max(names) <= f"{datetime.now(UTC):%Y%m%d%H%M%S}.export.CSV.zip"


@pytest.mark.parametrize(
    ("first", "last", "names"),
    [
        (date(2024, 2, 28), date(2024, 3, 1), ["20240228", "20240229", "20240301"]),
        (date(2013, 3, 31), date(2013, 4, 1), ["201303.zip", "20130401"]),
        (date(2005, 12, 31), date(2006, 2, 1), ["2005.zip", "200601.zip", "200602.zip"]),
        (date(1979, 1, 1), date(1980, 1, 1), ["1979.zip", "1980.zip"]),
    ],
)
def test_daily_files_are_of_days_then_months_then_years(
    first: date, last: date, names: list[str]
) -> None:
    shown_names = [name if "." in name else f"{name}.export.CSV.zip" for name in names]
    remotes = between("http://h", first, last, "export", daily=True)
    assert [one.url for one in remotes] == [f"http://h/events/{name}" for name in shown_names]


@pytest.mark.parametrize(
    ("first", "last", "kind", "daily", "way_out"),
    [
        (date(2015, 2, 17), DAY, "export", False, "choose the daily ones"),
        (date(1978, 12, 31), DAY, "export", True, "begins on 1979-01-01"),
        (DAY, date(2024, 6, 12), "export", False, "exchange them"),
        (DAY, date(9999, 12, 31), "export", False, "choose today"),
        (DAY, DAY, "mentions", True, "leave out --daily"),
        (DAY, DAY, "gkg", False, "export, mentions"),
    ],
)
def test_days_without_files_are_refused_with_a_way_out(
    first: date, last: date, kind: str, daily: bool, way_out: str
) -> None:
    with pytest.raises(ValueError, match=way_out):
        between("http://h", first, last, kind, daily)


def test_files_of_a_day_are_fetched_and_those_not_listed_reported(
    site: Site, downloads: Downloads
) -> None:
    names = quarters()
    publish(site, listed=names[:90], given=names)
    copies, missing = fetched(downloads, site.url, DAY, DAY, "export", daily=False)
    assert missing == names[90:]
    assert [path.read_text() for path in copies.values()] == names[:90]
    assert [url.rpartition("/")[2] for url in copies] == names[:90]
    assert len(site.asked) == 1 + 90


def test_a_listed_file_that_is_not_there_is_reported(site: Site, downloads: Downloads) -> None:
    names = quarters()
    publish(site, listed=names, given=names[1:])
    _, missing = fetched(downloads, site.url, DAY, DAY, "export", daily=False)
    assert missing == names[:1]


def test_a_listed_md5_is_checked(site: Site, downloads: Downloads) -> None:
    names = quarters()
    publish(site, listed=names, given=names)
    site.files[f"/gdeltv2/{names[5]}"] = b"damaged"
    with pytest.raises(Unreadable, match=names[5]):
        fetched(downloads, site.url, DAY, DAY, "export", daily=False)


def test_without_a_list_what_is_not_there_is_reported(site: Site, downloads: Downloads) -> None:
    names = quarters()
    site.files = {f"/gdeltv2/{name}": b"x" for name in names[:-1]}
    copies, missing = fetched(downloads, site.url, DAY, DAY, "export", daily=False)
    assert (len(copies), missing) == (95, names[-1:])


def test_daily_files_are_fetched_whether_listed_or_not(site: Site, downloads: Downloads) -> None:
    name = "20240613.export.CSV.zip"
    sums = f"{md5(b'listed')}  {name}\nnonsense\n".encode()
    site.files = {f"/events/{name}": b"listed", "/events/md5sums": sums}
    site.files["/events/20240614.export.CSV.zip"] = b"not listed"
    days = (DAY, date(2024, 6, 15))
    copies, missing = fetched(downloads, site.url, *days, "export", daily=True)
    assert [path.read_bytes() for path in copies.values()] == [b"listed", b"not listed"]
    assert missing == ["20240615.export.CSV.zip"]


def test_an_address_is_shown_without_what_is_secret() -> None:
    assert shown("https://me:pw@h:1/a/b.zip?key=1#x") == "https://h:1/a/b.zip"
