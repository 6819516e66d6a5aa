"""Load files into the store: one load is one revision, with a full account."""

import gc
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any, BinaryIO

from dataset.declarations.ids import DATASET_NAME, DATASET_NUMBERS
from dataset.errors import Refused, Unreadable
from dataset.inputs.paths import Input
from dataset.inputs.records import Record, lines, quoted
from dataset.loaders import LOADERS
from dataset.loaders.base import File, Loader
from dataset.loading.accounts import Outcome, Run
from dataset.loading.intakes import INTAKES, Intake
from dataset.loading.space import check_space
from dataset.store.engines.base import Engine
from dataset.writes.revisions import revision
from dataset.writes.versions import BATCH

LOOKED_AT = 10
"""So many records of a file are enough to tell its format."""
BYTES_OF_RECORD = 200
BYTES_AT_ONCE = 4_000_000

LIKE_A_CODE = re.compile("[0-9]{1,4}")

KEY_IS_TAKEN = "another id has the same key."

Watch = Callable[[Input, int, int], None]
"""Is told of a file, how many of its bytes are read, and how many records more."""


@dataclass(frozen=True)
class Order:
    """What is to be loaded: files of a format; `missing` names those that the source lacks.

    `dataset` takes the place of the format's own. With `dry_run` nothing is kept. Raises
    `Unreadable` for a file that is plainly of another format, `ValueError` for a dataset that
    cannot be.
    """

    format: str
    inputs: Sequence[Input]
    dataset: str | None = None
    missing: Sequence[str] = ()
    dry_run: bool = False

    def __post_init__(self) -> None:
        """Look at what was ordered before anything is opened to write."""
        if self.dataset is not None:
            check_dataset(self.dataset, self.loader)
        for one in self.inputs:
            check_format(self.format, one)

    @property
    def loader(self) -> Loader:
        """The loader of the format."""
        return LOADERS[self.format]


def load(database: Engine, order: Order, watch: Watch = lambda *_: None) -> Outcome:
    """Load files as one revision: all of it or nothing. Raises `Unreadable`, `StoreError`."""
    check_space(database, order.inputs)
    detail = ", ".join(one.name for one in order.inputs[:3])
    expected = sum(one.bytes for one in order.inputs) // BYTES_OF_RECORD
    with _uncollected(), revision(database, "load", detail, expected) as change:
        run = Run(change, order.format, order.loader.version, dataset=order.dataset)
        intake = INTAKES[order.loader.makes](change, run, order.loader)
        for one in order.inputs:
            _read_file(order, one, run, intake, watch)
        intake.report.missing += order.missing
        if order.dry_run:
            change.discard()
        return run.store(intake.report)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Spare the search for cycles: rows are tuples of texts and numbers, and have none."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def check_dataset(name: str, loader: Loader) -> None:
    """Raise `ValueError` for a dataset that has no such name, or events of another source."""
    if not DATASET_NAME.fullmatch(name):
        raise ValueError(
            f"{name!r} is no name of a dataset: it has 1 to 32 lower-case letters, digits, '_' or "
            "'-', of which the first is a letter."
        )
    if name in DATASET_NUMBERS.keys() - loader.datasets.keys():
        raise ValueError(f"the dataset {name!r} has events of another source.")


def check_format(name: str, one: Input) -> None:
    """Refuse a file that is plainly of another format."""
    loader = LOADERS[name]
    with one.open() as opened:
        records = [_text(record.raw) for record in islice(lines(opened), LOOKED_AT)]
    if loader.looks_like(records):
        return
    likely = [other for other, known in LOADERS.items() if known.looks_like(records)]
    if likely:
        raise Unreadable(
            f"{one.name} is no {name} file; it looks like {likely[0]}: "
            f"try `cameo-events load {likely[0]} ...`."
        )


def codes_of(loader: Loader, one: Input) -> Counter[str]:
    """Count the action codes of a whole file as they stand there, if its loader asks for them."""
    if loader.code_of is None:
        return Counter()
    with one.open() as opened:
        sound = (record for record in _records(loader, opened) if not record.fault)
        cells = (loader.code_of(_text(record.raw)) for record in sound)
        return Counter(cell for cell in cells if LIKE_A_CODE.fullmatch(cell))


def _records(loader: Loader, opened: BinaryIO) -> Iterator[Record]:
    return (quoted if loader.quoted else lines)(opened)


def _read_file(order: Order, one: Input, run: Run, intake: Intake, watch: Watch) -> None:
    loader = order.loader
    file = File(one.name, one.stamp, order.dataset, codes_of(loader, one))
    with one.open() as opened:
        records = _records(loader, opened)
        first = next(records, None)
        text = _text(first.raw) if first else ""
        has_header = loader.header(text)
        run.begin_file(one.name, one.sha256, one.bytes, text if has_header else "")
        if first and not has_header:
            records = chain([first], records)
        parse = loader.parser(file, text)
        for read in take(records, reader(loader, parse, intake), run, intake):
            run.count(read)
            watch(one, opened.position(), read)
    one.check_unchanged()


def take(
    records: Iterable[Record], read: Callable[[bytes], Any], run: Run, intake: Intake
) -> Iterator[int]:
    """Put records into the store batch by batch; yield how many were read."""
    for batch in _batches(records):
        rows, kept = [], []
        refused: list[tuple[Record, Refused]] = []
        for record in batch:
            try:
                if record[2]:
                    raise Refused(None, f"{record.fault}.")
                rows.append(read(record[1]))
            except Refused as error:
                refused.append((record, error))
            else:
                kept.append(record)
        taken = intake.put(rows)
        refused += [(kept[position], Refused("id", KEY_IS_TAKEN)) for position in taken]
        for record, reason in sorted(refused, key=lambda one: one[0].line):
            run.refuse(record, reason)
        yield len(batch)


def _batches(records: Iterable[Record]) -> Iterator[list[Record]]:
    """Take so many records at a time, fewer where they are long."""
    batch: list[Record] = []
    size = 0
    for record in records:
        batch.append(record)
        size += len(record[1])
        if len(batch) == BATCH or size > BYTES_AT_ONCE:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def reader(loader: Loader, parse: Callable[[str], Any], intake: Intake) -> Callable[[bytes], Any]:
    """Make the function that reads one record to a row."""
    build, encoding = intake.build, loader.encoding

    def read(raw: bytes) -> Any:
        try:
            text = raw.decode()
        except UnicodeDecodeError as error:
            if encoding is None:
                reason = f"it is not UTF-8: byte {error.start + 1} is {raw[error.start]:#04x}."
                raise Refused(None, reason) from None
            text = raw.decode(encoding)
        return build(parse(text))

    return read


def _text(raw: bytes) -> str:
    return raw.decode(errors="replace")
