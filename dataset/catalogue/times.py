"""Find the last revision that was committed by a time."""

from bisect import bisect_right
from functools import partial

from dataset.declarations.instants import last_second, now
from dataset.errors import UnknownValue
from dataset.store.models import Revision
from dataset.store.snapshots import Snapshot

MOST_TIMES = 512
"""How many times are remembered with their revisions."""


def last_by(snapshot: Snapshot, time: str, parameter: str) -> int:
    """Give the last revision by a time; `since` takes the time before the first, which is 0.

    A day stands for its last second. Raises `UnknownValue` if the time is not over, or if there
    was no revision yet.
    """
    instant = _over(time, parameter)
    find = partial(_found, snapshot, instant)
    number = int(snapshot.remembered("times", instant, find, MOST_TIMES))
    if number or parameter == "since":
        return number
    first = _committed(snapshot, 1)
    detail = f"There was no revision yet; the first was committed at {first}."
    raise UnknownValue(parameter, time, detail, first or None)


def _over(time: str, parameter: str) -> str:
    """Give the last second of a time that is over."""
    try:
        end = last_second(time)
    except ValueError as error:
        raise UnknownValue(parameter, time, f"is no time: {error}.") from None
    present = now()
    if end < present:
        return end
    newest = " Leave as_of out for the newest revision." if parameter == "as_of" else ""
    detail = f"must be over: it ends at {end}, and it is {present} now.{newest}"
    raise UnknownValue(parameter, time, detail)


def _found(snapshot: Snapshot, instant: str) -> int:
    """Search by halves: the times of revisions never go back."""
    numbers = range(1, snapshot.revision + 1)
    return bisect_right(numbers, instant, key=partial(_committed, snapshot))


def _committed(snapshot: Snapshot, number: int) -> str:
    """Give when a revision was committed."""
    found = snapshot.value(Revision.select(Revision.committed).where(Revision.number == number))
    return str(found or "")
