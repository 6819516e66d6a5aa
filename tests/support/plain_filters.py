"""What every filter finds, said a second time in plain Python."""

import unicodedata
from collections.abc import Callable
from math import acos, cos, radians, sin

from flask.testing import FlaskClient

from dataset.declarations.filters import FILTERS
from support.rich_store import Event, cell

SOVIET = ("SUN", "USR")
"""Two codes of one country: but for exact codes, every filter finds both."""
CHOICES = [name for name, item in FILTERS.items() if item.shape == "choice"]


NAMES = [name for name in CHOICES if name.endswith("_name")]


def plain_name(name: str) -> str:
    """Write a name without case, in composed characters."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def found(client: FlaskClient, **parameters: object) -> list[str]:
    """Give the sorted ids that a query finds."""
    wanted = {"limit": 1000, "fields": "id", **parameters}
    answer = client.get("/v1/events", query_string=wanted)
    assert answer.status_code == 200, answer.text
    return sorted(event["id"] for event in answer.get_json()["data"])


def held(event: Event, name: str) -> set[str]:
    """Give the values that a filter of choices looks at, as it writes them."""
    if name in ("involves", "involves_country", "involves_name"):
        rest = name.removeprefix("involves")
        return held(event, f"actor{rest}") | held(event, f"target{rest}")
    if name in ("actor", "target"):
        code = cell(event, f"{name}_code") or ""
        return {one for end in range(3, len(code) + 1, 3) for one in twins(code[:end])}
    if name in ("actor_country", "target_country"):
        return {one for one in twins(cell(event, name) or "") if one}
    if name == "action":
        code = event["action"]["code"] or ""
        return {code[:end] for end in range(2, len(code) + 1)}
    value = cell(event, name)
    values = value if isinstance(value, list) else [] if value is None else [value]
    return {str(one).lower() if isinstance(one, bool) else str(one) for one in values}


def twins(code: str) -> set[str]:
    """Give the codes by which a filter finds a code, or the country that a code begins with."""
    return {code, *(one + code[3:] for one in SOVIET if code[:3] in SOVIET)}


def is_chosen(values: set[str], text: str) -> bool:
    """Any of the plain items, and none of those with `!`."""
    items = text.split(",")
    wanted = {item for item in items if not item.startswith("!")}
    excluded = {item[1:] for item in items if item.startswith("!")}
    named = {escaped(value) for value in values} or {"none"}
    return bool(not wanted or named & wanted) and not named & excluded


def is_in_range(event: Event, name: str, text: str) -> bool:
    """At least, or at most; a missing value is neither."""
    value, limit = cell(event, name[:-4]), float(text)
    return value is not None and (value >= limit if name.endswith("_min") else value <= limit)


def is_of_time(event: Event, name: str, text: str) -> bool:
    """From a day or an instant on, or until one."""
    value = (cell(event, "added") or "")[: len(text)]
    return bool(value) and (value >= text if name.endswith("_min") else value <= text)


def is_in_box(event: Event, text: str) -> bool:
    """Between the parallels and, going east from the first meridian, before the second."""
    west, south, east, north = (float(part) for part in text.split(","))
    latitude, longitude = cell(event, "place_latitude"), cell(event, "place_longitude")
    if latitude is None or not south <= latitude <= north:
        return False
    if west <= east:
        return bool(west <= longitude <= east)
    return bool(longitude >= west or longitude <= east)


def words(text: str) -> list[str]:
    """Split a text into words without accents and case."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(c for c in letters if not unicodedata.combining(c))
    return "".join(c if c.isalnum() else " " for c in plain).split()


def is_worded(event: Event, text: str) -> bool:
    """All words stand in the names and the summary; before `*`, the beginning of one."""
    names = ("actor_name", "target_name", "place_name", "evidence_summary")
    stored = {word for name in names for word in words(cell(event, name) or "")}
    *whole, last = words(text)
    ends = any(word.startswith(last) for word in stored) if text[-1] == "*" else last in stored
    return ends and stored.issuperset(whole)


def is_near(event: Event, text: str) -> bool:
    """Within a distance, by the law of cosines."""
    latitude, longitude, km = (float(part) for part in text.split(","))
    north, east = cell(event, "place_latitude"), cell(event, "place_longitude")
    if north is None:
        return False
    one, other, turn = (radians(x) for x in (latitude, north, east - longitude))
    cosine = sin(one) * sin(other) + cos(one) * cos(other) * cos(turn)
    return 6371.0088 * acos(max(-1, min(1, cosine))) <= km + 0.001


SPECIAL: dict[str, Callable[[Event, str], bool]] = {
    "bbox": is_in_box,
    "date_from": lambda event, day: event["date_end"] >= day,
    "date_to": lambda event, day: event["date"] <= day,
    "dyad": lambda event, text: (
        sorted(min(twins(code)) for code in text.split(","))
        == sorted(min(twins(cell(event, f"{side}_country") or "")) for side in ("actor", "target"))
    ),
    "near": is_near,
    "q": is_worded,
}


def is_matched(event: Event, name: str, text: str) -> bool:
    """Tell whether a filter finds an event."""
    if name in NAMES:
        return is_chosen({plain_name(one) for one in held(event, name)}, plain_name(text))
    if name in CHOICES:
        return is_chosen(held(event, name), text)
    if name in SPECIAL:
        return SPECIAL[name](event, text)
    if name.startswith("added"):
        return is_of_time(event, name, text)
    return is_in_range(event, name, text)


def escaped(value: str) -> str:
    """Write a value so that nothing in it is taken for a sign."""
    text = value.replace("\\", "\\\\").replace(",", "\\,")
    return f"\\{text}" if text.startswith("!") or text == "none" else text
