"""Take the examples of parameters from the store, so that each of them finds something there."""

from collections.abc import Callable
from copy import deepcopy
from math import floor
from operator import itemgetter
from typing import Any

from dataset.declarations.filters import FILTERS, Filter
from dataset.declarations.words import folded
from dataset.events.history import find
from dataset.events.pages import ALL_COLUMNS, page_of
from dataset.events.rows import flat
from dataset.selections.selections import Selection
from dataset.store.counts import Matched
from dataset.store.snapshots import Snapshot

OF_THE_SEED = "seed:31"
"""The event of the seed dataset that the document's own examples are made from."""
DYAD_OF_THE_SEED = "IRN,ISR"
MOST_EVENTS = 100
"""How many of the newest events are looked at: some have what others lack."""
Event = dict[str, Any]
Examples = dict[str, Any]


def _dyad(event: Event) -> str | None:
    countries = (event["actor_country"], event["target_country"])
    return ",".join(countries) if all(countries) else None


def _box(event: Event) -> str | None:
    south, west = event["place_latitude"], event["place_longitude"]
    if south is None or west is None:
        return None
    west, south = min(floor(west), 179), min(floor(south), 89)
    return f"{west},{south},{west + 1},{south + 1}"


def _circle(event: Event) -> str | None:
    point = (event["place_latitude"], event["place_longitude"])
    return None if None in point else f"{point[0]:.2f},{point[1]:.2f},100"


SPECIAL: dict[str, Callable[[Event], Any]] = {
    "dyad": _dyad,
    "action": itemgetter("action_root"),
    "date_to": itemgetter("date_end"),
    "q": lambda event: next(iter(folded(event["actor_name"] or "")), None),
    "bbox": _box,
    "near": _circle,
}
"""What an event gives as the example of a filter that is no value of its first column."""
IN_PATHS = {"event_id": "id", "document_id": "evidence_document", "name": "dataset"}
"""The columns that are examples in paths."""
OF_THE_CODEBOOK = ("/v1/actions", "/v1/actors")
"""Where `q` asks the codebook, which is the same in every store."""


def fitted(document: dict[str, Any], snapshot: Snapshot) -> dict[str, Any]:
    """Give the document with examples of what a store holds, without those that it has not.

    A store with the seed dataset keeps the document's own.
    """
    known = find(snapshot, OF_THE_SEED, snapshot.revision)
    if known and known.reason is None:
        return document
    found, document = _found(snapshot), deepcopy(document)
    for path, item in document["paths"].items():
        for given in item.get("parameters", []) + item["get"].get("parameters", []):
            if given["name"] in found and not (given["name"] == "q" and path in OF_THE_CODEBOOK):
                _replace(given, found[given["name"]])
    text = document["info"]["description"]
    for shown, name in ((OF_THE_SEED, "event_id"), (DYAD_OF_THE_SEED, "dyad")):
        text = text.replace(shown, found[name] or shown)
    document["info"]["description"] = text
    return document


def _found(snapshot: Snapshot) -> Examples:
    page = page_of(
        snapshot, Selection(snapshot.revision), ALL_COLUMNS, MOST_EVENTS, Matched(0, "eq")
    )
    values = flat(ALL_COLUMNS, page.read)
    events = [dict(zip(ALL_COLUMNS, values(*row), strict=True)) for row in page.rows]
    examples = {item.name: _first(events, _reader(item)) for item in FILTERS.values()}
    for name, column in IN_PATHS.items():
        examples[name] = _first(events, itemgetter(column))
    return examples


def _first(events: list[Event], read: Callable[[Event], Any]) -> Any:
    """Give the first example that any event has."""
    return next((value for event in events if (value := read(event)) not in (None, "")), None)


def _reader(item: Filter) -> Callable[[Event], Any]:
    """Give the function from an event to the example of a filter."""
    if item.name in SPECIAL:
        return SPECIAL[item.name]
    column = item.columns[0]
    if item.shape == "number":
        return itemgetter(column)
    return lambda event: _text(event[column])


def _text(value: Any) -> str | None:
    """Write a value of a column as a filter takes it; of a list, its first."""
    if isinstance(value, list):
        return _text(value[0]) if value else None
    if isinstance(value, bool):
        return str(value).lower()
    return None if value is None else str(value).replace("\\", "\\\\").replace(",", "\\,")


def _replace(given: dict[str, Any], example: Any) -> None:
    """Put an example into a parameter, or take the one away that it has."""
    schema = given["schema"]
    for holder in (given, schema):
        holder.pop("example", None)
    schema.pop("examples", None)
    if example is None:
        return
    if given["in"] == "path":
        given["example"] = example
    else:
        schema["examples"] = [example]
