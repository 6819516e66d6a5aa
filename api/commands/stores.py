"""The commands for the store as a whole."""

import click

from api.commands.accounts import show_account
from api.commands.options import setting, settings_with, tell, writing
from api.terminals import echo
from dataset.loading import seed as seeds
from dataset.maintenance import copies, distribution, migrations
from dataset.maintenance.distribution import SHARDS


@click.command(epilog="Example: cameo-events init --database events.sqlite")
@setting("database")
@setting("seed")
@click.option("--distribute", is_flag=True, help="Spread the tables over a Citus cluster.")
@click.option("--shards", type=click.IntRange(1, 1024), default=SHARDS, help="Number of shards.")
@click.option("--without-seed", is_flag=True, help="Leave the seed dataset out, as SEED=no does.")
def init(
    database: str | None, seed: str | None, distribute: bool, shards: int, without_seed: bool
) -> None:
    """Make the database, with the seed dataset in it.

    What is there already stays as it is.
    """
    settings = settings_with(database=database, seed=seed)
    with writing(settings, may_make=True) as opened:
        if distribute:
            distribution.distribute(opened, shards, echo)
        if without_seed or settings.seed == "no":
            seeds.leave_out(opened)
            echo("The database is ready, without the seed dataset.")
        else:
            show_account(seeds.load(opened))


@click.command(
    "copy", epilog="Example: cameo-events copy events.sqlite postgresql://user@host/events"
)
@click.argument("source", metavar="FROM")
@click.argument("target", metavar="TO")
def copy_store(source: str, target: str) -> None:
    """Copy the store FROM into the new database TO.

    Each is the path of a SQLite file, or like postgresql://user@host/database. All versions are
    copied. If the copy is interrupted, run it again: it goes on where it stopped. At the end each
    table is counted and compared. The copy is the same store, so cursors and pinned answers of one
    are valid in the other.
    """
    tell(copies.copy(source, target, _tell))
    echo("The copy is whole.")


@click.command("migrate", epilog="Example: cameo-events migrate --database events.sqlite")
@setting("database")
def migrate_store(database: str | None) -> None:
    """Bring the database to the schema of this version.

    Run it after an upgrade. It changes all of the database or nothing.
    """
    tell(migrations.migrate(settings_with(database=database).database, echo))
    echo("The schema is up to date.")


def _tell(table: str, found: copies.Sum) -> None:
    echo(f"{table:12} {found.rows:12,} rows  checksum {found.checksum:016x}")
