"""Leave out duplicates: of the events that a rule takes for one, the first by mentions stays."""

from functools import reduce
from operator import and_, or_
from typing import Any

from peewee import Case, Entity, Select, fn

from dataset.declarations.filters import DISTINCT, Rule


def columns_for(rule: str) -> list[str]:
    """Name the columns that a rule looks at."""
    known = DISTINCT[rule]
    names = ("key", "id", "dataset", "mentions", *known.by, *known.source, *sum(known.needed, ()))
    return list(dict.fromkeys(names))


def kept_keys(query: Any, rule: str) -> Any:
    """Select the keys of the events of a query that a rule keeps; it has `columns_for` the rule."""
    known = DISTINCT[rule]
    rank = fn.ROW_NUMBER().over(
        partition_by=[Entity("dataset"), *map(Entity, known.by), *_source(known)],
        order_by=[Entity("mentions").desc(nulls="LAST"), Entity("id").asc()],
    )
    ranked = Select([query], [Entity("key"), rank.alias("rank"), _lacking(known).alias("lacking")])
    is_kept = (Entity("rank") == 1) | Entity("lacking")
    return Select([ranked], [Entity("key")]).where(is_kept)


def _source(rule: Rule) -> list[Any]:
    """Give the first of the columns that name a source; a text in the other is not the same."""
    if not rule.source:
        return []
    best, other = map(Entity, rule.source)
    return [best, Case(None, [(best.is_null(), other)], None)]


def _lacking(rule: Rule) -> Any:
    """Match events without a part that the rule needs: these are never duplicates."""
    parts = (reduce(and_, (Entity(name).is_null() for name in part)) for part in rule.needed)
    return reduce(or_, parts)
