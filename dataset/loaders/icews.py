"""ICEWS event files, yearly and daily: 20 columns with a header.

Columns: ICEWS Coded Event Data, Harvard Dataverse. Actors have a name, sectors and the name of a
country, in words; `dataset/codebook/icews_sectors.csv` says what the sectors are in CAMEO.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from dataset.building.sections import Columns
from dataset.codebook import COUNTRIES, STATES, iso3_of_name
from dataset.codebook.sectors import SECTORS
from dataset.errors import Refused
from dataset.loaders.actions import mended
from dataset.loaders.base import FileContext, Loader, Parse
from dataset.loaders.cells import REMEMBERED, actor_code, cameo_country, day_of

WIDTH = 20
HEADER = "Event ID\tEvent Date\tSource Name\t"
MISSING = "NA"
"""How R writes a missing value."""

ROOTS = {
    **dict.fromkeys(
        (
            "make statement",
            "decline comment",
            "make pessimistic comment",
            "make optimistic comment",
            "consider policy option",
            "acknowledge or claim responsibility",
            "deny responsibility",
            "engage in symbolic act",
            "make empathetic comment",
            "express accord",
        ),
        "01",
    ),
    "make an appeal or request": "02",
    "demand": "10",
    "disapprove": "11",
    "reject": "12",
    "threaten": "13",
    "protest": "14",
    "exhibit force posture": "15",
    "reduce relations": "16",
    "coerce": "17",
    "assault": "18",
    "fight": "19",
    "use unconventional mass violence": "20",
}
"""The root that an Event Text belongs to where two digits could be 10 as well as 010."""

_BETWEEN_SECTORS = re.compile(r",(?! )")
_CODE_OF_LABEL = {label: code for code, label in COUNTRIES.items() if not STATES[code].same_as}


class Actor(NamedTuple):
    """The codes of an actor."""

    code: str | None
    country: str | None
    group: str | None
    roles: tuple[str, ...]
    ethnic: str | None
    religions: tuple[str, ...]


class Place(NamedTuple):
    """What the four names of a place come to."""

    name: str | None
    country: str | None
    admin1: str | None
    precision: str | None


def looks_like(records: Sequence[str]) -> bool:
    """Tell ICEWS by its header, or by the number of columns with an id and a day in front."""
    return any(is_header(record) or _is_event(record.split("\t")) for record in records)


def is_header(record: str) -> bool:
    """Tell the header from an event."""
    return record.removeprefix("\ufeff").startswith(HEADER)


def _is_event(cells: list[str]) -> bool:
    if len(cells) != WIDTH or len(cells[1]) != 10:
        return False
    return cells[0].isdigit() and cells[1][4] == cells[1][7] == "-" and cells[6].isdigit()


def parser(file: FileContext, _first: str) -> Parse:
    """Make the function that reads a line."""
    dataset, added = file.dataset or "icews", file.stamp

    def parse(record: str) -> Columns:
        cells = record.split("\t")
        if len(cells) != WIDTH:
            raise Refused(None, f"it has {len(cells)} columns, not {WIDTH}.")
        if MISSING in cells:
            cells = ["" if cell == MISSING else cell for cell in cells]
        return _columns(cells, dataset, added)

    return parse


def _columns(cells: list[str], dataset: str, added: str | None) -> Columns:
    number, day = _number(cells[0]), day_of(cells[1])
    actor, target = _actor(cells[3], cells[4]), _actor(cells[9], cells[10])
    place = _place(*cells[14:18])
    return {
        "id": f"{dataset}:{number}-{day.replace('-', '')}",
        "dataset": dataset,
        "date": day,
        "added": added,
        "actor_code": actor.code,
        "actor_name": cells[2],
        "actor_country": actor.country,
        "actor_group": actor.group,
        "actor_roles": actor.roles,
        "actor_ethnic": actor.ethnic,
        "actor_religions": actor.religions,
        "action_code": _action(cells[6], cells[5]),
        "goldstein": cells[7],
        "target_code": target.code,
        "target_name": cells[8],
        "target_country": target.country,
        "target_group": target.group,
        "target_roles": target.roles,
        "target_ethnic": target.ethnic,
        "target_religions": target.religions,
        "place_name": place.name,
        "place_country": place.country,
        "place_admin1": place.admin1,
        "place_latitude": cells[18],
        "place_longitude": cells[19],
        "place_precision": place.precision,
        "evidence_story": cells[11],
        "evidence_sentence": cells[12],
        "evidence_publisher": cells[13],
    }


def _number(text: str) -> str:
    if not (text.isascii() and text.isdigit()):
        raise Refused("id", f"{text!r} is not a whole number.")
    return text.lstrip("0") or "0"


@lru_cache(maxsize=4096)
def _action(code: str, label: str) -> str:
    return mended(code, ROOTS.get(label.casefold()))


def _place_in_code(role: str) -> tuple[bool, str]:
    """Order roles in a composed code: the source lists the same sectors in any order."""
    return role != "GOV", role


@lru_cache(maxsize=REMEMBERED)
def _actor(sectors: str, country: str) -> Actor:
    found: dict[str, list[str]] = {"role": [], "ethnic": [], "religion": [], "group": []}
    for sector in _BETWEEN_SECTORS.split(sectors):
        for column, code in SECTORS.get(sector.strip(), ()):
            found[column].append(code)
    where, roles = _country(country), tuple(dict.fromkeys(found["role"]))
    return Actor(
        code=actor_code(where, sorted(roles, key=_place_in_code)),
        country=where,
        group=next(iter(found["group"]), None),
        roles=roles,
        ethnic=next(iter(found["ethnic"]), None),
        religions=tuple(dict.fromkeys(found["religion"])),
    )


def _country(name: str) -> str | None:
    """Give CAMEO's code; a name that ISO has no country for may still be one of CAMEO's."""
    iso3 = iso3_of_name(name)
    return cameo_country(iso3) if iso3 else _CODE_OF_LABEL.get(name)


@lru_cache(maxsize=REMEMBERED)
def _place(city: str, district: str, province: str, country: str) -> Place:
    named = ((city, "city"), (district, "region"), (province, "region"), (country, "country"))
    name, precision = next((pair for pair in named if pair[0]), (None, None))
    return Place(name, iso3_of_name(country) or country or None, province or None, precision)


LOADER = Loader(
    version=1,
    datasets={
        "icews": {
            "title": "ICEWS Coded Event Data",
            "description": (
                "Events coded by machine (BBN ACCENT) from the world's news, 1995 to April 2023. "
                "The source names countries and sectors of actors in words; actor codes, roles, "
                "ethnic and religion codes are made from these by a table of this project, "
                "countries are CAMEO codes, those of places ISO 3166-1. Sectors without an "
                "equivalent in CAMEO are left out. The Goldstein value is the source's intensity."
            ),
            "licence": "As stated by the authors at doi.org/10.7910/DVN/28075",
            "citation": (
                "Boschee, E., Lautenschlager, J., O'Brien, S., Shellman, S., Starz, J. and "
                "Ward, M. (2015): ICEWS Coded Event Data. Harvard Dataverse, "
                "https://doi.org/10.7910/DVN/28075."
            ),
            "url": "https://doi.org/10.7910/DVN/28075",
            "codebook": "CAMEO as ICEWS uses it; intensities of ICEWS",
        }
    },
    looks_like=looks_like,
    parser=parser,
    header=is_header,
    codebook="icews",
)
