"""The commands that undo a load, and drop a dataset."""

from collections.abc import Iterator

import click

from api.commands.columns import refresh_if_made
from api.commands.options import setting, settings_with, writing
from api.commands.removals import forget_removed
from api.terminals import echo
from dataset.loading.undoing import Later, replays_of, undo
from dataset.store.database import settings_of
from dataset.writes.dataset_drops import Dropped, drop_dataset

COUNTED = {
    "ended": ("1 event has ended", "{count:,} events have ended"),
    "reverted": (
        "1 event has its version before again",
        "{count:,} events have their versions before again",
    ),
    "returned": (
        "1 event is back that the load had dropped",
        "{count:,} events are back that the load had dropped",
    ),
    "left": (
        "1 event was left, since a later revision changed it",
        "{count:,} events were left, since later revisions changed them",
    ),
    "mentions": ("1 mention has ended", "{count:,} mentions have ended"),
}
"""What is said of one, and of several."""
LISTED = {
    "ended": "ends: {id}",
    "reverted": "goes back: {id}",
    "returned": "comes back: {id}",
    "left": "stays: {id}, of revision {revision}",
}
TRIED = "Nothing was changed: this was a dry run."
DRY_RUN = click.option("--dry-run", is_flag=True, help="Say what would be done; change nothing.")


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

    def on_event(outcome: str, event_id: str, revision: int) -> None:
        if dry_run or outcome == "left":
            echo(LISTED[outcome].format(id=event_id, revision=revision))

    settings = settings_with(database=database)
    with writing(settings) as opened:
        replays = replays_of(opened, number)
        done = undo(opened, number, dry_run, on_event)
    for line in _counted({**done.events, "mentions": done.mentions}):
        echo(line)
    for line in (*_told_of_replays(replays), *_told_of_later(number, done.later)):
        echo(line)
    echo(TRIED if dry_run else f"Load {number} is undone as of revision {done.revision}.")
    if not dry_run:
        refresh_if_made(settings)


def _counted(counts: dict[str, int]) -> Iterator[str]:
    for name, (one, several) in COUNTED.items():
        if count := counts.get(name, 0):
            yield f"{one if count == 1 else several.format(count=count)}."


def _told_of_replays(replays: list[int]) -> Iterator[str]:
    for other in replays:
        yield (
            f"Load {other} replayed its quarantine and stays: undo it too if it should not be "
            "there."
        )


def _told_of_later(number: int, later: list[Later]) -> Iterator[str]:
    """Say which loads may have met the same records: that is all that their accounts tell."""
    if later:
        found = ", ".join(f"{one.number} ({one.records:,} records)" for one in later)
        yield (
            f"Later loads of the same datasets did not store all of their records: {found}. Some "
            f"may be missing without load {number}: to be sure, load their files again."
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
    if purge and not dry_run and not yes:
        question = f"All events of {dataset} and their history will be removed for good. Go on?"
        click.confirm(question, abort=True)
    with writing(settings) as opened:
        store = settings_of(opened)["uuid"]
        done = drop_dataset(opened, dataset, purge, dry_run)
        _show(dataset, done, "purged" if purge else "dropped")
        if purge and not dry_run:
            forget_removed(opened, store, settings, f"The dataset {dataset}")
    if not dry_run and not purge:
        refresh_if_made(settings)


def _show(dataset: str, done: Dropped, what: str) -> None:
    for line in _counted({"ended": done.events, "mentions": done.mentions}):
        echo(line)
    echo(
        f"The dataset {dataset} is {what} as of revision {done.revision}."
        if done.revision
        else TRIED
    )
