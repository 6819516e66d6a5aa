"""Count the events of codes and names at a revision.

The table of counts has those of the newest; what changed since an older one is taken back, or all
is counted anew if that is much.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain
from typing import Any

import orjson
from peewee import Entity, Select, fn

from dataset.aggregates.aggregation import Aggregation
from dataset.aggregates.results import ordered_groups, result_of
from dataset.declarations.filters import Choice
from dataset.declarations.names import COUNTED, GROUPS, NAMED, Key, add_up
from dataset.selections.selections import Selection
from dataset.store.engines.base import Term
from dataset.store.models import Event, NameCount, Superseded, field
from dataset.store.results_cache import ResultsCache
from dataset.store.snapshots import Snapshot

MOST_CHANGED = 20_000
"""So many versions may have come or ended since a revision for them to be taken back."""
MOST_KEPT = 8
"""How many counts of each sort are kept in memory."""
MOST_NAMED = 500
"""Of how many pages of codes the names are kept in memory."""
Pair = tuple[str, str]
"""A code and a name; either may be empty."""
Pairs = Counter[Pair]


Keep = Callable[[str, str], bool]


def everything(_code: str, _name: str) -> bool:
    """Keep every code and name."""
    return True


@dataclass(frozen=True)
class Counting:
    """Counts at a revision; `datasets` are those that are counted, None is all."""

    snapshot: Snapshot
    cache: ResultsCache
    revision: int
    datasets: Choice | None = None

    def codes(self, kind: str) -> Counter[str]:
        """Count the events of each code of a kind."""
        key = self.revision, self.datasets, kind
        make = partial(self._codes, kind)
        found: Counter[str] = self.snapshot.remembered("counts", key, make, MOST_KEPT)
        return found

    def named(self, names: Any, is_held: Callable[[str], bool]) -> Pairs:
        """Count the actors and targets of some names, which `is_held` tells in Python."""
        # Names alone: with a kind SQLite would read all of that kind, in the order of groups.
        return self._pairs(NAMED, NameCount.name.in_(names), lambda _, name: is_held(name))

    def names(self, codes: Sequence[str], most: int) -> dict[str, list[tuple[str, int]]]:
        """Give the commonest names of codes, as actor or target, with how many have them."""
        key = self.revision, self.datasets, (*codes,), most
        make = partial(self._names, codes, most)
        found: dict[str, list[tuple[str, int]]]
        found = self.snapshot.remembered("names", key, make, MOST_NAMED)
        return found

    def _names(self, codes: Sequence[str], most: int) -> dict[str, list[tuple[str, int]]]:
        given = Term("given_texts", orjson.dumps([*codes]).decode())
        its = NameCount.kind.in_([*NAMED]) & NameCount.code.in_(given)
        found: defaultdict[str, list[tuple[str, int]]] = defaultdict(list)
        if self.revision == self.snapshot.revision:
            for code, name, count in self.snapshot.rows(self._commonest(its, most)):
                found[code].append((name, count))
            return found
        wanted = {*codes}
        pairs = self._pairs(NAMED, its, lambda code, _: code in wanted).items()
        for (code, name), count in sorted(pairs, key=lambda one: (-one[1], one[0])):
            if len(found[code]) < most:
                found[code].append((name, count))
        return found

    def _commonest(self, its: Any, most: int) -> Any:
        """Select so many names of each code, the commonest first."""
        total = fn.SUM(NameCount.count).cast("BIGINT")
        order = [total.desc(), NameCount.name]
        place = fn.ROW_NUMBER().over(partition_by=[NameCount.code], order_by=order)
        columns = (total.alias("total"), place.alias("place"))
        query = NameCount.select(NameCount.code, NameCount.name, *columns)
        query = query.where(its, *self._of_datasets()).having(total > 0)
        ranked = query.group_by(NameCount.code, NameCount.name)
        shown = map(Entity, ("code", "name", "total"))
        first = Select([ranked], [*shown]).where(Entity("place") <= most)
        return first.order_by(Entity("code"), Entity("place"))

    def _pairs(self, kinds: Collection[str], where: Any, keep: Keep = everything) -> Pairs:
        """Count the events of codes and names: `keep` says in Python what `where` says."""
        changes = self._changes()
        if changes is None:
            anew = chain.from_iterable(self._anew(kind).items() for kind in kinds)
            return _added(one for one in anew if keep(*one[0]))
        # PostgreSQL makes decimal numbers of sums.
        total = fn.SUM(NameCount.count).cast("BIGINT")
        query = NameCount.select(NameCount.code, NameCount.name, total)
        query = query.where(where, *self._of_datasets()).having(total > 0)
        query = query.group_by(NameCount.code, NameCount.name)
        found = Counter({(code, name): n for code, name, n in self.snapshot.rows(query)})
        for (kind, code, name, dataset), n in changes.items():
            if kind in kinds and self._is_counted(dataset) and keep(code, name):
                found[code, name] += n
        return +found if changes else found

    def _codes(self, kind: str) -> Counter[str]:
        pairs = self._pairs([kind], NameCount.kind == kind)
        return Counter({code: count for (code, _), count in pairs.items()})

    def _of_datasets(self) -> list[Any]:
        wanted, unwanted = ([*filter(None, names)] for names in self.datasets or Choice())
        conditions = [NameCount.dataset.not_in(unwanted)] if unwanted else []
        if self.datasets and self.datasets.wanted:
            conditions.append(NameCount.dataset.in_(wanted))
        return conditions

    def _is_counted(self, dataset: str) -> bool:
        wanted, unwanted = self.datasets or Choice()
        return (not wanted or dataset in wanted) and dataset not in unwanted

    def _changes(self) -> Counter[Key] | None:
        """Give what to add to the counts; None if too much has changed."""
        if self.revision == self.snapshot.revision:
            return Counter()
        make = partial(_changes_since, self.snapshot, self.revision)
        found: Counter[Key] | None
        found = self.snapshot.remembered("changes of counts", self.revision, make, MOST_KEPT)
        return found

    def _anew(self, kind: str) -> Pairs:
        """Count all events of the revision."""
        make = partial(self._grouped, kind)
        key = self.revision, self.datasets, kind
        found: Pairs = self.snapshot.remembered("counts anew", key, make, MOST_KEPT)
        return found

    def _grouped(self, kind: str) -> Pairs:
        keys = tuple(filter(None, COUNTED[kind]))
        filters = {"dataset": self.datasets} if self.datasets else {}
        query = f"counts of {keys}: {filters}"
        selection = Selection(self.revision, filters)
        aggregation = Aggregation(selection, keys, ("count",), query=query)
        with result_of(self.snapshot, self.cache, aggregation) as database:
            groups = database.execute(ordered_groups(aggregation)).fetchall()
        # A count of codes needs a code, one of names a name.
        counted = (group for group in groups if group[len(keys) - 1] is not None)
        return Counter({_pair(*group[:-1]): group[-1] for group in counted})


def _pair(code: str | None, name: str = "") -> Pair:
    return code or "", name


def _added(pairs: Iterable[tuple[Pair, int]]) -> Pairs:
    found: Pairs = Counter()
    for pair, count in pairs:
        found[pair] += count
    return found


def _changes_since(snapshot: Snapshot, revision: int) -> Counter[Key] | None:
    changes: Counter[Key] = Counter()
    brought = field(Event, "revision") > revision
    ended = (field(Superseded, "revision") <= revision) & (Superseded.ended > revision)
    for table, changed, one in ((Event, brought, -1), (Superseded, ended, 1)):
        names = [*dict.fromkeys(name for group in GROUPS.values() for name in group)]
        columns = [field(table, name) for name in names]
        rows = snapshot.rows(table.select(*columns).where(changed).limit(MOST_CHANGED + 1))
        if len(rows) > MOST_CHANGED:
            return None
        for group, its in GROUPS.items():
            at = [names.index(name) for name in its]
            counts = Counter(tuple(row[place] for place in at) for row in rows)
            add_up(changes, group, {values: one * count for values, count in counts.items()})
    return changes
