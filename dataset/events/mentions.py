"""Read the mentions of an event: which documents, where in them, how sure."""

from dataset.selections.known_values import dataset_numbers, key_of_id
from dataset.store.lists import Item, ListPage, PageRequest, page_of_list
from dataset.store.models import Mention, field
from dataset.store.snapshots import Snapshot

COLUMNS = {
    name: field(Mention, name)
    for name in Mention._meta.sorted_field_names
    if name not in ("key", "load", "ended")
}


def mentions(snapshot: Snapshot, public_id: str, revision: int, wanted: PageRequest) -> ListPage:
    """Read a page of the mentions that were known at a revision, oldest first."""
    key = key_of_id(dataset_numbers(snapshot), public_id)
    is_shown = Mention.ended.is_null() | (Mention.ended > revision)
    query = Mention.select().where(Mention.key == key, Mention.revision <= revision, is_shown)
    page = page_of_list(snapshot, query, COLUMNS, ["time", "n"], wanted)
    return ListPage([_shown(item) for item in page.items], page.next, page.matched)


def _shown(item: Item) -> Item:
    del item["n"]
    in_raw_text = item["in_raw_text"]
    return item | {"in_raw_text": None if in_raw_text is None else bool(in_raw_text)}
