"""The command that names revisions."""

import click

from api.commands.options import setting, settings_with, writing
from api.terminals import echo
from dataset.writes.releases import release


@click.command("release", epilog="Example: cameo-events release 2026.1")
@setting("database")
@click.argument("name")
@click.option("--revision", "number", type=int, help="Revision to name; the newest by default.")
def name_release(database: str | None, name: str, number: int | None) -> None:
    """Give a revision a NAME for good, such as 2026.1."""
    with writing(settings_with(database=database)) as opened:
        echo(f"Release {name} is revision {release(opened, name, number)}.")
