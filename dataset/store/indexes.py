"""Index the events: first the column of a filter, then the order of a page, then other filters.

A page is found in one index. It is read in the order of the page, it answers the other filters,
and only the rows of the page are fetched. An index leaves out missing values of its first column.
"""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from peewee import SQL, fn

from dataset.declarations.filters import FILTERS
from dataset.store.models import (
    Event,
    LoadFile,
    Mention,
    NameCount,
    Superseded,
    Tombstone,
    field,
)

HELD = ("actor_country", "target_country", "action_root", "quad_class", "place_country")
"""What the wide indexes hold after the key."""
CODES = ("actor_code", "target_code", "action_code")
ORDER = ("date", "key")

LONG = "event_long"
"""What the names of the indexes of events that last longer than a day begin with."""
LEADS: dict[str, tuple[str, ...]] = {
    "actor_code": (*HELD, *CODES),
    "target_code": (*HELD, *CODES),
    "actor_country": HELD,
    "target_country": HELD,
    "dyad": ("date_end", *HELD),
    "action_root": (*HELD, "action_code"),
    "place_country": HELD,
    "quad_class": (),
    "dataset": (),
    "place_cell": (),
    "evidence_document": (),
    **dict.fromkeys(("actor_group", "actor_ethnic", "target_group", "target_ethnic"), ()),
    **dict.fromkeys(("action_mode", "place_admin1"), ()),
    "violence_type": ("dataset", "revision"),
    **dict.fromkeys(("actor_name", "target_name"), ()),
}
"""The first column of each index, and what the index holds after the date and the key."""
HEAD = 3
"""Actor codes are indexed by their first part: all that begin with it are ordered by date."""


FOUND_BY = {
    "dyad": ("dyad",),
    "id": ("key",),
    **dict.fromkeys(("bbox", "place_priogrid_gid"), ("place_cell",)),
}
"""The filters that search by other columns than those that they act on."""
ALWAYS = {*ORDER, "date_end"}
"""Taken as held by every index; the last day is read only for the few long events."""


def covers(columns: Collection[str]) -> bool:
    """Tell whether one index holds all of these columns; if not, rows have to be read."""
    asked = set(columns) - ALWAYS
    return asked <= {*HELD, *CODES} or any(asked <= {lead, *LEADS[lead]} for lead in LEADS)


def held_of(filters: Mapping[str, Any]) -> dict[str, Any]:
    """Keep the filters that one index holds: each must fit with those kept before it."""
    held: dict[str, Any] = {}
    columns: set[str] = set()
    for name, value in filters.items():
        more = FOUND_BY.get(name, FILTERS[name].columns)
        if covers({*columns, *more}):
            columns.update(more)
            held[name] = value
    return held


def head_of(column: Any, length: int = HEAD) -> Any:
    """Give the first part of a column of actor codes, written as in its index."""
    return fn.SUBSTR(column, SQL("1"), SQL(str(length)))


def _columns(names: tuple[str, ...]) -> list[Any]:
    return [field(Event, name) for name in names]


def _lead(name: str) -> Any:
    column = field(Event, name)
    return head_of(column) if name in ("actor_code", "target_code") else column


def _indexes() -> Iterator[Any]:
    """Yield the indexes that pages and counts are read from."""
    is_long = field(Event, "date_end") > field(Event, "date")
    yield Event.index(*_columns((*ORDER, *HELD, *CODES)), name="event_date")
    # Few events last longer than a day: they have indexes of their own.
    yield Event.index(*_columns(ORDER), name=LONG, where=is_long)
    for name, held in LEADS.items():
        column = field(Event, name)
        behind = _columns((*ORDER, *(other for other in held if other != name)))
        given = column.is_null(False) if column.null else None
        yield Event.index(_lead(name), *behind, name=f"event_{name}", where=given)
        names = _lead(name), *_columns(ORDER)
        yield Event.index(*names, name=f"{LONG}_{name}", where=is_long)


for _index in _indexes():
    Event.add_index(_index)
Event.add_index(Event.shuffle)
# In the order of changes; `ended` serves reads of older revisions as well.
for _table in (Event, Superseded, Tombstone):
    _table.add_index(field(_table, "revision"), field(_table, "id"))
Superseded.add_index(Superseded.ended, field(Superseded, "id"), field(Superseded, "revision"))
# Whether a file of GDELT is loaded is known by its name.
LoadFile.add_index(LoadFile.name)
# What a load brought is counted, and taken back.
Mention.add_index(Mention.load)
# What codes a name has.
NameCount.add_index(NameCount.name, NameCount.kind)
