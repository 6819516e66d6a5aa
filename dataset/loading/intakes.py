"""What a load makes of what its parser gives: events, or mentions of events."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from hashlib import blake2b
from typing import Any, Protocol

import orjson

from dataset.building.parts import AS_NAMED
from dataset.building.rows import BUILT, Builder, Row
from dataset.building.values import cleaner_of
from dataset.declarations.columns import Column
from dataset.declarations.ids import PUBLIC_ID, key_of
from dataset.declarations.outcomes import Report
from dataset.errors import Refused
from dataset.loaders import LOADERS
from dataset.loaders.base import Loader
from dataset.loading.accounts import Run
from dataset.store.models import Dataset, Mention, Tombstone
from dataset.store.statements import given_keys, listed, text_of
from dataset.writes.revisions import Change, next_dataset_number, numbers_of

_DATASET = BUILT.index("dataset")

MENTIONED = (
    Column("time", "timestamp", "When the document was found", None, null=False),
    Column("type", "text", "Kind of the document", None),
    Column("publisher", "text", "Who published it", None),
    Column("url", "text", "Its address", None),
    Column("citation", "text", "What it is, where it has no address", None),
    *(
        Column(name, "integer", "A position", None)
        for name in ("sentence", "actor_offset", "target_offset", "action_offset")
    ),
    Column("in_raw_text", "boolean", "Whether it was found in the text as it is", None),
    Column("confidence", "integer", "Confidence in percent", None),
    Column("length", "integer", "Characters of the document", None),
    Column("tone", "number", "Tone of the document", None),
    Column("translation", "text", "How it was translated", None),
)
_CLEANED = {column.name: cleaner_of(column) for column in MENTIONED}


def build_mention(source: Mapping[str, Any]) -> Row:
    """Build a mention: the public id of its event, then its columns. Raises `Refused`."""
    if not PUBLIC_ID.fullmatch(source["event"]):
        raise Refused("event", f"{source['event']!r} is no id of an event.")
    values = tuple([cleaned(source.get(name)) for name, cleaned in _CLEANED.items()])
    if values[0] is None:
        raise Refused("time", "it is missing.")
    return (source["event"], *values)


class Intake(Protocol):
    """Builds rows and puts them into the store; `put` gives the positions of the refused."""

    report: Report
    build: Callable[[Any], Any]
    """Builds a row of what a parser gives; raises `Refused`."""

    def put(self, rows: Sequence[Any]) -> list[int]:
        """Store built rows."""


class EventIntake:
    """Takes events in; a dataset is described when its first event comes."""

    def __init__(self, change: Change, run: Run, loader: Loader) -> None:
        """Begin with nothing built."""
        builder = Builder(loader.codebook, loader.meanings or AS_NAMED)
        self.report = builder.report
        self.build: Callable[[Any], Row] = builder.build if loader.meanings else builder.build_named
        self._change, self._run, self._loader = change, run, loader

    def put(self, rows: Sequence[Any]) -> list[int]:
        """Store events; refused are those whose key is taken by another id."""
        names = {row[_DATASET] for row in rows}
        _describe(names, self._change, self._run, self._loader)
        return self._change.put(rows, self._run.number, self._loader.version)


class MentionIntake:
    """Takes mentions in, whether their event is there or not; an equal one is there already."""

    def __init__(self, change: Change, run: Run, loader: Loader) -> None:
        """Prepare the statements."""
        self.report = Report()
        self._change, self._run, self._loader = change, run, loader
        self._names = ("key", "n", "revision", "load", *(column.name for column in MENTIONED))
        self._insert = change.database.inserter(Mention, self._names)
        known = Mention.select(Mention.key, Mention.n).where(Mention.key.in_(given_keys()))
        self._known = text_of(change.database, known)
        buried = Tombstone.select(Tombstone.key).where(Tombstone.key.in_(given_keys()))
        self._buried = text_of(change.database, buried)
        self.build: Callable[[Any], Row] = build_mention

    def put(self, rows: Sequence[Any]) -> list[int]:
        """Store mentions; none is refused."""
        _describe({row[0].partition(":")[0] for row in rows}, self._change, self._run, self._loader)
        keyed = dict(self._keyed(rows))
        keys = listed(key for key, _ in keyed)
        known = set(self._change.database.execute_sql(self._known, (keys,)).fetchall())
        buried = {
            key for (key,) in self._change.database.execute_sql(self._buried, (keys,)).fetchall()
        }
        new = [
            (*place, self._change.number, self._run.number, *values)
            for place, values in keyed.items()
            if place not in known and place[0] not in buried
        ]
        retracted = sum(key in buried for (key, _), _ in self._keyed(rows))
        self._insert(new)
        account = self._change.account
        account["inserted"] += len(new)
        account["retracted"] += retracted
        account["unchanged"] += len(rows) - len(new) - retracted
        return []

    def _keyed(self, rows: Sequence[Any]) -> Iterable[tuple[tuple[int, int], tuple[Any, ...]]]:
        """Yield mentions by the key of their event and a hash of their values."""
        numbers = numbers_of(self._change.database)
        for event, *values in rows:
            dataset, _, native = event.partition(":")
            digest = blake2b(orjson.dumps(values), digest_size=8).digest()
            key = key_of(numbers[dataset], native)
            yield (key, int.from_bytes(digest) >> 1), tuple(values)


INTAKES: dict[str, Callable[[Change, Run, Loader], Intake]] = {
    "events": EventIntake,
    "mentions": MentionIntake,
}
"""By what a loader makes."""


def _describe(names: set[str], change: Change, run: Run, loader: Loader) -> None:
    """Describe the datasets that come up for the first time in a load."""
    for name in sorted(names - run.datasets):
        run.datasets.add(name)
        described = loader.datasets.get(name) or _BUILT_IN.get(name)
        if described is None and name in numbers_of(change.database):
            continue
        texts = described or _unknown(name, loader)
        number = next_dataset_number(change.database, name)
        change.describe(Dataset, {"name": name, "number": number, **texts})


_BUILT_IN = {name: texts for one in LOADERS.values() for name, texts in one.datasets.items()}


def _unknown(name: str, loader: Loader) -> Mapping[str, Any]:
    """Describe a dataset that is not its format's own: of its source nothing is known."""
    titles = " or ".join(one["title"] for one in loader.datasets.values())
    codebooks = {one["codebook"] for one in loader.datasets.values()} or {"Not known"}
    return {
        "title": name,
        "description": f"Events in the format of {titles or 'this service'}, loaded as {name}.",
        "licence": "Not known",
        "citation": f"Dataset {name}: how to cite its source is not known.",
        "url": None,
        "codebook": " or ".join(sorted(codebooks)),
    }
