"""The command that loads files."""

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click

from api.commands.accounts import show_account
from api.commands.columns import refresh_if_made
from api.commands.following import follow
from api.commands.options import setting, settings_with, writing
from api.commands.progress import showing_progress
from api.settings import Settings
from api.terminals import echo
from dataset.errors import Unreadable
from dataset.inputs import gdelt_downloads
from dataset.inputs.downloads import Downloads
from dataset.inputs.gdelt_slots import FEEDS
from dataset.inputs.source_files import source_files
from dataset.loaders import LOADERS
from dataset.loading.accounts import Account
from dataset.loading.checks import check_dataset, check_version
from dataset.loading.loads import LoadJob, OnProgress, load
from dataset.loading.replays import replay
from dataset.store.database import is_begun, open_to_write

DAY = click.DateTime(["%Y-%m-%d"])
FOLLOWING = "With `load gdelt --follow` go only `--from`, `--translation` and `--every`."
EVERY = 60.0
"""Seconds between two looks at GDELT, if none are given."""
DOWNLOADED = {"gdelt": "export", "gdelt-mentions": "mentions"}
"""GDELT's own name for the files of a format."""
EXAMPLES = """\b
Example: cameo-events load gdelt path/to/20241211113000.export.CSV.zip
Example: cameo-events load gdelt --from 2024-06-13 --to 2024-06-17
Example: cameo-events load gdelt --follow --from 2024-06-13"""


@click.command("load", epilog=EXAMPLES)
@setting("database")
@setting("cache")
@setting("gdelt_url")
@click.argument("format", metavar="[FORMAT]", type=click.Choice(sorted(LOADERS)), required=False)
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option("--dataset", help="Name of the dataset; the format's own by default.")
@click.option(
    "--version", help="Release of UCDP GED, such as 24.1, for files whose name does not say it."
)
@click.option(
    "--whole/--no-whole",
    default=None,
    help="End the events of the dataset that the files lack; "
    "on by itself only for whole yearly releases of UCDP GED.",
)
@click.option("--from", "first", type=DAY, help="First day of GDELT's files to download.")
@click.option("--to", "last", type=DAY, help="Last day of GDELT's files to download.")
@click.option("--daily", is_flag=True, help="Download the daily files of GDELT 1.0.")
@click.option("--translation", is_flag=True, help="Also GDELT's files of translated sources.")
@click.option("--follow", is_flag=True, help="Go on with GDELT's newest files as they appear.")
@click.option(
    "--every",
    type=click.FloatRange(0.01, 900),
    help=f"With --follow: seconds between two looks at the source, {EVERY:g} if not given.",
)
@click.option("--dry-run", is_flag=True, help="Check and report; keep nothing.")
@click.option(
    "--force", is_flag=True, help="Read a WEIS file as CAMEO: most of its actions will be wrong."
)
@click.option("--replay", "replayed", type=int, help="Read the quarantine of this load again.")
def load_files(**given: Any) -> None:
    """Load files of a FORMAT, as one revision.

    A PATH is a file, a folder, a pattern, a .zip, a .gz or an address. With --from and --to,
    GDELT's own files of these days are downloaded instead. With --follow, its events and mentions
    are loaded every 15 minutes, from where the store's end, from --from, or from now on. Files of
    all sources may be CSV (also with tabs or semicolons), JSON lines or Parquet.

    \b
    FORMAT is one of:
      gdelt           GDELT 2.0 events, and 1.0 daily and back files
      gdelt-mentions  GDELT 2.0 mentions
      icews           ICEWS yearly and daily files
      phoenix         Phoenix daily files, and the Historical Phoenix
      keds            KEDS in CAMEO, and TABARI's own output
      petrarch        PETRARCH's own output
      polecat         POLECAT
      ucdp-ged        UCDP GED, yearly and candidate releases, CSV or JSON
      csv, ndjson     files that this service exported
    """  # noqa: D301 - click looks for this character
    named = {name: given.pop(name) for name in ("database", "cache", "gdelt_url")}
    settings = settings_with(**named)
    _check(**given)
    every = given.pop("every") or EVERY
    if given.pop("follow"):
        feeds = [*FEEDS.values()] if given["translation"] else [FEEDS["gdelt"]]
        follow(settings, feeds, _first_slot(given["first"]), every)
        return
    if given["replayed"] is not None:
        with writing(settings) as database:
            show_account(replay(database, given["replayed"]))
        refresh_if_made(settings)
        return
    job = _job(settings, **given)
    _load(settings, job)


