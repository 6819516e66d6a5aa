"""UCDP GED: events of organised violence, yearly and candidate releases, as CSV and JSON.

Columns: UCDP GED Codebook, 22.1 to 26.1, and the layouts of its other exports. Countries are
Gleditsch and Ward's of today throughout, as in the source (365 is Russia, 345 Serbia).
"""

from calendar import monthrange
from functools import lru_cache

from dataset.building.reports import Remark
from dataset.building.sections import Columns
from dataset.codebook.gleditsch_ward import country_of_gw, gw_of_name
from dataset.errors import Refused, Skipped
from dataset.inputs.tables import Named, Table
from dataset.loaders.base import FileContext, Loader, Parse
from dataset.loaders.cells import REMEMBERED, day_of
from dataset.loaders.ucdp_notes import VIOLENCE_TYPES, note_of, summary_of
from dataset.loaders.ucdp_releases import CANDIDATE, YEARLY, is_whole_release, release_of

NAMES = (
    *("id", "relid", "year", "active_year", "code_status", "type_of_violence"),
    *("conflict_dset_id", "conflict_new_id", "conflict_name"),
    *("dyad_dset_id", "dyad_new_id", "dyad_name"),
    *("side_a_dset_id", "side_a_new_id", "side_a", "side_b_dset_id", "side_b_new_id", "side_b"),
    *("number_of_sources", "source_article", "source_office", "source_date"),
    *("source_headline", "source_original"),
    *("where_prec", "where_coordinates", "where_description", "adm_1", "adm_2"),
    *("latitude", "longitude", "geom_wkt", "priogrid_gid", "country", "country_id", "region"),
    *("event_clarity", "date_prec", "date_start", "date_end"),
    *("deaths_a", "deaths_b", "deaths_civilians", "deaths_unknown", "best", "high", "low"),
    *("gwnoa", "gwnob"),
)
LONGEST_OF_DBF = 10
"""So many letters has the name of a column in the file of attributes of a shapefile."""
CUT = {name[:LONGEST_OF_DBF]: name for name in reversed(NAMES) if len(name) > LONGEST_OF_DBF}
"""Names that were cut: of several the first keeps its letters, the next are numbered."""
NEEDED = ("id", "type_of_violence", "side_a", "side_b", "date_start", "date_end")
NUMBERS = (
    *("id", "type_of_violence", "number_of_sources", "where_prec", "country_id", "active_year"),
    *("event_clarity", "date_prec", "deaths_a", "deaths_b", "deaths_civilians"),
    *("deaths_unknown", "best", "high", "low", "gwnoa", "gwnob"),
)
USED = frozenset(
    {*NEEDED, *NUMBERS, "conflict_name", "where_coordinates", "adm_1", "latitude", "longitude"}
    | {"country", "source_office", "source_original"}
) - {"gwnoa", "gwnob"}
"""What all layouts have of the columns that are read."""

GOVERNMENT = "Government of "
PRECISIONS = {"1": "city", "2": "city", "3": "region", "4": "region", "5": "region", "6": "country"}
ISRAEL = 666
PALESTINIAN = frozenset({"Gaza Strip", "West Bank"})
"""The divisions that UCDP counts to Israel, and ISO 3166 to Palestine."""


def _is_event(named: Named) -> bool:
    return named["id"].isdigit() and named["type_of_violence"] in VIOLENCE_TYPES


TABLE = Table(
    layouts={len(NAMES): NAMES},
    needed=[(name,) for name in NEEDED],
    is_event=_is_event,
    aliases=CUT
    | {"best_est": "best", "high_est": "high", "low_est": "low", "conflict_1": "conflict_name"},
    whole=frozenset(NUMBERS),
    used=USED,
    has_line_ends=True,
)


def parser(file: FileContext) -> Parse:
    """Make the function that reads a record; raises `Unreadable` where no release is known."""
    release = release_of(file.name, file.version, file.dataset)
    dataset = file.dataset or release.dataset

    def parse(record: str) -> Columns:
        named = file.reader.cut(record)
        public_id = f"{dataset}:{_native_id(named)}"
        try:
            columns = _columns(named)
        except Refused as refused:
            refused.id = public_id
            raise
        return {"id": public_id, "dataset": dataset, "added": release.added, **columns}

    return parse


def _native_id(named: Named) -> str:
    native = named["id"].strip()
    if native.isascii() and native.isdigit():
        return native
    # The second row of the files of HDX holds the tags of the Humanitarian Exchange Language.
    if any(cell.startswith("#") for cell in named.values()):
        raise Skipped
    raise Refused("id", f"{native!r} is no number.")


def _columns(named: Named) -> Columns:
    actor, target = named["side_a"].strip(), named["side_b"].strip()
    codes = [_codes(actor, named.get("gwnoa", "")), _codes(target, named.get("gwnob", ""))]
    sources = named.get("number_of_sources")
    return {
        **_dates(named["date_start"].strip(), named["date_end"].strip()),
        "actor_code": codes[0][0],
        "actor_name": actor,
        "action_plover": "ASSAULT",
        "target_code": codes[1][0],
        "target_name": target,
        "quad_class": 4,
        **_place(named),
        # -1 stands for sources that were not counted.
        "sources": None if sources == "-1" else sources,
        "fatalities": named.get("best"),
        "fatalities_low": named.get("low"),
        "fatalities_high": named.get("high"),
        "violence_type": _violence_type(named["type_of_violence"]),
        "evidence_publisher": _publisher(named),
        "evidence_status": "reported",
        "evidence_attributed_to": named.get("source_original"),
        "evidence_summary": summary_of(named, actor, target),
        "evidence_note": note_of(named, _further_states(*codes)),
    }


