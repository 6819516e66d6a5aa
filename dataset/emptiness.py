"""Say why a query found nothing: which filter matches nothing alone, or stands in the way."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from dataset.observed import spans
from dataset.pages import Matched, matched_by
from dataset.selection import Selection
from dataset.snapshots import Snapshot

Reason = dict[str, Any]


def empty_because(
    snapshot: Snapshot, selection: Selection, written: Mapping[str, str]
) -> list[Reason]:
    """List the filters that match nothing alone, else all, each with what is known of it.

    `written` holds the filters as the query writes them.
    """
    # Neither a sample nor a rule against duplicates empties an answer.
    selection = replace(selection, after=None, distinct=None, sample=None)
    alone = {
        name: matched_by(snapshot, replace(selection, filters={name: value}))
        for name, value in selection.filters.items()
    }
    blamed = [name for name in alone if not alone[name].value] or list(alone)
    return [
        {
            "filter": f"{name}={written[name]}",
            "matches_alone": alone[name].value,
            "hint": _hint(snapshot, selection, name, alone[name]),
        }
        for name in blamed
    ]


def matching_nothing(
    snapshot: Snapshot, selection: Selection, written: Mapping[str, str]
) -> list[Reason]:
    """List only the filters that match nothing alone: an empty feed may just have no news."""
    reasons = empty_because(snapshot, selection, written)
    return [reason for reason in reasons if not reason["matches_alone"]]


def _hint(snapshot: Snapshot, selection: Selection, name: str, alone: Matched) -> str:
    if not alone.value:
        return _coverage(snapshot, selection, name) or "no event matches this filter"
    others = {other: value for other, value in selection.filters.items() if other != name}
    without = matched_by(snapshot, replace(selection, filters=others))
    if not without.value:
        return "matches events, but none that the other filters match"
    return f"without this filter {_counted(without)} would match"


def _counted(matched: Matched) -> str:
    least = "at least " if matched.relation == "gte" else ""
    return f"{least}{matched.value} event{'' if matched.value == 1 else 's'}"


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
