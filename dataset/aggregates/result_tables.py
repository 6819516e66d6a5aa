"""The tables of a spooled result, and what a result is of."""

from dataclasses import dataclass

from peewee import AutoField, BareField, Database, Model, SchemaManager

from dataset.declarations.aggregates import MEASURES, MOST_KEYS, OVERLAPPING, Measure
from dataset.selections.selections import Selection
from dataset.store.models import BaseModel


@dataclass(frozen=True)
class Grouping:
    """Which events are grouped by which keys, what is measured, and in what order.

    `query` is all of this but the revision, as text.
    """

    selection: Selection
    keys: tuple[str, ...]
    measures: tuple[str, ...]
    sort: tuple[str, bool] | None = None
    fill: bool = False
    query: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """The members of a group: its keys, then its measures."""
        return (*self.keys, *self.measures)

    @property
    def places(self) -> tuple[str, ...]:
        """Where the members are in a spooled result."""
        keys = (f"k{index}" for index in range(len(self.keys)))
        return (*keys, *(f"m{index}" for index in range(len(self.measures))))

    @property
    def summed(self) -> list[tuple[int, Measure]]:
        """The measures that are made of a column, with their numbers."""
        measures = (MEASURES[name] for name in self.measures)
        return [(index, measure) for index, measure in enumerate(measures) if measure.column]

    @property
    def overlaps(self) -> bool:
        """Whether an event may be in several groups."""
        return bool(OVERLAPPING & set(self.keys))


class Part(BaseModel):
    """A group of one part of the events: sums (`s`), and how many events have a value (`n`)."""

    events = BareField()

    class Meta:
        primary_key = False


class Result(BaseModel):
    """A group: keys (`k`) and measures (`m`), in the order of positions from 1."""

    position = AutoField()


class Total(BaseModel):
    """How many events were grouped, into how many groups."""

    events = BareField()
    groups = BareField()

    class Meta:
        primary_key = False


class Label(BaseModel):
    """A period between the dates of a query."""

    name = BareField()

    class Meta:
        primary_key = False


def _add_fields(table: type[Model], letter: str, count: int) -> None:
    for index in range(count):
        table._meta.add_field(f"{letter}{index}", BareField(null=True))


for _table in (Part, Result):
    _add_fields(_table, "k", MOST_KEYS)
_add_fields(Part, "s", len(MEASURES))
_add_fields(Part, "n", len(MEASURES))
_add_fields(Result, "m", len(MEASURES))


def create_tables(database: Database) -> None:
    """Create the tables in a new database; what only helps to make the result is temporary."""
    for table in (Part, Label, Result, Total):
        is_temporary = table in (Part, Label)
        SchemaManager(table, database).create_table(temporary=is_temporary)