def _check(
    format: str | None,
    paths: Sequence[str],
    first: datetime | None,
    last: datetime | None,
    replayed: int | None,
    dataset: str | None,
    version: str | None,
    whole: bool | None,
    dry_run: bool,
    daily: bool,
    translation: bool,
    follow: bool,
    every: float | None,
    force: bool,
) -> None:
    if follow:
        others = [paths, last, replayed, dataset, version, whole, daily, force, dry_run]
        if format != "gdelt" or any(other not in (None, False, ()) for other in others):
            raise click.UsageError(FOLLOWING)
        return
    if every is not None:
        raise click.UsageError("`--every` goes with `--follow`.")
    if translation and (not first or daily):
        raise click.UsageError("`--translation` goes with `--from` and `--to`, or `--follow`.")
    asked = [bool(paths), bool(first or last), replayed is not None]
    if sum(asked) != 1 or (format is None) != (replayed is not None):
        raise click.UsageError("Give a FORMAT and PATHs, or `--from` and `--to`, or `--replay N`.")
    if replayed is not None and (dataset or version or whole or dry_run or force):
        raise click.UsageError("`--replay` goes with no other option: it reads as the load did.")
    _check_names(format, dataset, version)
    if whole and format is not None and LOADERS[format].makes != "events":
        raise click.UsageError(f"`--whole` cannot be used with {format}: only events can be ended.")
    if daily and not first:
        raise click.UsageError("`--daily` goes with `--from` and `--to`.")
    if (first or last) and format not in DOWNLOADED:
        raise click.UsageError(f"Only {' and '.join(DOWNLOADED)} can be downloaded by day.")
    if bool(first) != bool(last):
        raise click.UsageError("`--from` and `--to` go together; both days are included.")


def _check_names(format: str | None, dataset: str | None, version: str | None) -> None:
    checks = {"--dataset": (dataset, check_dataset), "--version": (version, check_version)}
    for option, (value, check) in checks.items():
        if value is not None and format is not None:
            try:
                check(value, LOADERS[format])
            except ValueError as error:
                raise click.UsageError(f"{option}: {error}") from error


def _first_slot(day: datetime | None) -> datetime | None:
    """Give the first slot of a day, which must have some."""
    if day is None:
        return None
    try:
        return gdelt_downloads.first_slot(day.date())
    except ValueError as error:
        raise click.UsageError(f"`--from`: {error}") from error


def _job(settings: Settings, format: str, paths: Sequence[str], **given: Any) -> LoadJob:
    missing: Sequence[str] = ()
    with Downloads(settings.cache_folder, lambda line: echo(line, err=True)) as downloads:
        fetch: Callable[[str], Path] = downloads.fetch
        if given["first"]:
            fetched, missing = _downloaded(settings, downloads, format, **given)
            if not fetched:
                raise Unreadable(f"{settings.gdelt_url} has none of the files of these days.")
            paths, fetch = list(fetched), fetched.__getitem__
        found = source_files(paths, fetch)
    options = {name: given[name] for name in ("dataset", "version", "whole", "dry_run", "force")}
    return LoadJob(format, found, missing=missing, **options)


def _downloaded(
    settings: Settings,
    downloads: Downloads,
    format: str,
    first: datetime,
    last: datetime,
    daily: bool,
    translation: bool,
    **_: Any,
) -> tuple[dict[str, Path], list[str]]:
    days, kind = (first.date(), last.date()), DOWNLOADED[format]
    try:
        base = settings.gdelt_url
        return gdelt_downloads.fetched(downloads, base, *days, kind, daily, translation)
    except ValueError as error:
        raise click.UsageError(str(error)) from error


def _load(settings: Settings, job: LoadJob) -> None:
    with showing_progress(job.files) as on_progress:
        account = _tried(settings, job, on_progress) if job.dry_run else None
        if account is None:
            with writing(settings, may_make=True) as database:
                account = load(database, job, on_progress)
    show_account(account, job.dry_run)
    if not job.dry_run:
        refresh_if_made(settings)
    if account.read and account.read == account.outcomes["quarantined"]:
        raise Unreadable(_all_refused(account, job.dry_run))


def _all_refused(account: Account, tried: bool) -> str:
    one = account.read == 1
    refused = "The only record was refused" if one else f"All {account.read:,} records were refused"
    if tried:
        return f"{refused}. A load without `--dry-run` keeps them, with the reasons."
    return f"{refused}. See why: cameo-events quarantine {account.number}"


def _tried(settings: Settings, job: LoadJob, on_progress: OnProgress) -> Account:
    """Load into the database and undo it; if there is none, load into a temporary one."""
    with TemporaryDirectory() as folder:
        url = settings.database
        database = open_to_write(url if is_begun(url) else str(Path(folder, "dry-run.sqlite")))
        try:
            return load(database, job, on_progress)
        finally:
            database.close()
