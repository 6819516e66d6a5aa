"""Decide what comes next of a feed: what is to be loaded, what is late, what its source lacks."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from dataset.inputs.gdelt_slots import SLOT, Feed, ListedFile, slot_of, slots_between

LATE = 4 * SLOT
"""A file that is not listed when a slot so much newer is there counts as lacking at its source."""
SETTLED = timedelta(days=7)
"""What its source has lacked for so long is waited for no longer."""

Loaded = Mapping[str, Collection[int]]
"""The files that a store has loaded, by name, with the sizes that they had."""


@dataclass(frozen=True)
class Gaps:
    """What a store lacks of a feed, oldest first.

    `waiting` are files to load. `late` are names that no list has yet, `lacking` those that the
    source does not have. All up to the slot `through` is settled; up to `complete_to` the store
    has all that the source has.
    """

    waiting: list[ListedFile]
    late: list[str]
    lacking: list[str]
    through: datetime
    complete_to: datetime

    def without(self, done: Collection[str], newest: datetime) -> "Gaps":
        """Leave out what was loaded meanwhile; nothing more is settled by that."""
        waiting = [one for one in self.waiting if one.name not in done]
        names = [*(one.name for one in waiting[:1]), *self.late]
        return replace(self, waiting=waiting, complete_to=_before(names, newest))


def gaps(
    feed: Feed,
    through: datetime,
    newest: datetime,
    listed: Mapping[str, ListedFile],
    loaded: Loaded,
    hopeless: Collection[str] = (),
) -> Gaps:
    """Compare what a feed has, or should have, after a slot with what is loaded of it.

    Time is told by the source alone: a slot is late or lacking by how much newer ones it has.
    `hopeless` are files that were faulty at each try: after a week they count as lacking, too.
    """
    waiting, late, lacking = list[ListedFile](), list[str](), list[str]()
    for name in _names(feed, through, newest, listed):
        one = listed.get(name)
        if _is_loaded(name, one, loaded):
            continue
        if one and not (name in hopeless and newest - slot_of(name) >= SETTLED):
            waiting.append(one)
        else:
            (lacking if newest - slot_of(name) >= LATE else late).append(name)
    awaited = [*(one.name for one in waiting), *late]
    open_ones = [*awaited, *(one for one in lacking if newest - slot_of(one) < SETTLED)]
    return Gaps(waiting, late, lacking, _before(open_ones, newest), _before(awaited, newest))


def _names(
    feed: Feed, through: datetime, newest: datetime, listed: Mapping[str, ListedFile]
) -> Iterator[str]:
    """Yield the names that there should be, and those of other times that are listed."""
    expected = {name for slot in slots_between(through, newest) for name in feed.names(slot)}
    # Names begin with their time, so that they are in the order of slots.
    beyond = f"{through:%Y%m%d%H%M%S}~"
    yield from sorted(expected.union(name for name in listed if name > beyond))


def _is_loaded(name: str, listed: ListedFile | None, loaded: Loaded) -> bool:
    """Tell whether a file is loaded as it is listed: one of another size was another file."""
    sizes = loaded.get(name, ())
    return listed.bytes in sizes if listed else bool(sizes)


def _before(names: Collection[str], newest: datetime) -> datetime:
    return slot_of(min(names)) - SLOT if names else newest
