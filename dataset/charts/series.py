"""Read what a chart shows: the largest series of an aggregation by one period."""

from collections.abc import Sequence
from dataclasses import replace
from functools import reduce
from operator import and_, or_
from typing import Any

from peewee import Database, fn

from dataset.aggregates.aggregation import Aggregation
from dataset.aggregates.pages import values_of
from dataset.aggregates.results import is_shown, ordered_groups, result_of, totals_of
from dataset.aggregates.tables import GROUPS, column_of
from dataset.charts.plots import Plot, Series
from dataset.declarations.aggregates import MOST_KEYS
from dataset.declarations.periods import PERIODS
from dataset.errors import UnknownValue
from dataset.store.results_cache import ResultsCache
from dataset.store.snapshots import Snapshot

MOST_SERIES = 8
MOST_POINTS = 20_000
COUNT = "count"
EVENTS = column_of(GROUPS, COUNT)

Row = Sequence[Any]


def plot_of(snapshot: Snapshot, cache: ResultsCache, aggregation: Aggregation) -> Plot:
    """Read the series of an aggregation by exactly one period: those with most events."""
    _check_period(aggregation)
    (period,), keys = aggregation.periods, aggregation.other_keys
    counted = _counted(aggregation)
    with result_of(snapshot, cache, counted) as database:
        largest = database.execute(_largest(counted)).fetchall()
        all_series, events = largest[0][-2:] if largest else (0, 0)
        totals = totals_of(database)
        return Plot(
            period,
            keys,
            aggregation.measures,
            aggregation.fill,
            tuple(_series(database, counted, aggregation.measures, [row[:-3] for row in largest])),
            all_series,
            events - sum(row[-3] for row in largest),
            database.execute(_in_none(counted)).fetchone()[0],
            totals.counted,
            aggregation.labels,
            0 if counted.limit is None else max(0, totals.groups - counted.limit),
        )


def _check_period(aggregation: Aggregation) -> None:
    """Refuse keys without exactly one period, and say what would be right."""
    periods = aggregation.periods
    if len(periods) == 1:
        return
    meant = ",".join([(*periods, "month")[0], *aggregation.other_keys][:MOST_KEYS])
    right = f"must hold exactly one of {', '.join(PERIODS)} for a chart; other keys make series."
    raise UnknownValue("by", ",".join(aggregation.keys), right, meant)


def _counted(aggregation: Aggregation) -> Aggregation:
    """Count the events of each group too: they say which series are the largest."""
    aggregation = replace(aggregation, labels=False)
    if COUNT in aggregation.measures:
        return aggregation
    query = f"{aggregation.query} {COUNT}"
    return replace(aggregation, measures=(*aggregation.measures, COUNT), query=query)


def _largest(counted: Aggregation) -> Any:
    """Select the largest series: keys and events of each, then how many series and events exist."""
    (period,), keys = counted.periods, counted.other_keys
    columns, events = [column_of(GROUPS, name) for name in keys], fn.SUM(EVENTS)
    totals = (fn.COUNT("*").over(), fn.SUM(events).over())
    query = GROUPS.select(*columns, events, *totals)
    query = query.where(_lies_in_one(period), is_shown(counted))
    order = (column.asc(nulls="LAST") for column in columns)
    query = query.group_by(*columns).having(fn.COUNT("*") > 0)
    return query.order_by(events.desc(), *order).limit(MOST_SERIES)


def _lies_in_one(period: str) -> Any:
    return column_of(GROUPS, period).is_null(False)


def _in_none(counted: Aggregation) -> Any:
    """Select how many events lie in no single period."""
    (period,) = counted.periods
    query = GROUPS.select(fn.COALESCE(fn.SUM(EVENTS), 0))
    return query.where(~_lies_in_one(period), is_shown(counted))


def _series(
    database: Database, counted: Aggregation, measures: Sequence[str], largest: list[Row]
) -> list[Series]:
    """Read the groups of some series, in the order of the series."""
    most = MOST_POINTS // len(measures)
    rows = database.execute(_groups_of(counted, largest).limit(most + 1)).fetchall()
    if len(rows) > most:
        raise _too_many(counted)
    found: dict[tuple[Any, ...], list[dict[str, Any]]] = {tuple(keys): [] for keys in largest}
    shown = values_of(counted, as_text=True)
    for row in rows:
        stored = dict(zip(counted.names, row, strict=True))
        keys = tuple(stored[name] for name in counted.other_keys)
        found[keys].append(dict(zip(counted.names, shown(row), strict=True)))
    return [_series_of(counted, measures, groups) for groups in found.values()]


def _groups_of(counted: Aggregation, wanted: Sequence[Row]) -> Any:
    """Select the groups of some series by their periods."""
    (period,) = counted.periods
    query = ordered_groups(counted).where(_lies_in_one(period))
    if counted.other_keys and wanted:
        query = query.where(reduce(or_, (_has(counted.other_keys, row) for row in wanted)))
    return query.order_by(column_of(GROUPS, period))


def _has(keys: Sequence[str], values: Row) -> Any:
    equal = (column_of(GROUPS, key) == value for key, value in zip(keys, values, strict=True))
    return reduce(and_, equal)


def _series_of(
    counted: Aggregation, measures: Sequence[str], groups: Sequence[dict[str, Any]]
) -> Series:
    (period,) = counted.periods
    return Series(
        tuple(groups[0][name] for name in counted.other_keys),
        tuple(group[period] for group in groups),
        tuple(group[COUNT] for group in groups),
        tuple(tuple(group[name] for name in measures) for group in groups),
    )


def _too_many(aggregation: Aggregation) -> UnknownValue:
    (period,) = aggregation.periods
    longer = list(PERIODS)[list(PERIODS).index(period) + 1 :]
    ways = ["narrow the dates", *([f"group by {' or '.join(longer)}"] if longer else [])]
    detail = f"would draw more than {MOST_POINTS} points; {', or '.join(ways)}."
    return UnknownValue("by", ",".join(aggregation.keys), detail)
