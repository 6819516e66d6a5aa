"""Load source records batch by batch: decode, parse, build, write; quarantine what is refused."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from dataset.errors import DayFirst, Refused, Skipped, Unreadable
from dataset.inputs.records import SourceRecord
from dataset.loaders.base import FileContext, Loader, Parse
from dataset.loading.accounts import OpenAccount
from dataset.loading.datasets import describe_datasets
from dataset.loading.destinations import DESTINATIONS
from dataset.loading.whole_files import WholeFiles, whole_releases
from dataset.writes.events import BATCH
from dataset.writes.revisions import Change

MOST_BYTES = 4_000_000
"""A batch ends once it has more bytes."""
SOME = 10
"""So many days with the day first, and one in so many records, show that a file has them so."""
KEY_IS_TAKEN = "another id has the same key."

Read = Callable[[bytes], Any]
"""Makes a row of the bytes of a record; raises `Refused`."""


class RecordLoader:
    """Loads the source records of a format; `report` says more of those that were kept."""

    def __init__(
        self, change: Change, account: OpenAccount, loader: Loader, whole: bool = False
    ) -> None:
        """Begin with no record; `whole`: the files hold all that their datasets do."""
        self._change, self._account, self._loader = change, account, loader
        self._destination = DESTINATIONS[loader.makes](change, account.number, loader)
        self.report = self._destination.report
        self._whole = self._holding = WholeFiles(change) if whole else None
        if loader.release_of:
            change.events.whole = whole_releases(change.database)
        if loader.dated_by_name:
            self.report.versions = change.events.compared

    def load(
        self, records: Iterable[SourceRecord], file: FileContext, holds: bool = True
    ) -> Iterator[int]:
        """Load the records of a file; yield after each batch how many it had.

        `holds`: it says, if files are whole, what their datasets hold.
        """
        self._holding = self._whole if holds else None
        read = self._reader(self._loader.parser(file))
        # Of two versions of one time, that of a file with all columns is kept.
        version = self._loader.version if file.reader.is_whole else 0
        self._day_first, count = 0, 0
        for batch in _batches(records):
            skipped = self._load_batch(batch, read, version)
            self._account.skip(skipped)
            self._account.count_read(len(batch) - skipped)
            count += len(batch)
            yield len(batch)
        if self._day_first >= SOME and self._day_first * SOME > count:
            raise Unreadable(
                f"{file.name} has its days first: {self._day_first:,} of {count:,} are like "
                "31/12/2017, so that others would be read with day and month exchanged. Save them "
                "as 2017-12-31."
            )

    def finish(self) -> None:
        """Drop what whole files lack, once all records are loaded; note what was left out so."""
        if self._whole:
            self._whole.finish(self.report)
        self.report.lacked = self._change.events.lacked

    def _reader(self, parse: Parse) -> Read:
        build, encoding = self._destination.build, self._loader.encoding

        def read(raw: bytes) -> Any:
            try:
                text = raw.decode()
            except UnicodeDecodeError as error:
                if encoding is None:
                    reason = f"it is not UTF-8: byte {error.start + 1} is {raw[error.start]:#04x}."
                    raise Refused(None, reason) from None
                text = raw.decode(encoding)
            parsed = parse(text)
            try:
                return build(parsed)
            except Refused as refused:
                refused.id = parsed.get("id") if isinstance(parsed, dict) else parsed[0]
                raise

        return read

    def _load_batch(self, batch: list[SourceRecord], read: Read, version: int) -> int:
        """Load records; count those that were skipped."""
        rows, built, skipped = [], [], 0
        refused: list[tuple[SourceRecord, Refused]] = []
        for record in batch:
            try:
                if record[2]:
                    raise Refused(None, f"{record.fault}.")
                rows.append(read(record[1]))
            except Refused as error:
                refused.append((record, error))
                self._day_first += isinstance(error, DayFirst)
            except Skipped:
                skipped += 1
            else:
                built.append(record)
        taken = self._write(rows, version)
        refused += [(built[position], Refused("id", KEY_IS_TAKEN)) for position in taken]
        for record, reason in sorted(refused, key=lambda one: one[0].line):
            self._account.refuse(record, reason)
            if self._holding and reason.reason != KEY_IS_TAKEN:
                self._holding.refuse(reason)
        return skipped

    def _write(self, rows: list[Any], version: int) -> list[int]:
        """Write rows, of described datasets; give the positions of those that are refused."""
        new = set(map(self._destination.dataset_of, rows)) - self._account.datasets
        describe_datasets(new, self._change, self._loader)
        self._account.datasets |= new
        if self._holding:
            self._holding.add(rows)
        return self._destination.write(rows, version)


def _batches(records: Iterable[SourceRecord]) -> Iterator[list[SourceRecord]]:
    """Cut records into batches, with fewer records where they are long."""
    batch: list[SourceRecord] = []
    size = 0
    for record in records:
        batch.append(record)
        size += len(record[1])
        if len(batch) == BATCH or size > MOST_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch
