"""Phoenix event files of the Open Event Data Alliance: 26 columns, no header.

Columns: Phoenix documentation of OEDA; what they call country and state (21, 22) are, in the
files, the first-level division and the ISO 3166-1 code of the country.
"""

from functools import lru_cache
from typing import NamedTuple

from dataset.building.sections import Columns
from dataset.codebook import (
    COUNTRIES,
    ETHNIC,
    GROUPS,
    RELIGIONS,
    ROLES,
    ActorParts,
    decode,
    iso3_of_name,
)
from dataset.inputs.tables import Named, Table
from dataset.loaders.actions import Codes, mended
from dataset.loaders.base import FileContext, Loader, Parse
from dataset.loaders.cells import REMEMBERED, day_of

NAMES = (
    *("ID", "Date", "Year", "Month", "Day"),
    *("Source", "SourceEntity", "SourceRole", "SourceAttribute"),
    *("Target", "TargetEntity", "TargetRole", "TargetAttribute"),
    *("EventCode", "RootCode", "QuadClass", "Goldstein", "Issues"),
    *("Lat", "Lon", "Placename", "Admin1", "CountryCode"),
    *("SentenceIDs", "URLs", "NewsSources"),
)
BLANK = ("",) * len(NAMES)
TABLES = {"country": COUNTRIES, "role": ROLES, "religion": RELIGIONS, "group": GROUPS}
"""Where the codes of an actor are looked up, in this order; what is left may be a people."""


class Report(NamedTuple):
    """The first of the reports that an event was found in."""

    story: str | None
    sentence: int | None
    note: str | None


def _is_event(named: Named) -> bool:
    """Tell Phoenix by a day whose year, month and day follow."""
    day = named["Date"]
    return day.isdigit() and day == named["Year"] + named["Month"] + named["Day"]


TABLE = Table(
    layouts={len(NAMES): NAMES},
    needed=(("ID",), ("Date",), ("EventCode",), ("RootCode",), ("SourceEntity",)),
    is_event=_is_event,
    code="EventCode",
    root="RootCode",
)


def parser(file: FileContext) -> Parse:
    """Make the function that reads a record."""
    dataset, added = file.dataset or "phoenix", file.stamp

    def parse(record: str) -> Columns:
        cells = list(map(file.reader.cut(record).get, NAMES, BLANK))
        return _columns(cells, dataset, added)

    return parse


def _columns(cells: list[str], dataset: str, added: str | None) -> Columns:
    actor, target = _actor(*cells[5:9]), _actor(*cells[9:13])
    report = _report(cells[23], cells[24])
    return {
        "id": f"{dataset}:{cells[0]}",
        "dataset": dataset,
        "date": day_of(cells[1]),
        "added": added,
        "actor_code": cells[5],
        "actor_country": actor.country,
        "actor_group": actor.group,
        "actor_roles": actor.roles,
        "actor_ethnic": actor.ethnic,
        "actor_religions": actor.religions,
        "action_code": mended(cells[13], cells[14], Codes()),
        "quad_class": cells[15],
        "goldstein": cells[16],
        "target_code": cells[9],
        "target_country": target.country,
        "target_group": target.group,
        "target_roles": target.roles,
        "target_ethnic": target.ethnic,
        "target_religions": target.religions,
        "place_name": cells[20],
        "place_country": cells[22],
        "place_admin1": cells[21],
        "place_latitude": cells[18],
        "place_longitude": cells[19],
        "place_precision": _precision(cells[20], cells[21], cells[22]),
        "evidence_story": report.story,
        "evidence_sentence": report.sentence,
        "evidence_publisher": cells[25].partition(";")[0],
        "evidence_url": cells[24].partition(";")[0],
        "evidence_note": report.note,
    }


@lru_cache(maxsize=REMEMBERED)
def _actor(code: str, entity: str, role: str, attributes: str) -> ActorParts:
    """Sort the codes of an actor; an international actor may have a country as attribute.

    The files leave the entity empty where the code begins with a region, a former country or a
    role: then the code alone says it all.
    """
    if not entity:
        return decode(code)
    found: dict[str, list[str]] = {kind: [] for kind in (*TABLES, "ethnic")}
    for part in dict.fromkeys((entity, role, *attributes.split(";"))):
        if kind := _kind(part, bool(found["country"])):
            found[kind].append(part)
    return ActorParts(
        country=next(iter(found["country"]), None),
        group=next(iter(found["group"]), None),
        roles=tuple(found["role"]),
        ethnic=next(iter(found["ethnic"]), None),
        religions=tuple(found["religion"]),
    )


def _kind(part: str, has_country: bool) -> str | None:
    """Tell what a code is; after the country, the letters of another may mean a people."""
    for kind, table in TABLES.items():
        if part in table and not (kind == "country" and has_country):
            return kind
    return "ethnic" if part in ETHNIC else None


@lru_cache(maxsize=REMEMBERED)
def _precision(name: str, admin1: str, country: str) -> str | None:
    """Tell a city by its division and a country by its name; other names could be either."""
    if not name or admin1:
        return "city" if name else None
    label = COUNTRIES.get(country, country)
    is_country = name == label or name.endswith(f" of {label}") or iso3_of_name(name) == country
    return "country" if is_country else None


def _report(sentences: str, urls: str) -> Report:
    story, _, number = sentences.partition(";")[0].rpartition("_")
    count = urls.count(";") + 1
    return Report(
        story=story or None,
        # The files count the sentences of a story from 0.
        sentence=int(number) + 1 if number.isascii() and number.isdigit() else None,
        note=f"one of {count} reports" if count > 1 else None,
    )


# Version 2: a Goldstein value that is missing is 0.5b1's, whose values Phoenix writes.
LOADER = Loader(
    version=2,
    datasets={
        "phoenix": {
            "title": "Phoenix near-real-time event data",
            "description": (
                "Events coded by machine (PETRARCH) from web news, published day by day by the "
                "Open Event Data Alliance from 2014. Entity, role and attributes of actors are "
                "the source's; attributes are sorted into roles, religions, groups and peoples "
                "by the codebook. Of several reports the first is given. Issues are left out."
            ),
            "licence": "As stated by the Open Event Data Alliance at openeventdata.org",
            "citation": (
                "Beieler, J. (2016): Creating a Real-Time, Reproducible Event Dataset. "
                "arXiv:1612.00866. Open Event Data Alliance: Phoenix dataset."
            ),
            "url": "http://phoenixdata.org/",
            "codebook": "CAMEO 1.1b3 as PETRARCH uses it; Goldstein values of the source (0.5b1)",
        }
    },
    table=TABLE,
    dated_by_name=True,
    parser=parser,
    codebook="keds",
)
