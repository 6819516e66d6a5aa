"""Write a statement once for all selections of one shape: they differ in their values only.

peewee writes a select of fifty columns in a millisecond, which is more than a page takes to read.
So a selection is taken apart: its shape, which has a slot in the place of each value, and the
values. The statement of a shape is kept, and so is, for a while, what it is when it is filled.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from types import SimpleNamespace
from typing import Any

from peewee import Context, Database, Node

from dataset.declarations.columns import COLUMNS
from dataset.declarations.filters import FILTERS, Filter
from dataset.selections.selections import Selection
from dataset.store.snapshots import Snapshot

MOST_KEPT = 512
MOST_FILLED = 1024
WRITTEN_ANEW = {"bbox", "near", "words"}
"""The shapes of filters whose SQL hangs on their values."""

Convert = Callable[[Any], Any]
Write = Callable[..., Any]
Values = list[Any]
Statement = tuple[str, tuple[Any, ...]]


def _now(database: Database) -> Any:
    """Stand for the snapshot while a statement is written: None is its newest revision."""
    return SimpleNamespace(revision=None, database=database)


class Slot(Node):
    """The place of a value in a statement; texts may be cut and joined before there is one."""

    def __init__(self, number: int, make: Convert | None = None) -> None:
        """Keep the number of the value, and what is made of it."""
        self.number, self.make = number, make

    def __add__(self, more: str) -> "Slot":
        """Join a text to the value."""
        return Slot(self.number, lambda value: value + more)

    def __getitem__(self, part: slice) -> "Slot":
        """Cut the value."""
        return Slot(self.number, lambda value: value[part])

    def __sql__(self, ctx: Context) -> Context:
        """Stand among the parameters, with the converter of the column that it is compared with."""
        return ctx.value(Filling(self.number, self.make, ctx.state.converter), converter=False)


@dataclass(frozen=True)
class Filling:
    """A parameter that is made of a value."""

    number: int
    make: Convert | None
    convert: Convert | None

    def of(self, values: Values) -> Any:
        """Give the parameter."""
        value = values[self.number]
        if self.make:
            value = self.make(value)
        return self.convert(value) if self.convert else value


@dataclass(frozen=True)
class Plan:
    """A statement and its parameters."""

    text: str
    parameters: list[Any]

    def filled(self, values: Values) -> tuple[Any, ...]:
        """Give the parameters for some values."""
        return tuple(one.of(values) if type(one) is Filling else one for one in self.parameters)


def run(snapshot: Snapshot, write: Write, selection: Selection, *more: Any) -> Any:
    """Run the query that `write(snapshot, selection, *more)` makes, and give its cursor."""
    return snapshot.database.execute_sql(*statement(snapshot, write, selection, *more))


def statement(snapshot: Snapshot, write: Write, selection: Selection, *more: Any) -> Statement:
    """Give the text of a query and its parameters."""
    is_newest = selection.revision == snapshot.revision
    return filled(snapshot.database, write, selection, is_newest, *more)


@lru_cache(MOST_FILLED)
def filled(
    database: Database, write: Write, selection: Selection, is_newest: bool, *more: Any
) -> Statement:
    """Fill the statement of a selection's shape."""
    shape, values = taken_apart(selection, is_newest)
    plan = plan_of(database, write, shape, *more)
    return plan.text, plan.filled(values)


@lru_cache(MOST_KEPT)
def plan_of(database: Database, write: Write, shape: Selection, *more: Any) -> Plan:
    """Write the statement of a shape; `more` is what else decides its text."""
    return Plan(*database.get_sql_context().sql(write(_now(database), shape, *more)).query())


def taken_apart(selection: Selection, is_newest: bool) -> tuple[Selection, Values]:
    """Give the shape of a selection, and its values in the order of their slots."""
    values: Values = []
    revision: Any = None if is_newest else _slots(selection.revision, values)
    shape = Selection(
        revision,
        dict(_filters(selection, values)),
        selection.sort,
        _slots(selection.after, values),
        selection.distinct,
        selection.sample,
    )
    return shape, values


def _filters(selection: Selection, values: Values) -> Iterator[tuple[str, Any]]:
    for name, value in selection.filters.items():
        yield name, value if name in _ANEW else _slots(value, values)


def _slots(value: Any, values: Values) -> Any:
    """Put a slot in the place of a value, or of each in a tuple; None has SQL of its own."""
    if value is None:
        return None
    if isinstance(value, tuple):
        slots = [_slots(one, values) for one in value]
        return type(value)(*slots) if hasattr(value, "_fields") else tuple(slots)
    values.append(value)
    return _slot(len(values) - 1)


_slot = cache(Slot)
"""Slots of equal numbers are the same, so that shapes are soon compared."""


def _is_written_anew(item: Filter) -> bool:
    """Tell whether each value needs a statement of its own, as those of lists do."""
    return item.shape in WRITTEN_ANEW or any(COLUMNS[name].many for name in item.columns)


_ANEW = {name for name, item in FILTERS.items() if _is_written_anew(item)}
