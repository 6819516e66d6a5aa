"""Select events: which versions a revision shows, which of them the filters keep, in what order."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from dataclasses import field as made
from typing import Any, NamedTuple

from peewee import Entity, Expression, ModelSelect, Select, Tuple

from dataset.declarations.columns import COLUMNS
from dataset.selections.conditions import alternatives
from dataset.selections.duplicates import columns_for, kept_keys
from dataset.selections.samples import Sample, shuffled
from dataset.store.models import Event, Superseded, Version, field
from dataset.store.snapshots import Snapshot
from dataset.store.statements import column_list, first_of_all, united

Table = type[Version]
DAYS = ("date", "date_end")


class Sort(NamedTuple):
    """An order: by a column, then by key in the same direction; missing values come last."""

    column: str
    descending: bool


NEWEST_FIRST = Sort("date", descending=True)
OLDEST_FIRST = Sort("date", descending=False)


class Position(NamedTuple):
    """Where a page ends: the value that it is sorted by, and the key."""

    value: Any
    key: int


class Filters(dict[str, Any]):
    """Filters that can be part of a cache key: they never change."""

    def __hash__(self) -> int:  # type: ignore[override]
        """Hash the filters, whatever their order."""
        return hash(frozenset(self.items()))


@dataclass(frozen=True)
class Selection:
    """Which events at which revision, in which order, after which position.

    `distinct` names a rule against duplicates, applied after the filters; a sample is drawn last.
    `limit` keeps the first events of the order.
    """

    revision: int
    filters: Mapping[str, Any] = made(default_factory=Filters)
    sort: Sort = NEWEST_FIRST
    after: Position | None = None
    distinct: str | None = None
    sample: Sample | None = None
    limit: int | None = None

    def __post_init__(self) -> None:
        """Make the filters hashable."""
        object.__setattr__(self, "filters", Filters(self.filters))


def branches(
    snapshot: Snapshot, selection: Selection, columns: Sequence[str]
) -> Iterator["ModelSelect[Any]"]:
    """Yield the selects whose union is the selection: by table, and by how long events last."""
    for table, conditions in _chosen(snapshot, selection):
        if selection.after:
            conditions = [*conditions, _beyond(table, selection.sort, selection.after)]
        query = table.select(column_list(tuple(columns)))
        yield query.where(*conditions) if conditions else query


def _chosen(snapshot: Snapshot, selection: Selection) -> Iterator[tuple[Table, list[Any]]]:
    """Yield the tables to read, with the conditions on each."""
    keys = _keys(snapshot, selection)
    for table, shown in _versions(snapshot, selection.revision):
        if keys is not None:
            yield table, [*shown, table.key.in_(keys)]
            continue
        for filters, more in _periods(table, selection.filters):
            for conditions in alternatives(table, filters):
                yield table, [*shown, *more, *conditions]


def _keys(snapshot: Snapshot, selection: Selection) -> Any:
    """Select the keys that a sample or a rule against duplicates keeps; None without these."""
    if selection.sample:
        size, seed = selection.sample
        drawn = union(snapshot, replace(selection, sample=None), ["key", "shuffle"])
        order = shuffled(Entity("shuffle"), seed), Entity("key")
        return Select([drawn], [Entity("key")]).order_by(*order).limit(size)
    if selection.distinct:
        plain = replace(selection, distinct=None, after=None)
        columns = columns_for(selection.distinct)
        return kept_keys(union(snapshot, plain, columns), selection.distinct)
    return None


def union(snapshot: Snapshot, selection: Selection, columns: Sequence[str]) -> Any:
    """Select columns of the selection's events in one statement, in no order."""
    return united(branches(snapshot, selection, columns))


def ordered(snapshot: Snapshot, selection: Selection, columns: Sequence[str]) -> Any:
    """Select columns of the selection's events in its order.

    `columns` must hold the sort column and the key. Each branch of the union can
    be read in this order from an index, so that a limit ends the reading early. A sample has an
    order of its own.
    """
    if selection.sample:
        return _drawn(snapshot, selection, selection.sample, columns)
    if selection.limit is not None:
        return first_of(snapshot, selection, columns, selection.limit)
    return union(snapshot, selection, columns).order_by(*_order(selection.sort))


def first_of(snapshot: Snapshot, selection: Selection, columns: Sequence[str], limit: int) -> Any:
    """Select columns of the first events of a selection in its order (see `ordered`)."""
    if selection.sample:
        return ordered(snapshot, selection, columns).limit(limit)
    found = _bounded(snapshot, selection, branches(snapshot, selection, columns))
    return first_of_all(snapshot.database, found, _order(selection.sort), limit)


def _bounded(
    snapshot: Snapshot, selection: Selection, found: Iterator["ModelSelect[Any]"]
) -> Iterator["ModelSelect[Any]"]:
    """Read an older revision only up to its last day: what came since is mostly of later days."""
    is_by_date = selection.sort.column == "date" and selection.revision != snapshot.revision
    day = snapshot.last_date_of(selection.revision) if is_by_date else None
    for branch in found:
        yield branch.where(field(branch.model, "date") <= day) if day else branch


def _order(sort: Sort) -> list[Any]:
    column, key = Entity(sort.column), Entity("key")
    # Where nothing is missing, PostgreSQL reads an index backwards only if nulls are not mentioned.
    nulls = "LAST" if COLUMNS[sort.column].null else None
    if sort.descending:
        return [column.desc(nulls=nulls), key.desc()]
    return [column.asc(nulls=nulls), key.asc()]


def _drawn(snapshot: Snapshot, selection: Selection, sample: Sample, columns: Sequence[str]) -> Any:
    """Select columns of a sample's events in the order in which they were drawn."""
    drawn = union(snapshot, selection, [*columns, "shuffle"])
    order = shuffled(Entity("shuffle"), sample.seed), Entity("key")
    return Select([drawn], [Entity(name) for name in columns]).order_by(*order)


def _versions(snapshot: Snapshot, revision: int) -> Iterator[tuple[Table, list[Any]]]:
    """Yield the tables that hold what a revision shows, with the conditions on each."""
    if revision == snapshot.revision:
        yield Event, []
        return
    yield Event, [field(Event, "revision") <= revision]
    yield Superseded, [field(Superseded, "revision") <= revision, Superseded.ended > revision]


def _periods(
    table: Table, filters: Mapping[str, Any]
) -> Iterator[tuple[Mapping[str, Any], list[Expression]]]:
    """Split an overlap with dates: events that begin in the range, and the few long ones before."""
    if "date_from" not in filters:
        yield filters, []
        return
    begin, (first, last) = filters["date_from"], (field(table, name) for name in DAYS)
    # What begins on the day or later ends no earlier: the last day (in no index) need not be read.
    yield {name: filters[name] for name in filters if name != "date_from"}, [first >= begin]
    yield filters, [last > first, first < begin]


def _beyond(table: Table, sort: Sort, after: Position) -> Expression:
    """Match what comes after a position (a keyset: it costs the same at any depth)."""
    column, key = field(table, sort.column), table.key
    if after.value is None:
        return column.is_null() & (key < after.key if sort.descending else key > after.key)
    pair, position = Tuple(column, key), (after.value, after.key)
    later: Expression = pair < position if sort.descending else pair > position
    return later | column.is_null() if column.null else later
