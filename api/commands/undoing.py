"""The commands that undo a load, and drop a dataset."""

from collections.abc import Iterator

import click

from api.commands.changed_events import DRY_RUN, TRIED, Listing, counted
from api.commands.columns import refresh_if_made
from api.commands.options import setting, settings_with, writing
from api.commands.removals import forget_removed
from api.terminals import echo
from dataset.loading.undoing import Other, replays_of, undo
from dataset.store.database import settings_of
from dataset.writes.dataset_drops import Dropped, NothingToDrop, drop_dataset


@click.command("undo", epilog="Example: cameo-events undo 2 --dry-run")
@setting("database")
@click.argument("number", metavar="LOAD", type=int)
@DRY_RUN
def undo_load(number: int, database: str | None, dry_run: bool) -> None:
    """Undo the load of this number, as one revision.

    What it inserted ends, what it updated has the version before again, what it dropped comes back,
    its mentions end. What later revisions changed stays, and is listed; a dry run lists all. The
    history before stays as it was. Later loads may bring the events again.
    """
    settings = settings_with(database=database)
    listing = Listing(dry_run)
    with writing(settings) as opened:
        replays = replays_of(opened, number)
        done = undo(opened, number, dry_run, listing.add)
    counts = {**done.events, "mentions": done.mentions, "sources": done.sources}
    for line in (*listing.lines(), *counted(counts, dry_run)):
        echo(line)
    if not any(counts.values()):
        echo("No event changes: nothing is left of what the load brought.")
    for line in (*_told_of_replays(replays), *_told_of_others(number, done.others)):
        echo(line)
    echo(TRIED if dry_run else f"Load {number} is undone as of revision {done.revision}.")
    if not dry_run:
        refresh_if_made(settings)


def _told_of_replays(replays: list[int]) -> Iterator[str]:
    for other in replays:
        yield (
            f"Load {other} replayed its quarantine and stays: undo it too if it should not be "
            "there."
        )


def _told_of_others(number: int, others: list[Other]) -> Iterator[str]:
    """Say which loads may have met the same records: that is all that their accounts tell."""
    if others:
        found = ", ".join(f"{one.records:,} of load {one.number}" for one in others)
        yield (
            f"Other loads of the same datasets did not store all of their records: {found}. Some "
            f"may be missing without load {number}: to be sure, load the files again."
        )


@click.command("drop", epilog="Example: cameo-events drop keds --dry-run")
@setting("database")
@setting("cache")
@click.argument("dataset")
@DRY_RUN
@click.option("--purge", is_flag=True, help="Remove the events and their history for good.")
@click.option("--yes", is_flag=True, help="Purge without asking.")
def drop_events(
    dataset: str, database: str | None, cache: str | None, dry_run: bool, purge: bool, yes: bool
) -> None:
    """End all events of a DATASET, as one revision.

    Their history stays. With --purge nothing stays but their ids: the database file is written
    again, results in CACHE and the copy in columns are removed; backups, exports and the quarantine
    are not touched. Later loads may bring the events again. Retracted events stay so, unless they
    are purged.
    """
    settings = settings_with(database=database, cache=cache)
    nothing = None
    if purge and not dry_run and not yes:
        question = f"All events of {dataset} and their history will be removed for good. Go on?"
        click.confirm(question, abort=True)
    with writing(settings) as opened:
        store = settings_of(opened)["uuid"]
        try:
            _show(dataset, drop_dataset(opened, dataset, purge, dry_run), purge)
        except NothingToDrop as error:
            nothing = error
        if purge and not dry_run:
            # Also if nothing is left: what an earlier purge could not remove may still be there.
            forget_removed(opened, store, settings, f"The dataset {dataset}")
        if nothing:
            raise nothing
    if not dry_run and not purge:
        refresh_if_made(settings)


def _show(dataset: str, done: Dropped, purge: bool) -> None:
    names = ("purged", "purged_mentions") if purge else ("ended", "mentions")
    found = dict(zip(names, (done.events, done.mentions), strict=True))
    for line in counted(found, done.revision is None):
        echo(line)
    what = "purged" if purge else "dropped"
    echo(
        f"The dataset {dataset} is {what} as of revision {done.revision}."
        if done.revision
        else TRIED
    )
