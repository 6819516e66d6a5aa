"""Write rows of mentions, whether or not their event is there; an equal one is not written."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from hashlib import blake2b
from typing import Any

import orjson

from dataset.building.mentions import MENTION_COLUMNS
from dataset.building.rows import Row
from dataset.declarations.ids import key_of
from dataset.store.engines.base import Engine
from dataset.store.models import Mention
from dataset.store.statements import given_keys, listed, text_of
from dataset.writes.histories import Histories


class MentionWriter:
    """Writes rows of mentions, and counts their outcomes; none is refused."""

    def __init__(self, database: Engine, revision: int, outcomes: Counter[str]) -> None:
        """Prepare the statements."""
        self._database, self._revision, self._outcomes = database, revision, outcomes
        self._insert = database.inserter(
            Mention, ("key", "n", "revision", "load", *MENTION_COLUMNS)
        )
        known = Mention.select(Mention.key, Mention.n).where(Mention.key.in_(given_keys()))
        self._known = text_of(database, known.where(Mention.ended.is_null()))
        self._histories = Histories(database)

    def write(self, rows: Collection[Row], numbers: Mapping[str, int], load: int) -> None:
        """Write rows; `numbers` maps the name of a dataset to its number in keys."""
        keyed = list(_keyed(rows, numbers))
        distinct = dict(keyed)
        keys = {key for key, _ in distinct}
        known = set(self._database.execute_sql(self._known, (listed(keys),)).fetchall())
        purged = self._histories.purged(keys)
        new = [
            (key, n, self._revision, load, *values)
            for (key, n), values in distinct.items()
            if (key, n) not in known and key not in purged
        ]
        self._insert(new)
        retracted = sum(key in purged for (key, _), _ in keyed)
        self._outcomes["inserted"] += len(new)
        self._outcomes["retracted"] += retracted
        self._outcomes["unchanged"] += len(rows) - len(new) - retracted


def end_mentions(database: Engine, revision: int, which: Any) -> int:
    """End the mentions that a condition matches; give how many these are."""
    ended = Mention.update(ended=revision).where(which, Mention.ended.is_null())
    return int(database.rows_affected(database.execute(ended)))


def _keyed(
    rows: Iterable[Row], numbers: Mapping[str, int]
) -> Iterable[tuple[tuple[int, int], Row]]:
    """Yield mentions by the key of their event and a hash of their values."""
    for event, *values in rows:
        dataset, _, native = event.partition(":")
        digest = blake2b(orjson.dumps(values), digest_size=8).digest()
        key = key_of(numbers[dataset], native)
        yield (key, int.from_bytes(digest) >> 1), tuple(values)
