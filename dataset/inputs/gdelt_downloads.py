"""Name the files of GDELT for a span of days, and fetch them."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from dataset.inputs.downloads import Downloads
from dataset.inputs.gdelt_slots import KINDS, LISTS, MASTER
from dataset.inputs.records import line_records
from dataset.inputs.transfers import Missing

FIRST_QUARTER = datetime(2015, 2, 18, 23, tzinfo=UTC)
FIRST_DAY = date(2013, 4, 1)
FIRST_MONTH = date(2006, 1, 1)
FIRST_YEAR = date(1979, 1, 1)
_QUARTER = timedelta(minutes=15)
_MD5 = re.compile(rb"[0-9a-fA-F]{32}")


@dataclass(frozen=True)
class Remote:
    """A file of GDELT: its name, the folder where it is, and the list of that folder.

    `strict`: a file that the list does not name does not exist.
    """

    folder: str
    name: str
    listing: str
    strict: bool

    @property
    def url(self) -> str:
        """Its address."""
        return f"{self.folder}/{self.name}"


def between(
    base: str, first: date, last: date, kind: str, daily: bool, translation: bool = False
) -> list[Remote]:
    """Name the files from the first day to the last, both included.

    Every 15 minutes there is one, of events (`export`) or of their mentions. With `daily` they
    are those of GDELT 1.0: before April 2013 whole months, before 2006 whole years. With
    `translation` those of the sources that GDELT translates come as well. Files of a time that is
    still to come are left out. Raises `ValueError` for days that have none.
    """
    _check(first, last, kind, daily)
    root = base.rstrip("/")
    if daily:
        # A month or a year has one file, whichever of its days is asked for.
        names = dict.fromkeys(_of_day(day) for day in _days(first, last))
        return [Remote(f"{root}/events", name, "md5sums", strict=False) for name in names]
    lists = LISTS if translation else {"": MASTER}
    return [
        Remote(f"{root}/gdeltv2", f"{moment:%Y%m%d%H%M%S}.{infix}{kind}.CSV.zip", listing, True)
        for day in _days(first, last)
        for moment in _quarters(day)
        for infix, listing in lists.items()
    ]


def fetched(
    downloads: Downloads,
    base: str,
    first: date,
    last: date,
    kind: str,
    daily: bool,
    translation: bool = False,
) -> tuple[dict[str, Path], list[str]]:
    """Fetch the files that `between` names; give their copies by address, and what is missing.

    The copies suit `source_files(list(copies), copies.__getitem__)`.
    """
    remotes = between(base, first, last, kind, daily, translation)
    copies: dict[str, Path] = {}
    missing: list[str] = []
    lists = {name: _listed(downloads, remotes, name) for name in {one.listing for one in remotes}}
    for remote in remotes:
        listed = lists[remote.listing]
        try:
            if listed is not None and remote.strict and remote.name not in listed:
                raise Missing(f"{remote.listing} does not name {remote.name}.")
            copies[remote.url] = downloads.fetch(remote.url, (listed or {}).get(remote.name))
        except Missing:
            missing.append(remote.name)
    return copies, missing


def first_slot(day: date) -> datetime:
    """Give the first time of a day that has files. Raises `ValueError` for days that have none."""
    if day > datetime.now(UTC).date():
        raise ValueError(f"the day {day} is in the future: choose today or a day before.")
    if day < FIRST_QUARTER.date():
        raise ValueError(
            f"the day {day} is too early: GDELT's files of 15 minutes begin on "
            f"{FIRST_QUARTER.date()}."
        )
    return max(datetime.combine(day, time(), UTC), FIRST_QUARTER)


def _listed(
    downloads: Downloads, remotes: Sequence[Remote], listing: str
) -> dict[str, str | None] | None:
    """Read the MD5s of files from the list of their folder; None where there is no list."""
    wanted = {one.name for one in remotes if one.listing == listing}
    try:
        copy = downloads.fetch(f"{remotes[0].folder}/{listing}")
    except Missing:
        return None
    listed: dict[str, str | None] = {}
    with copy.open("rb") as file:
        for record in line_records(file):
            *_, md5, address = [b"", b"", *record.raw.split()]
            name = address.rpartition(b"/")[2].decode(errors="replace")
            if name in wanted:
                listed[name] = md5.decode() if _MD5.fullmatch(md5) else None
    return listed


def _check(first: date, last: date, kind: str, daily: bool) -> None:
    if kind not in KINDS:
        raise ValueError(f"The kind of files is {kind!r}, but must be one of {', '.join(KINDS)}.")
    if daily and kind == "mentions":
        raise ValueError("GDELT 1.0 has no mentions: leave out --daily.")
    if last < first:
        raise ValueError(f"The last day {last} is before the first, {first}: exchange them.")
    if last > datetime.now(UTC).date():
        raise ValueError(f"The last day {last} is in the future: choose today or a day before.")
    if daily and first < FIRST_YEAR:
        raise ValueError(f"The first day {first} is too early: GDELT begins on {FIRST_YEAR}.")
    if not daily and first < FIRST_QUARTER.date():
        raise ValueError(
            f"The first day {first} is too early: GDELT's files of 15 minutes begin on "
            f"{FIRST_QUARTER.date()}; choose the daily ones, which begin on {FIRST_YEAR}."
        )


def _days(first: date, last: date) -> Iterator[date]:
    for number in range((last - first).days + 1):
        yield first + timedelta(days=number)


def _quarters(day: date) -> Iterator[datetime]:
    midnight = datetime.combine(day, time(), UTC)
    for number in range(96):
        moment = midnight + number * _QUARTER
        if FIRST_QUARTER <= moment <= datetime.now(UTC):
            yield moment


def _of_day(day: date) -> str:
    """Name the daily file that has the events of a day."""
    if day < FIRST_MONTH:
        return f"{day:%Y}.zip"
    return f"{day:%Y%m}.zip" if day < FIRST_DAY else f"{day:%Y%m%d}.export.CSV.zip"
