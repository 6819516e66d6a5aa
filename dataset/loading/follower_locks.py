"""Be the only process that follows GDELT for a store."""

from contextlib import ExitStack

from dataset.errors import Impossible, StoreError
from dataset.loading.follow_notes import follower_of
from dataset.store.database import ENGINE_ERRORS, open_to_write
from dataset.store.engines.base import Engine


class FollowerLock:
    """The lock of a store's follower: it ends with the process, or with its connection."""

    def __init__(self, url: str) -> None:
        """Remember the store; nothing is locked yet."""
        self._url = url
        self._held = ExitStack()
        self._database: Engine | None = None
        self._refusal: type[Exception] = Impossible

    def hold(self) -> None:
        """Take the lock, or take it anew where its connection was lost.

        Raises `Impossible` if another process has it, `StoreError` if the store cannot be used, or
        if another has the lock that was lost: the end of its old connection may take a while.
        """
        if self._database and self._is_alive(self._database):
            return
        self.release()
        database = open_to_write(self._url)
        self._held.callback(database.close)
        try:
            if not self._held.enter_context(database.follower_lock()):
                raise self._refusal(
                    f"GDELT is followed already for {database.label}, by {follower_of(database)}."
                )
        except ENGINE_ERRORS as error:
            raise database.unusable("locked", error) from error
        self._database, self._refusal = database, StoreError

    def release(self) -> None:
        """Let go of the lock."""
        self._database = None
        self._held.close()

    def _is_alive(self, database: Engine) -> bool:
        try:
            database.execute_sql("SELECT 1").fetchone()
        except ENGINE_ERRORS:
            return False
        return True
