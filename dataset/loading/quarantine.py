"""Keep the records that a load refuses: its quarantine."""

from typing import Any

from dataset.errors import Refused
from dataset.inputs.records import TOO_LONG, SourceRecord
from dataset.store.engines.base import Engine
from dataset.store.models import Quarantined

KEPT = 16_384
"""How many bytes of a refused record are kept; a longer one cannot be replayed."""
LONGEST_REASON = 300
BATCH = 1_000
COLUMNS = ("load", "n", "file", "line", "column", "reason", "record", "cut")


class Quarantine:
    """The quarantine of a load; `count` tells how many records are in it."""

    def __init__(self, database: Engine, load: int) -> None:
        """Begin with no record."""
        self.count = 0
        self._load = load
        self._waiting: list[tuple[Any, ...]] = []
        self._insert = database.inserter(Quarantined, COLUMNS)

    def add(self, file: int, record: SourceRecord, error: Refused) -> None:
        """Add a record of the file of this number, or the beginning of a long one."""
        self.count += 1
        found = (self._load, self.count, file, record.line, error.column, _short(error.reason))
        cut = int(record.fault == TOO_LONG or len(record.raw) > KEPT)
        self._waiting.append((*found, record.raw[:KEPT], cut))
        if len(self._waiting) >= BATCH:
            self.store()

    def store(self) -> None:
        """Store the records that were added since."""
        self._insert(self._waiting)
        self._waiting.clear()


def _short(reason: str) -> str:
    """Cut a reason that quotes a long value."""
    return reason if len(reason) <= LONGEST_REASON else f"{reason[:LONGEST_REASON]}…"
