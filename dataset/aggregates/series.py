"""Read what a chart shows of a result: its groups along one period, the largest series of them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import reduce
from operator import and_, or_
from typing import Any, NamedTuple

from peewee import Database, fn

from dataset.aggregates.pages import ordered, result_of, values_of
from dataset.aggregates.result_tables import Grouping, Result, Total
from dataset.declarations.aggregates import MOST_KEYS
from dataset.declarations.periods import PERIODS
from dataset.errors import UnknownValue
from dataset.store.models import field
from dataset.store.results_cache import ResultsCache
from dataset.store.snapshots import Snapshot

MOST_SERIES = 8
MOST_POINTS = 20_000
COUNT = "count"

Row = Sequence[Any]


class Series(NamedTuple):
    """The groups of the same keys: labels of their periods, events, and measures."""

    keys: tuple[Any, ...]
    periods: tuple[str, ...]
    events: tuple[int, ...]
    values: tuple[tuple[float | None, ...], ...]


@dataclass(frozen=True)
class Plot:
    """What a chart shows, and what it leaves out: other series, and events in no single period."""

    period: str
    keys: tuple[str, ...]
    measures: tuple[str, ...]
    fill: bool
    series: tuple[Series, ...]
    all_series: int
    events_of_others: int
    events_in_none: int
    events: int


def plot_of(snapshot: Snapshot, cache: ResultsCache, grouping: Grouping) -> Plot:
    """Read the series of a grouping by exactly one period: those with most events."""
    period = _period(grouping)
    counted = _counted(grouping)
    with result_of(snapshot, cache, counted) as database:
        table = _Table(counted, period)
        largest = database.execute(table.largest()).fetchall()
        all_series, events = largest[0][-2:] if largest else (0, 0)
        return Plot(
            period,
            tuple(name for name in grouping.keys if name != period),
            grouping.measures,
            grouping.fill,
            tuple(_series(database, table, len(grouping.measures), [row[:-3] for row in largest])),
            all_series,
            events - sum(row[-3] for row in largest),
            database.execute(table.in_none()).fetchone()[0],
            database.execute(Total.select(Total.events)).fetchone()[0],
        )


def _period(grouping: Grouping) -> str:
    """Give the one period among the keys; say what would be right if there is not one."""
    periods = [name for name in grouping.keys if name in PERIODS]
    if len(periods) == 1:
        return periods[0]
    others = [name for name in grouping.keys if name not in PERIODS]
    meant = ",".join([(periods or ["month"])[0], *others][:MOST_KEYS])
    right = f"must hold exactly one of {', '.join(PERIODS)} for a chart; other keys make series."
    raise UnknownValue("by", ",".join(grouping.keys), right, meant)


def _counted(grouping: Grouping) -> Grouping:
    """Count the events of each group too: they say which series are the largest."""
    if COUNT in grouping.measures:
        return grouping
    query = f"{grouping.query} {COUNT}"
    return replace(grouping, measures=(*grouping.measures, COUNT), query=query)


class _Table:
    """A spooled result by what its columns hold."""

    def __init__(self, grouping: Grouping, period: str) -> None:
        self.grouping = grouping
        self.at = grouping.keys.index(period)
        columns = [field(Result, place) for place in grouping.places]
        self.period = columns[self.at]
        self.events = columns[grouping.names.index(COUNT)]
        self.others = [at for at in range(len(grouping.keys)) if at != self.at]
        self.keys = [columns[at] for at in self.others]

    def largest(self) -> Any:
        """Select the largest series: keys and events of each, then how many of both there are."""
        events = fn.SUM(self.events)
        totals = (fn.COUNT("*").over(), fn.SUM(events).over())
        query = Result.select(*self.keys, events, *totals).where(self.period.is_null(False))
        order = (key.asc(nulls="LAST") for key in self.keys)
        query = query.group_by(*self.keys).having(fn.COUNT("*") > 0)
        return query.order_by(events.desc(), *order).limit(MOST_SERIES)

    def in_none(self) -> Any:
        """Select how many events lie in no single period."""
        return Result.select(fn.COALESCE(fn.SUM(self.events), 0)).where(self.period.is_null())

    def groups_of(self, wanted: Sequence[Row]) -> Any:
        """Select the groups of some series by their periods."""
        query = ordered(self.grouping).where(self.period.is_null(False))
        if self.keys and wanted:
            query = query.where(reduce(or_, (self._is(keys) for keys in wanted)))
        return query.order_by(self.period)

    def _is(self, keys: Row) -> Any:
        return reduce(and_, (one == key for one, key in zip(self.keys, keys, strict=True)))

    def keys_in(self, row: Row) -> tuple[Any, ...]:
        """Give the keys of a group beside its period."""
        return tuple(row[at] for at in self.others)


def _series(database: Database, table: _Table, measures: int, largest: list[Row]) -> list[Series]:
    """Read the groups of some series, in the order of these."""
    most = MOST_POINTS // measures
    rows = database.execute(table.groups_of(largest).limit(most + 1)).fetchall()
    if len(rows) > most:
        raise _too_many(table)
    found: dict[tuple[Any, ...], list[Row]] = {tuple(keys): [] for keys in largest}
    values = values_of(table.grouping, as_text=True)
    for row in rows:
        found[table.keys_in(row)].append(values(row))
    first, events = len(table.grouping.keys), table.grouping.names.index(COUNT)
    return [
        Series(
            table.keys_in(groups[0]),
            tuple(group[table.at] for group in groups),
            tuple(group[events] for group in groups),
            tuple(tuple(group[first : first + measures]) for group in groups),
        )
        for groups in found.values()
    ]


def _too_many(table: _Table) -> UnknownValue:
    period = table.grouping.keys[table.at]
    longer = list(PERIODS)[list(PERIODS).index(period) + 1 :]
    ways = ["narrow the dates", *([f"group by {' or '.join(longer)}"] if longer else [])]
    detail = f"would draw more than {MOST_POINTS} points; {', or '.join(ways)}."
    return UnknownValue("by", ",".join(table.grouping.keys), detail)
