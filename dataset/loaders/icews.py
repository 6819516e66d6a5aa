"""ICEWS event files, yearly and daily: 20 columns with a header.

Columns: ICEWS Coded Event Data, Harvard Dataverse. Actors have a name, sectors and the name of a
country, in words; `dataset/codebook/icews_sectors.csv` says what the sectors are in CAMEO.
"""

import re
from functools import lru_cache, partial

from dataset.building.reports import Remark
from dataset.building.sections import Columns
from dataset.codebook import COUNTRIES, STATES, iso3_of_name
from dataset.codebook.sectors import SECTORS
from dataset.codebook.texts import code_of_text
from dataset.errors import Refused
from dataset.inputs.tables import Named, Table
from dataset.loaders.actions import Codes, mended, remarks
from dataset.loaders.base import FileContext, Loader, Parse
from dataset.loaders.cells import REMEMBERED, actor_code, cameo_country, day_of, is_day

COLUMNS = (
    "Event ID",
    "Event Date",
    "Source Name",
    "Source Sectors",
    "Source Country",
    "Event Text",
    "CAMEO Code",
    "Intensity",
    "Target Name",
    "Target Sectors",
    "Target Country",
    "Story ID",
    "Sentence Number",
    "Publisher",
    "City",
    "District",
    "Province",
    "Country",
    "Latitude",
    "Longitude",
)
BLANK = dict.fromkeys(COLUMNS, "")
PLACE = ("City", "District", "Province", "Country")
LONGEST = 100
"""How much of an unknown sector a report shows."""

_BETWEEN_SECTORS = re.compile(r",(?! )")
_CODE_OF_LABEL = {label: code for code, label in COUNTRIES.items() if not STATES[code].same_as}


def _is_event(named: Named) -> bool:
    cells = BLANK | named
    is_coded = cells["CAMEO Code"].isdigit() or code_of_text(cells["Event Text"]) is not None
    return cells["Event ID"].isdigit() and is_day(cells["Event Date"]) and is_coded


def _root_of(named: Named) -> str:
    return _root(named.get("CAMEO Code", "").strip(), named.get("Event Text", ""))


TABLE = Table(
    layouts={len(COLUMNS): COLUMNS},
    needed=(("Event ID",), ("Event Date",), ("CAMEO Code", "Event Text")),
    is_event=_is_event,
    whole=frozenset({"Event ID", "Event Date", "CAMEO Code", "Story ID", "Sentence Number"}),
    used=frozenset(COLUMNS) - {"CAMEO Code", "Event Text"},
    missing=frozenset({"NA", "NULL"}),
    code="CAMEO Code",
    root_of=_root_of,
)


def parser(file: FileContext) -> Parse:
    """Make the function that reads a record."""
    dataset, added = file.dataset or "icews", file.stamp
    action = lru_cache(maxsize=REMEMBERED)(partial(_action, codes=file.codes))

    def parse(record: str) -> Columns:
        cells = BLANK | file.reader.cut(record)
        number, day = _number(cells["Event ID"]), day_of(cells["Event Date"])
        return {
            "id": f"{dataset}:{number}-{day.replace('-', '')}",
            "dataset": dataset,
            "date": day,
            "added": added,
            **_columns(cells),
            **_actor("actor", cells["Source Sectors"], cells["Source Country"]),
            **action(cells["CAMEO Code"].strip(), cells["Event Text"]),
            **_actor("target", cells["Target Sectors"], cells["Target Country"]),
            **_place(*[cells[name] for name in PLACE]),
        }

    return parse


def _columns(cells: Named) -> Columns:
    """Give the columns that are cells as they stand."""
    return {
        "actor_name": cells["Source Name"],
        "goldstein": cells["Intensity"],
        "target_name": cells["Target Name"],
        "place_latitude": cells["Latitude"],
        "place_longitude": cells["Longitude"],
        "evidence_story": cells["Story ID"],
        "evidence_sentence": cells["Sentence Number"],
        "evidence_publisher": cells["Publisher"],
    }


def _number(text: str) -> str:
    if not (text.isascii() and text.isdigit()):
        raise Refused("id", f"{text!r} is not a whole number.")
    return text.lstrip("0") or "0"


def _action(code: str, text: str, codes: Codes) -> Columns:
    """Give the code, or that of the event's text where there is none."""
    if code:
        whole = mended(code, _root(code, text), codes)
        return {"action_code": whole, "action_remarks": remarks(code, whole)}
    if known := code_of_text(text):
        remark = Remark("from_text", "action_code", " ".join(text.split()), known)
        return {"action_code": known, "action_remarks": (remark,)}
    says = f"the event's text {text!r} is the label of no code" if text else "so is its text"
    raise Refused("action_code", f"it is missing, and {says}.")


def _root(code: str, text: str) -> str:
    """Give the root that the event's text tells, if it is the label of the code or its whole."""
    known = code_of_text(text) or ""
    return known[:2] if known in (code, f"0{code}", f"{code}0") else ""


def _place_in_code(role: str) -> tuple[bool, str]:
    """Order roles in a composed code: the source lists the same sectors in any order."""
    return role != "GOV", role


@lru_cache(maxsize=REMEMBERED)
def _actor(role: str, sectors: str, country: str) -> Columns:
    names = dict.fromkeys(filter(None, map(str.strip, _BETWEEN_SECTORS.split(sectors))))
    found: dict[str, list[str]] = {"role": [], "ethnic": [], "religion": [], "group": []}
    for name in names:
        for column, code in SECTORS.get(name, ()):
            found[column].append(code)
    where, roles = _country(country), tuple(dict.fromkeys(found["role"]))
    unknown = [name[:LONGEST] for name in names if name not in SECTORS]
    return {
        f"{role}_code": actor_code(where, sorted(roles, key=_place_in_code)),
        f"{role}_country": where,
        f"{role}_group": next(iter(found["group"]), None),
        f"{role}_roles": roles,
        f"{role}_ethnic": next(iter(found["ethnic"]), None),
        f"{role}_religions": tuple(dict.fromkeys(found["religion"])),
        f"{role}_remarks": tuple(
            [Remark("sector", f"{role}_roles", name[:LONGEST]) for name in unknown]
        ),
    }


def _country(name: str) -> str | None:
    """Give CAMEO's code; a name that ISO has no country for may still be one of CAMEO's."""
    iso3 = iso3_of_name(name)
    return cameo_country(iso3) if iso3 else _CODE_OF_LABEL.get(name)


@lru_cache(maxsize=REMEMBERED)
def _place(city: str, district: str, province: str, country: str) -> Columns:
    named = ((city, "city"), (district, "region"), (province, "region"), (country, "country"))
    name, precision = next((pair for pair in named if pair[0]), (None, None))
    return {
        "place_name": name,
        "place_country": iso3_of_name(country) or country or None,
        "place_admin1": province or None,
        "place_precision": precision,
    }


# Version 2: cells in quotes, codes from texts, days written month first.
LOADER = Loader(
    version=2,
    datasets={
        "icews": {
            "title": "ICEWS Coded Event Data",
            "description": (
                "A row is what one sentence of a story says: two stories about one event give two "
                "rows. Events coded by machine (BBN ACCENT) from the world's news, 1995 to April "
                "2023. The source names countries and sectors of actors in words; actor codes, "
                "roles, ethnic and religion codes are made from these by a table of this project, "
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
    table=TABLE,
    dated_by_name=True,
    parser=parser,
    codebook="icews",
)
