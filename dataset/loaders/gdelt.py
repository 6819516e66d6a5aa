"""GDELT event files: 2.0 (61 columns), 1.0 daily (58) and its historical back files (57).

Columns: GDELT Event Codebook V2.0 (2015) and GDELT Data Format Codebook V1.03 (2013).
"""

import re
from collections.abc import Callable, Sequence
from functools import lru_cache, partial

from dataset.building.sections import Columns, Sections
from dataset.codebook import iso3_of_fips
from dataset.errors import Refused, Unreadable
from dataset.inputs.tables import Named, Table
from dataset.loaders import gdelt_columns as columns
from dataset.loaders.actions import Codes, mended, remarks
from dataset.loaders.base import FileContext, Loader, Parse
from dataset.loaders.cells import day_of
from dataset.loaders.gdelt_lines import GROUPS, LAYOUTS

PRECISIONS = {"1": "country", "2": "region", "3": "city", "4": "city", "5": "region"}
"""What the coordinates of each type of place stand for."""


TELLING = frozenset({"DATEADDED", "ActionGeo_ADM2Code"})
"""The columns of which one tells the version."""
NULL = "\\N"
"""What databases write for a missing value."""
_BETWEEN_DIGITS = re.compile(r"[-: TZ]|UTC|\.0+$")
LONGEST_ID = 18
REMEMBERED = 4_096


def is_of_15_minutes(kind: str, name: str) -> bool:
    """Tell GDELT's 15-minute files of a kind by name: some, of translated sources, are empty."""
    return (
        re.fullmatch(rf"[0-9]{{14}}\.(translation\.)?{kind}\.csv(\.zip)?", name, re.I) is not None
    )


def _is_event(named: Named) -> bool:
    day = named.get("SQLDATE", "")
    return named.get("GLOBALEVENTID", "").isdigit() and (len(day) == 8 and day.isdigit())


TABLE = Table(
    layouts={61: columns.V2, 58: columns.V1, 57: columns.V1[:-1]},
    needed=(("GLOBALEVENTID",), ("SQLDATE",), ("EventCode",)),
    is_event=_is_event,
    aliases={"Day": "SQLDATE"},
    whole=columns.WHOLE,
    used=columns.USED,
    code="EventCode",
    root="EventRootCode",
)


def parser(file: FileContext) -> Parse:
    """Make the function that reads a record; one file may mix the versions."""
    by_name = _parser_by_name(file)
    if not file.reader.is_plain:
        return by_name

    def parse(record: str) -> Sections:
        layout = LAYOUTS.get(record.count("\t") + 1)
        cut = layout and layout.pattern.fullmatch(record)
        if layout is None or not cut or NULL in record or '"' in record:
            return by_name(record)
        number, day, added, actor, action, target, place, *cells = cut.group(*GROUPS)
        root_event, counts, tone, url = cells
        dataset = file.dataset or layout.dataset
        public_id = f"{dataset}:{whole_number(number)}"
        measures, evidence = (root_event, counts), (tone, url)
        return public_id, dataset, day, added, actor, action, target, place, measures, evidence

    return parse


def _parser_by_name(file: FileContext) -> Callable[[str], Sections]:
    """Make the function that reads a record of any dialect, by the names of its columns."""
    dataset_of = _datasets(file)

    def parse(record: str) -> Sections:
        named = file.reader.cut(record)
        dataset = dataset_of(named)
        actor, target = (_joined(named, _given(named, names)) for names in columns.ACTORS)
        place, counts = _joined(named, columns.PLACE), _joined(named, columns.COUNTS)
        return (
            f"{dataset}:{whole_number(named['GLOBALEVENTID'])}",
            dataset,
            named["SQLDATE"],
            named.get("DATEADDED", "") or file.stamp or "",
            actor,
            _action_cells(named, file.codes),
            target,
            place,
            (named.get("IsRootEvent", ""), counts),
            (named.get("AvgTone", ""), named.get("SOURCEURL", "")),
        )

    return parse


def _given(named: Named, names: Sequence[str]) -> Sequence[str]:
    """Leave out the parts of an actor if there are none: its code alone is then decoded."""
    return names if not named.keys().isdisjoint(names[2:]) else names[:2]


def _joined(named: Named, names: Sequence[str]) -> str:
    """Join cells as they stand in GDELT's own files."""
    return "\t".join([named.get(name, "").replace("\t", " ") for name in names])


def _action_cells(named: Named, codes: Codes) -> str:
    """Join the cells of the action; one without a root code is mended by the whole file."""
    cells = _joined(named, columns.ACTION)
    if named.get("EventRootCode"):
        return cells
    code, rest = cells.split("\t", 1)
    return f"{mended(code, None, codes)}\t{rest}\t{code}"


def _datasets(file: FileContext) -> Callable[[Named], str]:
    """Tell 2.0 from 1.0: by the second-level divisions of places, or the time of addition."""
    if file.dataset:
        return lambda _named: str(file.dataset)
    unknown = (
        f"{file.name} has neither DATEADDED nor ActionGeo_ADM2Code, so its events may be of "
        "GDELT 1.0 or 2.0: say which with `--dataset gdelt` or `--dataset gdelt1`."
    )
    if file.reader.columns.isdisjoint(TELLING):
        raise Unreadable(unknown)

    def dataset(named: Named) -> str:
        if TELLING.isdisjoint(named):
            raise Unreadable(unknown)
        is_v2 = "ActionGeo_ADM2Code" in named or len(named["DATEADDED"]) > len("20130401")
        return "gdelt" if is_v2 else "gdelt1"

    return dataset


