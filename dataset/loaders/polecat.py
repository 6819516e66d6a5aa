"""POLECAT event files: 40 columns by name, in PLOVER.

Columns: POLECAT Documentation, Harvard Dataverse (doi:10.7910/DVN/LMFPIP). Some files have more
names in their header than columns, some have empty columns at the end.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from dataset.building.sections import Columns
from dataset.codebook import COUNTRIES, ISO_COUNTRIES, PLOVER_TYPES, ROLES, iso3_of_name
from dataset.errors import Refused
from dataset.inputs.tables import Named, Table
from dataset.loaders.base import FileContext, Loader, Parse
from dataset.loaders.cells import REMEMBERED, actor_code, cameo_country, day_of, is_day

STANDARD = (
    "Event ID",
    "Event Date",
    "Event Type",
    "Event Mode",
    "Intensity",
    "Quad Code",
    "Contexts",
    "Actor Name",
    "Actor Country",
    "Actor COW",
    "Primary Actor Sector",
    "Actor Sectors",
    "Actor Title",
    "Actor Name Raw",
    "Wikipedia Actor ID",
    "Recipient Name",
    "Recipient Country",
    "Recipient COW",
    "Primary Recipient Sector",
    "Recipient Sectors",
    "Recipient Title",
    "Recipient Name Raw",
    "Wikipedia Recipient ID",
    "Placename",
    "City",
    "District",
    "Province",
    "Country",
    "Latitude",
    "Longitude",
    "GeoNames ID",
    "Raw Placename",
    "Feature Type",
    "Source",
    "Publication Date",
    "Story People",
    "Story Organizations",
    "Story Locations",
    "Language",
    "Version",
)
QUAD_CLASSES = {
    "VERBAL COOPERATION": 1,
    "MATERIAL COOPERATION": 2,
    "VERBAL CONFLICT": 3,
    "MATERIAL CONFLICT": 4,
    "V-COOP": 1,
    "M-COOP": 2,
    "V-CONF": 3,
    "M-CONF": 4,
    **{str(number): number for number in range(1, 5)},
}
SECTORS = {"JRN": "MED", "MED": "HLH", "UNK": ""}
"""PLOVER's sectors that are another role in CAMEO, or none; MED is medical in PLOVER."""
PRECISIONS = {"PPL": "city", "ADM": "region", "PCL": "country"}
"""By the first letters of the GeoNames feature code."""

_BETWEEN = re.compile(r"[;|]")
_IS_CODE = re.compile(r"[A-Z]{3}")


class Actor(NamedTuple):
    """The codes of an actor, and what else stood in the cell of its country."""

    code: str | None
    country: str | None
    roles: tuple[str, ...]
    others: tuple[str, ...]


def _is_event(named: Named) -> bool:
    is_typed = named.get("Event Type", "").upper() in PLOVER_TYPES
    return is_typed and is_day(named.get("Event Date", ""))


ACTOR = ("Actor Country", "Primary Actor Sector", "Actor Sectors")
RECIPIENT = ("Recipient Country", "Primary Recipient Sector", "Recipient Sectors")
PLACE = ("Placename", "City", "District", "Province", "Country", "Feature Type")
AS_IT_STANDS = {
    "goldstein": "Intensity",
    "place_admin1": "Province",
    "place_latitude": "Latitude",
    "place_longitude": "Longitude",
    "evidence_publisher": "Source",
}
"""The columns whose cells are taken as they stand."""
OTHERS = ("Event Mode", "Quad Code", "Contexts", "Actor Name", "Recipient Name")
TABLE = Table(
    layouts={len(STANDARD): STANDARD},
    needed=(("Event ID",), ("Event Date",), ("Event Type",)),
    is_event=_is_event,
    aliases={"Event Intensity": "Intensity"},
    whole=frozenset({"Event Date", "Quad Code"}),
    used=frozenset((*ACTOR, *RECIPIENT, *PLACE, *AS_IT_STANDS.values(), *OTHERS)),
    missing=frozenset({"None", "NA", "NULL"}),
    # Some headers have more names than the records have columns.
    may_differ=True,
)
BLANK = dict.fromkeys(STANDARD, "")


def parser(file: FileContext) -> Parse:
    """Make the function that reads a record."""
    dataset, added = file.dataset or "polecat", file.stamp

    def parse(record: str) -> Columns:
        cells = BLANK | file.reader.cut(record)
        event = cells["Event ID"]
        if not event:
            raise Refused("id", "it is missing.")
        return {
            "id": f"{dataset}:{event}",
            "dataset": dataset,
            "date": day_of(cells["Event Date"]),
            "added": added,
            "evidence_story": event.partition("_")[0],
            **{column: cells[name] for column, name in AS_IT_STANDS.items()},
            **_event(cells),
        }

    return parse


