"""Remember which codes the store holds that the codebook may lack."""

from collections.abc import Iterable
from itertools import chain
from operator import itemgetter
from typing import Any

from peewee import chunked

from dataset.building.rows import Row
from dataset.codebook.vocabularies import CLOSED_KINDS, VOCABULARIES
from dataset.declarations.columns import COLUMNS
from dataset.store.engines.base import Engine
from dataset.store.models import SeenCode
from dataset.writes.versions import VERSION_COLUMNS

CODED = {
    VERSION_COLUMNS.index(name): (column.kind, column.many)
    for name, column in COLUMNS.items()
    if column.stored and column.kind in VOCABULARIES.keys() - set(CLOSED_KINDS)
}
"""Where such codes stand in a version."""
AT_ONCE = 400


class SeenCodes:
    """The codes of the versions that a revision inserts."""

    def __init__(self, database: Engine) -> None:
        """Begin with none."""
        self._database = database
        self._values: dict[int, set[Any]] = {position: set() for position in CODED}

    def add(self, versions: Iterable[Row]) -> None:
        """Collect the codes of versions."""
        for position, values in self._values.items():
            values.update(map(itemgetter(position), versions))

    def store(self) -> None:
        """Store the collected codes that are not stored yet."""
        for position, (kind, many) in CODED.items():
            values = [str(value) for value in self._values[position] if value is not None]
            codes = chain.from_iterable(value.split(";") for value in values) if many else values
            for batch in chunked(sorted({code for code in codes if code}), AT_ONCE):
                rows = [(kind, code) for code in batch]
                query = SeenCode.insert_many(rows, fields=[SeenCode.kind, SeenCode.code])
                self._database.execute(query.on_conflict_ignore())
            self._values[position].clear()
