"""Build stored rows from what sources say, by the same rules for all sources.

A row is a tuple of `BUILT`: the public columns but `revision`, part by part, and what is made of
them.
"""

from collections.abc import Callable, Mapping
from operator import getitem
from typing import Any

from dataset.building.parts import AS_NAMED, NAMES, Cells, Meanings, Pieces, Remembered, pieces_of
from dataset.building.values import cleaner_of
from dataset.codebook import ACTIONS, decode, quad_class_of
from dataset.codebook.vocabularies import VOCABULARIES, is_known
from dataset.declarations.columns import COLUMNS
from dataset.declarations.geometry import cell_of
from dataset.declarations.ids import PUBLIC_ID, shuffle_of
from dataset.declarations.outcomes import Remark, Report
from dataset.declarations.words import joined, line_of
from dataset.errors import Refused

Row = tuple[Any, ...]

GIVEN = {name: column for name, column in COLUMNS.items() if column.stored and name != "revision"}
"""The columns that a source may give; the store gives the revision."""
MADE = ("dyad", "shuffle", "words")
MADE_OF = {
    "action": ("goldstein_millionths",),
    "place": ("place_cell",),
    "evidence": ("tone_millionths",),
}
"""What is made of a single part."""
BUILT = (
    *MADE,
    "id",
    "dataset",
    *(name for part, names in NAMES.items() for name in (*names, *MADE_OF.get(part, ()))),
)

DECODED = ("country", "group", "roles", "ethnic", "religions")
_EMPTY = {
    part: {name: "" if COLUMNS[name].many else None for name in names}
    for part, names in NAMES.items()
}
_CLEANED = {name: cleaner_of(column) for name, column in GIVEN.items()}
_CODED = {
    part: [(name, COLUMNS[name]) for name in names if COLUMNS[name].kind in VOCABULARIES]
    for part, names in NAMES.items()
}
COUNTRY = NAMES["actor"].index("actor_country")

Given = Mapping[str, Any]


Remarks = tuple[Remark, ...]
_Made = tuple[Row, str, Remarks]
"""The columns of a part and what is made of it; its words; what a report says of it."""


def build(source: Mapping[str, Any], codebook: str | None) -> Row:
    """Build one row (see `Builder`)."""
    unknown = source.keys() - GIVEN.keys()
    if unknown:
        raise Refused(min(unknown), "there is no such column.")
    return Builder(codebook).build_named(source)


class Builder:
    """Builds the rows of a load; `report` counts what is to be said of them.

    `codebook` names the Goldstein table for sources that give no value; without one nothing is
    filled in. `meanings` tells what the cells of each part mean. The same cells are built once.
    """

    def __init__(self, codebook: str | None, meanings: Meanings = AS_NAMED) -> None:
        """Begin with nothing built."""
        self.report = Report()
        self._codebook = codebook
        made = {
            "dates": _dates,
            "added": _added,
            "actor": _actor,
            "action": self._made_action,
            "target": _target,
            "place": _place,
            "measures": _measures,
            "evidence": _evidence,
        }
        self._parts = [Remembered(_making(make, meanings[part])) for part, make in made.items()]

    def build(self, pieces: Pieces) -> Row:
        """Build a row.

        An actor's parts are decoded from its code unless the source gives them. Raises `Refused`
        where the values make no event; a faulty place is only left out, and counted.
        """
        public_id, dataset, *cells = pieces
        (
            (dates, *_),
            (added, *_),
            (actor, actor_words, of_actor),
            (action, _, of_action),
            (target, target_words, of_target),
            (place, place_words, of_place),
            (measures, *_),
            (evidence, evidence_words, _),
        ) = map(getitem, self._parts, cells)
        if of_actor or of_action or of_target or of_place:
            self.report.remark((*of_actor, *of_action, *of_target, *of_place))
        return (
            _dyad(actor[COUNTRY], target[COUNTRY]),
            shuffle_of(public_id),
            line_of(actor_words, target_words, place_words, evidence_words),
            public_id,
            dataset,
            *dates,
            *added,
            *actor,
            *action,
            *target,
            *place,
            *measures,
            *evidence,
        )

    def build_named(self, source: Mapping[str, Any]) -> Row:
        """Build a row of columns by name, lists as sequences; what is not there is missing."""
        _check_id(source.get("id"), source.get("dataset"))
        return self.build(pieces_of(source))

    def _made_action(self, given: Given) -> _Made:
        row = _cleaned("action", given)
        code = row["action_code"]
        if code is not None:
            row["action_root"] = code[:2]
            known = ACTIONS.get(code)
            if known and self._codebook:
                row["action_plover"] = row["action_plover"] or known.plover
                if row["goldstein"] is None:
                    row["goldstein"] = known.goldstein.get(self._codebook)
        if row["action_root"] is not None:
            row["quad_class"] = quad_class_of(row["action_root"])
        made = (*row.values(), _millionths(row["goldstein"]))
        return made, "", _unknown_codes("action", row)


