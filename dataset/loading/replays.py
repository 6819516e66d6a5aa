"""Read the quarantine of a load again, after whatever refused it has been mended."""

from collections.abc import Iterator
from io import BytesIO
from itertools import groupby
from operator import itemgetter
from typing import Any

import orjson

from dataset.errors import Impossible
from dataset.inputs.dialects import LINES
from dataset.inputs.records import SourceRecord
from dataset.inputs.stamps import stamp_of
from dataset.inputs.tables import TableReader
from dataset.loaders import LOADERS
from dataset.loaders.base import OWN, FileContext, Loader
from dataset.loading.accounts import Account, OpenAccount
from dataset.loading.batches import RecordLoader
from dataset.store.engines.base import Engine
from dataset.store.models import Load, LoadFile, Quarantined
from dataset.writes.revisions import revision


def replay(database: Engine, number: int) -> Account:
    """Load the records that a load refused and no replay has read; cut ones stay refused."""
    with revision(database, "load", f"quarantine of load {number}") as change:
        format, dataset, version = _load(database, number)
        loader = LOADERS[format]
        account = OpenAccount(change, format, loader.version, dataset=dataset, replays=number)
        record_loader = RecordLoader(change, account, loader)
        for n, rows in groupby(_refused(database, number), itemgetter(0)):
            file = _file(database, number, n)
            account.begin_file(file["name"], file["sha256"], file["bytes"], file["first"])
            stored = [(line, raw) for _, line, raw in rows]
            reader = _reader(loader, file["first"], stored[0][1].decode(errors="replace"))
            records = (_record(reader, line, raw) for line, raw in stored)
            stamp = stamp_of(file["name"])
            context = FileContext(file["name"], reader, stamp, dataset, version=version)
            for _ in record_loader.load(records, context):
                pass
        record_loader.report.release = version
        marked = Quarantined.update(replayed=account.number).where(*_open(number))
        database.execute(marked)
        return account.close(record_loader.report)


def _reader(loader: Loader, header: str, record: str) -> TableReader:
    """Find how the records of a file are read, by its header or else by the first of them."""
    first = header or record
    found = loader.reader(first, lambda _: [first, record])
    return found or TableReader(loader.table or OWN, LINES)


def _record(reader: TableReader, line: int, raw: bytes) -> SourceRecord:
    """Cut a stored record again: if it was wrong as a whole, it still is."""
    if reader.dialect.has_names:
        return SourceRecord(line, raw, None)
    return next(reader.dialect.records(BytesIO(raw)))._replace(line=line)


def _load(database: Engine, number: int) -> tuple[str, str | None, str | None]:
    columns = (Load.format, Load.dataset, Load.report, Load.undone)
    found = Load.select(*columns).where(Load.number == number)
    row = database.execute(found).fetchone()
    if row is None or row[0] not in LOADERS:
        raise Impossible(f"There is no load {number} whose quarantine could be read again.")
    format, dataset, report, undone = row
    if undone is not None:
        raise Impossible(f"Load {number} is undone: load its files again instead.")
    if LOADERS[format].counts_rows:
        raise Impossible(
            f"Load {number} cannot be replayed, because ids of {format} depend on the whole file: "
            "correct the file and load it again."
        )
    if not database.execute(Quarantined.select().where(*_open(number)).limit(1)).fetchone():
        raise Impossible(f"Nothing is left to read again in the quarantine of load {number}.")
    return format, dataset, orjson.loads(report or "{}").get("release")


def _open(number: int) -> tuple[Any, ...]:
    return (Quarantined.load == number, Quarantined.replayed.is_null(), Quarantined.cut == 0)


def _refused(database: Engine, number: int) -> Iterator[tuple[int, int, bytes]]:
    query = Quarantined.select(Quarantined.file, Quarantined.line, Quarantined.record)
    yield from database.execute(query.where(*_open(number)).order_by(Quarantined.n))


def _file(database: Engine, number: int, n: int) -> dict[str, Any]:
    names = ("name", "sha256", "bytes", "first")
    query = LoadFile.select(*(LoadFile._meta.fields[name] for name in names))
    row = database.execute(query.where(LoadFile.load == number, LoadFile.n == n)).fetchone()
    return dict(zip(names, row, strict=True))
