"""Remove what was derived from purged events."""

from collections.abc import Callable

from api.commands.columns import forget_columns
from api.settings import Settings
from dataset.errors import Impossible
from dataset.store.engines.base import Engine
from dataset.store.results_cache import ResultsCache
from dataset.writes.purges import forget


def forget_removed(database: Engine, store: str, settings: Settings, what: str) -> None:
    """Remove what still holds purged events of a store, which had this UUID before."""
    # If one removal fails, the others are still tried.
    left = [
        forget(database),
        _failure(lambda: ResultsCache(settings.results_folder).forget(store)),
        _failure(lambda: forget_columns(settings)),
    ]
    if any(left):
        raise Impossible(
            f"{what} is purged, but some derived files remain: "
            f"{' '.join(filter(None, left))} Solve that and purge again."
        )


def _failure(remove: Callable[[], object]) -> str:
    """Remove something; return what went wrong, if anything."""
    try:
        remove()
    except OSError as error:
        return f"{error}."
    return ""
