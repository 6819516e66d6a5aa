"""Load files: one load is one revision, with a full account.

A file is cut into source records (`dataset.inputs`), which a parser (`dataset.loaders`) reads to
columns. Of these a row is built (`dataset.building`), and written as a version of its event
(`dataset.writes`). What is refused on the way goes to the quarantine of the load.
"""

import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property

from dataset.errors import Unreadable
from dataset.inputs.dialects import JSON
from dataset.inputs.json_records import has_next_page
from dataset.inputs.source_files import SourceFile
from dataset.inputs.tables import TableReader
from dataset.loaders import LOADERS
from dataset.loaders.base import FileContext, Loader
from dataset.loading.accounts import Account, OpenAccount
from dataset.loading.batches import RecordLoader
from dataset.loading.checks import (
    check_dataset,
    check_scheme,
    check_space,
    check_version,
    earlier_loads,
)
from dataset.loading.first_pass import codes_of
from dataset.loading.readers import reader_of
from dataset.store.engines.base import Engine
from dataset.writes.revisions import revision

BYTES_OF_RECORD = 200

OnProgress = Callable[[SourceFile, int, int], None]
"""Called with a file, how many of its bytes are read, and how many more records."""


@dataclass(frozen=True)
class LoadJob:
    """What is to be loaded: files of a format; `missing` names those that the source lacks.

    `dataset` takes the place of the format's own. `version` names the release of the source that
    the files are of, where their names do not. With `dry_run` nothing is kept, with `force` a file
    is loaded whose codes are of another scheme. With `whole` events end that the files lack; if it
    is None, that holds where all files have the names of whole releases. Raises `Unreadable` for a
    file that is plainly of another format, `ValueError` for what cannot be done with this format.
    """

    format: str
    files: Sequence[SourceFile]
    dataset: str | None = None
    missing: Sequence[str] = ()
    dry_run: bool = False
    force: bool = False
    version: str | None = None
    whole: bool | None = None

    def __post_init__(self) -> None:
        """Check the job before anything is opened to write."""
        if self.dataset is not None:
            check_dataset(self.dataset, self.loader)
        if self.version is not None:
            check_version(self.version, self.loader)
        if self.whole and self.loader.makes != "events":
            raise ValueError(f"files of {self.format} hold no events that could be dropped.")
        _ = self.readers, self.stamps
        if self.whole and self.pages:
            raise Unreadable(
                f"{self.pages[0]} is one page of several, which the API gives: it is not whole, "
                "load it without `--whole`."
            )

    @property
    def loader(self) -> Loader:
        """The loader of the format."""
        return LOADERS[self.format]

    @property
    def is_whole(self) -> bool:
        """Whether the files are taken for all that their datasets hold."""
        return self._are_releases if self.whole is None else self.whole

    @property
    def holding(self) -> Sequence[bool]:
        """Which files say what whole datasets hold: of whole releases, only the newest."""
        newest = max(map(str, self.stamps), default="")
        return [not self._are_releases or stamp == newest for stamp in self.stamps]

    @property
    def _are_releases(self) -> bool:
        return all(self.loader.is_whole(file.name) for file in self.files)

    @cached_property
    def readers(self) -> Sequence[TableReader]:
        """How each of the files is read."""
        return [reader_of(self.format, file) for file in self.files]

    @cached_property
    def stamps(self) -> Sequence[str | None]:
        """When the files say that their events were added, or the releases that they are of."""
        release_of = self.loader.release_of
        if release_of is None:
            return [file.stamp for file in self.files]
        return [release_of(file.name, self.version, self.dataset) for file in self.files]

    @cached_property
    def pages(self) -> list[str]:
        """The files that are one page of several, which other pages follow."""
        read = zip(self.files, self.readers, strict=True)
        return [file.name for file, reader in read if reader.dialect is JSON and _has_next(file)]

    def contexts(self, database: Engine) -> list[FileContext]:
        """Read what loaders must know of whole files; refuse codes of another scheme."""
        found = []
        for file, reader, stamp in zip(self.files, self.readers, self.stamps, strict=True):
            codes = codes_of(reader, file)
            if self.force:
                codes = codes.by_force(file.name)
            else:
                check_scheme(database, self.format, file, codes)
            found.append(FileContext(file.name, reader, stamp, self.dataset, codes, self.version))
        return found


def load(database: Engine, job: LoadJob, on_progress: OnProgress = lambda *_: None) -> Account:
    """Load files as one revision: all of it or nothing. Raises `Unreadable`, `StoreError`."""
    check_space(database, job.files)
    contexts = job.contexts(database)
    detail = ", ".join(file.name for file in job.files[:3])
    expected = sum(file.bytes for file in job.files) // BYTES_OF_RECORD
    with _no_cycle_search(), revision(database, "load", detail, expected) as change:
        account = OpenAccount(change, job.format, job.loader.version, dataset=job.dataset)
        records = RecordLoader(change, account, job.loader, job.is_whole)
        for file, context, holds in zip(job.files, contexts, job.holding, strict=True):
            _load_file(file, context, account, records, on_progress, holds)
        records.finish()
        if account.refused_any:
            for file in job.files:
                records.report.earlier_loads += earlier_loads(database, file.sha256)
        records.report.missing += job.missing
        records.report.release = job.version
        records.report.pages = job.pages
        if job.dry_run:
            change.discard()
        return account.close(records.report)


def _has_next(file: SourceFile) -> bool:
    with file.open() as stream:
        return has_next_page(stream)


def _load_file(
    file: SourceFile,
    context: FileContext,
    account: OpenAccount,
    records: RecordLoader,
    on_progress: OnProgress,
    holds: bool,
) -> None:
    reader = context.reader
    account.begin_file(file.name, file.sha256, file.bytes, reader.header)
    with file.open() as stream:
        found = reader.dialect.records(stream)
        if reader.header:
            next(found)
            account.skip()
        for read in records.load(found, context, holds):
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
