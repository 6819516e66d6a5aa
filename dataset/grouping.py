"""Group events: by their keys in the store, then all parts together in a file of the spool."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any

from peewee import BareField, Case, Database, Entity, Model, Select, Value, fn

from dataset.errors import UnknownValue
from dataset.groups import DYAD, MEASURES, MOST_KEYS, OVERLAPPING, PERIODS, Measure
from dataset.models import BaseModel, Version, field
from dataset.pages import count_of
from dataset.selection import Selection, arms
from dataset.snapshots import Snapshot
from dataset.statements import inserting

MOST_FILLED = 5_000_000


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

    position = BareField(primary_key=True)


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

TABLES = (
    "CREATE TEMP TABLE part (events, k0, k1, k2, k3, "
    "s0, s1, s2, s3, s4, s5, s6, n0, n1, n2, n3, n4, n5, n6)",
    "CREATE TEMP TABLE label (name)",
    "CREATE TABLE result (position INTEGER PRIMARY KEY, k0, k1, k2, k3, "
    "m0, m1, m2, m3, m4, m5, m6)",
    "CREATE TABLE total (events, groups)",
)

PERIOD_LABELS: dict[str, Callable[[Any], Any]] = {
    "day": lambda day: day,
    "week": lambda day: fn.STRFTIME("%G-W%V", day),
    "month": lambda day: fn.SUBSTR(day, 1, 7),
    "quarter": lambda day: (
        fn.SUBSTR(day, 1, 4).concat("-Q").concat((fn.SUBSTR(day, 6, 2).cast("INTEGER") + 2) / 3)
    ),
    "year": lambda day: fn.SUBSTR(day, 1, 4),
}
"""The label of the period that a day lies in, in SQL."""


def write(snapshot: Snapshot, grouping: Grouping, database: Database) -> None:
    """Write the groups, in their order, into a new database."""
    database.register_function(mean, "mean", 2)
    for statement in TABLES:
        database.execute_sql(statement)
    _write_parts(snapshot, grouping, database)
    if grouping.fill:
        _write_periods(grouping, database)
    made = _merged(grouping)
    database.execute(Result.insert_from(made, [field(Result, name) for name in _places(grouping)]))
    events = count_of(snapshot, grouping.selection) if grouping.overlaps else _counted(database)
    groups = Result.select(fn.COUNT("*"))
    database.execute(Total.insert({Total.events: events, Total.groups: groups}))


def mean(total: int | None, count: int | None) -> int | None:
    """Divide a sum by a count, rounded half-even; None of nothing."""
    if total is None or not count:
        return None
    whole, rest = divmod(total, count)
    return whole + (2 * rest > count or (2 * rest == count and whole % 2 == 1))


def _counted(database: Database) -> int:
    """Count the events of all groups."""
    (count,) = database.execute(Part.select(fn.COALESCE(fn.SUM(Part.events), 0))).fetchone()
    return int(count)


def _places(grouping: Grouping) -> list[str]:
    keys = [f"k{index}" for index in range(len(grouping.keys))]
    return keys + [f"m{index}" for index in range(len(grouping.measures))]


def _summed(grouping: Grouping) -> list[tuple[int, Measure]]:
    """Give the measures that are made of a column, with their places."""
    measures = (MEASURES[name] for name in grouping.measures)
    return [(index, measure) for index, measure in enumerate(measures) if measure.column]


def _write_parts(snapshot: Snapshot, grouping: Grouping, database: Database) -> None:
    """Group each part of the selection."""
    keys = [f"k{index}" for index in range(len(grouping.keys))]
    summed = [f"{letter}{index}" for index, _ in _summed(grouping) for letter in "sn"]
    insert = inserting(database, Part, [*keys, "events", *summed])
    for arm in arms(snapshot, grouping.selection, ["key"]):
        rows = snapshot.execute(_grouped(arm, grouping))
        database.cursor().executemany(insert, _split(rows, grouping))


def _grouped(arm: Any, grouping: Grouping) -> Any:
    """Group a part of the selection: keys, how many events, and the sums with their counts."""
    table = arm.model
    keys = [_key(table, name).alias(f"k{index}") for index, name in enumerate(grouping.keys)]
    columns = [_column(table, measure) for _, measure in _summed(grouping)]
    sums = [of(column) for column in columns for of in (fn.SUM, fn.COUNT)]
    query = arm.select(*keys, fn.COUNT("*"), *sums)
    return query.group_by(*(Entity(f"k{index}") for index in range(len(keys)))) if keys else query


def _key(table: type[Version], name: str) -> Any:
    if name == DYAD:
        return table.dyad
    if name not in PERIODS:
        return field(table, name)
    # An event belongs to a period only if all of it lies there.
    first, last = (PERIOD_LABELS[name](field(table, day)) for day in ("date", "date_end"))
    return Case(None, [(first == last, first)])


def _column(table: type[Version], measure: Measure) -> Any:
    name = f"{measure.column}_millionths" if measure.is_exact else str(measure.column)
    return field(table, name)


def _split(rows: Iterable[tuple[Any, ...]], grouping: Grouping) -> Iterator[tuple[Any, ...]]:
    """Make a row of each value of the lists among the keys."""
    lists = [name in OVERLAPPING for name in grouping.keys]
    if not any(lists):
        yield from rows
        return
    for row in rows:
        keys, rest = row[: len(lists)], row[len(lists) :]
        values = (
            dict.fromkeys(key.split(";")) if many and key else (None if many else key,)
            for many, key in zip(lists, keys, strict=True)
        )
        for split in product(*values):
            yield (*split, *rest)


def _write_periods(grouping: Grouping, database: Database) -> None:
    """Add an empty part for every period between the dates, to every group of the other keys."""
    place, name = next((at, key) for at, key in enumerate(grouping.keys) if key in PERIODS)
    others = [field(Part, f"k{at}") for at in range(len(grouping.keys)) if at != place]
    seen = Part.select(*others).distinct()
    groups = database.execute(Select([seen], [fn.COUNT("*")])).fetchone()[0] if others else 1
    period, filters = PERIODS[name], grouping.selection.filters
    numbers = range(period.number(filters["date_from"]), period.number(filters["date_to"]) + 1)
    if groups * len(numbers) > MOST_FILLED:
        raise _too_many(groups, len(numbers))
    labels = ((period.label(number),) for number in numbers)
    database.cursor().executemany(inserting(database, Label, ["name"]), labels)
    _cross(database, seen if others else None, others, field(Part, f"k{place}"))


def _too_many(groups: int, periods: int) -> UnknownValue:
    detail = (
        f"would give {groups} groups times {periods} periods, more than {MOST_FILLED} rows; "
        "ask for less, or leave fill out."
    )
    return UnknownValue("fill", "zero", detail)


def _cross(database: Database, seen: Any, others: list[Any], period: Any) -> None:
    tables, columns = [Label], [Label.name, Value(0)]
    if seen is not None:
        seen = seen.alias("seen")
        tables.append(seen)
        columns += [getattr(seen.c, other.name) for other in others]
    rows = Select(tables, columns)
    database.execute(Part.insert_from(rows, [period, Part.events, *others]))


def _merged(grouping: Grouping) -> Any:
    """Put the parts of each group together, in the order that is asked for."""
    keys = [field(Part, f"k{index}") for index in range(len(grouping.keys))]
    measures = [
        _measured(MEASURES[name], index).alias(f"m{index}")
        for index, name in enumerate(grouping.measures)
    ]
    merged = Part.select(*keys, *measures)
    if not keys:
        return merged
    order = [key.asc(nulls="LAST") for key in keys]
    return merged.group_by(*keys).order_by(*_sorted(grouping), *order)


def _sorted(grouping: Grouping) -> list[Any]:
    if grouping.sort is None:
        return []
    name, descending = grouping.sort
    place = Entity(_places(grouping)[grouping.names.index(name)])
    return [(place.desc if descending else place.asc)(nulls="LAST")]


def _measured(measure: Measure, index: int) -> Any:
    events = fn.SUM(Part.events)
    if measure.column is None:
        return events
    total, known = fn.SUM(field(Part, f"s{index}")), fn.SUM(field(Part, f"n{index}"))
    if measure.is_mean:
        return fn.mean(total, known)
    # No event at all adds up to nothing; events without a value to what is unknown.
    return Case(None, [(events == 0, 0), (known == 0, None)], total)
