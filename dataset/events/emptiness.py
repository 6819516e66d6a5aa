"""Say why an answer is empty: which filter matches nothing alone, or stands in the way."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from dataset.events import other_codes, other_names
from dataset.events.changes import Feed, count_of_changes
from dataset.events.rows_or_columns import matched_by
from dataset.events.spans import spans
from dataset.selections.selections import Selection
from dataset.store.counts import Matched, told
from dataset.store.snapshots import Snapshot

Reason = dict[str, Any]
Filters = Mapping[str, Any]
Matching = Callable[[Filters], Matched]
"""Counts what some filters match."""


def empty_because(
    snapshot: Snapshot, selection: Selection, canonical: Mapping[str, str]
) -> list[Reason]:
    """List the filters that match no event alone, else all, each with what is known of it.

    `canonical` holds the filters as the canonical query has them.
    """
    # Neither a sample nor a rule against duplicates empties an answer.
    selection = replace(selection, after=None, distinct=None, sample=None)
    reasons = reasons_of(
        selection.filters,
        canonical,
        lambda filters: matched_by(snapshot, replace(selection, filters=filters)),
        "event",
    )
    for name, reason in reasons.items():
        if not reason["matches_alone"]:
            value, revision = selection.filters[name], selection.revision
            more = other_codes.notes_on(snapshot, revision, {name: value})
            names = other_names.notes_on(snapshot, revision, name, value)
            hint = _coverage(snapshot, selection, name) or reason["hint"]
            reason["hint"] = "; ".join([hint, *more, *names])
    return list(reasons.values())


def reasons_of(
    filters: Filters, canonical: Mapping[str, str], matching: Matching, thing: str
) -> dict[str, Reason]:
    """Give the filters that match nothing alone, else all, each with what is known of it."""
    alone = {name: matching({name: value}) for name, value in filters.items()}
    blamed = [name for name in alone if not alone[name].value] or list(alone)
    return {
        name: _reason(name, canonical[name], alone[name], _hint(filters, name, matching, thing))
        for name in blamed
    }


def no_change(snapshot: Snapshot, feed: Feed, canonical: Mapping[str, str]) -> list[Reason]:
    """Say why a feed is empty: its filters match no event, or nothing has changed since."""
    selection = Selection(feed.revision, feed.filters)
    if feed.filters and not matched_by(snapshot, selection).value:
        return empty_because(snapshot, selection, canonical)
    if "since" not in canonical:
        return []
    alone = count_of_changes(snapshot, replace(feed, filters={}))
    hint = "nothing that changed since matches the other filters"
    if not alone.value:
        hint = f"nothing changed since, up to revision {feed.revision}"
    return [_reason("since", canonical["since"], alone, hint)]


def _reason(name: str, text: str, alone: Matched, hint: str) -> Reason:
    return {
        "filter": f"{name}={text}",
        "matches_alone": alone.value,
        "relation": alone.relation,
        "hint": hint,
    }


def _hint(filters: Filters, name: str, matching: Matching, thing: str) -> str:
    if not matching({name: filters[name]}).value:
        return f"no {thing} matches this filter"
    without = matching({other: value for other, value in filters.items() if other != name})
    if not without.value:
        return f"matches {thing}s, but none that the other filters match"
    return f"without this filter {told(without, thing)} would match"


def _coverage(snapshot: Snapshot, selection: Selection, name: str) -> str | None:
    """Tell where the events begin or end, for a filter of dates."""
    if name not in ("date_from", "date_to"):
        return None
    found = spans(snapshot, selection.revision).values()
    if not found:
        return "there are no events"
    if name == "date_from":
        return f"events end on {max(last for _, _, last in found)}"
    return f"events begin on {min(first for _, first, _ in found)}"