def whole_number(text: str) -> str:
    """Check a number that GDELT gives an event; raises `Refused`."""
    if not (text.isascii() and text.isdigit()) or len(text) > LONGEST_ID:
        raise Refused("id", f"{text[:40]!r} is not a whole number of up to 18 digits.")
    return text.lstrip("0") or "0"


def _dates(day: str) -> Columns:
    return {"date": day_of(day)}


def _added(time: str) -> Columns:
    return {"added": time_of(time, "added") if time else None}


def _actor(cells: str, role: str) -> Columns:
    code, name, *parts = cells.split("\t")
    if not parts:
        # The file has only composite codes: they are decoded when the row is built.
        return {f"{role}_code": code, f"{role}_name": name}
    country, group, ethnic, *codes = parts
    return {
        f"{role}_code": code,
        f"{role}_name": name,
        f"{role}_country": country,
        f"{role}_group": group,
        f"{role}_ethnic": ethnic,
        f"{role}_religions": codes[:2],
        f"{role}_roles": codes[2:],
    }


def _action(cells: str) -> Columns:
    code, _base, root, quad_class, goldstein, *as_read = cells.split("\t")
    action = code if as_read else mended(code, root, Codes())
    return {
        "action_code": action,
        "quad_class": quad_class,
        "goldstein": goldstein,
        "remarks": remarks(as_read[0] if as_read else code, action),
    }


def _place(cells: str) -> Columns:
    kind, name, country, admin1, *_, latitude, longitude = cells.split("\t")
    if kind in ("", "0") and not (latitude + longitude).strip("-0."):
        # Some writers fill in zeros for coordinates that are missing.
        latitude = longitude = ""
    return {
        "place_name": name,
        "place_country": iso3_of_fips(country) or country,
        "place_admin1": admin1 if admin1 != country else None,
        "place_latitude": latitude,
        "place_longitude": longitude,
        "place_precision": PRECISIONS.get(kind),
    }


def _measures(cells: tuple[str, str]) -> Columns:
    mentions, sources, articles = cells[1].split("\t")
    return {
        "root_event": cells[0],
        "mentions": mentions,
        "sources": sources,
        "articles": articles,
    }


def _evidence(cells: tuple[str, str]) -> Columns:
    """Tell the address of a story from the name of a source, which sometimes replaces it."""
    tone, url = cells
    is_address = url.startswith(("http://", "https://"))
    return {"tone": tone, "evidence_url" if is_address else "evidence_publisher": url}


@lru_cache(maxsize=REMEMBERED)
def _day(text: str, column: str) -> str:
    if len(text) != 8 or not (text.isascii() and text.isdigit()):
        raise Refused(column, f"{text!r} is not a day like 20240413.")
    return f"{text[:4]}-{text[4:6]}-{text[6:]}"


def time_of(text: str, column: str) -> str:
    """Read a day or a second, in digits or as databases write it, as ISO 8601."""
    text = _BETWEEN_DIGITS.sub("", text) if "-" in text else text
    day = _day(text[:8], column)
    hours = text[8:] or "000000"
    if len(hours) != 6 or not (hours.isascii() and hours.isdigit()):
        raise Refused(column, f"{text!r} is not a time like 20240413093000.")
    return f"{day}T{hours[:2]}:{hours[2:4]}:{hours[4:]}Z"


CITATION = (
    "Leetaru, K. and Schrodt, P. A. (2013): GDELT: Global Data on Events, Location and Tone, "
    "1979-2012. ISA Annual Convention, San Francisco. The GDELT Project, "
)
_SHARED = {
    "licence": "Free for any use with a citation of the GDELT Project and a link to its site",
    "url": "https://www.gdeltproject.org/",
    "codebook": "CAMEO 1.1b3 as GDELT uses it; Goldstein values of GDELT",
}
# Version 2: codes without blanks around them.
LOADER = Loader(
    version=2,
    datasets={
        "gdelt": {
            "title": "GDELT 2.0 events",
            "description": (
                "A row is an event as 15 minutes of news tell it: told otherwise later, it is "
                "another row. Events coded by machine from the world's news every 15 minutes "
                "since February 2015. The place is that of the action; country codes of places "
                "are converted from FIPS 10-4 to ISO 3166-1. Mentions, sources, articles and tone "
                "are those of the first 15 minutes."
            ),
            "citation": f"{CITATION}GDELT 2.0 Event Database.",
            **_SHARED,
        },
        "gdelt1": {
            "title": "GDELT 1.0 events",
            "description": (
                "A row is an event as the news of one day tell it. Events coded by machine from "
                "news since 1979, published day by day since April 2013. The place is that of the "
                "action; country codes of places are converted from FIPS 10-4 to ISO 3166-1."
            ),
            "citation": f"{CITATION}GDELT 1.0 Event Database.",
            **_SHARED,
        },
    },
    codebook="gdelt",
    table=TABLE,
    parser=parser,
    may_be_empty=partial(is_of_15_minutes, "export"),
    section_parsers={
        "dates": _dates,
        "added": _added,
        "actor": partial(_actor, role="actor"),
        "action": _action,
        "target": partial(_actor, role="target"),
        "place": _place,
        "measures": _measures,
        "evidence": _evidence,
    },
)