def _violence_type(number: str) -> str:
    if number not in VIOLENCE_TYPES:
        raise Refused("violence_type", f"{number!r} is not 1, 2 or 3.")
    return VIOLENCE_TYPES[number]


@lru_cache(maxsize=REMEMBERED)
def _dates(start: str, end: str) -> Columns:
    """Read the days; a month or a year is only what is exactly one."""
    first, last = day_of(start), day_of(end)
    month, is_month = first[:8], first.endswith("-01") and "01" <= first[5:7] <= "12"
    precision = None
    if first.endswith("-01-01") and last == f"{first[:5]}12-31":
        precision = "year"
    elif is_month and last == f"{month}{monthrange(int(first[:4]), int(first[5:7]))[1]}":
        precision = "month"
    return {"date": first, "date_end": last, "date_precision": precision}


@lru_cache(maxsize=REMEMBERED)
def _codes(name: str, numbers: str) -> tuple[str | None, ...]:
    """Give the codes of a side: of civilians and of the states that it is, else None."""
    if name == "Civilians":
        return ("CVL",)
    if not name.startswith(GOVERNMENT):
        return (None,)
    found = [int(number) for number in numbers.split(";") if number.strip().isdigit()]
    names = name.removeprefix(GOVERNMENT).split(f", {GOVERNMENT}")
    countries = [country_of_gw(number) for number in found or map(_number_of, names)]
    return tuple([f"{one.cameo}GOV" if one.cameo else None for one in countries])


def _number_of(name: str) -> int:
    return gw_of_name(name) or 0


def _further_states(actor: tuple[str | None, ...], target: tuple[str | None, ...]) -> str:
    """Say which states a side is besides the one that its code names."""
    found = (("A", actor[1:]), ("B", target[1:]))
    return " ".join(
        f"Side {side} is also {', '.join(filter(None, codes))}."
        for side, codes in found
        if any(codes)
    )


def _place(named: Named) -> Columns:
    admin1 = named.get("adm_1", "").strip()
    country, remarks = _country(named.get("country_id", ""), named.get("country", ""), admin1)
    return {
        "place_name": named.get("where_coordinates"),
        "place_country": country,
        "place_admin1": admin1,
        "place_latitude": named.get("latitude"),
        "place_longitude": named.get("longitude"),
        "place_precision": PRECISIONS.get(named.get("where_prec", "")),
        "place_remarks": remarks,
    }


@lru_cache(maxsize=REMEMBERED)
def _country(number: str, name: str, admin1: str) -> tuple[str | None, tuple[Remark, ...]]:
    """Give the ISO code of a country, by its number or else its name, and remarks on it."""
    known = int(number) if number.isascii() and number.isdigit() else _number_of(name)
    if known == ISRAEL and admin1 in PALESTINIAN:
        return "PSE", (Remark("by_division", "place_country", admin1, "PSE"),)
    country = country_of_gw(known).iso3
    is_lost = country is None and (number or name)
    return country, (Remark("left_out", "place_country"),) if is_lost else ()


def _publisher(named: Named) -> str | None:
    """Give the first of the offices that a record lists; some are the title of a report."""
    office = named.get("source_office", "").partition(";")[0].strip(' "')
    headline = named.get("source_headline", "").partition(";")[0].strip(' "')
    return None if headline and office.startswith(headline) else office


CITATION = (
    "Sundberg, R. and Melander, E. (2013): Introducing the UCDP Georeferenced Event Dataset. "
    "Journal of Peace Research 50(4): 523-532."
)
_SHARED = {
    "licence": "CC BY 4.0",
    "url": "https://ucdp.uu.se/downloads/",
    "codebook": (
        "UCDP GED Codebook: no CAMEO codes; all events are PLOVER's ASSAULT, quad class 4; "
        "governments have the code of their state, civilians CVL, other actors only a name"
    ),
}
_WHAT = (
    "A row is an event: deadly violence between two sides, or of one side against civilians, at "
    "one place and one or several days, with low, best and high estimates of the deaths. "
    "State-based and non-state violence has no direction: side A stands as actor and side B as "
    "target."
)
LOADER = Loader(
    version=1,
    datasets={
        YEARLY: {
            "title": "UCDP Georeferenced Event Dataset",
            "description": (
                f"{_WHAT} Events of organised violence since 1989, coded and checked by the "
                "Uppsala Conflict Data Program, and revised with each yearly release."
            ),
            "citation": (
                f"{CITATION} Davies, S., Engström, G., Pettersson, T. and Öberg, M. (2024): "
                "Organized violence 1989-2023, and the prevalence of organized crime groups. "
                "Journal of Peace Research 61(4): 673-693 (release 24.1; each release has an "
                "article of its year)."
            ),
            **_SHARED,
        },
        CANDIDATE: {
            "title": "UCDP Candidate Events Dataset",
            "description": (
                f"{_WHAT} Events of the current year, published month by month before they are "
                "checked: some are never part of a yearly release."
            ),
            "citation": (
                "Hegre, H., Croicu, M., Eck, K. and Högbladh, S. (2020): Introducing the UCDP "
                f"Candidate Events Dataset. Research and Politics 7(3). {CITATION}"
            ),
            **_SHARED,
        },
    },
    table=TABLE,
    parser=parser,
    release_of=lambda name, version, dataset: release_of(name, version, dataset).added,
    is_whole=is_whole_release,
)
