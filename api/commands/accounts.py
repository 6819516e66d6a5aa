"""Show the accounts of loads, and their quarantines."""

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

import click
from rich.console import Console
from rich.table import Table

from api.commands.options import setting, settings_with
from api.commands.versions import comparisons
from api.terminals import echo
from dataset.catalogue import loads
from dataset.declarations.outcomes import OUTCOMES
from dataset.errors import Impossible
from dataset.loading.accounts import Account
from dataset.store.lists import Item, ListPage, PageRequest, every
from dataset.store.snapshots import Snapshot, Store

MOST_SHOWN = 5
"""The most entries of a list shown; `/v1/loads/{number}` has them all."""


def show_account(account: Account, tried: bool = False) -> None:
    """Print the account of a load; `tried` means a dry run."""
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column()
    table.add_column(justify="right")
    skipped = [("skipped", account.skipped)] if account.skipped else []
    for name, count in (("read", account.read), *skipped, *account.outcomes.items()):
        table.add_row(name, f"{count:,}")
    Console(width=100).print(table)
    for line in (*_remarks(account), *comparisons(account), _ending(account, tried)):
        echo(line)


def _remarks(account: Account) -> Iterator[str]:
    report = account.report
    for name, (words, shown) in LISTED.items():
        if found := report[name]:
            few = ", ".join(shown.format_map(one) for one in found[:MOST_SHOWN])
            more = f" and {len(found) - MOST_SHOWN} more" if len(found) > MOST_SHOWN else ""
            yield f"{words}: {few}{more}."
    if report["dropped"]:
        yield f"Dropped by the source: {report['dropped']:,} events that the files lack."
    if report["lacked"]:
        yield (
            f"Left out as outdated: {report['lacked']:,} records of older releases, whose events a "
            "newer whole release lacks."
        )
    if report["not_dropped"]:
        yield f"No event was ended: {report['not_dropped']}."
    if report["earlier_loads"]:
        loads = ", ".join(map(str, report["earlier_loads"]))
        yield f"The same file was loaded before (load {loads}): what that stored is still there."
    if not account.read:
        yield "No record was read: the files have none."
    for name in report["pages"]:
        yield f"{name} is one page of several: load the pages that follow, too."
    if missing := report["missing"]:
        files = f"{len(missing)} files, the first" if missing[1:] else "1 file:"
        yield f"The source lacks {files} {missing[0]}."


LISTED = {
    "unknown_codes": ("Kept, but unknown to the codebook", "{code} ({column}, {count:,})"),
    "mended_codes": ("Codes that got their lost zero back", "{code} as {mended} ({count:,})"),
    "codes_from_text": (
        "Codes taken from the event's text, as the record has none",
        "{text} is {code} ({count:,})",
    ),
    "unknown_sectors": ("Sectors that are not known, left out", "{sector} ({column}, {count:,})"),
    "countries_by_division": (
        "Places in a division that has a country of its own",
        "{division} is {country} ({count:,})",
    ),
    "left_out": ("Faulty values of places, left out", "{column} ({count:,})"),
}
"""The lists of a report that are printed: what they are, and how each entry is shown."""


def _ending(account: Account, tried: bool) -> str:
    if tried:
        return "Nothing was kept: this was a dry run."
    if account.revision is None:
        done = f"Load {account.number} changed nothing and made no revision."
    else:
        done = f"Load {account.number} made revision {account.revision}."
    if account.outcomes["quarantined"]:
        done += f" See what was refused: cameo-events quarantine {account.number}"
    return done


@contextmanager
def _reading(database: str | None) -> Iterator[Snapshot]:
    store = Store(settings_with(database=database).database)
    try:
        with store.snapshot() as snapshot:
            yield snapshot
    finally:
        store.close()


@click.command("loads", epilog="Example: cameo-events loads")
@setting("database")
def list_loads(database: str | None) -> None:
    """List all loads with their counts, and the drops of datasets between them."""
    with _reading(database) as snapshot:
        drops = deque(loads.drops(snapshot))
        for one in every(lambda cut: loads.loads(snapshot, cut)):
            while drops and drops[0][0] < (one["revision"] or 0):
                _show_drop(*drops.popleft())
            replay = f"replay of load {one['replays']}: " if one["replays"] else ""
            echo(f"{one['number']}  {one['finished']}  {one['format']}  {replay}{_files(one)}")
            echo(f"   {'; '.join(_counts(one))}")
        for drop in drops:
            _show_drop(*drop)


def _show_drop(revision: int, committed: str, dataset: str) -> None:
    echo(f"-  {committed}  drop of {dataset}")
    echo(f"   revision {revision}")


def _files(one: Item) -> str:
    names = [file["name"] for file in one["files"]]
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return ", ".join(names[:3]) + more


def _counts(one: Item) -> Iterator[str]:
    """Say what became of the records of a load, and of what its whole files lack."""
    into = f" into {', '.join(one['datasets'])}" if one["datasets"] else ""
    counts = ", ".join(f"{one[name]:,} {name}" for name in OUTCOMES if one[name])
    yield f"{one['read']:,} read{into}: {counts or 'nothing'}"
    if one["report"]["dropped"]:
        yield f"{one['report']['dropped']:,} dropped by the source"
    made = f"revision {one['revision']}" if one["revision"] else "no revision"
    yield made + (f", undone by revision {one['undone']}" if one["undone"] else "")


@click.command("quarantine", epilog="Example: cameo-events quarantine 2")
@setting("database")
@click.argument("number", type=int)
def show_quarantine(number: int, database: str | None) -> None:
    """Show what the load NUMBER refused, and why."""
    with _reading(database) as snapshot:
        for one in every(lambda cut: _quarantine(snapshot, number, cut)):
            where = f"{one['file']}:{one['line']}"
            replayed = f" (read again by load {one['replayed']})" if one["replayed"] else ""
            column = f"{one['column']}: " if one["column"] else ""
            echo(f"{where}: {column}{one['reason']}{replayed}")
            echo(f"    {one['raw']}")


def _quarantine(snapshot: Snapshot, number: int, cut: PageRequest) -> ListPage:
    page = loads.quarantine(snapshot, number, cut)
    if page is None:
        raise Impossible(f"There is no load {number}.")
    return page
