"""The indexes of the events: what leads a filter, then what orders a page."""

from dataset.models import Event, Superseded, Tombstone, field

LEADS = (
    "dataset",
    "actor_code",
    "actor_country",
    "target_code",
    "target_country",
    "dyad",
    "action_code",
    "quad_class",
    "place_country",
    "place_cell",
    "evidence_document",
)
"""The columns that lead an index of their own, followed by the date and the key."""
SOME_LEADS = (
    "actor_group",
    "actor_ethnic",
    "target_group",
    "target_ethnic",
    "action_mode",
    "place_admin1",
)
"""The columns that do so where they have a value: most events, or most sources, give none."""

_DATE = field(Event, "date")

Event.add_index(_DATE, Event.key)
# Few events last longer than a day: they are found by an index of their own.
Event.add_index(
    Event.index(_DATE, Event.key, where=(field(Event, "date_end") > _DATE), name="event_interval")
)
for _lead in LEADS:
    Event.add_index(field(Event, _lead), _DATE, Event.key)
for _lead in SOME_LEADS:
    _column = field(Event, _lead)
    _columns = (_column, _DATE, Event.key)
    Event.add_index(Event.index(*_columns, where=_column.is_null(False), name=f"event_{_lead}"))
Event.add_index(Event.shuffle)
# In the order of changes; `ended` serves reads of older revisions as well.
for _table in (Event, Superseded, Tombstone):
    _table.add_index(field(_table, "revision"), field(_table, "id"))
Superseded.add_index(Superseded.ended, field(Superseded, "id"), field(Superseded, "revision"))
