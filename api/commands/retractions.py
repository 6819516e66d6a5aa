"""The commands that retract, restore and purge events."""

from collections.abc import Callable

import click

from api.commands.columns import forget_columns
from api.commands.options import setting, settings_with, writing
from api.terminals import echo
from dataset.errors import Impossible
from dataset.store.database import settings_of
from dataset.store.results_cache import ResultsCache
from dataset.writes import purges, retractions


@click.command(
    "retract",
    epilog="Example: cameo-events retract seed:9 --reason 'Wrong date.'",
)
@setting("database")
@click.argument("event_id", metavar="ID")
@click.option("--reason", required=True, help="Why, as readers of the event will see it.")
@click.option("--successor", help="Id of the event that takes its place.")
def retract_event(database: str | None, event_id: str, reason: str, successor: str | None) -> None:
    """Withdraw the event ID. Its history stays."""
    with writing(settings_with(database=database)) as opened:
        _done("retracted", event_id, retractions.retract(opened, event_id, reason, successor))


@click.command("restore", epilog="Example: cameo-events restore seed:9")
@setting("database")
@click.argument("event_id", metavar="ID")
def restore_event(database: str | None, event_id: str) -> None:
    """Undo the retraction of the event ID: it has its last values again.

    If files with newer versions were loaded meanwhile, load them again.
    """
    with writing(settings_with(database=database)) as opened:
        _done("restored", event_id, retractions.restore(opened, event_id))


@click.command("purge", epilog="Example: cameo-events purge seed:9")
@setting("database")
@setting("cache")
@click.argument("event_id", metavar="ID")
@click.confirmation_option(prompt="All versions of the event will be removed for good. Go on?")
def purge_event(database: str | None, cache: str | None, event_id: str) -> None:
    """Remove all versions of the event ID for good.

    No load brings it back. The database file is written again, which takes a while. Results that
    servers keep in CACHE, and the copy in columns, are removed as well. Backups, exports and the
    quarantine of loads are not touched.
    """
    settings = settings_with(database=database, cache=cache)
    with writing(settings) as opened:
        store = settings_of(opened)["uuid"]
        _done("purged", event_id, purges.purge(opened, event_id))
        # If one removal fails, the others are still tried.
        left = [
            purges.forget(opened),
            _failure(lambda: ResultsCache(settings.results_folder).forget(store)),
            _failure(lambda: forget_columns(settings)),
        ]
    if any(left):
        raise Impossible(
            f"The event {event_id} is purged, but some derived files remain: "
            f"{' '.join(filter(None, left))} Solve that and purge again."
        )


def _failure(remove: Callable[[], object]) -> str:
    """Remove something; return what went wrong, if anything."""
    try:
        remove()
    except OSError as error:
        return f"{error}."
    return ""


def _done(what: str, event_id: str, revision: int) -> None:
    echo(f"The event {event_id} is {what} as of revision {revision}.")
