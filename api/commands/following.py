"""Follow GDELT: look, load, and wait, until the process is ended."""

import os
import signal
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from functools import partial
from threading import Event
from typing import NoReturn

from api.commands.columns import refresh_if_made
from api.commands.options import tell
from api.settings import Settings
from api.terminals import echo
from dataset.errors import StoreError, Unreadable
from dataset.inputs.downloads import Downloads
from dataset.inputs.gdelt_feeds import FeedLists
from dataset.inputs.gdelt_slots import Feed
from dataset.loading.accounts import Account
from dataset.loading.follower_locks import FollowerLock
from dataset.loading.followers import FAILURES, FeedFollower, Patience
from dataset.store.database import open_to_write
from dataset.store.engines.base import Engine

FOLDER = "following"
"""The folder within the cache for files that are being loaded."""
FILES_BETWEEN_COPIES = 192
"""While it catches up, the copy in columns is brought up to date after so many files: a day's."""


def follow(settings: Settings, feeds: Sequence[Feed], first: datetime | None, every: float) -> None:
    """Follow feeds from a slot on, with so many seconds between two looks; Ctrl-C ends it."""
    lock = FollowerLock(settings.database)
    folder = settings.cache_folder / FOLDER
    try:
        pause = min(1.0, every)
        with _ended_by_signals() as end, Downloads(folder, _report, pause=pause) as downloads:
            lock.hold()
            echo(f"Following {', '.join(feed.name for feed in feeds)}.")
            Rounds(settings, downloads, lock, feeds, first, every, end).go_on()
    except KeyboardInterrupt:
        echo("Stopped: what was not committed yet is loaded at the next start.")
    finally:
        lock.release()


class Rounds:
    """Gives each feed its turn, again and again; waits longer each time that something fails."""

    def __init__(
        self,
        settings: Settings,
        downloads: Downloads,
        lock: FollowerLock,
        feeds: Sequence[Feed],
        first: datetime | None,
        every: float,
        end: Event,
    ) -> None:
        """Begin with nothing loaded; go on until the `end` is set, or a signal interrupts."""
        self._settings, self._lock, self._end = settings, lock, end
        self._patience = Patience(every)
        self._not_copied = 0
        process = f"process {os.getpid()} on {socket.gethostname()}"
        lists = [FeedLists(downloads, settings.gdelt_url, feed) for feed in feeds]
        self._followers = [
            FeedFollower(one, downloads, first, every, process, _report, self._loaded)
            for one in lists
        ]

    def go_on(self) -> NoReturn:
        """Give each feed its turn until the process is ended."""
        while True:
            failures, more = self._patience.failures, self._round()
            if self._patience.failures == failures:
                self._patience.failures = 0
            if self._not_copied >= (FILES_BETWEEN_COPIES if more else 1):
                refresh_if_made(self._settings)
                self._not_copied = 0
            if not more:
                time.sleep(self._patience.seconds)

    def _round(self) -> bool:
        """Give each feed its turn; tell whether more files are waiting."""
        try:
            self._lock.hold()
            database = open_to_write(self._settings.database)
        except StoreError as error:
            return self._failed(error)
        try:
            return self._turns(database)
        finally:
            database.close()

    def _turns(self, database: Engine) -> bool:
        """Note where all feeds begin, look what they have, and only then load anything."""
        begun = [one for one in self._followers if self._does(database, one, one.begin)]
        seen = [one for one in begun if self._does(database, one, one.look)]
        more = [self._does(database, one, partial(self._load, one)) for one in seen]
        return any(more)

    def _load(self, follower: FeedFollower, database: Engine) -> bool:
        turn = follower.load(database)
        if turn.loaded:
            tell(database.tidy())
        return turn.more

    def _does(
        self, database: Engine, follower: FeedFollower, step: Callable[[Engine], bool | None]
    ) -> bool:
        """Take a step of a feed; tell whether it goes on with the next one."""
        self._check_end()
        try:
            return step(database) is not False
        except BrokenPipeError:
            raise
        except FAILURES as error:
            is_source = isinstance(error, Unreadable)
            with suppress(StoreError):
                follower.failed(database, "source_unreachable" if is_source else "store_unusable")
            return self._failed(error)

    def _check_end(self) -> None:
        """End where the interrupt of a signal was lost within a library."""
        if self._end.is_set():
            raise KeyboardInterrupt

    def _loaded(self, name: str, account: Account) -> None:
        self._not_copied += 1
        counts = ", ".join(f"{count:,} {what}" for what, count in account.outcomes.items() if count)
        echo(f"{name}: {counts or 'no record'}; load {account.number}.")
        self._check_end()

    def _failed(self, error: Exception) -> bool:
        self._patience.fail()
        _report(f"{error} Trying again in {self._patience.seconds:g} s.")
        return False


def _report(line: str) -> None:
    echo(line, err=True)


@contextmanager
def _ended_by_signals() -> Iterator[Event]:
    """Let SIGTERM end it as Ctrl-C does; a second signal does not disturb the end."""
    ended = Event()

    def end(*_: object) -> NoReturn:
        ended.set()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.SIG_IGN)
        raise KeyboardInterrupt

    before = {number: signal.signal(number, end) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield ended
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
