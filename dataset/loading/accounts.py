"""Keep the account of a load: its files, and how many of their records had each outcome."""

from dataclasses import dataclass
from typing import Any

import orjson
from peewee import fn

from dataset.building.reports import Report
from dataset.declarations.instants import now
from dataset.declarations.outcomes import OUTCOMES
from dataset.errors import Refused
from dataset.inputs.records import SourceRecord
from dataset.loading.quarantine import KEPT, Quarantine
from dataset.store.models import Load, LoadFile
from dataset.writes.revisions import Change


@dataclass(frozen=True)
class Account:
    """What a load did; `revision` is None if it changed nothing, or was only tried.

    `skipped` counts the records that are no events, such as headers: they are no part of `read`.
    `files` names the files that were read.
    """

    number: int
    revision: int | None
    outcomes: dict[str, int]
    report: dict[str, Any]
    skipped: int = 0
    files: tuple[str, ...] = ()

    @property
    def read(self) -> int:
        """How many records were read."""
        return sum(self.outcomes.values())


class OpenAccount:
    """The account of a running load; `number` rises even if a load changes nothing."""

    def __init__(self, change: Change, format: str, version: int, **more: Any) -> None:
        """Begin with no file. `more`: `dataset`, `replays` (see `Load`)."""
        newest = change.database.execute(Load.select(fn.MAX(Load.number))).fetchone()[0]
        self.number = int(newest or 0) + 1
        self.datasets: set[str] = set()
        self._skipped = 0
        self._change = change
        self._quarantine = Quarantine(change.database, self.number)
        self._described = {"format": format, "loader_version": version, "started": now(), **more}
        self._files: list[dict[str, Any]] = []

    def begin_file(self, name: str, sha256: str, size: int, header: str = "") -> None:
        """Go on to the next file; `header` is its header, if it has one."""
        described = {"name": name, "sha256": sha256, "bytes": size, "first": header[:KEPT]}
        self._files.append(described | {"read": 0})

    def count_read(self, records: int) -> None:
        """Count records of the file that were read."""
        self._files[-1]["read"] += records

    def skip(self, records: int = 1) -> None:
        """Count records that are no events: headers, HXL tags, DOC lines."""
        self._skipped += records

    def refuse(self, record: SourceRecord, error: Refused) -> None:
        """Put a record of the file into quarantine."""
        self._quarantine.add(len(self._files), record, error)

    @property
    def refused_any(self) -> bool:
        """Whether any record is in quarantine."""
        return self._quarantine.count > 0

    def close(self, report: Report) -> Account:
        """Store the account, and give it."""
        self._quarantine.store()
        change = self._change
        changed = change.changed and not change.discarded
        counts = {outcome: change.outcomes[outcome] for outcome in OUTCOMES}
        outcomes = counts | {"quarantined": self._quarantine.count}
        revision = change.number if changed else None
        files = tuple(file["name"] for file in self._files)
        account = Account(self.number, revision, outcomes, report.as_json(), self._skipped, files)
        self._store(account)
        return account

    def _store(self, account: Account) -> None:
        row = {
            **self._described,
            **account.outcomes,
            "number": self.number,
            "revision": account.revision,
            "datasets": ";".join(sorted(self.datasets)),
            "finished": now(),
            "read": account.read,
            "skipped": account.skipped,
            "report": orjson.dumps(account.report).decode(),
        }
        self._change.database.execute(Load.insert(row))
        for n, file in enumerate(self._files, 1):
            self._change.database.execute(LoadFile.insert({**file, "load": self.number, "n": n}))
