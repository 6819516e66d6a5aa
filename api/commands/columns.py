"""The command that creates or repairs the Parquet copy of the database."""

import click

from api.commands.options import EXIT_CODES, setting, settings_with, tell
from api.settings import Settings
from api.terminals import echo
from dataset.parquet_copy.publishing import forget
from dataset.parquet_copy.refreshing import Refreshed, refresh
from dataset.parquet_copy.segments import is_made
from dataset.store.snapshots import Store


@click.command("columns", epilog="Example: cameo-events columns --database events.sqlite")
@setting("database")
@click.option("--anew", is_flag=True, help="Rebuild the whole copy as one file.")
def refresh_columns(database: str | None, anew: bool) -> None:
    """Create or repair the Parquet copy, which makes large group-bys and exports fast.

    It lies beside the database, in DATABASE.columns, and holds nothing that the
    database does not. Every file is checked, and made again if it is missing or damaged. Once there
    is a copy, `load` keeps it up to date.
    """
    _show(_refreshed(settings_with(database=database), anew))


def refresh_if_made(settings: Settings) -> None:
    """Update the copy after a load, if there is one; if that fails, the load stays committed."""
    if not is_made(settings.database):
        return
    try:
        _show(_refreshed(settings))
    except tuple(EXIT_CODES) as error:
        tell(
            "Everything is committed, but the copy in columns could not be brought up to date: "
            f"{error} The next load or `cameo-events columns` does it."
        )


def forget_columns(settings: Settings) -> None:
    """Remove the copy, if there is one."""
    if forget(settings.database):
        echo("The copy in columns is removed as well: `cameo-events columns` makes another.")


def _refreshed(settings: Settings, anew: bool = False) -> Refreshed:
    store = Store(settings.database)
    try:
        return refresh(store, anew)
    finally:
        store.close()


def _show(found: Refreshed) -> None:
    for fault in found.faults:
        echo(fault)
    for one in found.made:
        echo(f"Made: revisions {one.first} to {one.last}, {one.versions.rows:,} versions.")
    segments = found.copy.segments
    rows = sum(one.versions.rows for one in segments)
    megabytes = sum(file.bytes for one in segments for file in one.files) / 1e6
    echo(
        f"The copy in columns has {rows:,} versions in {len(segments)} segments "
        f"({megabytes:,.1f} MB), up to revision {found.copy.last}."
    )
