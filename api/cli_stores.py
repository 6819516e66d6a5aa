"""The commands that are about the store as a whole."""

import click

from api.options import setting, settings_with
from dataset import copies, migrations


@click.command("copy")
@click.argument("source", metavar="FROM")
@click.argument("target", metavar="TO")
def copy_store(source: str, target: str) -> None:
    """Copy the store FROM, with all its versions, into the new database TO.

    Either is the path of a SQLite file or like postgresql://user@host/database. A copy that was
    interrupted goes on where it ended. In the end each table is counted and compared. The copy is
    the same store: cursors and pinned answers of one are good at the other.
    """
    copies.copy(source, target, _tell)
    click.echo("The copy is whole.")


@click.command("migrate")
@setting("database")
def migrate_store(database: str | None) -> None:
    """Bring the database to the schema of this version, after an upgrade: all of it or nothing."""
    migrations.migrate(settings_with(database=database).database, click.echo)
    click.echo("The schema is up to date.")


def _tell(table: str, found: copies.Sum) -> None:
    click.echo(f"{table:12} {found.rows:12,} rows  checksum {found.checksum:016x}")
