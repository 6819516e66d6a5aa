"""The `cameo-events` command: parses arguments, calls `dataset`."""

import json
from pathlib import Path

import click

from api import create_app, server, specification
from api.cli_backups import back_up, restore_backup
from api.cli_corrections import name_release, purge_event, restore_event, retract_event
from api.cli_loads import list_loads, load_files, show_quarantine
from api.cli_stores import copy_store, migrate_store
from api.options import Commands, setting, settings_with, writing
from api.progress import show
from api.settings import Settings
from dataset import distribution
from dataset.database import is_begun
from dataset.distribution import SHARDS
from dataset.loaders import seed
from dataset.runs import Outcome
from dataset.snapshots import Store


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="cameo-events")
def main() -> None:
    """Serve and load political events: who did what to whom, when and where."""


@main.command()
@setting("database")
@click.option("--distribute", is_flag=True, help="Spread the tables over a Citus cluster.")
@click.option("--shards", type=click.IntRange(1, 1024), default=SHARDS, help="Into so many parts.")
def init(database: str | None, distribute: bool, shards: int) -> None:
    """Make the database and load the seed dataset, if that has not been done."""
    settings = settings_with(database=database)
    if distribute:
        with writing(settings) as opened:
            distribution.distribute(opened, shards, click.echo)
    show(_seed(settings))


@main.command()
@setting("database")
@setting("host")
@setting("port")
@setting("workers")
@setting("threads")
@setting("public_url")
@setting("trusted_proxies")
@setting("query_seconds")
@setting("exports")
@setting("rate_limit")
@setting("rate_limit_storage")
@setting("log")
def serve(**given: str | None) -> None:
    """Serve the API; a database that does not exist is made, with the seed dataset in it."""
    settings = settings_with(**given)
    if _is_empty(settings):
        seeded = _seed(settings).account["inserted"]
        click.echo(f"The database is new: it has the seed dataset, {seeded} events.")
    server.run(settings)


@main.command()
@click.option("--output", type=click.Path(path_type=Path), help="File to write instead of stdout.")
def openapi(output: Path | None) -> None:
    """Write the OpenAPI document."""
    app = create_app(Settings(database="unused.sqlite"))
    text = json.dumps(specification.document(app), indent=2, ensure_ascii=False) + "\n"
    if output:
        output.write_text(text, encoding="utf-8")
    else:
        click.echo(text.encode(), nl=False)


def _is_empty(settings: Settings) -> bool:
    """Tell whether the database is missing, was only begun, or holds no revision."""
    if not is_begun(settings.database):
        return True
    store = Store(settings.database)
    with store.snapshot() as snapshot:
        empty = snapshot.revision == 0
    store.close()
    return empty


def _seed(settings: Settings) -> Outcome:
    with writing(settings) as database:
        return seed.load(database)


for command in (
    load_files,
    list_loads,
    show_quarantine,
    retract_event,
    restore_event,
    purge_event,
    name_release,
    copy_store,
    migrate_store,
    back_up,
    restore_backup,
):
    main.add_command(command)