def _making(
    make: Callable[[Given], _Made], meaning: Callable[[Cells], Given]
) -> Callable[[Cells], _Made]:
    return lambda cells: make(meaning(cells))


def _check_id(public_id: Any, dataset: Any) -> None:
    if not public_id or not dataset:
        raise Refused("dataset" if public_id else "id", "it is missing.")
    if not PUBLIC_ID.fullmatch(str(public_id)) or public_id.partition(":")[0] != dataset:
        raise Refused("id", f"{public_id!r} is not {dataset}:<native id>.")


def _cleaned(part: str, given: Given) -> dict[str, Any]:
    """Clean what is given of a part; what is not given is missing."""
    return _EMPTY[part] | {name: _CLEANED[name](value) for name, value in given.items()}


def _measures(given: Given) -> _Made:
    return tuple(_cleaned("measures", given).values()), "", ()


def _dates(given: Given) -> _Made:
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


def _added(given: Given) -> _Made:
    return tuple(_cleaned("added", given).values()), "", ()


def _actor(given: Given) -> _Made:
    return _side(given, "actor")


def _target(given: Given) -> _Made:
    return _side(given, "target")


def _side(given: Given, side: str) -> _Made:
    row = _cleaned(side, given)
    code = row[f"{side}_code"]
    if code is not None and not any(f"{side}_{part}" in given for part in DECODED):
        decoded = decode(code)
        for part in DECODED:
            name = f"{side}_{part}"
            row[name] = _CLEANED[name](getattr(decoded, part))
    return tuple(row.values()), joined(row[f"{side}_name"]), _unknown_codes(side, row)


def _place(given: Given) -> _Made:
    """Keep what is right of a place, and coordinates only as a pair."""
    row: dict[str, Any] = dict(_EMPTY["place"])
    remarks = []
    for name, value in given.items():
        try:
            row[name] = _CLEANED[name](value)
        except Refused:
            remarks.append(("left_out", name, ""))
    latitude, longitude = row["place_latitude"], row["place_longitude"]
    if latitude is None or longitude is None:
        alone = "place_longitude" if latitude is None else "place_latitude"
        if row[alone] is not None:
            remarks.append(("left_out", alone, ""))
        row["place_latitude"] = row["place_longitude"] = None
    cell = _cell(row["place_latitude"], row["place_longitude"])
    remarks += _unknown_codes("place", row)
    return (*row.values(), cell), joined(row["place_name"]), tuple(remarks)


def _evidence(given: Given) -> _Made:
    row = _cleaned("evidence", given)
    return (*row.values(), _millionths(row["tone"])), joined(row["evidence_summary"]), ()


def _unknown_codes(part: str, row: Mapping[str, Any]) -> Remarks:
    """List the well-formed codes that the codebook lacks."""
    found = []
    for name, column in _CODED[part]:
        value = row[name]
        if value is not None:
            codes = value.split(";") if column.many else [str(value)]
            found += [(name, code) for code in codes if code and not is_known(column.kind, code)]
    return tuple([("unknown", name, code) for name, code in found])


def _millionths(value: float | None) -> int | None:
    return None if value is None else round(value * 1_000_000)


def _cell(latitude: float | None, longitude: float | None) -> int | None:
    return None if latitude is None or longitude is None else cell_of(latitude, longitude)


def _dyad(one: str | None, other: str | None) -> str | None:
    if not one or not other:
        return None
    return f"{one},{other}" if one <= other else f"{other},{one}"
