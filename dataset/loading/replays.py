"""Read the quarantine of a load again, after whatever refused it has been mended."""

from collections.abc import Iterator
from io import BytesIO
from itertools import chain, groupby
from operator import itemgetter
from typing import Any

from dataset.errors import Impossible
from dataset.inputs.paths import stamp_of
from dataset.inputs.records import Record, lines, quoted
from dataset.loaders import LOADERS
from dataset.loaders.base import File, Loader
from dataset.loading.accounts import Outcome, Run
from dataset.loading.intakes import INTAKES
from dataset.loading.loads import reader, take
from dataset.store.engines.base import Engine
from dataset.store.models import Load, LoadFile, Quarantined
from dataset.writes.revisions import revision


def replay(database: Engine, number: int) -> Outcome:
    """Load what a load refused and no other has read again; what was cut off stays refused."""
    with revision(database, "load", f"quarantine of load {number}") as change:
        format, dataset = _load(database, number)
        loader = LOADERS[format]
        run = Run(change, format, loader.version, dataset=dataset, replays=number)
        intake = INTAKES[loader.makes](change, run, loader)
        for n, rows in groupby(_refused(database, number), itemgetter(0)):
            file = _file(database, number, n)
            run.begin_file(file["name"], file["sha256"], file["bytes"], file["first"])
            records = (_record(loader, line, raw) for _, line, raw in rows)
            one = next(records)
            first = file["first"] or one.raw.decode(errors="replace")
            parse = loader.parser(File(file["name"], stamp_of(file["name"]), dataset), first)
            for read in take(chain([one], records), reader(loader, parse, intake), run, intake):
                run.count(read)
        marked = Quarantined.update(replayed=run.number).where(*_open(number))
        database.execute(marked)
        return run.store(intake.report)


def _record(loader: Loader, line: int, raw: bytes) -> Record:
    """Cut a stored record anew: what was wrong with it as a whole still is."""
    cut = (quoted if loader.quoted else lines)(BytesIO(raw))
    return next(cut)._replace(line=line)


def _load(database: Engine, number: int) -> tuple[str, str | None]:
    found = Load.select(Load.format, Load.dataset).where(Load.number == number)
    row = database.execute(found).fetchone()
    if row is None or row[0] not in LOADERS:
        raise Impossible(f"There is no load {number} whose quarantine could be read again.")
    if LOADERS[row[0]].counts_rows:
        raise Impossible(f"Rows of {row[0]} count in their file: mend it and load it again.")
    if not database.execute(Quarantined.select().where(*_open(number)).limit(1)).fetchone():
        raise Impossible(f"Nothing is left to read again in the quarantine of load {number}.")
    return row


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
