"""The `cameo-events` command: parses arguments, calls `dataset`."""

import json
import os
from pathlib import Path
from typing import Any

import click

from api import create_app, server, specification
from api.settings import MEANINGS, Settings
from dataset.database import is_begun, open_to_write
from dataset.errors import StoreError
from dataset.loaders import LOADERS
from dataset.snapshots import Store

UNUSABLE = 3
"""Exit code where the database cannot be used (2 is a wrong command line)."""


class Failure(click.ClickException):
    """A failure that is nobody's typing error."""

    exit_code = UNUSABLE


def setting(name: str) -> Any:
    """Make the option of a setting; the environment variable of its name gives the default."""
    return click.option(
        f"--{name.replace('_', '-')}", default=None, help=f"{MEANINGS[name]} [env: {name.upper()}]"
    )


def settings_with(**given: str | None) -> Settings:
    """Read the settings, with those of the command line put before the environment."""
    chosen = {name.upper(): text for name, text in given.items() if text is not None}
    try:
        return Settings.of({**os.environ, **chosen})
    except ValueError as error:
        raise click.UsageError(str(error)) from error


class Commands(click.Group):
    """The group of commands: what the data complains of becomes a message."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command."""
        try:
            return super().invoke(ctx)
        except (StoreError, OSError) as error:
            raise Failure(str(error)) from error


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="cameo-events")
def main() -> None:
    """Serve and load political events: who did what to whom, when and where."""


@main.command()
@setting("database")
def init(database: str | None) -> None:
    """Make the database and load the seed dataset, if that has not been done."""
    _report("seed", _load("seed", settings_with(database=database)))


@main.command()
@setting("database")
@click.argument("format", type=click.Choice(sorted(LOADERS)))
def load(format: str, database: str | None) -> None:
    """Load events of a FORMAT into the database; what is there already stays as it is."""
    _report(format, _load(format, settings_with(database=database)))


@main.command()
@setting("database")
@setting("host")
@setting("port")
@setting("workers")
@setting("threads")
@setting("public_url")
def serve(**given: str | None) -> None:
    """Serve the API; a database that does not exist is made, with the seed dataset in it."""
    settings = settings_with(**given)
    if _is_empty(settings):
        _report("seed", _load("seed", settings))
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


def _load(format: str, settings: Settings) -> dict[str, int]:
    database = open_to_write(settings.database)
    try:
        return LOADERS[format](database)
    finally:
        database.close()


def _report(name: str, account: dict[str, int]) -> None:
    counts = ", ".join(f"{number} {outcome}" for outcome, number in account.items() if number)
    click.echo(f"{name}: {sum(account.values())} read: {counts or 'nothing'}")
