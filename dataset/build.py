"""Build the stored row of an event from what a source says, by the same rules for all sources."""

import math
import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from dataset.codebook import ACTIONS, decode, is_action_code, is_actor_code, quad_class_of
from dataset.columns import COLUMNS, DATE_PRECISIONS, EVIDENCE_STATUSES, PLACE_PRECISIONS
from dataset.errors import Refused
from dataset.keys import PUBLIC_ID, shuffle_of
from dataset.words import searchable

YEARS = range(1800, 2101)
CLOSED_SETS = {
    "date_precision": DATE_PRECISIONS,
    "place_precision": PLACE_PRECISIONS,
    "evidence_status": EVIDENCE_STATUSES,
}
_ADDED = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)
_SEARCHED = ("actor_name", "target_name", "place_name", "evidence_summary")

Row = dict[str, Any]


def build(source: Mapping[str, Any], codebook: str) -> Row:
    """Build a row with every stored public column but `revision`, and all that is made of them.

    `source` holds columns by name, lists as sequences; what it lacks is missing. An actor's parts
    are decoded from its code unless the source gives them. `codebook` names the Goldstein table.
    Raises `Refused` where the source's values make no event.
    """
    row: Row = {name: None for name, column in COLUMNS.items() if column.stored}
    del row["revision"]
    row |= source
    _check_identity(row)
    _complete_dates(row)
    for side in ("actor", "target"):
        _complete_actor(row, side, source)
    _complete_action(row, codebook)
    _complete_place(row)
    _check_closed_sets(row)
    return row | _derived(row)


def _check_identity(row: Row) -> None:
    if not PUBLIC_ID.fullmatch(str(row["id"])):
        raise Refused("id", f"{row['id']!r} is not <dataset>:<native id>.")
    if not _ADDED.fullmatch(str(row["added"])):
        raise Refused("added", f"{row['added']!r} is not a time like 2024-06-17T00:00:00Z.")


def _day(column: str, value: object) -> str:
    try:
        day = date.fromisoformat(str(value))
    except ValueError:
        raise Refused(column, f"{value!r} is not a calendar day like 2024-04-13.") from None
    if day.year not in YEARS:
        raise Refused(column, f"the year {day.year} is not in {YEARS[0]}..{YEARS[-1]}.")
    return day.isoformat()


def _complete_dates(row: Row) -> None:
    row["date"] = _day("date", row["date"])
    row["date_end"] = _day("date_end", row["date_end"] or row["date"])
    if row["date_end"] < row["date"]:
        raise Refused("date_end", f"{row['date_end']} is before the first day {row['date']}.")
    if row["date_precision"] is None:
        row["date_precision"] = "day" if row["date"] == row["date_end"] else "interval"


def _complete_actor(row: Row, side: str, source: Mapping[str, Any]) -> None:
    code = row[f"{side}_code"]
    if code is not None and not is_actor_code(code):
        raise Refused(f"{side}_code", f"{code!r} is not a chain of three-letter codes.")
    parts = ("country", "group", "roles", "ethnic", "religions")
    if code is not None and not any(f"{side}_{part}" in source for part in parts):
        decoded = decode(code)
        for part in parts:
            row[f"{side}_{part}"] = getattr(decoded, part)
    for part in ("roles", "religions"):
        row[f"{side}_{part}"] = ";".join(dict.fromkeys(row[f"{side}_{part}"] or ()))


def _complete_action(row: Row, codebook: str) -> None:
    code = row["action_code"]
    row["action_contexts"] = ";".join(row["action_contexts"] or ())
    if code is not None:
        if not is_action_code(code):
            raise Refused("action_code", f"{code!r} is not a CAMEO code of a root from 01 to 20.")
        row["action_root"] = code[:2]
        row["quad_class"] = quad_class_of(code)
        known = ACTIONS.get(code)
        row["action_plover"] = row["action_plover"] or (known and known.plover)
        if row["goldstein"] is None and known:
            row["goldstein"] = known.goldstein.get(codebook)
    if row["quad_class"] not in (1, 2, 3, 4):
        row["quad_class"] = None
    if row["goldstein"] is not None and not -10 <= row["goldstein"] <= 10:
        raise Refused("goldstein", f"{row['goldstein']!r} is not in -10..10.")


def _complete_place(row: Row) -> None:
    """Keep what is sound of a place: a faulty one never costs an event."""
    latitude, longitude = row["place_latitude"], row["place_longitude"]
    sound = (
        latitude is not None
        and longitude is not None
        and -90 <= latitude <= 90
        and -180 <= longitude <= 180
    )
    row["place_latitude"] = float(latitude) if sound else None
    row["place_longitude"] = float(longitude) if sound else None


def _check_closed_sets(row: Row) -> None:
    for name, allowed in CLOSED_SETS.items():
        if row[name] is not None and row[name] not in allowed:
            raise Refused(name, f"{row[name]!r} is not one of {', '.join(allowed)}.")


def _millionths(value: float | None) -> int | None:
    return None if value is None else round(value * 1_000_000)


def _cell(latitude: float | None, longitude: float | None) -> int | None:
    """Give the one-degree cell of a place: 360 to a row, from -90, -180."""
    if latitude is None or longitude is None:
        return None
    return math.floor(latitude + 90) * 360 + math.floor(longitude + 180)


def _dyad(one: str | None, other: str | None) -> str | None:
    return ",".join(sorted((one, other))) if one and other else None


def _derived(row: Row) -> Row:
    return {
        "goldstein_millionths": _millionths(row["goldstein"]),
        "tone_millionths": _millionths(row["tone"]),
        "dyad": _dyad(row["actor_country"], row["target_country"]),
        "place_cell": _cell(row["place_latitude"], row["place_longitude"]),
        "shuffle": shuffle_of(row["id"]),
        "words": searchable(row[name] for name in _SEARCHED),
    }
