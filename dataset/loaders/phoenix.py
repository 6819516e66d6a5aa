"""Phoenix event files: daily ones (26 columns, no header), the Historical Phoenix, and others.

Columns: Phoenix documentation of OEDA, of which what is called country and state are, in the
files, the first-level division and the ISO 3166-1 code of the country; Cline Center Historical
Phoenix Event Data. Their names: `dataset.loaders.phoenix_columns`.
"""

import re
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
from dataset.codebook.actors import ONLY_FIRST
from dataset.errors import Refused
from dataset.inputs.tables import Named, Table
from dataset.loaders import phoenix_columns as columns
from dataset.loaders.actions import mended, remarks
from dataset.loaders.base import FileContext, Loader, Parse
from dataset.loaders.cells import REMEMBERED, UNKNOWN, day_of

NO_DATE = "1970-01-01"
"""What stands for no date in the Historical Phoenix of FBIS (from 1995) and SWB (from 1979)."""
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
    layouts={len(columns.DAILY): columns.DAILY},
    needed=(("EventID",), ("Date",), ("EventCode",), ("RootCode", "SourceEntity")),
    is_event=_is_event,
    others=("Story", "Process"),
    aliases=columns.ALIASES,
    whole=frozenset({"Date", "EventCode", "RootCode", "QuadClass", "Story"}),
    used=columns.USED,
    missing=frozenset({UNKNOWN}),
    code="EventCode",
    root="RootCode",
)
_CORPUS = re.compile(r"(?:BLN-?)?(NYT|LNNYT|FBIS|SWB)")
"""How ids and processes of the Historical Phoenix name the reports that its events are from."""


def parser(file: FileContext) -> Parse:
    """Make the function that reads a record."""
    dataset, added = file.dataset or "phoenix", file.stamp
    blank = dict.fromkeys(TABLE.columns, "")

    def parse(record: str) -> Columns:
        named = blank | file.reader.cut(record)
        code = mended(named["EventCode"], named["RootCode"], file.codes)
        return {
            "id": f"{dataset}:{named['EventID']}",
            "dataset": dataset,
            "date": _day(named),
            "added": added,
            **_side("actor", named, "Source"),
            "action_code": code,
            "action_remarks": remarks(named["EventCode"], code),
            "quad_class": named["QuadClass"],
            "goldstein": named["Goldstein"],
            **_side("target", named, "Target"),
            **_place(named),
            **_evidence(named),
        }

    return parse


def _corpus(named: Named) -> str | None:
    """Name the reports that an event of the Historical Phoenix is from."""
    found = _CORPUS.match(named["EventID"]) or _CORPUS.match(named["Process"])
    return found[1] if found else None


def _day(named: Named) -> str:
    day, corpus = day_of(named["Date"]), _corpus(named)
    if day == NO_DATE and corpus in ("FBIS", "SWB"):
        raise Refused("date", f"{named['Date']!r} stands for no date in files of {corpus}.")
    return day


def _side(role: str, named: Named, side: str) -> Columns:
    """Give the columns of an actor."""
    parts = (named[f"{side}Entity"], named[f"{side}Role"], named[f"{side}Attribute"])
    actor = _actor(named[side], *parts)
    return {
        f"{role}_code": named[side].replace(UNKNOWN, ""),
        f"{role}_country": actor.country,
        f"{role}_group": actor.group,
        f"{role}_roles": actor.roles,
        f"{role}_ethnic": actor.ethnic,
        f"{role}_religions": actor.religions,
    }


def _place(named: Named) -> Columns:
    place = (named["Placename"], named["Admin1"], named["CountryCode"])
    return {
        "place_name": named["Placename"],
        "place_country": named["CountryCode"],
        "place_admin1": named["Admin1"],
        "place_latitude": named["Lat"],
        "place_longitude": named["Lon"],
        "place_precision": _precision(*place),
    }


def _evidence(named: Named) -> Columns:
    """Give the first report; the Historical Phoenix has the number of an article instead."""
    report = _report(named["SentenceIDs"], named["URLs"])
    return {
        "evidence_story": report.story or named["Story"],
        "evidence_sentence": report.sentence,
        "evidence_publisher": named["NewsSources"].partition(";")[0] or _corpus(named),
        "evidence_url": named["URLs"].partition(";")[0],
        "evidence_note": report.note,
    }


@lru_cache(maxsize=REMEMBERED)
def _actor(code: str, entity: str, role: str, attributes: str) -> ActorParts:
    """Sort the codes of an actor; an international actor may have a country as attribute.

    The files leave the entity empty where the code begins with a region, a former country or a
    role: then the code alone says it all. One that begins with `---` has no country: what
    follows (`---MUS`) is none, whatever its letters.
    """
    has_none = code.startswith(UNKNOWN)
    if not entity and not has_none:
        return decode(code)
    found: dict[str, list[str]] = {kind: [] for kind in (*TABLES, "ethnic")}
    for part in dict.fromkeys((entity, role, *attributes.split(";"))):
        is_no_country = (
            has_none or bool(found["country"]) or (part in ONLY_FIRST and part != entity)
        )
        if kind := _kind(part, is_no_country):
            found[kind].append(part)
    return ActorParts(
        country=next(iter(found["country"]), None),
        group=next(iter(found["group"]), None),
        roles=tuple(found["role"]),
        ethnic=next(iter(found["ethnic"]), None),
        religions=tuple(found["religion"]),
    )


def _kind(part: str, is_no_country: bool) -> str | None:
    """Tell what a code is; after the country, the letters of another may mean a people."""
    for kind, table in TABLES.items():
        if part in table and not (kind == "country" and is_no_country):
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


# Version 2: a Goldstein value that is missing is 0.5b1's, whose values Phoenix writes. Version 3:
# a root code that contradicts its code mends nothing, `---` is no part of an actor, former and new
# states are countries.
LOADER = Loader(
    version=3,
    datasets={
        "phoenix": {
            "title": "Phoenix event data",
            "description": (
                "A row is an event of a day, from one or more reports. Events coded by machine "
                "(PETRARCH): from web news, published day by day by the Open Event Data Alliance "
                "from 2014, and from the New York Times, the Summary of World Broadcasts and the "
                "Foreign Broadcast Information Service, 1945 to 2019 (Cline Center Historical "
                "Phoenix). Entity, role and attributes of actors are the source's; attributes are "
                "sorted into roles, religions, groups and peoples by the codebook. Of several "
                "reports the first is given. Issues are left out."
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
