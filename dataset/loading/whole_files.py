"""What whole files hold of their datasets, and with that what these have dropped."""

from collections.abc import Iterable

import orjson
from peewee import fn

from dataset.building.reports import Report
from dataset.building.rows import ROW_COLUMNS, Row
from dataset.declarations.ids import PUBLIC_ID, key_of
from dataset.errors import Refused
from dataset.store.engines.base import Engine
from dataset.store.models import Load, Revision
from dataset.writes.drops import Keys, drop
from dataset.writes.histories import DROP
from dataset.writes.revisions import Change, numbers_of

_ID, _DATASET, _ADDED = map(ROW_COLUMNS.index, ("id", "dataset", "added"))


class WholeFiles:
    """The events that the files of a load hold, those of its quarantine included."""

    def __init__(self, change: Change) -> None:
        """Begin with no event."""
        self._change = change
        self._numbers = numbers_of(change.database)
        self._held = Keys()
        self._releases: dict[str, str] = {}
        self._unknown = 0

    def add(self, rows: Iterable[Row]) -> None:
        """Note the rows of described datasets."""
        keys = []
        for row in rows:
            dataset, added = row[_DATASET], row[_ADDED] or ""
            if dataset not in self._releases:
                self._numbers = numbers_of(self._change.database)
            self._releases[dataset] = max(added, self._releases.get(dataset, ""))
            keys.append(key_of(self._numbers[dataset], row[_ID][len(dataset) + 1 :]))
        self._held.add(keys)

    def refuse(self, refused: Refused) -> None:
        """Note a record that goes to the quarantine: its event is held, if its id is known."""
        if not PUBLIC_ID.fullmatch(str(refused.id)):
            self._unknown += 1
            return
        dataset, _, native = str(refused.id).partition(":")
        # The store holds nothing of a dataset that it does not know.
        if dataset in self._numbers:
            self._held.add([key_of(self._numbers[dataset], native)])

    def finish(self, report: Report) -> None:
        """End what the files lack, unless nobody can tell what they hold."""
        if self._unknown:
            report.not_dropped = _why_not(self._unknown)
            return
        report.whole = self._releases
        for dataset, added in self._releases.items():
            report.dropped += drop(self._change, self._numbers[dataset], self._held, added)


def whole_releases(database: Engine) -> dict[str, str]:
    """Give the time of the newest release of each dataset that was loaded whole, and still counts.

    It does not if its load was undone, or its dataset dropped since.
    """
    drops = Revision.select(Revision.detail, fn.MAX(Revision.number))
    dropped = dict(database.execute(drops.where(Revision.kind == DROP).group_by(Revision.detail)))
    newest: dict[str, str] = {}
    found = Load.select(Load.revision, Load.report).where(
        Load.undone.is_null(), Load.report.contains('"whole":{"')
    )
    for revision, report in database.execute(found):
        for dataset, added in orjson.loads(report)["whole"].items():
            if (revision or 0) > dropped.get(dataset, -1):
                newest[dataset] = max(added, newest.get(dataset, ""))
    return newest


def _why_not(unknown: int) -> str:
    if unknown == 1:
        return "1 quarantined record has no readable id, so it could be any of them"
    return f"{unknown:,} quarantined records have no readable id, so they could be any of them"
