"""Say which versions of events count where the names of files date them, and why."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from dataset.inputs.stamps import is_of_month, stamp_of
from dataset.loading.accounts import Account

SENTENCES = {
    ("updated", "dated"): (
        "1 event has a newer version from {file} than the one of {against}.",
        "{count:,} events have newer versions from {file} than those of {against}.",
    ),
    ("updated", "alike"): (
        "1 event differs between {file} and an earlier load. {same}, so neither is newer: "
        "{rule}. Here it is the one loaded now.{way_out}",
        "{count:,} events differ between {file} and earlier loads. {same}, so neither is newer: "
        "{rule}. Here they are the ones loaded now.{way_out}",
    ),
    ("outdated", "dated"): (
        "1 record of {file} counts as older than the version of {against}.",
        "{count:,} records of {file} count as older than the versions of {against}.",
    ),
    ("outdated", "undated"): (
        "1 record of {file} counts as older than the version of {against}, since the name has no "
        "day: put the day into it to have the record count as newer.",
        "{count:,} records of {file} count as older than the versions of {against}, since the name "
        "has no day: put the day into it to have them count as newer.",
    ),
    ("outdated", "alike"): (
        "1 record of {file} differs from the version that counts. {same}, so neither is newer: "
        "{rule}.{way_out}",
        "{count:,} records of {file} differ from the versions that count. {same}, so neither is "
        "newer: {rule}.{way_out}",
    ),
}
"""For one event, and for several: by the outcome, and whether the name of the file has a day."""
RULE = (
    "the version that a newer loader read counts, else the one with more evidence, else always "
    "the same one"
)
"""Which of two versions counts where the names of their files do not tell."""
MOST_SHOWN = 5
"""How many sentences are printed."""


def comparisons(account: Account) -> Iterator[str]:
    """Say of the most frequent comparisons of versions in a load which of the two counts."""
    for one in account.report["versions"][:MOST_SHOWN]:
        yield _sentence(one, account.files)


def _sentence(one: Mapping[str, Any], files: Sequence[str]) -> str:
    added, against = one["added"], one["against"]
    kind = "alike" if added == against else "dated" if added else "undated"
    single, several = SENTENCES[one["outcome"], kind]
    return (single if one["count"] == 1 else several).format(
        file=_file(added, files),
        against=_day(against) if against else "a file without a day in its name",
        same=f"Both files are of {_day(added)}" if added else "Neither file has a day in its name",
        rule=RULE,
        way_out="" if added else " Put the days into the names.",
        count=one["count"],
    )


def _file(added: str | None, files: Sequence[str]) -> str:
    """Name the file of a time, or count them where there are several."""
    found = [name for name in files if stamp_of(name) == added]
    name = found[0] if len(found) == 1 else f"{len(found)} files"
    if added is None:
        return name
    last = ", the last day of its month" if any(map(is_of_month, found)) else ""
    return f"{name} ({_day(added)}{last})"


def _day(time: str) -> str:
    return time.removesuffix("T00:00:00Z")
