"""Undo what a revision did to events: each becomes what the revision before made of it.

What a later revision changed stays as it is. Revisions that were undone themselves do not count.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterator
from itertools import groupby

from peewee import chunked

from dataset.store.models import Event, Revision, Superseded, field
from dataset.store.statements import compiled
from dataset.writes.drops import Keys
from dataset.writes.histories import RESTORE, Step
from dataset.writes.revisions import Change
from dataset.writes.versions import ID, KEY

BATCH = 1_000
OnEvent = Callable[[str, str, int], None]
"""Called with what becomes of an event, its id, and the revision that it is of now, or that ended
it."""


class EventUndo:
    """Undoes what the load of a number, which made a revision, did to events.

    `events` counts those that `ended` (the load had brought them), that were `reverted` (to the
    version before), that `returned` (the load had dropped them), that were `left` as later
    revisions made them, and that stay `away`, since later revisions ended them.
    """

    def __init__(self, change: Change, load: int, made: int, on_event: OnEvent) -> None:
        """Begin with nothing undone."""
        self.events: Counter[str] = Counter()
        self._change, self._load, self._made, self._on_event = change, load, made, on_event

    def run(self) -> None:
        """Undo it batch by batch, in the order of keys."""
        keys = Keys()
        for found in self._touched():
            keys.add([found])
        self._change.events.drop_indexes_if_large()
        for batch in chunked((key for key, _ in groupby(keys)), BATCH):
            self._undo(batch)

    def _touched(self) -> Iterator[int]:
        """Yield the keys of the events that the load brought or ended, some more than once."""
        brought = [field(table, "revision") for table in (Event, Superseded)]
        touched = [(number.model, number == self._made) for number in (*brought, Superseded.ended)]
        restored = Revision.select(Revision.number).where(Revision.kind == RESTORE)
        touched += [
            (table, field(table, "revision").in_(restored) & (table.load == self._load))
            for table in (Event, Superseded)
        ]
        for table, condition in touched:
            query = table.select(table.key).where(condition)
            for (key,) in self._change.database.stream(*compiled(self._change.database, query)):
                yield key

    def _undo(self, keys: Collection[int]) -> None:
        steps = self._change.events.histories.steps(keys)
        ours = {key: found for key, found in steps.items() if found and self._is_ours(found[-1])}
        self._leave({key: found[-1] for key, found in steps.items() if found and key not in ours})
        others = {key: [s for s in found if not self._is_ours(s)] for key, found in ours.items()}
        back = {
            key: found[-1].revision
            for key, found in others.items()
            if found and found[-1].load is not None
        }
        versions, current = self._change.versions, self._change.versions.current(ours)
        old = versions.as_they_were(back)
        ended = [row for key, row in current.items() if key not in back]
        for row in old:
            outcome = "reverted" if row[KEY] in current else "returned"
            self._tell(outcome, row[ID], self._change.number)
        for row in ended:
            self._tell("ended", row[ID], self._change.number)
        versions.end(ended, f"undo of load {self._load}", None)
        versions.end([row for key, row in current.items() if key in back], None, None)
        self._change.events.insert(old)

    def _is_ours(self, step: Step) -> bool:
        """Tell whether a step goes with the load, which brought its version or ended the event."""
        return self._load == step.load or (step.load is None and step.revision == self._made)

    def _leave(self, later: dict[int, Step]) -> None:
        """Tell which events stay, or stay away, as later revisions made them."""
        ids = self._change.versions.gone(later) if later else {}
        for key, step in later.items():
            self._tell("away" if step.load is None else "left", ids[key], step.revision)

    def _tell(self, outcome: str, public_id: str, number: int) -> None:
        self.events[outcome] += 1
        self._on_event(outcome, public_id, number)