def _event(cells: Named) -> Columns:
    kind = cells["Event Type"].upper()
    if not kind:
        raise Refused("action_plover", "it is missing.")
    actor = _actor(*[cells[name] for name in ACTOR])
    target = _actor(*[cells[name] for name in RECIPIENT])
    name, precision = _place(*[cells[name] for name in PLACE])
    return {
        "actor_code": actor.code,
        "actor_name": cells["Actor Name"] or cells["Actor Name Raw"],
        "actor_country": actor.country,
        "actor_roles": actor.roles,
        "action_plover": kind,
        "action_mode": next(iter(_values(cells["Event Mode"])), None),
        "action_contexts": _values(cells["Contexts"]),
        "quad_class": QUAD_CLASSES.get(cells["Quad Code"].upper()),
        "target_code": target.code,
        "target_name": cells["Recipient Name"] or cells["Recipient Name Raw"],
        "target_country": target.country,
        "target_roles": target.roles,
        "place_name": name,
        "place_country": _iso3(cells["Country"]),
        "place_precision": precision,
        "evidence_note": _note(actor.others, target.others),
    }


@lru_cache(maxsize=REMEMBERED)
def _values(cell: str) -> tuple[str, ...]:
    """Give the values of a list, each once."""
    values = (value.strip() for value in _BETWEEN.split(cell))
    return tuple(dict.fromkeys(value for value in values if value not in ("", *TABLE.missing)))


@lru_cache(maxsize=REMEMBERED)
def _actor(countries: str, primary: str, sectors: str) -> Actor:
    """Give the codes of an actor: the first country counts, and the primary sector."""
    first, *others = _values(countries) or ("",)
    country = _country(first)
    international = (first.upper(),) if first.upper() in ROLES else ()
    leading, more = _roles(primary), _roles(sectors)
    return Actor(
        code=actor_code(country, (*international, *leading[:1])),
        country=country,
        roles=tuple(dict.fromkeys((*international, *leading, *more))),
        others=tuple(others),
    )


def _roles(cell: str) -> tuple[str, ...]:
    codes = (SECTORS.get(code.upper(), code.upper()) for code in _values(cell))
    return tuple(code for code in codes if _IS_CODE.fullmatch(code))


def _country(text: str) -> str | None:
    """Give CAMEO's code of a country that is given by its ISO code or its name."""
    code = text.upper()
    if code in COUNTRIES:
        return cameo_country(code)
    iso3 = _iso3(text)
    return cameo_country(iso3) if iso3 else None


def _iso3(text: str) -> str | None:
    return text.upper() if text.upper() in ISO_COUNTRIES else iso3_of_name(text)


@lru_cache(maxsize=REMEMBERED)
def _place(
    placename: str, city: str, district: str, province: str, country: str, feature: str
) -> tuple[str | None, str | None]:
    """Give the name of a place, and what its coordinates stand for."""
    named = ((city, "city"), (district, "region"), (province, "region"), (country, "country"))
    name, precision = next((pair for pair in named if pair[0]), (None, None))
    return placename or name, PRECISIONS.get(feature[:3]) if feature else precision


def _note(actors: Iterable[str], recipients: Iterable[str]) -> str | None:
    countries = (("actors", ", ".join(actors)), ("recipients", ", ".join(recipients)))
    return (
        "; ".join(f"more countries of {whom}: {more}" for whom, more in countries if more) or None
    )


# Version 2: NA and NULL are missing, as in files that R has written.
LOADER = Loader(
    version=2,
    datasets={
        "polecat": {
            "title": "POLECAT: Political Event Classification, Attributes, and Types",
            "description": (
                "A row is an event of one story. Events coded by machine (NGEC) from the world's "
                "news in several languages since 2018, in PLOVER: there are types, modes and "
                "contexts, but no CAMEO action codes. Actor codes are made of the country and the "
                "primary sector; sectors that PLOVER names otherwise than CAMEO are converted "
                "(journalists JRN to MED, medical MED to HLH). Of several countries of an actor "
                "the first counts, the rest is noted. The Goldstein value is the source's "
                "intensity, on PLOVER's scale."
            ),
            "licence": "As stated by the authors at doi.org/10.7910/DVN/AJGVIT",
            "citation": (
                "Scarborough, G. I., Bagozzi, B. E., Beger, A., Berrie, J., Halterman, A., "
                "Schrodt, P. A. and Spivey, J. (2023): POLECAT Weekly Data. Harvard Dataverse, "
                "https://doi.org/10.7910/DVN/AJGVIT. Halterman, A. et al. (2023): PLOVER and "
                "POLECAT: A New Political Event Ontology and Dataset. SocArXiv, "
                "https://osf.io/preprints/socarxiv/rm5dw."
            ),
            "url": "https://doi.org/10.7910/DVN/AJGVIT",
            "codebook": "PLOVER; intensities of POLECAT",
        }
    },
    table=TABLE,
    dated_by_name=True,
    parser=parser,
    encoding="latin-1",
)
