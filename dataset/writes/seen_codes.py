"""Remember which codes the store holds that the codebook may lack."""

from collections.abc import Iterable
from itertools import chain
from operator import itemgetter
from typing import Any

import orjson

from dataset.building.rows import Row
from dataset.codebook.vocabularies import CLOSED_KINDS, VOCABULARIES
from dataset.declarations.columns import COLUMNS
from dataset.store.engines.base import Engine, Term
from dataset.store.models import SeenCode
from dataset.writes.versions import VERSION_COLUMNS

CODED = {
    VERSION_COLUMNS.index(name): (column.kind, column.many)
    for name, column in COLUMNS.items()
    if column.stored and column.kind in VOCABULARIES.keys() - set(CLOSED_KINDS)
}
"""Where such codes stand in a version."""


class SeenCodes:
    """The codes of the versions that a revision inserts."""

    def __init__(self, database: Engine) -> None:
        """Begin with none."""
        self._database = database
        self._insert = database.inserter(SeenCode, ("kind", "code"))
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
            new = self._new(kind, {code for code in codes if code})
            self._insert((kind, code) for code in new)
            self._values[position].clear()

    def _new(self, kind: str, codes: set[str]) -> list[str]:
        """Give those of some codes that were not seen yet."""
        given = Term("given_texts", orjson.dumps([*codes]).decode())
        known = SeenCode.select(SeenCode.code).where(
            SeenCode.kind == kind, SeenCode.code.in_(given)
        )
        return sorted(codes - {code for (code,) in self._database.execute(known)})
