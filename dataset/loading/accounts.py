"""Keep the books of a load: its files, its quarantine, its account."""

from dataclasses import dataclass
from typing import Any

import orjson
from peewee import fn

from dataset.declarations.outcomes import OUTCOMES, Report
from dataset.errors import Refused
from dataset.inputs.records import TOO_LONG, Record
from dataset.store.models import Load, LoadFile, Quarantined
from dataset.writes.revisions import Change, now

KEPT = 16_384
"""So many bytes of a refused record are kept; a longer one cannot be replayed."""
LONGEST_REASON = 300
BATCH = 1_000
QUARANTINE = ("load", "n", "file", "line", "column", "reason", "record", "cut")


@dataclass(frozen=True)
class Outcome:
    """What a load did; `revision` is None if it changed nothing, or was only tried."""

    number: int
    revision: int | None
    account: dict[str, int]
    report: dict[str, Any]

    @property
    def read(self) -> int:
        """How many records were read."""
        return sum(self.account.values())


class Run:
    """A load in the making; `number` is counted up by every load, whatever it changes."""

    def __init__(self, change: Change, format: str, version: int, **more: Any) -> None:
        """Begin with no file. `more`: `dataset`, `replays` (see `Load`)."""
        newest = change.database.execute(Load.select(fn.MAX(Load.number))).fetchone()[0]
        self.number = int(newest or 0) + 1
        self.datasets: set[str] = set()
        self.quarantined = 0
        self._change = change
        self._described = {"format": format, "loader_version": version, "started": now(), **more}
        self._files: list[dict[str, Any]] = []
        self._refused: list[tuple[Any, ...]] = []
        self._insert = change.database.inserter(Quarantined, QUARANTINE)

    def begin_file(self, name: str, sha256: str, size: int, first: str = "") -> None:
        """Go on to the next file; `first` is its header, if it has one."""
        described = {"name": name, "sha256": sha256, "bytes": size, "first": first[:KEPT]}
        self._files.append(described | {"read": 0})

    def count(self, records: int) -> None:
        """Count records of the file that were read."""
        self._files[-1]["read"] += records

    def refuse(self, record: Record, error: Refused) -> None:
        """Put a record of the file into quarantine, or the beginning of a long one."""
        self.quarantined += 1
        place = (self.number, self.quarantined, len(self._files), record.line)
        kept = (record.raw[:KEPT], int(record.fault == TOO_LONG or len(record.raw) > KEPT))
        self._refused.append((*place, error.column, _short(error.reason), *kept))
        if len(self._refused) >= BATCH:
            self._store_refused()

    def store(self, report: Report) -> Outcome:
        """Store the load and give what it did."""
        self._store_refused()
        changed = self._change.changed and not self._change.discarded
        counts = {outcome: self._change.account[outcome] for outcome in OUTCOMES}
        account = counts | {"quarantined": self.quarantined}
        outcome = Outcome(
            self.number, self._change.number if changed else None, account, report.as_json()
        )
        row = {
            **self._described,
            **account,
            "number": self.number,
            "revision": outcome.revision,
            "datasets": ";".join(sorted(self.datasets)),
            "finished": now(),
            "read": outcome.read,
            "report": orjson.dumps(outcome.report).decode(),
        }
        self._change.database.execute(Load.insert(row))
        for n, file in enumerate(self._files, 1):
            self._change.database.execute(LoadFile.insert({**file, "load": self.number, "n": n}))
        return outcome

    def _store_refused(self) -> None:
        self._insert(self._refused)
        self._refused.clear()


def _short(reason: str) -> str:
    """Cut a reason that tells a long value."""
    return reason if len(reason) <= LONGEST_REASON else f"{reason[:LONGEST_REASON]}…"
