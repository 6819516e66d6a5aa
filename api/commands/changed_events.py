"""Say what an undo or a drop does to events, or would do."""

import re
from collections.abc import Iterator, Mapping

import click

DRY_RUN = click.option("--dry-run", is_flag=True, help="Say what would be done; change nothing.")
TRIED = "Nothing was changed: this was a dry run."
DONE = {
    "ended": ("1 event has ended", "{:,} events have ended"),
    "reverted": (
        "1 event has an earlier version again",
        "{:,} events are as they were before the load",
    ),
    "returned": (
        "1 event is back that the load had dropped",
        "{:,} events are back that the load had dropped",
    ),
    "left": (
        "1 event stays as it is, since a later revision changed it",
        "{:,} events stay as they are, since later revisions changed them",
    ),
    "away": (
        "1 event stays away, since a later revision ended it",
        "{:,} events stay away, since later revisions ended them",
    ),
    "mentions": ("1 mention has ended", "{:,} mentions have ended"),
    "sources": (
        "1 newer version of a retracted event is forgotten",
        "{:,} newer versions of retracted events are forgotten",
    ),
    "purged": (
        "1 event is removed for good",
        "{:,} events are removed for good, those that had ended before included",
    ),
    "purged_mentions": ("1 mention is removed for good", "{:,} mentions are removed for good"),
}
"""What is said of one, and of several."""
WOULD = {
    "ended": ("1 event would end", "{:,} events would end"),
    "reverted": (
        "1 event would have an earlier version again",
        "{:,} events would be as they were before the load",
    ),
    "returned": (
        "1 event would come back that the load had dropped",
        "{:,} events would come back that the load had dropped",
    ),
    "left": (
        "1 event would stay as it is, since a later revision changed it",
        "{:,} events would stay as they are, since later revisions changed them",
    ),
    "away": (
        "1 event would stay away, since a later revision ended it",
        "{:,} events would stay away, since later revisions ended them",
    ),
    "mentions": ("1 mention would end", "{:,} mentions would end"),
    "sources": (
        "1 newer version of a retracted event would be forgotten",
        "{:,} newer versions of retracted events would be forgotten",
    ),
    "purged": (
        "1 event would be removed for good",
        "{:,} events would be removed for good, those that had ended before included",
    ),
    "purged_mentions": (
        "1 mention would be removed for good",
        "{:,} mentions would be removed for good",
    ),
}
"""The same of a dry run."""
LISTED = {
    "left": "stays: {id}, of revision {revision}",
    "away": "stays away: {id}, since revision {revision}",
}
WOULD_BE_LISTED = {
    "ended": "would end: {id}",
    "reverted": "would go back: {id}",
    "returned": "would come back: {id}",
    "left": "would stay: {id}, of revision {revision}",
    "away": "would stay away: {id}, since revision {revision}",
}


class Listing:
    """A list of events and what becomes of them: of all in a dry run, else of those that stay."""

    def __init__(self, dry_run: bool) -> None:
        """Begin with none."""
        self._shown = WOULD_BE_LISTED if dry_run else LISTED
        self._found: dict[str, list[tuple[str, int]]] = {name: [] for name in self._shown}

    def add(self, outcome: str, event_id: str, revision: int) -> None:
        """Add an event, if its outcome is listed."""
        if outcome in self._found:
            self._found[outcome].append((event_id, revision))

    def lines(self) -> Iterator[str]:
        """Give a line for each event, by outcome and id; numbers in ids by their size."""
        for outcome, found in self._found.items():
            for event_id, revision in sorted(found, key=_by_number):
                yield self._shown[outcome].format(id=event_id, revision=revision)


def counted(counts: Mapping[str, int], dry_run: bool) -> Iterator[str]:
    """Say how many events, and mentions, had each outcome."""
    for name, (one, several) in (WOULD if dry_run else DONE).items():
        if count := counts.get(name, 0):
            yield f"{one if count == 1 else several.format(count)}."


def _by_number(found: tuple[str, int]) -> str:
    """Write all numbers in an id equally long, so that their texts sort by size."""
    return re.sub("[0-9]+", lambda number: number[0].zfill(20), found[0])
