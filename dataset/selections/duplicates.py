"""Leave out duplicates: of events that a rule counts as one, keep that with most mentions."""

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
    """Select the keys that a rule keeps of a query; this needs the columns of `columns_for`."""
    known = DISTINCT[rule]
    rank = fn.ROW_NUMBER().over(
        partition_by=[Entity("dataset"), *map(Entity, known.by), *_source(known)],
        order_by=[Entity("mentions").desc(nulls="LAST"), Entity("id").asc()],
    )
    ranked = Select([query], [Entity("key"), rank.alias("rank"), _lacking(known).alias("lacking")])
    is_kept = (Entity("rank") == 1) | Entity("lacking")
    return Select([ranked], [Entity("key")]).where(is_kept)


def _source(rule: Rule) -> list[Any]:
    """Take the first source column that has a value; equal texts in two columns do not match."""
    if not rule.source:
        return []
    best, other = map(Entity, rule.source)
    return [best, Case(None, [(best.is_null(), other)], None)]


def _lacking(rule: Rule) -> Any:
    """Match events without a part that the rule needs: these are never duplicates."""
    parts = (reduce(and_, (Entity(name).is_null() for name in part)) for part in rule.needed)
    return reduce(or_, parts)
