"""Follow a feed of GDELT: look what is there, load what is missing, note how far it is."""

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

from dataset.errors import StoreError, Unreadable
from dataset.inputs.downloads import Downloads
from dataset.inputs.gdelt_feeds import FeedLists
from dataset.inputs.gdelt_slots import Feed, ListedFile
from dataset.inputs.kept_downloads import forget
from dataset.inputs.source_files import source_files
from dataset.inputs.transfers import Unreachable
from dataset.loading.accounts import Account
from dataset.loading.follow_notes import (
    Progress,
    hold,
    note,
    note_beginning,
    note_meanwhile,
    progress_of,
    usable,
)
from dataset.loading.followed_files import FORMATS, last_drop, loaded_between, still_lacking
from dataset.loading.following import Gaps, gaps
from dataset.loading.loads import LoadJob, load
from dataset.store.engines.base import Engine

FAILURES = (Unreadable, StoreError, OSError)
"""What ends a turn, and may pass."""
FILES_OF_A_TURN = 96
"""So many files are loaded before the source is looked at again, and it is noted how far it is."""
FILES_OF_A_NOTE = 16
"""So many files are loaded before it is noted what is still missing."""
TRIES = 5
"""A file that was faulty so often is not waited for when it is a week old."""
MOST_PATIENCE = 15
"""The longest wait is this many times the first."""


@dataclass
class Patience:
    """When to try again: each failure in a row doubles the wait, up to a limit."""

    first: float
    failures: int = 0
    until: float = 0.0

    @property
    def seconds(self) -> float:
        """How long to wait."""
        return self.first * min(2**self.failures, MOST_PATIENCE)

    def fail(self) -> None:
        """Count a failure."""
        self.failures += 1
        self.until = time.monotonic() + self.seconds

    @property
    def is_over(self) -> bool:
        """Whether it is time to try again."""
        return time.monotonic() >= self.until


@dataclass
class Turn:
    """What a turn did: how many files it loaded, and whether more are waiting."""

    loaded: int = 0
    more: bool = False


@dataclass
class FeedFollower:
    """Follows one feed; what it must remember, it reads from the store at each turn.

    `first`: the slot to begin with, if one was asked for. `report` gets what goes wrong, `loaded`
    each file with its account.
    """

    lists: FeedLists
    downloads: Downloads
    first: datetime | None
    every: float
    process: str
    report: Callable[[str], None]
    loaded: Callable[[str, Account], None]
    faulty: dict[str, Patience] = field(default_factory=dict)
    """The files that could not be loaded, and when to try again."""
    _begun: datetime | None = None
    _newest: datetime = field(init=False)
    _found: Gaps = field(init=False)

    def begin(self, database: Engine, newest: datetime | None = None) -> None:
        """Note where to begin, as soon as that is known: a stop must not lose it."""
        feed = self.lists.feed
        progress = note_beginning(database, feed, self.process, self.first, newest)
        if progress and progress.first != self._begun:
            self._begun = progress.first
            with usable(database):
                drop = None if self.first else last_drop(database)
            self.report(_beginning(feed, progress.first, drop and drop.number))

    def look(self, database: Engine) -> None:
        """Look what the source has, and note what of it is missing.

        Raises one of `FAILURES`: `Unreadable` if the source cannot be read, the others if nothing
        can be kept.
        """
        newest = self.lists.look()
        self.begin(database, newest)
        progress, found = self._state(database, newest)
        if found.late or found.lacking:
            self.lists.read_on(progress.through)
            progress, found = self._state(database, newest)
        self._newest, self._found = newest, self._note(database, newest)

    def load(self, database: Engine) -> Turn:
        """Load some of what the last look found missing, oldest first. Raises as a look does."""
        newest, found = self._newest, self._found
        due = [one for one in found.waiting if self._is_due(one)][:FILES_OF_A_TURN]
        if not due:
            return Turn()
        done = set[str]()
        try:
            for number, one in enumerate(due, 1):
                if self._load(database, one):
                    done.add(one.name)
                if number % FILES_OF_A_NOTE == 0:
                    left = found.without(done, newest)
                    note_meanwhile(database, self.lists.feed, left, self.faulty)
        except FAILURES:
            with suppress(StoreError):
                self._note(database, newest)
            raise
        found = self._note(database, newest)
        return Turn(len(done), any(map(self._is_due, found.waiting)))

    def failed(self, database: Engine, outcome: str) -> None:
        """Note that a look failed."""
        note(database, self.lists.feed, outcome, self.process)

    def _state(self, database: Engine, newest: datetime) -> tuple[Progress, Gaps]:
        """Read how far the feed is, and compare what is loaded with what there is."""
        feed = self.lists.feed
        with usable(database):
            progress = progress_of(database, feed, self.first) or Progress.begun_at(newest)
            progress.lacking = still_lacking(database, progress.lacking)
            loaded = loaded_between(database, feed, progress.through, newest)
        hopeless = {name for name, one in self.faulty.items() if one.failures >= TRIES}
        return progress, gaps(feed, progress.through, newest, self.lists.listed, loaded, hopeless)

    def _note(self, database: Engine, newest: datetime) -> Gaps:
        """Note how far the feed is, in one transaction: others restore backups, or drop."""
        with usable(database), database.atomic():
            hold(database, self.lists.feed)
            progress, found = self._state(database, newest)
            return self._noted(database, progress, newest, found)

    def _noted(self, database: Engine, progress: Progress, newest: datetime, found: Gaps) -> Gaps:
        waiting = {one.name for one in found.waiting}
        faulty = self.faulty.keys() & waiting
        kept = self.faulty.keys() & waiting.union(found.lacking)
        self.faulty = {name: self.faulty[name] for name in kept}
        state = "files_faulty" if faulty else "catching_up" if found.waiting else "up_to_date"
        feed = self.lists.feed
        note(database, feed, state, self.process, progress, newest, found, faulty)
        self.lists.forget(found.through)
        return found

    def _is_due(self, file: ListedFile) -> bool:
        return file.name not in self.faulty or self.faulty[file.name].is_over

    def _load(self, database: Engine, file: ListedFile) -> bool:
        """Load a file as a revision of its own; tell whether it could be loaded."""
        try:
            account = self._loaded(database, file)
        except Unreachable:
            raise
        except Unreadable as error:
            patience = self.faulty.setdefault(file.name, Patience(self.every))
            patience.fail()
            self.report(f"{error} It is tried again in {patience.seconds:g} s.")
            return False
        self.loaded(file.name, account)
        return True

    def _loaded(self, database: Engine, file: ListedFile) -> Account:
        url = f"{self.lists.folder}/{file.name}"
        path = self.downloads.fetch(url, file.md5)
        if path.stat().st_size != file.bytes:
            raise Unreadable(f"{file.name} does not have the {file.bytes} bytes that are listed.")
        kind = file.name.split(".")[-3]
        account = load(database, LoadJob(FORMATS[kind], source_files([url], lambda _: path)))
        forget(path)
        return account


def _beginning(feed: Feed, first: datetime, drop: int | None) -> str:
    told = f"{feed.name} is followed from {first:%Y-%m-%dT%H:%M:%SZ} on."
    if drop is None:
        return told
    return f"{told} Revision {drop} dropped what was loaded before: `--from` brings it back."
