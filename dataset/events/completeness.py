"""Tell whether a whole result holds all that matched, or the first of it, or a sample."""

from peewee import SQL, Select, fn

from dataset.events.rows_or_columns import Branches, answered
from dataset.selections.selections import Selection
from dataset.store.counts import Matched, at_most
from dataset.store.snapshots import Snapshot


def holds_all(snapshot: Snapshot, selection: Selection, matched: Matched) -> bool:
    """Tell whether no more events matched than the selection keeps."""
    most = selection.sample.size if selection.sample else selection.limit
    if most is None:
        return True
    if matched.relation == "eq" or at_most(most).relation == "eq":
        return matched <= Matched(most, "eq")
    return not answered(snapshot, selection, lambda branches: _are_more(branches, most))


def _are_more(branches: Branches, most: int) -> bool:
    """Tell whether branches hold more events than that; no more than one is read beyond it."""
    found = 0
    for branch in branches:
        first = branch.query.select(SQL("1")).limit(most + 1)
        ((count,),) = branch.rows(Select([first], [fn.COUNT("*")]))
        found += count
        if found > most:
            return True
    return False
