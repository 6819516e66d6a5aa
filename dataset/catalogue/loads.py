"""Read the accounts of loads: what came in, from which files, what was refused and why."""

from dataclasses import replace
from functools import partial
from typing import Any

import orjson
from peewee import JOIN, SQL, fn

from dataset.building.reports import Report
from dataset.declarations.outcomes import OUTCOMES
from dataset.store.counts import Matched, at_most
from dataset.store.lists import Item, ListPage, PageRequest, items_of, page_of_list
from dataset.store.models import (
    Event,
    Load,
    LoadFile,
    Mention,
    Quarantined,
    Revision,
    Superseded,
    field,
)
from dataset.store.snapshots import Snapshot
from dataset.writes.histories import DROP, RETRACT

TIMES = ("started", "finished")
MEMBERS = ("number", "revision", "format", "datasets", "loader_version", "replays", *TIMES)
COLUMNS = {
    name: field(Load, name) for name in (*MEMBERS, "read", "skipped", *OUTCOMES, "undone", "report")
}
"""What is shown of a load."""
FILE_COLUMNS = {
    "load": LoadFile.load,
    "name": LoadFile.name,
    "sha256": LoadFile.sha256,
    "bytes": LoadFile.bytes,
    "read": LoadFile.read,
}
QUARANTINE_COLUMNS = {
    "file": LoadFile.name,
    **{
        name: field(Quarantined, name)
        for name in ("line", "column", "reason", "cut", "replayed", "n")
    },
    "raw": Quarantined.record,
}
MOST_WAITING = 1_000
"""Of how many loads a process remembers the mentions that wait, at the newest revision."""
_FILE_OF_ROW = (LoadFile.load == Quarantined.load) & (LoadFile.n == Quarantined.file)


def last_load(snapshot: Snapshot) -> int:
    """Give the number of the newest load, 0 if there is none."""
    return int(snapshot.value(Load.select(fn.MAX(Load.number))) or 0)


def loads(snapshot: Snapshot, wanted: PageRequest) -> ListPage:
    """Read a page of loads; loads added after the first page was read are on no later page."""
    last = wanted.after[-1] if wanted.after else last_load(snapshot)
    query = Load.select().where(Load.number <= last)
    # Loads are numbered without a gap, so that the last number counts them.
    matched = wanted.matched or at_most(last)
    after = replace(wanted, after=wanted.after and wanted.after[:1], matched=matched)
    page = page_of_list(snapshot, query, COLUMNS, ["number"], after)
    _describe(snapshot, page.items)
    return replace(page, next=page.next and (*page.next, last))


def load(snapshot: Snapshot, number: int) -> Item | None:
    """Read one load, None if there is none of this number."""
    found = items_of(snapshot, Load.select().where(Load.number == number), COLUMNS)
    _describe(snapshot, found)
    for one in found:
        one["report"]["mentions_waiting"] = _waiting(snapshot, number)
    return found[0] if found else None


def _waiting(snapshot: Snapshot, number: int) -> int:
    """Count the mentions of a load whose events are not in the store, but may come by a load."""
    its_own = (Mention.load == number) & Mention.ended.is_null()
    stored = Event.select(SQL("1")).where(Event.key == Mention.key)
    absent = Mention.select(fn.COUNT("*")).where(its_own, ~fn.EXISTS(stored))
    make = partial(snapshot.value, absent.where(~fn.EXISTS(_retraction())))
    return int(snapshot.remembered("mentions waiting", number, make, MOST_WAITING))


def _retraction() -> Any:
    """Select the last end of a mention's event if that is a retraction: it holds against loads."""
    later = Superseded.alias()
    ends = later.select(SQL("1")).where(later.key == Superseded.key, later.ended > Superseded.ended)
    last = Superseded.select(SQL("1")).where(Superseded.key == Mention.key, ~fn.EXISTS(ends))
    made = Revision.number == Superseded.ended
    return last.join(Revision, on=made).where(Revision.kind == RETRACT)


def drops(snapshot: Snapshot) -> list[tuple[int, str, str]]:
    """Give the revisions that dropped a dataset: number, time and dataset, the oldest first."""
    columns = (Revision.number, Revision.committed, Revision.detail)
    query = Revision.select(*columns).where(Revision.kind == DROP)
    return snapshot.rows(query.order_by(Revision.number))


def quarantine(snapshot: Snapshot, number: int, wanted: PageRequest) -> ListPage | None:
    """Read a page of the records that a load refused, None if there is no such load."""
    refused = snapshot.rows(Load.select(Load.quarantined).where(Load.number == number))
    if not refused:
        return None
    query = (
        Quarantined.select()
        .join(LoadFile, JOIN.LEFT_OUTER, on=_FILE_OF_ROW)
        .where(Quarantined.load == number)
    )
    counted = replace(wanted, matched=Matched(refused[0][0], "eq"))
    page = page_of_list(snapshot, query, QUARANTINE_COLUMNS, ["n"], counted)
    return replace(page, items=[_refused(row) for row in page.items])


def _describe(snapshot: Snapshot, found: list[Item]) -> None:
    """Add the files of loads, and decode their stored texts."""
    files = _files(snapshot, [item["number"] for item in found])
    for item in found:
        item["datasets"] = [name for name in item["datasets"].split(";") if name]
        item["report"] = Report().as_json() | orjson.loads(item["report"] or "{}")
        item["report"]["mentions_waiting"] = None
        item["files"] = files[item["number"]]


def _files(snapshot: Snapshot, numbers: list[int]) -> dict[int, list[Item]]:
    query = LoadFile.select().where(LoadFile.load.in_(numbers)).order_by(LoadFile.load, LoadFile.n)
    files: dict[int, list[Item]] = {number: [] for number in numbers}
    for file in items_of(snapshot, query, FILE_COLUMNS):
        files[file.pop("load")].append(file)
    return files


def _refused(row: dict[str, Any]) -> Item:
    """Show the bytes of a record as text: a byte that is not UTF-8 as its number."""
    raw = bytes(row["raw"]).decode(errors="backslashreplace")
    shown = {name: value for name, value in row.items() if name != "n"}
    return shown | {"raw": raw, "cut": bool(row["cut"])}
