"""Load files: one load is one revision, with a full account.

A file is cut into source records (`dataset.inputs`), which a parser (`dataset.loaders`) reads to
columns. Of these a row is built (`dataset.building`), and written as a version of its event
(`dataset.writes`). What is refused on the way goes to the quarantine of the load.
"""

import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain

from dataset.inputs.source_files import SourceFile
from dataset.loaders import LOADERS
from dataset.loaders.base import FileContext, Loader
from dataset.loading.accounts import Account, OpenAccount
from dataset.loading.batches import RecordLoader
from dataset.loading.checks import check_dataset, check_format, check_space
from dataset.loading.first_pass import codes_of
from dataset.store.engines.base import Engine
from dataset.writes.revisions import revision

BYTES_OF_RECORD = 200

OnProgress = Callable[[SourceFile, int, int], None]
"""Called with a file, how many of its bytes are read, and how many more records."""


@dataclass(frozen=True)
class LoadJob:
    """What is to be loaded: files of a format; `missing` names those that the source lacks.

    `dataset` takes the place of the format's own. With `dry_run` nothing is kept. Raises
    `Unreadable` for a file that is plainly of another format, `ValueError` for a dataset that
    cannot be.
    """

    format: str
    files: Sequence[SourceFile]
    dataset: str | None = None
    missing: Sequence[str] = ()
    dry_run: bool = False

    def __post_init__(self) -> None:
        """Check the job before anything is opened to write."""
        if self.dataset is not None:
            check_dataset(self.dataset, self.loader)
        for file in self.files:
            check_format(self.format, file)

    @property
    def loader(self) -> Loader:
        """The loader of the format."""
        return LOADERS[self.format]


def load(database: Engine, job: LoadJob, on_progress: OnProgress = lambda *_: None) -> Account:
    """Load files as one revision: all of it or nothing. Raises `Unreadable`, `StoreError`."""
    check_space(database, job.files)
    detail = ", ".join(file.name for file in job.files[:3])
    expected = sum(file.bytes for file in job.files) // BYTES_OF_RECORD
    with _no_cycle_search(), revision(database, "load", detail, expected) as change:
        account = OpenAccount(change, job.format, job.loader.version, dataset=job.dataset)
        records = RecordLoader(change, account, job.loader)
        for file in job.files:
            _load_file(file, job, account, records, on_progress)
        records.report.missing += job.missing
        if job.dry_run:
            change.discard()
        return account.close(records.report)


def _load_file(
    file: SourceFile,
    job: LoadJob,
    account: OpenAccount,
    record_loader: RecordLoader,
    on_progress: OnProgress,
) -> None:
    loader = job.loader
    context = FileContext(file.name, file.stamp, job.dataset, codes_of(loader, file))
    with file.open() as stream:
        records = loader.records(stream)
        first = next(records, None)
        text = first.text if first else ""
        has_header = loader.header(text)
        account.begin_file(file.name, file.sha256, file.bytes, text if has_header else "")
        if first and not has_header:
            records = chain([first], records)
        for read in record_loader.load(records, loader.parser(context, text)):
            on_progress(file, stream.position(), read)
    file.check_unchanged()


@contextmanager
def _no_cycle_search() -> Iterator[None]:
    """Pause the search for cycles of objects: rows are tuples of texts and numbers, without any."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
