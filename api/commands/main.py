"""The `cameo-events` command: parses arguments, calls `dataset`."""

import json
from importlib import import_module
from pathlib import Path

import click

from api import create_app
from api.commands.options import Commands, setting, settings_with, writing
from api.openapi import specification
from api.server import serving
from api.settings import Settings
from api.terminals import echo, write
from dataset.store.database import is_begun
from dataset.store.snapshots import Store

ELSEWHERE = {
    "init": "api.commands.stores:init",
    "copy": "api.commands.stores:copy_store",
    "migrate": "api.commands.stores:migrate_store",
    "backup": "api.commands.backups:back_up",
    "restore-backup": "api.commands.backups:restore_backup",
    "load": "api.commands.loads:load_files",
    "loads": "api.commands.accounts:list_loads",
    "columns": "api.commands.columns:refresh_columns",
    "quarantine": "api.commands.accounts:show_quarantine",
    "undo": "api.commands.undoing:undo_load",
    "drop": "api.commands.undoing:drop_events",
    "retract": "api.commands.retractions:retract_event",
    "restore": "api.commands.retractions:restore_event",
    "purge": "api.commands.retractions:purge_event",
    "release": "api.commands.releases:name_release",
}
"""The commands that a server does not need; each is imported at its first use."""
SEED = "dataset.loading.seed"


@click.group(
    cls=Commands,
    elsewhere=ELSEWHERE,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Example: cameo-events load gdelt --from 2024-06-13 --to 2024-06-17",
)
@click.version_option(package_name="cameo-events")
def main() -> None:
    """Serve and load political events: who did what to whom, when and where."""


@main.command(epilog="Example: cameo-events serve --database events.sqlite --port 8001")
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
@setting("seed")
def serve(**given: str | None) -> None:
    """Serve the API.

    A database that does not exist is made, with the seed dataset in it unless SEED is no.
    """
    settings = settings_with(**given)
    serving.check_address(settings)
    if _is_empty(settings):
        _begin(settings)
    serving.run(settings)


@main.command(epilog="Example: cameo-events openapi --output openapi.json")
@click.option("--output", type=click.Path(path_type=Path), help="File to write instead of stdout.")
def openapi(output: Path | None) -> None:
    """Write the OpenAPI document."""
    app = create_app(Settings(database="unused.sqlite"))
    text = json.dumps(specification.document(app), indent=2, ensure_ascii=False) + "\n"
    if output:
        output.write_text(text, encoding="utf-8")
    else:
        write(text)


def _begin(settings: Settings) -> None:
    """Make a new store, with the seed dataset unless somebody said that it has none."""
    with writing(settings, may_make=True) as database:
        seed = import_module(SEED)
        if settings.seed == "no":
            seed.leave_out(database)
        if seed.is_left_out(database):
            echo("The database is new: it has no events yet.")
        else:
            seeded = seed.load(database).outcomes["inserted"]
            echo(f"The database is new: it has the seed dataset, {seeded} events.")


def _is_empty(settings: Settings) -> bool:
    """Tell whether the database is missing, incomplete, or has no revision."""
    if not is_begun(settings.database):
        return True
    store = Store(settings.database)
    with store.snapshot() as snapshot:
        empty = snapshot.revision == 0
    store.close()
    return empty
