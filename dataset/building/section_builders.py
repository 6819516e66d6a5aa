"""Build each section of a row: clean what a source gives, and derive what follows from it."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from dataset.building.reports import Remark
from dataset.building.sections import REMARKS, SECTIONS, Columns
from dataset.building.values import cleaner_of
from dataset.codebook import ACTIONS, decode, quad_class_of
from dataset.codebook.vocabularies import VOCABULARIES, is_known
from dataset.declarations.columns import COLUMNS
from dataset.declarations.geometry import cell_of, grid_cell_of
from dataset.declarations.words import joined
from dataset.errors import Refused

Section = tuple[tuple[Any, ...], str, tuple[Remark, ...]]
"""The columns of a section and what is derived from them; its words; the remarks on it."""
SectionBuilder = Callable[[Columns], Section]

DERIVED = {
    "action": ("goldstein_millionths",),
    "place": ("place_cell", "place_priogrid_gid"),
    "evidence": ("tone_millionths",),
}
"""What is derived from a single section; it comes after its columns."""

_OF_ACTOR_CODE = ("country", "group", "roles", "ethnic", "religions")
_EMPTY = {
    section: {name: "" if COLUMNS[name].many else None for name in names}
    for section, names in SECTIONS.items()
}
_CLEANED = {name: cleaner_of(COLUMNS[name]) for names in SECTIONS.values() for name in names}
_CODED = {
    section: [(name, COLUMNS[name]) for name in names if COLUMNS[name].kind in VOCABULARIES]
    for section, names in SECTIONS.items()
}


def builders(codebook: str | None) -> dict[str, SectionBuilder]:
    """Give the builder of each section; `codebook` names the Goldstein table, if one is used."""
    return {
        "dates": _dates,
        "added": _added,
        "actor": _remarking(partial(_actor, role="actor")),
        "action": _remarking(partial(_action, codebook=codebook)),
        "target": _remarking(partial(_actor, role="target")),
        "place": _remarking(_place),
        "measures": _measures,
        "evidence": _evidence,
    }


def _remarking(build: SectionBuilder) -> SectionBuilder:
    """Add the remarks that the source's loader made."""

    def built(given: Columns) -> Section:
        remarks = given.pop(REMARKS, ())
        row, words, more = build(given)
        return row, words, (*remarks, *more)

    return built


def _cleaned(section: str, given: Columns) -> Columns:
    """Clean what is given of a section; what is not given is missing."""
    return _EMPTY[section] | {name: _CLEANED[name](value) for name, value in given.items()}


def _dates(given: Columns) -> Section:
    row = _cleaned("dates", given)
    if row["date"] is None:
        raise Refused("date", "it is missing.")
    row["date_end"] = row["date_end"] or row["date"]
    if row["date_end"] < row["date"]:
        raise Refused("date_end", f"{row['date_end']} is before the first day {row['date']}.")
    is_day = row["date_end"] == row["date"]
    row["date_precision"] = row["date_precision"] or ("day" if is_day else "interval")
    if row["date_precision"] == "day" and not is_day:
        raise Refused("date_precision", f"{row['date']} to {row['date_end']} is no single day.")
    return tuple(row.values()), "", ()


def _added(given: Columns) -> Section:
    return tuple(_cleaned("added", given).values()), "", ()


def _actor(given: Columns, role: str) -> Section:
    """Build the actor or the target; its parts follow from its code unless the source gives any."""
    row = _cleaned(role, given)
    code = row[f"{role}_code"]
    if code is not None and not any(f"{role}_{name}" in given for name in _OF_ACTOR_CODE):
        decoded = decode(code)
        for name in _OF_ACTOR_CODE:
            row[f"{role}_{name}"] = _CLEANED[f"{role}_{name}"](getattr(decoded, name))
    return tuple(row.values()), joined(row[f"{role}_name"]), _unknown_codes(role, row)


def _action(given: Columns, codebook: str | None) -> Section:
    row = _cleaned("action", given)
    code = row["action_code"]
    if code is not None:
        row["action_root"] = code[:2]
        known = ACTIONS.get(code)
        if known and codebook:
            row["action_plover"] = row["action_plover"] or known.plover
            if row["goldstein"] is None:
                row["goldstein"] = known.goldstein.get(codebook)
    if row["action_root"] is not None:
        row["quad_class"] = quad_class_of(row["action_root"])
    columns = (*row.values(), _millionths(row["goldstein"]))
    return columns, "", _unknown_codes("action", row)


def _place(given: Columns) -> Section:
    """Keep the valid values of a place, and coordinates only as a pair."""
    row: Columns = dict(_EMPTY["place"])
    remarks = []
    for name, value in given.items():
        try:
            row[name] = _CLEANED[name](value)
        except Refused:
            remarks.append(Remark("left_out", name))
    latitude, longitude = row["place_latitude"], row["place_longitude"]
    if latitude is None or longitude is None:
        alone = "place_longitude" if latitude is None else "place_latitude"
        if row[alone] is not None:
            remarks.append(Remark("left_out", alone))
        row["place_latitude"] = row["place_longitude"] = None
    cells = _cells(row["place_latitude"], row["place_longitude"])
    remarks += _unknown_codes("place", row)
    return (*row.values(), *cells), joined(row["place_name"]), tuple(remarks)


def _measures(given: Columns) -> Section:
    return tuple(_cleaned("measures", given).values()), "", ()


def _evidence(given: Columns) -> Section:
    row = _cleaned("evidence", given)
    return (*row.values(), _millionths(row["tone"])), joined(row["evidence_summary"]), ()


def _unknown_codes(section: str, row: Mapping[str, Any]) -> tuple[Remark, ...]:
    """List the well-formed codes that the codebook lacks."""
    found = []
    for name, column in _CODED[section]:
        value = row[name]
        if value is not None:
            codes = value.split(";") if column.many else [str(value)]
            found += [(name, code) for code in codes if code and not is_known(column.kind, code)]
    return tuple([Remark("unknown", name, code) for name, code in found])


def _millionths(value: float | None) -> int | None:
    return None if value is None else round(value * 1_000_000)


def _cells(latitude: float | None, longitude: float | None) -> tuple[int | None, int | None]:
    if latitude is None or longitude is None:
        return None, None
    return cell_of(latitude, longitude), grid_cell_of(latitude, longitude)
