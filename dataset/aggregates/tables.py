"""The tables of a result: where groups are made, and where they are kept in their order."""

from collections.abc import Iterable, Sequence
from typing import Any

from peewee import SQL, Database, EnclosedNodeList, Entity, Insert, NodeList, Table

from dataset.aggregates.aggregation import Aggregation
from dataset.store.statements import text_of

GROUPS = Table("groups")
"""Each group: its keys and measures, and its position from 1."""
TOTALS = Table("totals")
"""How many events were grouped, into how many groups; how many are in no single period.

`datasets` and `place_precision` hold as JSON how many are of each (`dataset.selections.parts`).
"""
PARTIAL_GROUPS = Table("partial_groups")
"""The groups of each branch: their keys, and what their measures are made of. Temporary."""
EVERY_PERIOD = Table("every_period")
"""The labels of all periods between the dates of a query that fills. Temporary."""
WHOLE = Table("whole")
"""The events that shares are of: their count by the keys of `Aggregation.whole`. Temporary."""

POSITION = SQL("position INTEGER PRIMARY KEY")


TOTAL_COLUMNS = ("events", "groups", "no_period", "datasets", "place_precision")


def create_tables(database: Database, aggregation: Aggregation, counts: int) -> None:
    """Create the tables in a new database; `counts` says how many parts are counted."""
    _create(database, GROUPS, [POSITION, *map(Entity, aggregation.names)])
    _create(database, TOTALS, map(Entity, TOTAL_COLUMNS))
    partial = map(Entity, partial_columns(aggregation, counts))
    _create(database, PARTIAL_GROUPS, [*partial], is_temporary=True)
    _create(database, EVERY_PERIOD, [Entity("label")], is_temporary=True)
    if aggregation.whole:
        columns = map(Entity, aggregation.whole.names)
        _create(database, WHOLE, [*columns], is_temporary=True)


def partial_columns(aggregation: Aggregation, counts: int) -> tuple[str, ...]:
    """Name the columns of partial groups.

    They are the keys and the count of events; for each summed column, its total and the count of
    events that have a value; and the counts of parts, which have each event once.
    """
    sums = (name for column in aggregation.summed for name in (total_of(column), known_of(column)))
    return (*aggregation.keys, "events", *sums, *part_columns(counts))


def part_columns(counts: int) -> tuple[str, ...]:
    """Name the columns of the counts of parts: the first counts all events."""
    return tuple(f"part_{number}" for number in range(counts))


def total_of(column: str) -> str:
    """Name the total of a column."""
    return f"{column}_total"


def known_of(column: str) -> str:
    """Name the count of the events that have a value of a column."""
    return f"{column}_known"


def column_of(table: Table, name: str) -> Any:
    """Give a table's column by its name."""
    return getattr(table.c, name)


def insert(database: Database, table: Table, names: Sequence[str], rows: Iterable[Any]) -> None:
    """Insert rows, one by one as they come."""
    one = Insert(table, [(None,) * len(names)], [Entity(name) for name in names])
    database.cursor().executemany(text_of(database, one), rows)


def _create(
    database: Database, table: Table, columns: Iterable[Any], is_temporary: bool = False
) -> None:
    created = SQL("CREATE TEMPORARY TABLE" if is_temporary else "CREATE TABLE")
    name = Entity(table.__name__)
    database.execute(NodeList((created, name, EnclosedNodeList([*columns]))))
