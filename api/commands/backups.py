"""The commands that copy the store, and put a copy back."""

from pathlib import Path

import click

from api.commands.options import setting, settings_with, tell
from api.terminals import echo
from dataset.maintenance.backups import Backup, backup, restore

FILE = click.argument("file", type=click.Path(path_type=Path))


@click.command("backup", epilog="Example: cameo-events backup events.backup")
@setting("database")
@FILE
def back_up(database: str | None, file: Path) -> None:
    """Copy the database into a new FILE, and check the copy.

    The copy is the database as it is at one moment; others may read and write meanwhile. For
    PostgreSQL use its own pg_dump.
    """
    _show("holds", backup(settings_with(database=database).database, file), file)


@click.command("restore-backup", epilog="Example: cameo-events restore-backup events.backup")
@setting("database")
@FILE
@click.confirmation_option(prompt="What the database holds now will be gone. Go on?")
def restore_backup(database: str | None, file: Path) -> None:
    """Replace the database by the backup FILE.

    The backup is checked first. It is put back whole or not at all. A database that is being
    written to is refused. Servers need not be stopped.
    """
    _show("restored:", restore(file, settings_with(database=database).database), file)


def _show(done: str, found: Backup, file: Path) -> None:
    echo(f"{file} {done} revision {found.revision}, {found.bytes:,} bytes.")
    echo(f"SHA-256 {found.sha256}")
    tell(found.untidy)
