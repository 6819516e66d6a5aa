"""The commands that retract, restore and purge events."""

import click

from api.commands.options import setting, settings_with, writing
from api.commands.removals import forget_removed
from api.terminals import echo
from dataset.store.database import settings_of
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
    """Bring the event ID back, whatever ended it.

    It has its last values again, or the best of those that loads met since it was retracted.
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
        forget_removed(opened, store, settings, f"The event {event_id}")


def _done(what: str, event_id: str, revision: int) -> None:
    echo(f"The event {event_id} is {what} as of revision {revision}.")
