"""A store's life: loads of small files, retractions, undos, drops; and a plain model of it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from flask.testing import FlaskClient
from hypothesis import strategies as st

from dataset.errors import Impossible
from dataset.loading.undoing import undo
from dataset.store.engines.base import Engine
from dataset.store.snapshots import Store
from dataset.writes.dataset_drops import drop_dataset
from dataset.writes.retractions import restore, retract
from support.gdelt_lines import gdelt_line
from support.name_counts import check_counts
from support.rich_store import client_on
from support.stores import load_into

Value = tuple[str, str]
"""When a version was added, and a name: so they rank."""
File = tuple[tuple[int, Value], ...]
"""Versions of events, by their native ids."""
VALUES = st.tuples(
    st.sampled_from(["20240501", "20240502"]), st.sampled_from(["ALPHA", "BETA", "NEW ALPHA"])
)
FILES: st.SearchStrategy[File] = st.lists(
    st.tuples(st.integers(1, 2), VALUES), min_size=1, max_size=3
).map(tuple)
ACTS = st.one_of(
    st.tuples(st.sampled_from(["load", "load", "load", "whole"]), FILES),
    st.tuples(st.sampled_from(["retract", "restore"]), st.integers(1, 2)),
    st.tuples(st.just("undo_one"), st.integers(0, 5)),
    st.tuples(st.just("undo_one"), st.integers(0, 5)),
    st.tuples(st.just("drop"), st.just("gdelt")),
)
LIVES = st.lists(ACTS, min_size=3, max_size=12)


class Step(NamedTuple):
    """What an act made of an event: a value, or nothing; `load` is the load that it goes with."""

    kind: str
    value: Value | None
    load: int = 0
    release: str = ""


@dataclass
class Model:
    """What a store holds, as plain as can be: an event is its last step that was not undone."""

    steps: dict[int, list[Step]] = field(default_factory=lambda: {n: [] for n in (1, 2)})
    sources: dict[int, tuple[Value, int]] = field(default_factory=dict)
    last: dict[int, Value] = field(default_factory=dict)
    undone: set[int] = field(default_factory=set)
    loads: int = 1

    def counting(self, event: int) -> list[Step]:
        """Give the steps of an event that were not undone."""
        return [step for step in self.steps[event] if step.load not in self.undone]

    def value(self, event: int) -> Value | None:
        """Give what an event is now."""
        steps = self.counting(event)
        return steps[-1].value if steps else None

    def holds(self) -> dict[str, Value]:
        """Give the events that are there."""
        found = {f"gdelt:{event}": self.value(event) for event in self.steps}
        held = {name: value for name, value in found.items() if value}
        self.last |= {int(name[6:]): value for name, value in held.items()}
        return held

    def load(self, file: File) -> None:
        """Load a file."""
        self.loads += 1
        for event, value in file:
            last = (self.counting(event) or [Step("", None)])[-1]
            if last.kind == "retract":
                best, _ = self.sources.get(event, (("", ""), 0))
                if value > best:
                    self.sources[event] = (value, self.loads)
            elif last.value is None and last.kind == "whole" and value[0] < last.release:
                continue
            elif last.value is None or value > last.value:
                self.steps[event].append(Step("load", value, self.loads))

    def whole(self, file: File) -> None:
        """Load a file that is the whole of its source."""
        self.load(file)
        release = max(added for _, (added, _) in file)
        for event in self.steps.keys() - {event for event, _ in file}:
            value = self.value(event)
            if value and value[0] <= release:
                self.steps[event].append(Step("whole", None, self.loads, release))

    def retract(self, event: int) -> None:
        """Retract an event that is there."""
        if self.value(event):
            self.steps[event].append(Step("retract", None))

    def restore(self, event: int) -> None:
        """Restore an event that ended."""
        if event in self.last and not self.value(event):
            steps = self.counting(event)
            if steps and steps[-1].kind == "retract":
                self.steps[event].remove(steps[-1])
            values = [(step.value, step.load) for step in steps if step.value]
            last = values[-1] if values else (self.last[event], 0)
            best = self.sources.pop(event, last)
            value, load = best if best[0] > last[0] else last
            self.steps[event].append(Step("restore", value, load))

    def undo(self, load: int) -> None:
        """Undo a load."""
        if load <= self.loads:
            self.undone.add(load)
            self.sources = {e: (v, n) for e, (v, n) in self.sources.items() if n != load}

    def drop(self, _: str) -> None:
        """Drop the dataset."""
        for event in self.steps:
            steps = self.counting(event)
            if steps and steps[-1].kind != "retract":
                self.steps[event].append(Step("drop", None))


class Life:
    """A store that acts are done to, and what it held after each revision."""

    def __init__(self, store: str, database: Engine, folder: Path) -> None:
        """Begin with the store as it is."""
        self._database, self._folder, self.store = database, folder, Store(store)
        self.client = client_on(Path(store)) if "://" not in store else client_on(store)
        self.model, self.seen = Model(), {self.revision: held(self.client)}

    @property
    def revision(self) -> int:
        """The newest revision."""
        return int(self.client.get("/v1/events/count").json["receipt"]["revision"])

    def act(self, kind: str, given: Any) -> Any:
        """Do one thing to the store and to the model; `undo_one` counts loads from the last."""
        if kind == "undo_one":
            loads = self.model.loads
            return self.act("undo", loads - given % max(1, loads - 1))
        acts: dict[str, Callable[[Any], Any]] = {
            "load": self._load,
            "whole": lambda file: self._load(file, whole=True),
            "retract": lambda event: retract(self._database, f"gdelt:{event}", "wrong"),
            "restore": lambda event: restore(self._database, f"gdelt:{event}"),
            "undo": lambda number: undo(self._database, number),
            "drop": lambda dataset: drop_dataset(self._database, dataset),
        }
        try:
            done = acts[kind](given)
        except Impossible:
            done = None
        getattr(self.model, kind)(given)
        check_counts(self._database)
        self.seen[self.revision] = held(self.client)
        return done

    def _load(self, file: File, whole: bool = False) -> Any:
        path = self._folder / "file.tsv"
        path.write_bytes(written(file))
        return load_into(self._database, "gdelt", path, whole=whole)


def written(file: Iterable[tuple[int, Value]]) -> bytes:
    """Write a file of versions."""
    return b"".join(
        gdelt_line(c0=str(event), c1=added, c6=name, c59=f"{added}000000")
        for event, (added, name) in file
    )


def value_of(event: dict[str, Any]) -> Value:
    """Give what an answer says of a version."""
    return event["added"][:10].replace("-", ""), event["actor"]["name"]


def held(client: FlaskClient, as_of: str = "") -> dict[str, Value]:
    """Give the events that a store shows."""
    found = client.get(f"/v1/events?dataset=gdelt&limit=100{as_of}").json
    return {event["id"]: value_of(event) for event in found.get("data", [])}


def replayed(client: FlaskClient) -> dict[str, Value]:
    """Give what the feed of changes makes of an empty store."""
    shown: dict[str, Value] = {}
    for change in client.get("/v1/changes?since=0&limit=1000").json["data"]:
        if change["type"] == "retract":
            shown.pop(change["id"], None)
        elif change["id"].startswith("gdelt:"):
            shown[change["id"]] = value_of(change["event"])
    return shown
