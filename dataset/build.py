"""Build the stored row of an event from what a source says, by the same rules for all sources."""

import math
from collections.abc import Mapping
from typing import Any

from dataset.codebook import ACTIONS, decode, quad_class_of
from dataset.columns import COLUMNS
from dataset.errors import Refused
from dataset.keys import PUBLIC_ID, shuffle_of
from dataset.values import clean
from dataset.words import searchable

Row = dict[str, Any]

GIVEN = {name: column for name, column in COLUMNS.items() if column.stored and name != "revision"}
"""The columns that a source may give; the store gives the revision."""
DECODED = ("country", "group", "roles", "ethnic", "religions")
_SEARCHED = ("actor_name", "target_name", "place_name", "evidence_summary")


def build(source: Mapping[str, Any], codebook: str) -> Row:
    """Build a row with every stored public column but `revision`, and all that is made of them.

    `source` holds columns by name, lists as sequences; what it lacks is missing. An actor's parts
    are decoded from its code unless the source gives them. `codebook` names the Goldstein table.
    Raises `Refused` where the source's values make no event; a faulty place is only left out.
    """
    unknown = source.keys() - GIVEN.keys()
    if unknown:
        raise Refused(min(unknown), "there is no such column.")
    row = {name: _cleaned(name, source.get(name)) for name in GIVEN}
    _check_identity(row)
    _complete_dates(row)
    for side in ("actor", "target"):
        _complete_actor(row, side, source)
    _complete_action(row, codebook)
    _complete_place(row)
    return row | _derived(row)


def _cleaned(name: str, value: Any) -> Any:
    try:
        return clean(GIVEN[name], value)
    except Refused:
        if name.startswith("place_"):
            return None
        raise


def _check_identity(row: Row) -> None:
    for name in ("id", "dataset", "date", "added"):
        if row[name] is None:
            raise Refused(name, "it is missing.")
    if not PUBLIC_ID.fullmatch(row["id"]) or row["id"].partition(":")[0] != row["dataset"]:
        raise Refused("id", f"{row['id']!r} is not {row['dataset']}:<native id>.")


def _complete_dates(row: Row) -> None:
    row["date_end"] = row["date_end"] or row["date"]
    if row["date_end"] < row["date"]:
        raise Refused("date_end", f"{row['date_end']} is before the first day {row['date']}.")
    is_day = row["date_end"] == row["date"]
    row["date_precision"] = row["date_precision"] or ("day" if is_day else "interval")
    if row["date_precision"] == "day" and not is_day:
        raise Refused("date_precision", f"{row['date']} to {row['date_end']} is no single day.")


def _complete_actor(row: Row, side: str, source: Mapping[str, Any]) -> None:
    code = row[f"{side}_code"]
    if code is None or any(f"{side}_{part}" in source for part in DECODED):
        return
    decoded = decode(code)
    for part in DECODED:
        name = f"{side}_{part}"
        row[name] = clean(GIVEN[name], getattr(decoded, part))


def _complete_action(row: Row, codebook: str) -> None:
    code = row["action_code"]
    if code is not None:
        row["action_root"] = code[:2]
        known = ACTIONS.get(code)
        row["action_plover"] = row["action_plover"] or (known and known.plover)
        if row["goldstein"] is None and known:
            row["goldstein"] = known.goldstein.get(codebook)
    if row["action_root"] is not None:
        row["quad_class"] = quad_class_of(row["action_root"])


def _complete_place(row: Row) -> None:
    """Keep coordinates only as a pair, and their precision only with them."""
    if row["place_latitude"] is None or row["place_longitude"] is None:
        row["place_latitude"] = row["place_longitude"] = None


def _millionths(value: float | None) -> int | None:
    return None if value is None else round(value * 1_000_000)


def _cell(latitude: float | None, longitude: float | None) -> int | None:
    """Give the one-degree cell of a place: 360 to a row, from -90, -180."""
    if latitude is None or longitude is None:
        return None
    return math.floor(latitude + 90) * 360 + min(math.floor(longitude + 180), 359)


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
