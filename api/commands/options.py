"""What the commands share: options of settings, opening a database, exit codes."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pkgutil import resolve_name
from typing import Any

import click

from api.settings import MEANINGS, UNSET, Settings
from api.terminals import echo, plain
from dataset.errors import Impossible, StoreError, Unreadable
from dataset.store.database import check_there, open_to_write
from dataset.store.engines.base import Engine

FAILED = 1
"""Exit code if the command cannot be done (2 is a wrong command line)."""
UNUSABLE = 3
"""Exit code if the database cannot be used."""
UNREADABLE = 4
"""Exit code if the input cannot be read."""
EXIT_CODES: dict[type[Exception], int] = {
    Impossible: FAILED,
    StoreError: UNUSABLE,
    Unreadable: UNREADABLE,
    OSError: UNUSABLE,
}


class Failure(click.ClickException):
    """A failure that is not an error in the command line."""

    def __init__(self, message: str, exit_code: int) -> None:
        """Keep the message, and the code to exit with."""
        super().__init__(message)
        self.exit_code = exit_code  # type: ignore[misc]


class Commands(click.Group):
    """The group of commands: errors of `dataset` become messages and exit codes."""

    def __init__(self, *args: Any, elsewhere: Mapping[str, str], **more: Any) -> None:
        """Keep the names of commands that are imported only when needed."""
        super().__init__(*args, **more)
        self.elsewhere = elsewhere

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name all commands."""
        return sorted({*self.commands, *self.elsewhere})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Find a command."""
        if cmd_name in self.elsewhere and cmd_name not in self.commands:
            self.add_command(resolve_name(self.elsewhere[cmd_name]), cmd_name)
        return super().get_command(ctx, cmd_name)

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            raise
        except click.ClickException as error:
            error.message = plain(error.message)  # type: ignore[misc]
            raise
        except tuple(EXIT_CODES) as error:
            code = next(code for kind, code in EXIT_CODES.items() if isinstance(error, kind))
            raise Failure(plain(str(error)), code) from error


def setting(name: str) -> Any:
    """Make the option of a setting; the environment variable of its name gives the default."""
    default = UNSET.get(name, getattr(Settings, name))
    told = f" [default: {default}]" if default != "" else ""
    text = f"{MEANINGS[name]} [env: {name.upper()}]{told}"
    return click.option(f"--{name.replace('_', '-')}", default=None, help=text)


def settings_with(**given: str | None) -> Settings:
    """Read the settings; the command line overrides the environment."""
    chosen = {name.upper(): text for name, text in given.items() if text is not None}
    try:
        return Settings.of({**os.environ, **chosen})
    except ValueError as error:
        raise click.UsageError(str(error)) from error


@contextmanager
def writing(settings: Settings, may_make: bool = False) -> Iterator[Engine]:
    """Open the database to write; tidy it afterwards, which shortens its log.

    Only `may_make` creates a missing database: otherwise its name may be mistyped.
    """
    if not may_make:
        check_there(settings.database)
    database = open_to_write(settings.database)
    try:
        yield database
        tell(database.tidy())
    finally:
        database.close()


def tell(remark: str) -> None:
    """Print what could not be done after a commit; the command itself has succeeded."""
    if remark:
        echo(remark, err=True)
